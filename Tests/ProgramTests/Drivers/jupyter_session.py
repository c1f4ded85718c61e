"""Drives facet's kernel with Jupyter's own client and prints what came back, as JSON.

usage: jupyter_session.py FACET   (in an empty folder)
"""

import atexit
import base64
import json
import os
import queue
import subprocess
import sys
import time

import nbformat
import zmq
from jupyter_client.manager import start_new_kernel
from nbclient import NotebookClient

facet = sys.argv[1]
os.environ["JUPYTER_DATA_DIR"] = os.path.join(os.getcwd(), "jupyter")
os.environ["JUPYTER_PATH"] = os.environ["JUPYTER_DATA_DIR"]
subprocess.run([facet, "kernel", "install"], check=True, stdout=subprocess.DEVNULL)
report = {}


def execute(client, code, **options):
    """The messages between busy and idle, in order, and the reply."""
    identifier = client.execute(code, **options)
    messages = []
    while True:
        message = client.get_iopub_msg(timeout=30)
        if message["parent_header"].get("msg_id") != identifier:
            continue
        kind = message["msg_type"]
        if kind == "status":
            if message["content"]["execution_state"] == "idle":
                break
            continue
        messages.append((kind, message["content"]))
    while True:
        reply = client.get_shell_msg(timeout=30)
        if reply["parent_header"].get("msg_id") == identifier:
            return messages, reply["content"]


def is_complete(client, code):
    identifier = client.is_complete(code)
    while True:
        reply = client.get_shell_msg(timeout=30)
        if reply["parent_header"].get("msg_id") == identifier:
            return reply["content"]["status"]


def first(messages, kind):
    return next((content for name, content in messages if name == kind), None)


manager, client = start_new_kernel(kernel_name="facet")
# A failure here must not leave the kernel behind.
atexit.register(lambda: manager.is_alive() and manager.shutdown_kernel(now=True))
report["info"] = client.kernel_info(reply=True, timeout=30)["content"]["implementation"]

messages, reply = execute(client, "print 1 + 2")
report["stream"] = first(messages, "stream")["text"]
report["input"] = first(messages, "execute_input")["code"]
report["count"] = reply["execution_count"]

messages, _ = execute(client, 'let table = sql "SELECT 1 AS a, 2.5 AS b UNION ALL SELECT 2, 3.5"; table')
data = first(messages, "display_data")["data"]
report["table"] = ["<table" in data["text/html"], "2.5" in data["text/plain"]]

messages, _ = execute(client, "table | plot line, x: a, y: b")
data = first(messages, "display_data")["data"]
png = base64.b64decode(data["image/png"])
report["figure"] = [png[:8] == b"\x89PNG\r\n\x1a\n", "<svg" in data["image/svg+xml"], data["text/plain"]]

# All that a cell prints comes before the word that it is over.
messages, _ = execute(client, "for i in 1...3000 { print i }")
text = "".join(content["text"] for kind, content in messages if kind == "stream")
report["drained"] = text == "".join("%d\n" % i for i in range(1, 3001))

messages, reply = execute(client, "pretrian swav")
report["error"] = [reply["status"], first(messages, "error")["ename"], reply["evalue"]]

messages, _ = execute(client, "print 9", silent=True)
report["silent"] = len(messages)

code = 'print "é𝄞"; pretr'
reply = client.complete(code, len(code), reply=True, timeout=30)["content"]
report["complete"] = [reply["matches"], reply["cursor_start"] == len(code) - 5, reply["cursor_end"] == len(code)]
report["is_complete"] = [is_complete(client, text) for text in ["print 1", "for x in [1] {", "print )"]]
report["inspect"] = client.inspect("pivot", 2, reply=True, timeout=30)["content"]["data"]["text/plain"][:6]
report["history"] = client.history(hist_access_type="tail", n=1, reply=True, timeout=30)["content"]["history"][0][2]

# Cells that stand behind a failing one are not run.
failing = client.execute("check 1 == 2")
behind = client.execute("print 5")
statuses = {}
while len(statuses) < 2:
    message = client.get_shell_msg(timeout=30)
    parent = message["parent_header"].get("msg_id")
    if parent in (failing, behind):
        statuses[parent] = message["content"]["status"]
report["aborted"] = [statuses[failing], statuses[behind]]
try:
    while True:
        client.get_iopub_msg(timeout=0.3)
except queue.Empty:
    pass

# An interrupt ends a cell that would go on for long.
endless = client.execute("for a in 1...900000 { for b in 1...900000 { let x = a } }")
time.sleep(0.5)
manager.interrupt_kernel()
while True:
    message = client.get_shell_msg(timeout=30)
    if message["parent_header"].get("msg_id") == endless:
        report["interrupt"] = [message["content"]["status"], message["content"]["ename"]]
        break

# Who subscribes is greeted: nothing that follows is lost to him.
connection = manager.get_connection_info()
socket = zmq.Context().socket(zmq.SUB)
socket.setsockopt(zmq.RCVTIMEO, 10000)
socket.connect("tcp://%s:%d" % (connection["ip"], connection["iopub_port"]))
socket.setsockopt(zmq.SUBSCRIBE, b"")
# What was on its way to all may come before the greeting.
kinds = []
while "iopub_welcome" not in kinds and len(kinds) < 20:
    frames = socket.recv_multipart()
    kinds.append(json.loads(frames[frames.index(b"<IDS|MSG>") + 2])["msg_type"])
report["welcome"] = kinds[-1]

# From then on no idle is lost: servers ask anew until one comes.
asked = client.kernel_info()
idle = None
while idle is None:
    frames = socket.recv_multipart()
    header, parent, _, content = [json.loads(part) for part in frames[frames.index(b"<IDS|MSG>") + 2 :][:4]]
    if header["msg_type"] == "status" and parent.get("msg_id") == asked:
        idle = content["execution_state"] == "idle" or None
report["first idle"] = idle

client.stop_channels()
manager.shutdown_kernel(now=False)
report["ended"] = not manager.is_alive()

# nbclient, as nbconvert and papermill use it, with a training in it.
notebook = nbformat.v4.new_notebook(
    cells=[
        nbformat.v4.new_code_cell("let faces = synthetic studio, identities: 10, images: 80, size: 32, seed: 1"),
        nbformat.v4.new_code_cell("pretrain supervised, on: faces, width: 8, size: 32, batch: 16, epochs: 2, as: small"),
        nbformat.v4.new_code_cell('metrics small, names: [loss] | plot line, x: step, y: value'),
    ],
    metadata={"kernelspec": {"name": "facet", "display_name": "facet", "language": "facet"}},
)
NotebookClient(notebook, timeout=300, kernel_name="facet").execute()
nbformat.validate(notebook)
outputs = [[output["output_type"] for output in cell["outputs"]] for cell in notebook["cells"]]
progress = notebook["cells"][1]["outputs"]
report["notebook"] = [
    outputs[2],
    any("✓" in output.get("data", {}).get("text/plain", "") for output in progress),
    "image/png" in notebook["cells"][2]["outputs"][0]["data"],
]
print(json.dumps(report))
