"""The figure of `report-speed figure` by matplotlib: wall time of creating and saving it, warm.

    python report_peer.py FOLDER
"""

import pathlib
import sys
import time

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np


def draw(path):
    figure, axes = plt.subplots(figsize=(120 / 25.4, 70 / 25.4))
    x = np.arange(1000)
    for series in range(5):
        y = np.sin(x / 90 + series) + 0.1 * np.sin(x * 12.9898 + series)
        axes.plot(x, y, label=f"series {series}")
    axes.set_xlabel("x")
    axes.set_ylabel("y")
    axes.legend()
    figure.savefig(path)
    plt.close(figure)


path = pathlib.Path(sys.argv[1]) / "peer.pdf"
times = []
for _ in range(10):
    start = time.perf_counter()
    draw(path)
    times.append(1000 * (time.perf_counter() - start))
print(f"matplotlib {matplotlib.__version__}: the same figure: {min(times)} ms")
