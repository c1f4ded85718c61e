"""Runs a Markdown notebook in Jupyter's form through nbclient and prints what came of it, as JSON.

usage: run_notebook.py FACET NOTEBOOK NAME=VALUE …   (in the folder of the store)
"""

import json
import os
import subprocess
import sys

import nbformat
from nbclient import NotebookClient

facet, source, settings = sys.argv[1], sys.argv[2], sys.argv[3:]
os.environ["JUPYTER_DATA_DIR"] = os.path.join(os.getcwd(), "jupyter")
os.environ["JUPYTER_PATH"] = os.environ["JUPYTER_DATA_DIR"]
for arguments in [["kernel", "install"], ["convert", source, "notebook.ipynb"]]:
    subprocess.run([facet, *arguments], check=True, stdout=subprocess.DEVNULL)

notebook = nbformat.read("notebook.ipynb", as_version=4)
# As papermill does it: the cell with the tag holds the parameters.
parameters = next(cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", []))
parameters.source = "\n".join("let %s = %s" % tuple(setting.split("=")) for setting in settings)
NotebookClient(notebook, timeout=600, kernel_name="facet").execute()
nbformat.validate(notebook)

code = [cell for cell in notebook.cells if cell.cell_type == "code"]
kinds = [sorted(output.get("data", {})) for cell in code for output in cell.outputs]
print(
    json.dumps(
        {
            "cells": len(code),
            "counts": [cell.execution_count for cell in code] == list(range(1, len(code) + 1)),
            "pictures": sum("image/png" in kind and "image/svg+xml" in kind for kind in kinds),
            "tables": sum("text/html" in kind and "image/png" not in kind for kind in kinds),
            "errors": sum(output.output_type == "error" for cell in code for output in cell.outputs),
        }
    )
)
