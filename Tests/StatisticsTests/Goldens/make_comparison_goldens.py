"""Writes comparison.json: reference values by SciPy, scikit-learn, rliable and autorank.

    python -m venv scratch
    scratch/bin/pip install numpy==2.4.* scipy==1.17.* scikit-learn==1.9.* "pandas<3" \
        rliable==1.2.* autorank==1.3.*
    scratch/bin/python make_comparison_goldens.py
"""

import json
import pathlib

import numpy as np
import pandas
from autorank import autorank
from rliable import library, metrics
from scipy import special, stats
from sklearn.manifold import _t_sne

random = np.random.default_rng(20261128)


def rounded(values, digits=6):
    return np.round(np.asarray(values, float), digits).tolist()


def distributions():
    quantiles = [1e-12, 1e-4, 0.025, 0.3, 0.5, 0.84, 0.999]
    return {
        "normal": [[p, float(special.ndtri(p))] for p in quantiles],
        "chiSquared": [
            [x, df, float(stats.chi2.sf(x, df))]
            for x in (0.1, 2.5, 12.0, 60.0) for df in (1, 4, 11)
        ],
        "range": [
            [q, k, float(stats.studentized_range.cdf(q, k, np.inf))]
            for q in (0.5, 2.0, 3.5, 6.0) for k in (2, 5, 10)
        ],
    }


def bootstraps():
    cases = []
    single = random.gamma(2, 1, 9)
    strata = [random.normal(0, 1, 6), random.normal(1, 2, 8)]
    for data, statistic, name in (
        ([single], lambda x, axis: np.mean(x, axis=axis), "mean"),
        (strata, lambda x, y, axis: np.mean(x, axis=axis) - np.mean(y, axis=axis), "difference"),
    ):
        case = {"strata": [rounded(x) for x in data], "statistic": name, "intervals": {}}
        data = [np.array(x) for x in case["strata"]]
        for method in ("percentile", "BCa"):
            rng = np.random.default_rng(11)
            result = stats.bootstrap(
                data, statistic, n_resamples=120, method=method, rng=rng, vectorized=True)
            case["intervals"][method] = list(map(float, result.confidence_interval))
            case["replicates"] = result.bootstrap_distribution.tolist()
        cases.append(case)
    return cases


def paired():
    cases = []
    first, second = rounded(random.normal(0, 1, 12), 3), rounded(random.normal(0.7, 1, 12), 3)
    result = stats.wilcoxon(first, second, method="exact")
    cases.append({"first": first, "second": second, "result": [result.statistic, result.pvalue]})
    # Ties and a pair that does not differ, against all signs.
    first = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5]
    second = [2, 3, 4, 2, 2, 7, 1, 8, 2, 1, 1]
    every = stats.PermutationMethod(n_resamples=np.inf)
    result = stats.wilcoxon(first, second, method=every)
    cases.append({"first": first, "second": second, "result": [result.statistic, result.pvalue]})
    first, second = rounded(random.normal(0, 1, 80), 1), rounded(random.normal(0.3, 1, 80), 1)
    result = stats.wilcoxon(first, second, method="asymptotic", correction=False)
    cases.append({"first": first, "second": second, "result": [result.statistic, result.pvalue]})
    return cases


def ranking():
    scores = random.normal(0, 1, (14, 5)) + np.array([0, 0.2, 1.2, 1.4, 2.6])
    # Whole numbers: their differences tie exactly.
    scores = np.round(100 * scores)
    scores[3, 1] = scores[3, 2]
    columns = list("abcde")
    friedman = stats.friedmanchisquare(*scores.T)
    result = autorank(
        pandas.DataFrame(scores, columns=columns), alpha=0.05, force_mode="nonparametric")
    pairs = [(i, j) for i in range(5) for j in range(i + 1, 5)]
    every = stats.PermutationMethod(n_resamples=np.inf)
    raw = []
    for i, j in pairs:
        difference = scores[:, i] - scores[:, j]
        tied = len(set(np.abs(difference))) < 14 or (difference == 0).any()
        method = every if tied else "exact"
        raw.append(stats.wilcoxon(difference, method=method).pvalue)
    order = np.argsort(raw)
    holm, highest = [0.0] * len(raw), 0.0
    for rank, index in enumerate(order):
        highest = max(highest, min(1, (len(raw) - rank) * raw[index]))
        holm[index] = highest
    ranks = result.rankdf["meanrank"]
    q = [abs(ranks[columns[i]] - ranks[columns[j]]) / np.sqrt(5 * 6 / (6 * 14)) * np.sqrt(2)
         for i, j in pairs]
    return {
        "scores": scores.tolist(),
        "friedman": [float(friedman.statistic), float(friedman.pvalue)],
        "meanRanks": [float(ranks[c]) for c in columns],
        "criticalDifference": float(result.cd),
        "holm": list(map(float, holm)),
        "nemenyi": [float(stats.studentized_range.sf(x, 5, np.inf)) for x in q],
    }


