"""Writes statistics.json: reference values by NumPy, SciPy and scikit-learn.

    python -m venv scratch && scratch/bin/pip install numpy==2.4.* scipy==1.17.* scikit-learn==1.9.*
    scratch/bin/python make_goldens.py
"""

import json
import pathlib

import numpy as np
from scipy import integrate, optimize, special, stats
from sklearn import metrics

random = np.random.default_rng(20260101)


def landmarks():
    truth = (random.uniform(10, 54, (68, 2))).astype(np.float32)
    predicted = (truth + random.normal(0, 2, (68, 2))).astype(np.float32)
    t, p = truth.astype(float), predicted.astype(float)
    size = t.max(0) - t.min(0)
    lengths = {
        "inter-ocular": np.linalg.norm(t[36] - t[45]),
        "inter-pupil": np.linalg.norm(t[36:42].mean(0) - t[42:48].mean(0)),
        "box": np.sqrt(size[0] * size[1]),
        "diagonal": np.sqrt((size**2).sum()),
    }
    error = np.linalg.norm(p - t, axis=1).mean()
    return {
        "truth": truth.tolist(),
        "predicted": predicted.tolist(),
        "nme": {name: error / length for name, length in lengths.items()},
    }


def cumulative():
    errors = np.concatenate([random.gamma(4, 0.012, 60), [0.05, 0.1, 0.0]])
    cases = []
    # 0.0333 has an odd number of intervals.
    for threshold in (0.05, 0.07, 0.08, 0.1, 0.0333):
        intervals = round(threshold / 1e-4)
        x = threshold * np.arange(intervals + 1) / intervals
        y = np.array([np.count_nonzero(errors <= value) for value in x]) / len(errors)
        cases.append({
            "threshold": threshold,
            "area": integrate.simpson(y, x=x) / threshold,
            "failures": 1 - y[-1],
        })
    return {"errors": errors.tolist(), "cases": cases}


def fold_accuracies(similarity, same, folds, thresholds_of):
    accuracies = []
    for fold in np.unique(folds):
        train, test = folds != fold, folds == fold
        thresholds = thresholds_of(similarity[train])
        right = [np.mean((similarity[train] >= t) == same[train]) for t in thresholds]
        best = thresholds[int(np.argmax(right))]
        accuracies.append(np.mean((similarity[test] >= best) == same[test]))
    return np.array(accuracies)


def midpoints(similarity):
    values = np.unique(similarity)[::-1]
    return np.concatenate([[np.inf], (values[:-1] + values[1:]) / 2, [-np.inf]])


def grid(_):
    # facenet's and insightface's lfw.py: squared distances 0, 0.01, … 4 of unit vectors.
    return 1 - np.arange(0, 4, 0.01) / 2


def verification(decimals, count):
    folds = np.repeat(np.arange(10), count // 10)
    same = np.tile([True, False], count // 2)
    similarity = np.where(same, random.normal(0.45, 0.2, count), random.normal(0.15, 0.2, count))
    similarity = np.round(np.clip(similarity, -1, 1), decimals).astype(np.float32).astype(float)
    far, tar, _ = metrics.roc_curve(same, similarity, drop_intermediate=False)
    accepted = {}
    for rate in (0.5, 0.1, 0.02):
        # Roundoff of a rate that is a whole number of impostors.
        accepted[str(rate)] = tar[far <= rate + 1e-12].max()
    exact = fold_accuracies(similarity, same, folds, midpoints)
    return {
        "similarities": similarity.tolist(),
        "same": same.tolist(),
        "folds": folds.tolist(),
        "area": metrics.roc_auc_score(same, similarity),
        "equalErrorRate": optimize.brentq(
            lambda x: 1 - x - np.interp(x, far, tar), 0, 1, xtol=1e-14),
        "accepted": accepted,
        "accuracy": exact.mean(),
        "accuracyDeviation": exact.std(ddof=1),
        "gridAccuracy": fold_accuracies(similarity, same, folds, grid).mean(),
    }


def tests():
    cases = []
    for n, m, shift, spread in [(3, 3, 0.1, 1), (5, 8, 2, 3), (2, 4, 0, 1), (40, 40, 9, 0.5)]:
        first, second = random.normal(0, 1, n), random.normal(shift, spread, m)
        welch = stats.ttest_ind(first, second, equal_var=False)
        pairs = min(n, m)
        paired = stats.ttest_rel(first[:pairs], second[:pairs])
        cases.append({
            "first": first.tolist(), "second": second.tolist(),
            "welch": [welch.statistic, welch.df, welch.pvalue],
            "paired": [paired.statistic, paired.df, paired.pvalue],
        })
    return cases


def beta():
    cases = []
    for a in (0.5, 1, 1.7, 4, 30, 500):
        for b in (0.5, 1, 3.3, 80):
            for x in (1e-6, 0.01, 0.2, 0.5, 0.77, 0.99, 0.999999):
                cases.append([x, a, b, special.betainc(a, b, x)])
    return cases


def student():
    return [
        [t, df, 2 * stats.t.sf(t, df)]
        for t in (0.01, 0.5, 1, 2.5, 10, 60)
        for df in (1, 2, 2.4, 5, 19, 100, 4000)
    ]


content = {
    "landmarks": landmarks(),
    "cumulative": cumulative(),
    "verification": [verification(2, 300), verification(7, 1000)],
    "tests": tests(),
    "beta": beta(),
    "student": student(),
}
path = pathlib.Path(__file__).with_name("statistics.json")
text = json.dumps(content, separators=(",", ":"), default=float)
path.write_text(text.replace("]],", "]],\n") + "\n")
