"""How fast the shell is over a store of 10,000 runs and a million metric points.

    python shell_speed.py STORE FACET [PEER …]

STORE is one of the quickstart (its runs are copied until there are 10,000, into a folder of their
own); a PEER is `NAME=COMMAND=PROMPT`, such as `DuckDB=duckdb=D ` or `sh=sh=# `, which shows what
the measurement itself takes. Needs pexpect. Times are
wall time in milliseconds, the median of the rounds with the least and the most: a shell from its
start to its prompt, a completion from the Tab to the menu, a listing from Return to the prompt.
"""
import pathlib, re, sqlite3, statistics, sys, tempfile, time, uuid

import pexpect

RUNS, POINTS, ROUNDS = 10_000, 1_000_000, 9


def columns(store, table):
    return [row[1] for row in store.execute(f"PRAGMA table_info({table})")]


def copy_rows(store, table, old, new):
    names = [name for name in columns(store, table) if name != "run_id"]
    listed = ", ".join(names)
    store.execute(
        f"INSERT INTO {table} (run_id, {listed}) SELECT ?, {listed} FROM {table} WHERE run_id = ?",
        (new, old),
    )


def fill(path):
    store = sqlite3.connect(path)
    store.execute("PRAGMA synchronous = OFF")
    originals = store.execute("SELECT id, name FROM runs WHERE status = 'finished'").fetchall()
    names = [name for name in columns(store, "runs") if name not in ("id", "uuid", "name", "cache_key")]
    listed = ", ".join(names)
    metric = store.execute("SELECT id FROM metric_names WHERE name = 'loss'").fetchone()[0]
    count = store.execute("SELECT count(*) FROM runs").fetchone()[0]
    points = (POINTS - store.execute("SELECT count(*) FROM metric_points").fetchone()[0]) // (RUNS - count) + 1
    for number in range(RUNS - count):
        old, name = originals[number % len(originals)]
        new = store.execute(
            f"INSERT INTO runs (uuid, name, cache_key, {listed}) "
            f"SELECT ?, ?, ?, {listed} FROM runs WHERE id = ?",
            (str(uuid.uuid4()), f"{name}/{number}", uuid.uuid4().hex * 2, old),
        ).lastrowid
        for table in ["parameters", "results", "run_parents"]:
            copy_rows(store, table, old, new)
        store.executemany(
            "INSERT INTO metric_points (run_id, name_id, step, segment, value, time) "
            "VALUES (?, ?, ?, 0, ?, 0)",
            ((new, metric, step, 5 / (step + 1)) for step in range(points)),
        )
    store.commit()
    print("runs", store.execute("SELECT count(*) FROM runs").fetchone()[0],
          "points", store.execute("SELECT count(*) FROM metric_points").fetchone()[0])
    store.close()


def start(command):
    shell = pexpect.spawn(command, encoding="utf-8", dimensions=(40, 120), timeout=30)
    # Its own wait before each key would count as ours.
    shell.delaybeforesend = None
    return shell


def drain(shell):
    """Reads what is there, so that what comes next is an answer."""
    try:
        while True:
            shell.read_nonblocking(1 << 16, 0.2)
    except pexpect.TIMEOUT:
        pass


def told(title, times):
    print(f"{title}: {statistics.median(times):.1f} ms ({min(times):.1f} to {max(times):.1f})", flush=True)


def prompt(title, command, pattern):
    times, memory = [], []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        shell = start(command)
        # DuckDB asks the terminal for its background and kind, and waits for an answer.
        while shell.expect_exact([pattern, "\x1b[c"]) == 1:
            shell.send("\x1b]11;rgb:0000/0000/0000\x07\x1b[?62c")
        times.append(1000 * (time.perf_counter() - begun))
        status = pathlib.Path(f"/proc/{shell.pid}/status").read_text()
        memory.append(int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024)
        shell.close(force=True)
    told(f"{title}, prompt", times)
    print(f"{title}, memory at the prompt: {max(memory):.0f} MB", flush=True)


def inside(command):
    """What facet's own shell does once it is there."""
    for title, text, shown in [
        ("run names", "metrics landmarks/swav/1", r"landmarks/swav/1\d*%"),
        ("methods", "pretrain s", "supervised"),
        ("labels", "pretrain swav, ep", "epochs"),
    ]:
        times = []
        for _ in range(ROUNDS):
            shell = start(command)
            shell.expect_exact("In[1]:")
            drain(shell)
            shell.send(text)
            drain(shell)
            begun = time.perf_counter()
            shell.send("\t")
            shell.expect(shown)
            times.append(1000 * (time.perf_counter() - begun))
            shell.close(force=True)
        told(f"facet, completion of {title}", times)
    shell = start(command)
    shell.expect_exact("In[1]:")
    drain(shell)
    number = 1
    for line in [
        "runs | limit 20",
        "results | where task == landmarks | pivot rows: from, columns: labels, value: nme",
        'sql "SELECT count(*) FROM metric_points"',
    ]:
        times = []
        for _ in range(3):
            shell.send(line)
            drain(shell)
            number += 1
            begun = time.perf_counter()
            shell.send("\r")
            shell.expect_exact(f"In[{number}]:")
            times.append(1000 * (time.perf_counter() - begun))
            drain(shell)
        told(f"facet, {line.split()[0]}", times)
    status = pathlib.Path(f"/proc/{shell.pid}/status").read_text()
    print("facet, most memory of the session:", int(re.search(r"VmHWM:\s+(\d+)", status)[1]) // 1024, "MB")
    shell.close(force=True)


with tempfile.TemporaryDirectory() as folder:
    path = pathlib.Path(folder) / "experiments.sqlite"
    source = sqlite3.connect(sys.argv[1])
    with sqlite3.connect(path) as target:
        source.backup(target)
    fill(path)
    facet = f"{sys.argv[2]} --store {path}"
    prompt("facet", facet, "In[1]:")
    for peer in sys.argv[3:]:
        name, command, pattern = peer.split("=", 2)
        prompt(name, command, pattern)
    inside(facet)
