"""torchvision, importable also beside a CPU build of torch, and SwAV's views with it."""
import sys

import torch

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
    import torchvision
from torchvision import transforms as v1
from torchvision.transforms import v2


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


def make_views(size, scale, tensors):
    """Of 8-bit tensors, or of PIL pictures to normalised floats, as SwAV's own code has it."""
    if tensors:
        return views(v2, size, scale, [])
    mean, std = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
    return views(v1, size, scale, [v1.ToTensor(), v1.Normalize(mean, std)])
