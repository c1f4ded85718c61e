"""Writes roc-gain.json: areas under weighted ROC curves by scikit-learn, and intervals of their
difference where people are drawn again, with pairs that share people.

    python -m venv scratch && scratch/bin/pip install numpy==2.4.* scikit-learn==1.8.*
    scratch/bin/python make_roc_gain_goldens.py
"""

import json
import pathlib

import numpy as np
from sklearn.metrics import roc_auc_score

random = np.random.default_rng(20261128)
cases = []
for people, noise in [(12, 1.0), (30, 0.6)]:
    # Each person has two genuine pairs and is in six impostor pairs on average.
    first = np.concatenate([np.repeat(np.arange(people), 2), random.integers(0, people, 3 * people)])
    second = np.concatenate([np.repeat(np.arange(people), 2), random.integers(0, people, 3 * people)])
    keep = (first != second) | (np.arange(len(first)) < 2 * people)
    first, second = first[keep], second[keep]
    genuine = first == second
    likeness = random.normal(0, 0.5, people)
    base = genuine + likeness[first] + likeness[second]
    scores = np.round(base + random.normal(0, noise, len(first)), 1).astype(np.float32)
    rivals = np.round(base + random.normal(0, 1.5, len(first)), 1).astype(np.float32)

    def areas(weights):
        used = weights > 0
        return [
            float(roc_auc_score(genuine[used], s[used], sample_weight=weights[used]))
            for s in (scores, rivals)]

    def weights():
        draws = np.bincount(random.integers(0, people, people), minlength=people)
        return np.where(genuine, draws[first], draws[first] * draws[second]).astype(float)

    replicates = []
    while len(replicates) < 10000:
        drawn = weights()
        if drawn[genuine].sum() > 0 and drawn[~genuine].sum() > 0:
            own, other = areas(drawn)
            replicates.append(own - other)
    sample = weights()
    cases.append({
        "first": first.tolist(), "second": second.tolist(), "scores": scores.tolist(),
        "rivals": rivals.tolist(), "areas": areas(np.ones(len(first))), "weights": sample.tolist(),
        "weightedAreas": areas(sample), "lower": float(np.quantile(replicates, 0.025)),
        "upper": float(np.quantile(replicates, 0.975))})
    print(people, cases[-1]["areas"], cases[-1]["lower"], cases[-1]["upper"])
pathlib.Path(__file__).with_name("roc-gain.json").write_text(json.dumps(cases) + "\n")