def scores():
    first, second = rounded(random.beta(4, 3, (7, 4)), 4), rounded(random.beta(3, 3, (7, 4)), 4)
    a, b = np.array(first), np.array(second)
    state = np.random.RandomState(5)
    bootstrap = library.StratifiedBootstrap(a, random_state=state)
    interval = bootstrap.conf_int(
        lambda x: np.array([metrics.aggregate_iqm(x)]), reps=150, size=0.95, method="percentile")
    taus = [0.2, 0.5, 0.75]
    return {
        # rliable has runs in rows, facet tasks.
        "first": a.T.tolist(),
        "second": b.T.tolist(),
        "interquartileMean": float(metrics.aggregate_iqm(a)),
        "median": float(metrics.aggregate_median(a)),
        "mean": float(metrics.aggregate_mean(a)),
        "optimalityGap": float(metrics.aggregate_optimality_gap(a, 0.9)),
        "improvement": float(metrics.probability_of_improvement(a, b)),
        "taus": taus,
        "profile": [float(library.run_score_deviation(a, tau)) for tau in taus],
        "replicates": bootstrap._results[:, 0].tolist(),
        "interval": interval[:, 0].tolist(),
    }


def clustered():
    """The plug-in variances of arXiv:2306.01198 by a double sum over pairs of pairs that share an
    identity, and Wilson's interval with them."""
    identities, pairs = 12, []
    hard = np.arange(identities) < 4
    for i in range(identities):
        for j in range(i, identities):
            for _ in range(int(random.integers(1, 4))):
                p = 0.05 + 0.3 * (2 * hard[i] if i == j else int(hard[i]) + int(hard[j]))
                pairs.append((i, j, bool(random.random() < p)))
    result = []
    for genuine in (True, False):
        kind = [p for p in pairs if (p[0] == p[1]) == genuine]
        n = len(kind)
        rate = sum(p[2] for p in kind) / n
        same, shared = 0.0, 0.0
        for a in kind:
            for b in kind:
                product = (a[2] - rate) * (b[2] - rate)
                if a[:2] == b[:2]:
                    same += product
                elif {a[0], a[1]} & {b[0], b[1]}:
                    shared += product
        variance = (same + max(0, shared)) / (n * n)
        assert genuine or shared > 0
        effective = rate * (1 - rate) / variance
        z = stats.norm.ppf(0.975)
        centre = (rate + z * z / 2 / effective) / (1 + z * z / effective)
        half = z * np.sqrt((rate * (1 - rate) + z * z / 4 / effective) / effective)
        half /= 1 + z * z / effective
        result.append({
            "pairs": [[p[0], p[1], int(p[2])] for p in kind],
            "rate": rate, "variance": variance, "interval": [centre - half, centre + half],
        })
    return result


def embedding():
    points = rounded(random.normal(0, 1, (14, 4)) * [3, 1.5, 1, 0.3], 4)
    x = np.array(points)
    centred = x - x.mean(0)
    _, singular, directions = np.linalg.svd(centred, full_matrices=False)
    directions = directions[:2]
    signs = np.sign(directions[np.arange(2), np.abs(directions).argmax(1)])
    squares = ((x[:, None] - x[None]) ** 2).sum(-1)
    from scipy.spatial.distance import squareform
    joint = _t_sne._joint_probabilities(squares, 4.0, 0)
    places = rounded(random.normal(0, 1, (14, 2)), 4)
    divergence, gradient = _t_sne._kl_divergence(
        np.array(places).ravel(), joint, 1.0, 14, 2)
    return {
        "points": points,
        "directions": (directions * signs[:, None]).tolist(),
        "variances": (singular[:2] ** 2 / 13).tolist(),
        "joint": squareform(joint).tolist(),
        "places": places,
        "divergence": float(divergence),
        "gradient": np.reshape(gradient, (14, 2)).tolist(),
    }


def shapes():
    values = rounded(random.gamma(2, 1, 40), 4)
    kde = stats.gaussian_kde(values)
    at = [0.0, 0.7, 2.0, 5.5]
    return {
        "values": values,
        "quartiles": np.percentile(values, [25, 50, 75]).tolist(),
        "binEdges": np.histogram(values, 8)[1].tolist(),
        "binCounts": np.histogram(values, 8)[0].tolist(),
        "densityAt": at,
        "density": kde(at).tolist(),
    }


goldens = {
    "distributions": distributions(), "bootstraps": bootstraps(), "paired": paired(),
    "ranking": ranking(), "scores": scores(), "clustered": clustered(), "embedding": embedding(),
    "shapes": shapes(),
}
path = pathlib.Path(__file__).with_name("comparison.json")
path.write_text(json.dumps(goldens, separators=(",", ":")))
