"""Convolutions of small maps on the processor: oneDNN against matrix products.

    python3 small_maps.py

Milliseconds with channels last in float32, the best of five, in turn: a 3x3 convolution with all its
gradients against a product for each place of the output, and the gradient of the weights alone
against a product for each tap. `CTorch/convolution.cpp` chooses by these ratios.
"""
import torch
import torch.nn.functional as F

from timing import milliseconds, told

CASES = [  # maps, channels in and out, side, stride
    (256, 512, 512, 1, 1), (128, 512, 512, 2, 1), (256, 256, 512, 2, 2), (256, 32, 32, 2, 1),
    (48, 512, 512, 3, 1), (128, 256, 256, 4, 1), (256, 128, 128, 4, 1), (128, 64, 64, 4, 1),
    (48, 256, 256, 6, 1), (16, 512, 512, 7, 1), (128, 128, 128, 8, 1), (128, 128, 256, 8, 2),
    (16, 256, 256, 14, 1), (128, 64, 64, 16, 1),
]


def by_places(x, w, stride):
    size = x.shape[2]
    spans = []
    for first in range(-1, size - 1, stride):
        begin, end = max(first, 0), min(first + 3, size)
        spans.append((begin, end, begin - first, end - first))
    x, w = x.permute(0, 2, 3, 1), w.permute(0, 2, 3, 1)
    outputs = [
        F.linear(x[:, a:b, c:d].reshape(len(x), -1), w[:, s:t, u:v].reshape(len(w), -1))
        for a, b, s, t in spans for c, d, u, v in spans
    ]
    return torch.stack(outputs, 1).view(len(x), len(spans), len(spans), len(w)).permute(0, 3, 1, 2)


def by_taps(x, w, cotangent, stride):
    size, places = x.shape[2], cotangent.shape[2]
    x, cotangent = x.permute(0, 2, 3, 1), cotangent.permute(0, 2, 3, 1)
    reaches = []
    for tap in range(3):
        first = max(0, -((tap - 1) // stride))
        end = min(places, (size - tap) // stride + 1)
        reaches.append((first, end, first * stride - 1 + tap))
    taps = []
    for a, b, y in reaches:
        for c, d, z in reaches:
            if a >= b or c >= d:
                taps.append(torch.zeros(len(w), x.shape[3]))
                continue
            seen = x[:, y:y + (b - a - 1) * stride + 1:stride, z:z + (d - c - 1) * stride + 1:stride]
            by = cotangent[:, a:b, c:d]
            taps.append(by.reshape(-1, len(w)).t() @ seen.reshape(-1, x.shape[3]))
    return torch.stack(taps, 1).view(len(w), 3, 3, -1).permute(0, 3, 1, 2)


for count, inputs, outputs, size, stride in CASES:
    x, w = [
        torch.randn(shape).to(memory_format=torch.channels_last).requires_grad_()
        for shape in [(count, inputs, size, size), (outputs, inputs, 3, 3)]
    ]
    cotangent = torch.randn_like(F.conv2d(x, w, stride=stride, padding=1))
    line = f"{count} maps {size}x{size}, {inputs} to {outputs}, stride {stride}: "
    if cotangent.shape[2] ** 2 <= 4:
        line += "all " + told(*milliseconds(
            lambda: F.conv2d(x, w, stride=stride, padding=1).backward(cotangent),
            lambda: by_places(x, w, stride).backward(cotangent))) + "; "
    theirs = lambda: torch.ops.aten.convolution_backward(
        cotangent, x, w, None, [stride] * 2, [1, 1], [1, 1], False, [0, 0], 1, [False, True, False])[1]
    ours = lambda: by_taps(x, w, cotangent, stride)
    with torch.no_grad():
        assert (theirs() - ours()).abs().max() < 1e-3 * theirs().abs().max()
        print(line + "weights " + told(*milliseconds(theirs, ours)), flush=True)
