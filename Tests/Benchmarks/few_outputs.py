"""Convolutions of small maps on the processor: oneDNN's against a matrix product for each output.

    python3 few_outputs.py

Milliseconds of a 3x3 convolution with its gradients, channels last, float32, the best of five:
where `CTorch/convolution.cpp` should take which.
"""
import time

import torch
import torch.nn.functional as F


def by_outputs(x, w, stride):
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


def milliseconds(convolve, x, w, gradient):
    best = float("inf")
    for _ in range(6):
        x.grad = w.grad = None
        begun = time.perf_counter()
        convolve(x, w).backward(gradient)
        best = min(best, time.perf_counter() - begun)
    return 1000 * best


for count, inputs, outputs, size, stride in [
    (256, 512, 512, 1, 1), (128, 512, 512, 2, 1), (256, 256, 512, 2, 2), (128, 256, 512, 4, 2),
    (128, 128, 128, 2, 1), (256, 32, 32, 2, 1), (96, 512, 512, 3, 1), (128, 256, 256, 4, 1),
]:
    x, w = [
        torch.randn(shape).to(memory_format=torch.channels_last).requires_grad_()
        for shape in [(count, inputs, size, size), (outputs, inputs, 3, 3)]
    ]
    gradient = torch.randn_like(F.conv2d(x, w, stride=stride, padding=1))
    theirs = milliseconds(lambda x, w: F.conv2d(x, w, stride=stride, padding=1), x, w, gradient)
    ours = milliseconds(lambda x, w: by_outputs(x, w, stride), x, w, gradient)
    print(f"{count} maps {size}x{size}, {inputs} to {outputs}, stride {stride}: "
          f"{theirs:.1f} and {ours:.1f} ms, ratio {theirs / ours:.2f}")
