"""Writes tasks.json: the tasks' metrics by pingouin, NumPy, SciPy and scikit-learn.

    python -m venv scratch && scratch/bin/pip install numpy==2.4.* scipy==1.17.* scikit-learn==1.9.* pingouin==0.7.*
    scratch/bin/python make_task_goldens.py [FOLDER OF 3DDFA's AFLW2000-3D ARRAYS]
"""

import json
import math
import pathlib
import sys

import numpy as np
import pandas as pd
import pingouin
from scipy.spatial.transform import Rotation
from sklearn import metrics

random = np.random.default_rng(20261128)


def agreement():
    cases = []
    for n, noise, scale, shift in [(5, 0.3, 1, 0), (60, 1, 0.7, 0.4), (80, 3, 1, -2), (40, 0.5, -1, 0)]:
        truth = np.round(np.clip(random.normal(1, 1.5, n), 0, 5), 1) - 1
        predicted = np.round(truth * scale + shift + random.normal(0, noise, n), 4)
        long = pd.DataFrame({
            "sample": np.tile(np.arange(n), 2), "rater": np.repeat([0, 1], n),
            "value": np.concatenate([predicted, truth])})
        icc = pingouin.intraclass_corr(long, targets="sample", raters="rater", ratings="value")
        rows = icc.set_index("Type")["ICC"]
        single = rows["ICC(C,1)"] if "ICC(C,1)" in rows else rows["ICC3"]
        ccc = (2 * np.corrcoef(predicted, truth)[0, 1] * predicted.std() * truth.std()
               / (predicted.var() + truth.var() + (predicted.mean() - truth.mean()) ** 2))
        cases.append({
            "predicted": predicted.tolist(), "truth": truth.tolist(), "icc": single, "ccc": ccc,
            "pcc": np.corrcoef(predicted, truth)[0, 1],
            "rmse": math.sqrt(metrics.mean_squared_error(truth, predicted)),
            "mae": metrics.mean_absolute_error(truth, predicted),
            "sagr": np.mean(np.sign(predicted) == np.sign(truth)),
            "f1": metrics.f1_score(truth >= 0.5, predicted >= 0.5),
        })
    return cases


def classification():
    cases = []
    for n, classes in [(30, 3), (200, 7), (50, 8)]:
        truth = random.integers(0, classes - 1, n)  # the last class never occurs
        predicted = np.where(random.random(n) < 0.6, truth, random.integers(0, classes, n))
        cases.append({
            "classes": classes, "truth": truth.tolist(), "predicted": predicted.tolist(),
            "confusion": metrics.confusion_matrix(
                truth, predicted, labels=np.arange(classes)).tolist(),
            "accuracy": metrics.accuracy_score(truth, predicted),
            # Without the warning that a class was predicted that does not occur.
            "balanced": metrics.recall_score(
                truth, predicted, labels=np.unique(truth), average="macro"),
            "macroF1": metrics.f1_score(truth, predicted, average="macro"),
        })
    return cases


def nearest():
    """insightface's eval_ijbc.py: the point of scikit-learn's curve with the nearest FPR."""
    cases = []
    for decimals, count in [(2, 300), (5, 900)]:
        same = random.random(count) < 0.3
        score = np.where(same, random.normal(0.5, 0.2, count), random.normal(0.1, 0.2, count))
        shown = np.round(score, decimals)
        score = shown.astype(np.float32)
        fpr, tpr, _ = metrics.roc_curve(same, score)
        fpr, tpr = np.flipud(fpr), np.flipud(tpr)
        rates = {}
        for rate in (1e-3, 0.004, 1e-2, 0.037, 1e-1, 0.5):
            _, index = min(zip(abs(fpr - rate), range(len(fpr))))
            rates[str(rate)] = tpr[index]
        cases.append({
            "similarities": shown.tolist(), "same": same.tolist(), "rates": rates})
    return cases


