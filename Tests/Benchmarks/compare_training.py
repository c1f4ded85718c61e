"""SwAV training in facet-engine against PyTorch, by turns: images a second and their ratio.

    swift build -c release && python3 compare_training.py FOLDER [small|paper] [ROUNDS] [STEPS] [KINDS]

FOLDER holds JPEGs; KINDS are of swav_peer.py: usual,tuned if not given, or also compiled, which needs a
C++ compiler. Needs torch and torchvision in the Python that runs this. Both sides train the same network
with the same crops, batch, loss, optimizer and schedule on all cores, from the same files; the rates are
those between the fifth step and the last. Other work on the machine disturbs both. At the end stand the
losses of each side, as means over fifths of the steps: the random numbers differ.
"""
import pathlib, sqlite3, statistics, subprocess, sys, tempfile

here = pathlib.Path(__file__).parent
facet = here / "../../.build/release/facet"
OPTIONS = {
    "small": "backbone: resnet18, size: 64, local-size: 32, local-crops: 4, prototypes: 300, batch: 64",
    "paper": "backbone: resnet50, size: 224, local-size: 96, local-crops: 6, prototypes: 3000, batch: 16,"
    " global-scale: 0.14, local-scale: 0.05",
}
AS_PEER = "epsilon: 0.05, freeze-prototypes: 0, warmup: 0"
BATCH = {"small": 64, "paper": 16}
GOALS = {"usual": 2.5, "tuned": 1.0, "compiled": 1.0}
WARMUP = 4


def run(*command, **others):
    """What a command has printed, its progress first."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, **others)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    return done.stderr + done.stdout


def ours(folder, size, steps):
    """Images a second, and the losses. A folder with links to as many pictures as the steps need, so that one epoch is the run."""
    with tempfile.TemporaryDirectory() as place:
        place = pathlib.Path(place)
        (place / "faces").mkdir()
        files = sorted(pathlib.Path(folder).rglob("*.jpg"))
        for i in range(BATCH[size] * (steps + WARMUP)):
            (place / "faces" / f"{i:06}.jpg").symlink_to(files[i % len(files)].resolve())
        (place / "speed.facet").write_text(
            f'let faces = data images, path: "{place}/faces"\n'
            f"pretrain swav, on: faces, epochs: 1, profile: true, checkpoint-every: 1000000, {OPTIONS[size]},"
            f" {AS_PEER}\n")
        told = run(facet, "run", "speed.facet", cwd=place)
        print("  " + "\n  ".join(line for line in told.splitlines() if "a step takes" in line), flush=True)
        store = sqlite3.connect(place / "experiments.sqlite")
        rows = store.execute("SELECT step, time, value FROM metrics WHERE name = 'loss' ORDER BY step").fetchall()
        (first, start, _), (last, end, _) = rows[WARMUP], rows[-1]
        return BATCH[size] * (last - first) / (end - start), [loss for _, _, loss in rows]


def peer(folder, size, kind, steps):
    told = run(sys.executable, here / "swav_peer.py", folder, size, kind, steps).split()
    return float(told[-1]), [float(word) for word in told[told.index("losses") + 1:-1]]


def fifths(losses):
    borders = [len(losses) * i // 5 for i in range(6)]
    return " ".join(f"{statistics.mean(losses[a:b]):.3f}" for a, b in zip(borders, borders[1:]))


def main(folder, size="small", rounds=3, steps=20, kinds="usual,tuned"):
    kinds = kinds.split(",")
    rates, losses = {kind: [] for kind in ["facet"] + kinds}, {}
    for _ in range(int(rounds)):
        for kind in rates:
            rate, losses[kind] = ours(folder, size, int(steps)) if kind == "facet" else peer(folder, size, kind, steps)
            rates[kind].append(rate)
            print(f"  {kind}: {rate:.2f} images/s", flush=True)
    print(f"facet, SwAV {size}: {statistics.median(rates['facet']):.1f} images/s")
    for kind in kinds:
        ratios = sorted(a / b for a, b in zip(rates["facet"], rates[kind]))
        print(f"against PyTorch, {kind}: {statistics.median(rates[kind]):.1f} images/s, ratio "
              f"{statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f}), goal {GOALS[kind]}")
    for kind in rates:
        print(f"loss, {kind}: {fifths(losses[kind])}")


main(*sys.argv[1:])
