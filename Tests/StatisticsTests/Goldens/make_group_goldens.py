"""Writes groups.json: intervals of items in groups by SciPy, which resamples the groups.

    python -m venv scratch && scratch/bin/pip install numpy==2.4.* scipy==1.17.*
    scratch/bin/python make_group_goldens.py
"""

import json
import pathlib

import numpy as np
from scipy import stats

random = np.random.default_rng(20261128)
cases = []
for count, least, most, statistic in [(25, 1, 1, "mean"), (20, 1, 12, "mean"), (16, 3, 9, "correlation")]:
    sizes = random.integers(least, most + 1, count)
    owner = np.repeat(np.arange(count), sizes)
    # What a group shares is most of the spread.
    x = np.round(random.normal(0, 1, count)[owner] + random.normal(0, 0.4, len(owner)), 4)
    y = np.round(0.8 * x + random.normal(0, 0.5, len(owner)), 4)
    members = [np.flatnonzero(owner == group) for group in range(count)]

    def value(groups):
        items = np.concatenate([members[int(group)] for group in groups])
        if statistic == "mean":
            return x[items].mean()
        return np.corrcoef(x[items], y[items])[0, 1]

    found = stats.bootstrap(
        (np.arange(count),), value, n_resamples=20000, vectorized=False, method="percentile",
        rng=random)
    interval = found.confidence_interval
    cases.append({
        "groups": [group.tolist() for group in members], "x": x.tolist(), "y": y.tolist(),
        "statistic": statistic, "estimate": float(value(range(count))),
        "lower": float(interval.low), "upper": float(interval.high)})
    print(statistic, cases[-1]["estimate"], interval.low, interval.high)
pathlib.Path(__file__).with_name("groups.json").write_text(json.dumps(cases) + "\n")
