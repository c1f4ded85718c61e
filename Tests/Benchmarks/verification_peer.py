"""IJB's 1:1 evaluation as insightface's eval_ijbc.py does it, on what `verification-speed write` left.

    python -m venv scratch && scratch/bin/pip install numpy==2.4.* scikit-learn==1.9.*
    verification-speed write /tmp/ijb.bin && scratch/bin/python verification_peer.py /tmp/ijb.bin [PAIRS]
"""

import resource
import sys
import time

import numpy as np
from sklearn.metrics import auc, roc_curve

WIDTH, BATCH = 512, 100_000
with open(sys.argv[1], "rb") as file:
    rows, pairs = np.fromfile(file, np.int32, 2)
    features = np.fromfile(file, np.float32, int(rows) * WIDTH).reshape(rows, WIDTH)
    first = np.fromfile(file, np.int32, pairs)
    second = np.fromfile(file, np.int32, pairs)
    same = np.fromfile(file, np.uint8, pairs)
if len(sys.argv) > 2:
    chosen = np.linspace(0, pairs - 1, int(sys.argv[2])).astype(int)
    first, second, same = first[chosen], second[chosen], same[chosen]

start = time.perf_counter()
scores = np.empty(len(first), np.float32)
for at in range(0, len(first), BATCH):
    part = slice(at, at + BATCH)
    scores[part] = np.sum(features[first[part]] * features[second[part]], -1)
scored = time.perf_counter()
far, tar, _ = roc_curve(same, scores)
far, tar = np.flipud(far), np.flipud(tar)
for rate in (1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1):
    _, index = min(list(zip(abs(far - rate), range(len(far)))))
    print(f"TAR at FAR {rate}: {tar[index]}")
print(f"AUC {auc(far, tar)}")
done = time.perf_counter()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print(f"NumPy {np.__version__}: scored {scored - start:.2f} s, ROC {done - scored:.2f} s, "
      f"in all {done - start:.2f} s, at most {peak} MB")
