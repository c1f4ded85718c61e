"""torchvision's multi-crop preparation: pictures a second of processor time, on one line.

    python3 multi_crop_peer.py FOLDER small|paper pil|tensor

`pil` is SwAV's own pipeline, `tensor` the faster v2 transforms on 8-bit tensors. Neither makes
floats of the views or normalises them: facet leaves that to the device, too.
"""
import io, pathlib, random, sys, time

import torch
from PIL import Image

from swav_views import v1, v2, views
from torchvision import io as vision_io
from torchvision.transforms.v2 import functional

CROPS = {
    "small": [(2, 64, (0.14, 1)), (4, 32, (0.05, 0.14))],
    "paper": [(2, 224, (0.14, 1)), (6, 96, (0.05, 0.14))],
}
SECONDS = 4.0


def decoder(files):
    """To tensors: by torchvision itself, or by PIL where that is not built in."""
    buffers = {data: torch.frombuffer(bytearray(data), dtype=torch.uint8) for data in files}
    own = lambda data: vision_io.decode_jpeg(buffers[data], mode=vision_io.ImageReadMode.RGB)
    try:
        own(files[0])
        return own
    except (RuntimeError, AttributeError):
        return lambda data: functional.pil_to_tensor(Image.open(io.BytesIO(data)).convert("RGB"))


def main(folder, crops, kind):
    torch.set_num_threads(1)
    torch.manual_seed(0), random.seed(0)
    files = [p.read_bytes() for p in sorted(pathlib.Path(folder).rglob("*.jpg"))[:300]]
    if kind == "pil":
        decode = lambda data: Image.open(io.BytesIO(data)).convert("RGB")
        library, last = v1, [v1.PILToTensor()]
    else:
        library, last, decode = v2, [], decoder(files)
    groups = [(n, views(library, size, scale, last)) for n, size, scale in CROPS[crops]]
    prepare = lambda data: [view(image) for image in [decode(data)] for n, view in groups for _ in range(n)]
    for data in files[:50]:
        prepare(data)
    start, count = time.process_time(), 0
    while time.process_time() - start < SECONDS:
        for data in files[:50]:
            prepare(data)
        count += 50
        files = files[50:] + files[:50]
    print(count / (time.process_time() - start))


main(*sys.argv[1:])