def identification():
    """34 probes whose person is in the gallery and 16 whose is not."""
    probes, gallery = 50, 30
    mates = np.where(np.arange(probes) < 34, np.arange(probes) % gallery, -1)
    matrix = random.normal(0, 0.2, (probes, gallery))
    for row, mate in enumerate(mates):
        if mate >= 0:
            matrix[row, mate] += 0.5
    shown = np.round(matrix, 3)
    matrix = shown.astype(np.float32)
    mated = np.flatnonzero(mates >= 0)
    own = matrix[mated, mates[mated]]
    others = matrix.copy()
    others[mated, mates[mated]] = -np.inf
    rank = 1 + (others[mated] >= own[:, None]).sum(1)
    result = {"matrix": shown.tolist(), "mates": mates.tolist(),
              "rank": {str(k): float(np.mean(rank <= k)) for k in (1, 2, 5, 10)}}
    for name, best in [("unenrolled", matrix[mates < 0].max(1)), ("leftOut", others.max(1))]:
        best = np.sort(best)[::-1]
        rates = {}
        for rate in (0.1, 0.2, 0.5, 1.0):
            # The lowest threshold that at most this share of the impostors' searches exceeds.
            candidates = np.concatenate([best, [-np.inf]])
            allowed = [t for t in candidates if np.mean(best > t) <= rate + 1e-12]
            rates[str(rate)] = float(np.mean((rank == 1) & (own > min(allowed))))
        result[name] = rates
    return result


def templates():
    features = np.round(random.normal(0, 1, (7, 12)), 3)
    media = np.array([3, 3, 3, 5, 9, 9, 5])
    score = np.round(random.uniform(0.2, 1, 7), 3)
    weighted = features * score[:, None]
    total = sum(weighted[media == m].mean(0) for m in np.unique(media))
    return {"features": features.tolist(), "media": media.tolist(),
            "weights": score.tolist(),
            "pooled": (total / np.linalg.norm(total)).tolist()}


def alignment():
    cases = []
    for n in (3, 4, 20):
        source = np.round(random.normal(0, 30, (n, 3)), 2)
        turn = Rotation.random(random_state=n)
        target = (turn.apply(source) * 1.3 + [5, -70, 900] + random.normal(0, 2, (n, 3)))
        x, y = source, np.round(target, 2)
        found, _ = Rotation.align_vectors(y - y.mean(0), x - x.mean(0))
        moved = found.apply(x - x.mean(0))
        scale = (moved * (y - y.mean(0))).sum() / (moved ** 2).sum()
        cases.append({
            "source": x.tolist(), "target": y.tolist(), "rotation": found.as_matrix().tolist(),
            "scale": scale, "rigid": np.linalg.norm(moved + y.mean(0) - y, axis=1).mean(),
            "similar": np.linalg.norm(scale * moved + y.mean(0) - y, axis=1).mean()})
    return cases


def yaw(folder):
    """3DDFA's benchmark_aflw2000.py on its own ground truth, every point moved by (3, 4) pixels."""
    points = np.load(folder / "AFLW2000-3D.pts68.npy")[:, :2].astype(float)
    yaws = np.load(folder / "AFLW2000-3D.pose.npy")
    yaws = np.abs(yaws if yaws.ndim == 1 else yaws[:, 0])
    size = points.max(2) - points.min(2)
    errors = 5 / np.sqrt(size[:, 0] * size[:, 1])
    bins = [yaws <= 30, (yaws > 30) & (yaws <= 60), yaws > 60]
    means = [errors[b].mean() for b in bins]
    return {"counts": [int(b.sum()) for b in bins], "means": means, "mean": np.mean(means),
            "deviation": np.std(means)}


content = {
    "agreement": agreement(), "classification": classification(), "nearest": nearest(),
    "identification": identification(), "templates": templates(), "alignment": alignment(),
}
path = pathlib.Path(__file__).with_name("tasks.json")
if len(sys.argv) > 1:
    content["yaw"] = yaw(pathlib.Path(sys.argv[1]))
elif path.exists():
    content["yaw"] = json.loads(path.read_text())["yaw"]
text = json.dumps(content, separators=(",", ":"), default=float)
path.write_text(text.replace("]],", "]],\n") + "\n")
