"""Milliseconds of functions by turns, the best of five after a first."""
import time


def milliseconds(*bodies):
    best = [float("inf")] * len(bodies)
    for _ in range(6):
        for index, body in enumerate(bodies):
            begun = time.perf_counter()
            body()
            best[index] = min(best[index], time.perf_counter() - begun)
    return [1000 * seconds for seconds in best]


def told(theirs, ours):
    return f"{theirs:.1f} and {ours:.1f} ms, ratio {theirs / ours:.2f}"
