"""torchvision's multi-crop preparation: pictures a second of processor time, on one line.

    python3 multi_crop_peer.py FOLDER small|paper pil|tensor

`pil` is SwAV's own pipeline, `tensor` the faster v2 transforms on 8-bit tensors. Neither makes
floats of the views or normalises them: facet leaves that to the device, too.
"""
import io, pathlib, random, sys, time

import torch
from PIL import Image

# torchvision's CUDA build beside a CPU build of torch lacks its compiled part, which nothing here
# needs but the import.
schemas = torch.library.Library("torchvision", "FRAGMENT")
try:
    import torchvision
except RuntimeError:
    for name in [name for name in sys.modules if name.startswith("torchvision")]:
        del sys.modules[name]
    for name in ["nms", "qnms"]:
        schemas.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
from torchvision import io as vision_io, transforms as v1
from torchvision.transforms import v2
from torchvision.transforms.v2 import functional

CROPS = {
    "small": [(2, 64, (0.14, 1)), (4, 32, (0.05, 0.14))],
    "paper": [(2, 224, (0.14, 1)), (6, 96, (0.05, 0.14))],
}
SECONDS = 4.0


def kernel(size):
    return 2 * max(1, int(size * 0.1 / 2)) + 1


def views(library, size, scale, last):
    jitter = library.ColorJitter(0.8, 0.8, 0.8, 0.2)
    blur = library.GaussianBlur(kernel(size), (0.1, 2.0))
    return library.Compose(
        [
            library.RandomResizedCrop(size, scale=scale),
            library.RandomHorizontalFlip(),
            library.RandomApply([jitter], p=0.8),
            library.RandomGrayscale(p=0.2),
            library.RandomApply([blur], p=0.5),
        ]
        + last
    )


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
