"""Runs facet's benchmarks and their peers by turns and prints the ratios with their spread.

    swift build -c release && python3 compare.py FOLDER [ROUNDS]

FOLDER holds JPEGs. Needs torchvision in the Python that runs this. Rates are pictures a second of
processor time on one core, so that other work on the machine disturbs them little.
"""
import pathlib, statistics, subprocess, sys

here = pathlib.Path(__file__).parent
program = here / ".build/release/FaceDataBenchmarks"
folder, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 5


def rate(*command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    return float(done.stdout.split()[-1])


def compare(title, ours, peer, goal):
    pairs = [(rate(*ours), rate(*peer)) for _ in range(rounds)]
    ratios = sorted(a / b for a, b in pairs)
    print(
        f"{title}: {statistics.median(a for a, _ in pairs):.0f} against "
        f"{statistics.median(b for _, b in pairs):.0f} pictures/s, ratio "
        f"{statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f}), goal {goal}",
        flush=True,
    )


compare("JPEG decoding, libjpeg-turbo", [program, "decode", folder], [program, "turbo", folder], "0.70")
for crops in ["small", "paper"]:
    for kind in ["pil", "tensor"]:
        peer = [sys.executable, here / "multi_crop_peer.py", folder, crops, kind]
        ours = [program, "multi-crop", folder, crops]
        compare(f"multi-crop {crops}, torchvision {kind}", ours, peer, "8")
