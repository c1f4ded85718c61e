"""Types the session of the README into facet's shell on a terminal, and prints what it said, as JSON.

usage: shell_session.py FACET   (in an empty folder)
"""

import json
import os
import pty
import re
import select
import sys
import time

SETTINGS = "width: 8, size: 32, batch: 16"


class Terminal:
    """A program on a terminal of 30 rows and 100 columns."""

    def __init__(self, *command):
        self.process, self.file = pty.fork()
        if self.process == 0:
            os.environ.update(TERM="xterm-256color", LINES="30", COLUMNS="100")
            os.environ.pop("NO_COLOR", None)
            os.execv(command[0], command)
        self.said, self.start = "", 0

    def type(self, text):
        self.start = len(self.said)
        os.write(self.file, text.encode())

    def wait(self, pattern, seconds=120):
        """What came since the last typing, once the pattern is in it."""
        deadline = time.monotonic() + seconds
        while not re.search(pattern, self.latest()):
            if time.monotonic() > deadline:
                raise SystemExit("no %r in %r" % (pattern, self.latest()[-2000:]))
            if select.select([self.file], [], [], 0.1)[0]:
                try:
                    self.said += os.read(self.file, 1 << 16).decode(errors="replace")
                except OSError:
                    break
        return self.latest()

    def latest(self):
        return re.sub(r"\x1b(\[[0-9;?]*[a-zA-Z]|\][^\x07]*\x07|[()=>].?)", "", self.said[self.start :])


def loaded(*names):
    """Which of these libraries the shell has loaded."""
    with open("/proc/%d/maps" % shell.process) as maps:
        paths = maps.read()
    return [name for name in names if "/%s.so" % name in paths]


shell = Terminal(sys.argv[1])
shell.wait(r"In\[1\]:")
number, report = 1, {}
report["drawing at the prompt"] = loaded("libcairo", "libpango-1.0", "libglib-2.0")


def cell(text, seconds=120):
    """Runs a cell and gives what it showed."""
    global number
    number += 1
    shell.type(text + "\r")
    return shell.wait(r"In\[%d\]:" % number, seconds)


said = cell("let wild = synthetic wild, identities: 10, images: 80, size: 32, seed: 1")
report["data set"] = "80 faces · 10 identities · 32×32" in said

# Ctrl-C pauses, once the training is under way; resume goes on.
number += 1
shell.type("pretrain swav, on: wild, %s, local-size: 16, epochs: 40, as: swav-wild\r" % SETTINGS)
report["progress"] = "loss" in shell.wait(r"epoch \d+/40.*loss")
shell.type("\x03")
said = shell.wait(r"In\[%d\]:" % number)
report["paused"] = "swav-wild is paused; `resume` goes on" in said and "error" not in said
said = cell("resume")
report["resumed"] = "resumed at step" in said and "✓ swav-wild  40 epochs" in said

# A cell of several lines, as a terminal pastes it.
text = "for task in [landmarks, emotion] {\n  sweep adapt task, from: [scratch, swav-wild], labels: [100%%], steps: 4, %s\n}"
said = cell("\x1b[200~" + text % SETTINGS + "\x1b[201~")
report["sweep"] = [len(re.findall(r"✓ [1-4]/", said)), "8 runs" not in said]
said = cell("results | where task == landmarks | pivot rows: from, columns: labels, value: nme")
report["pivot"] = [word in said for word in ["from", "100%", "scratch", "swav-wild"]]
said = cell("results | where task == landmarks | plot line, x: labels, y: nme, color: from | save nme.pdf")
report["plot"] = ["saved nme.pdf" in said, any("⠀" < letter <= "⣿" for letter in said)]
report["drawing after a figure"] = loaded("libcairo", "libpango-1.0")
said = cell('sql "SELECT name, status, duration FROM runs ORDER BY created DESC LIMIT 5"')
report["sql"] = said.count("finished")
report["notebook"] = "saved few-shot.md · 6 cells" in cell("notebook save few-shot.md")
said = cell("pretrian swav")
report["error"] = "did you mean `pretrain`?" in said and "^^^^^^^^" in said
shell.type("exit\r")
_, status = os.waitpid(shell.process, 0)
report["ended"] = os.waitstatus_to_exitcode(status)
print(json.dumps(report))
