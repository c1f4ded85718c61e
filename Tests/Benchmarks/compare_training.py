"""SwAV training in facet-engine against PyTorch, by turns: images a second and their ratio.

    swift build -c release && python3 compare_training.py FOLDER [small|paper] [ROUNDS] [STEPS]

FOLDER holds JPEGs. Needs torch and torchvision in the Python that runs this. Both sides train the
same network with the same crops, batch and optimizer on all cores, from the same files; facet's
rate is that between the fifth step and the last. Other work on the machine disturbs both.
"""
import pathlib, sqlite3, statistics, subprocess, sys, tempfile

here = pathlib.Path(__file__).parent
facet = here / "../../.build/release/facet"
OPTIONS = {
    "small": "backbone: resnet18, size: 64, local-size: 32, local-crops: 4, prototypes: 300, batch: 64",
    "paper": "backbone: resnet50, size: 224, local-size: 96, local-crops: 6, prototypes: 3000, batch: 16,"
    " global-scale: 0.14, local-scale: 0.05",
}
BATCH = {"small": 64, "paper": 16}
WARMUP = 4


def run(*command, **others):
    """What a command has printed, its progress first."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, **others)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    return done.stderr + done.stdout


def ours(folder, size, steps):
    """A folder with links to as many pictures as the steps need, so that one epoch is the run."""
    with tempfile.TemporaryDirectory() as place:
        place = pathlib.Path(place)
        (place / "faces").mkdir()
        files = sorted(pathlib.Path(folder).rglob("*.jpg"))
        for i in range(BATCH[size] * (steps + WARMUP)):
            (place / "faces" / f"{i:06}.jpg").symlink_to(files[i % len(files)].resolve())
        (place / "speed.facet").write_text(
            f'let faces = data images, path: "{place}/faces"\n'
            f"pretrain swav, on: faces, epochs: 1, profile: true, checkpoint-every: 1000000, {OPTIONS[size]}\n")
        told = run(facet, "run", "speed.facet", cwd=place)
        print("  " + "\n  ".join(line for line in told.splitlines() if "a step takes" in line), flush=True)
        store = sqlite3.connect(place / "experiments.sqlite")
        times = store.execute(
            "SELECT step, time FROM metrics WHERE name = 'loss' AND step > ? ORDER BY step", (WARMUP,)).fetchall()
        (first, start), (last, end) = times[0], times[-1]
        return BATCH[size] * (last - first) / (end - start)


def peer(folder, size, kind, steps):
    return float(run(sys.executable, here / "swav_peer.py", folder, size, kind, steps).split()[-1])


def main(folder, size="small", rounds=3, steps=20):
    kinds = ["usual", "tuned"]
    rates = {kind: [] for kind in ["facet"] + kinds}
    for _ in range(int(rounds)):
        rates["facet"].append(ours(folder, size, int(steps)))
        for kind in kinds:
            rates[kind].append(peer(folder, size, kind, steps))
    print(f"facet, SwAV {size}: {statistics.median(rates['facet']):.1f} images/s")
    for kind, goal in zip(kinds, ["2.5", "1.0"]):
        ratios = sorted(a / b for a, b in zip(rates["facet"], rates[kind]))
        print(f"against PyTorch, {kind}: {statistics.median(rates[kind]):.1f} images/s, ratio "
              f"{statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f}), goal {goal}")


main(*sys.argv[1:])
