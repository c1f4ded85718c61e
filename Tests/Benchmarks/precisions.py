"""Convolutions of ResNet-50 on the processor in float32 and bfloat16: billions of operations a second.

    python3 precisions.py

With channels last and 16 maps, the best of five, for the layer itself, its input's gradient and its
weights'. `Precision.best` in Sources/Torch chooses by them: where bfloat16 is the slower, it is left alone.
"""
import torch

from timing import milliseconds

LAYERS = [  # channels in and out, kernel, side
    (64, 64, 3, 56), (128, 128, 3, 28), (256, 256, 3, 14), (512, 512, 3, 7), (1024, 256, 1, 14), (512, 2048, 1, 7)]
MAPS = 16


def rates(dtype, inputs, outputs, kernel, side):
    def tensor(*shape):
        return torch.randn(*shape).to(dtype).contiguous(memory_format=torch.channels_last)

    x, w = tensor(MAPS, inputs, side, side), tensor(outputs, inputs, kernel, kernel)
    g, padding = tensor(MAPS, outputs, side, side), kernel // 2

    def gradient(*wanted):
        return lambda: torch.ops.aten.convolution_backward(
            g, x, w, None, [1, 1], [padding] * 2, [1, 1], False, [0, 0], 1, [*wanted, False])

    operations = 2 * g.numel() * inputs * kernel ** 2
    for work in (lambda: torch.conv2d(x, w, None, 1, padding), gradient(True, False), gradient(False, True)):
        yield operations / milliseconds(work)[0] / 1e6


for layer in LAYERS:
    told = [" ".join(f"{rate:4.0f}" for rate in rates(dtype, *layer)) for dtype in (torch.float32, torch.bfloat16)]
    print("{} to {}, {}x{} of {}:".format(*layer[:3], *layer[2:]), f"float32 {told[0]}, bfloat16 {told[1]}", flush=True)
