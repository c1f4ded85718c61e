"""Perceptual hashes of made-up pictures by imagehash, the peer of PerceptualHash.

pip install imagehash==4.3.2; python make_hashes.py > hashes.json
"""
import json

import imagehash
import numpy
from PIL import Image


def picture(a, b, c):
    """32 × 32 grey values by whole numbers alone, so that Swift makes the same ones."""
    return numpy.array(
        [[(a * x * x + b * y * y + c * x * y) // 16 % 256 for x in range(32)] for y in range(32)],
        dtype=numpy.uint8)


rows = []
for a, b, c in [(3, 5, 1), (1, 2, 9), (7, 0, 2), (4, 9, 4), (0, 6, 5), (11, 1, 3), (2, 13, 8)]:
    pixels = picture(a, b, c)
    plain = Image.fromarray(pixels)
    mirrored = Image.fromarray(pixels[:, ::-1].copy())
    rows.append({"a": a, "b": b, "c": c, "hash": str(imagehash.phash(plain)),
                 "mirrored": str(imagehash.phash(mirrored))})
print(json.dumps(rows, indent=1))
