"""The loops of Sources/CTorch against PyTorch's, on the layers of ResNet-50 with 32 maps of 224 px and of
ResNet-18 with 128 of 64 px.

    python3 kernels.py [THREADS]

Milliseconds with channels last in float32, the best of five, in turn: batch norm with ReLU, with and
without a shortcut, forward and backward; the gradient of a 3x3 convolution's weights; 3x3 convolutions in tiles
(Winograd), with both gradients; and on processors with AVX512-FP16 convolutions of float16 maps. Needs torch and
Swift's clang++, which compiles the sources for that torch.
"""
import pathlib, subprocess, sys, tempfile

import torch
import torch.nn.functional as F

from timing import milliseconds, told

SOURCES = pathlib.Path(__file__).resolve().parent / "../../Sources/CTorch"
BINDING = """
#include "normalization.cpp"
#include "weight_gradient.cpp"
#include "parallel.cpp"
#include "half_convolution.h"
#include "winograd.h"
#include <torch/library.h>
namespace ft { // Ranks are not part of this.
thread_local const ft_group *batch_norm_group = nullptr;
std::atomic<int64_t> live_tensors{0};
thread_local int64_t live_tensors_of_thread = 0;
bool is_without_memory(const std::exception &) noexcept { return false; }
ft_status refuse(ft_status status, const char *, ft_error **) noexcept { return status; }
at::Tensor synchronized_batch_norm(const ft_group &, const at::Tensor &x, const std::optional<at::Tensor> &,
                                   const std::optional<at::Tensor> &, at::Tensor, at::Tensor,
                                   ft_batch_norm_settings) { return x; }
}
at::Tensor norm(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias, const at::Tensor &mean,
                const at::Tensor &variance, const std::optional<at::Tensor> &shortcut) {
  return Normalization{x, weight, bias, mean, variance, shortcut, {true, true, 0.1, 1e-5}}.together();
}
at::Tensor half(const at::Tensor &x, const at::Tensor &w, int64_t s, int64_t p) {
  return ft::half_convolution(x, w, {w.size(2), s, p});
}
at::Tensor half_inputs(const at::Tensor &g, const at::Tensor &w, at::IntArrayRef sizes, int64_t s, int64_t p) {
  return ft::half_input_gradient(g, w, sizes, {w.size(2), s, p});
}
at::Tensor half_weights(const at::Tensor &x, const at::Tensor &g, int64_t k, int64_t s, int64_t p) {
  return ft::half_weight_gradient(x, g, {k, s, p});
}
TORCH_LIBRARY(facet, library) {
  library.def("norm(Tensor x, Tensor w, Tensor b, Tensor m, Tensor v, Tensor? s) -> Tensor");
  library.impl("norm", c10::DispatchKey::CompositeImplicitAutograd, norm);
  library.def("weights(Tensor x, Tensor g, int k, int s, int p) -> Tensor");
  library.impl("weights", c10::DispatchKey::CompositeImplicitAutograd, ft::weight_gradient);
  const auto key = c10::DispatchKey::CompositeImplicitAutograd;
  library.def("tiles(Tensor x, Tensor w) -> Tensor");
  library.impl("tiles", key, ft::winograd);
  library.def("tiles_inputs(Tensor g, Tensor w) -> Tensor");
  library.impl("tiles_inputs", key, ft::winograd_input_gradient);
  library.def("tiles_weights(Tensor x, Tensor g) -> Tensor");
  library.impl("tiles_weights", key, ft::winograd_weight_gradient);
  library.def("has_halves() -> bool");
  library.impl("has_halves", key, ft::has_half_products);
  library.def("half(Tensor x, Tensor w, int s, int p) -> Tensor");
  library.impl("half", key, half);
  library.def("half_inputs(Tensor g, Tensor w, int[] sizes, int s, int p) -> Tensor");
  library.impl("half_inputs", key, half_inputs);
  library.def("half_weights(Tensor x, Tensor g, int k, int s, int p) -> Tensor");
  library.impl("half_weights", key, half_weights);
  library.def("half_tiles(Tensor x, Tensor w) -> Tensor");
  library.impl("half_tiles", key, ft::half_winograd);
  library.def("half_tiles_inputs(Tensor g, Tensor w) -> Tensor");
  library.impl("half_tiles_inputs", key, ft::half_winograd_input_gradient);
  library.def("half_tiles_weights(Tensor x, Tensor g) -> Tensor");
  library.impl("half_tiles_weights", key, ft::half_winograd_weight_gradient);
}
"""
NORMS = [(64, 112), (64, 56), (256, 56), (512, 28), (1024, 14), (2048, 7)]  # channels, side
CONVOLUTIONS = [  # channels, side, stride
    (64, 56, 1), (128, 56, 2), (128, 28, 1), (256, 28, 2), (256, 14, 1), (512, 14, 2)]
MAPS = 32
TILED = [  # maps, channels, side
    (32, 64, 56), (32, 128, 28), (32, 256, 14), (32, 512, 7), (128, 64, 16), (128, 128, 8), (128, 256, 4),
    (128, 512, 2)]
HALVES = [  # channels in and out, side, kernel, stride
    (64, 256, 56, 1, 1), (256, 64, 56, 1, 1), (512, 128, 28, 1, 1), (256, 1024, 14, 1, 1), (512, 2048, 7, 1, 1),
    (1024, 2048, 14, 1, 2), (128, 128, 56, 3, 2), (512, 512, 14, 3, 2)]


def load():
    root = pathlib.Path(torch.__file__).parent
    with tempfile.TemporaryDirectory() as place:
        source, library = pathlib.Path(place) / "binding.cpp", pathlib.Path(place) / "binding.so"
        source.write_text(BINDING)
        subprocess.run(
            ["clang++", "-std=c++20", "-O2", "-fPIC", "-shared", "-Wno-deprecated-declarations", f"-I{SOURCES}",
             f"-I{SOURCES}/include", "-isystem", root / "include", "-isystem",
             root / "include/torch/csrc/api/include", source,
             *(SOURCES / f"{name}.cpp" for name in ("winograd", "half_winograd", "half_convolution")), "-o", library,
             f"-L{root}/lib", "-ltorch_cpu", "-lc10"],
            check=True)
        torch.ops.load_library(str(library))


def close(a, b):
    # As a whole: ReLU's gradient is another where a value is rounded to the other side of 0.
    assert (a - b).norm() < 1e-2 * b.norm()


def maps(channels, side, count=MAPS):
    return torch.randn(count, channels, side, side).to(memory_format=torch.channels_last)


def norms(channels, side, with_shortcut):
    x, shortcut = maps(channels, side).requires_grad_(), maps(channels, side).requires_grad_()
    weight, bias = torch.ones(channels, requires_grad=True), torch.zeros(channels, requires_grad=True)
    mean, variance, g = torch.zeros(channels), torch.ones(channels), maps(channels, side)

    def theirs():
        y = F.batch_norm(x, mean.clone(), variance.clone(), weight, bias, training=True)
        return (y + shortcut if with_shortcut else y).relu_()

    def ours():
        return torch.ops.facet.norm(x, weight, bias, mean, variance, shortcut if with_shortcut else None)

    inputs = [x, weight, bias] + [shortcut] * with_shortcut
    # A copy, as in a network the gradient belongs to nobody else.
    backward = lambda y: torch.autograd.grad(y, inputs, g.clone(), retain_graph=True)
    a, b = theirs(), ours()
    close(b, a)
    for i, j in zip(backward(b), backward(a)):
        close(i, j)
    times = milliseconds(theirs, ours, lambda: backward(a), lambda: backward(b))
    print(f"norm of {channels} maps {side}x{side}{', shortcut' * with_shortcut}: forward {told(*times[:2])}; "
          f"backward {told(*times[2:])}", flush=True)


def weights(channels, side, stride):
    x, w = maps(channels, side), torch.randn(channels, channels, 3, 3).to(memory_format=torch.channels_last)
    g = torch.randn_like(F.conv2d(x, w, stride=stride, padding=1))
    theirs = lambda: torch.ops.aten.convolution_backward(
        g, x, w, None, [stride] * 2, [1, 1], [1, 1], False, [0, 0], 1, [False, True, False])[1]
    ours = lambda: torch.ops.facet.weights(x, g, 3, stride, 1)
    close(ours(), theirs())
    print(f"weights' gradient, {channels} maps {side}x{side}, stride {stride}: "
          f"{told(*milliseconds(theirs, ours))}", flush=True)


def convolutions(count, inputs, outputs, side, kernel, stride, of, ours, most):
    """A convolution, and ours: what makes it and its two gradients from the maps x, the weights w and the cotangents
    g, which differ by no more than `most` of the values' size."""
    x, padding = maps(inputs, side, count), kernel // 2
    w = torch.randn(outputs, inputs, kernel, kernel).to(memory_format=torch.channels_last)
    g = torch.randn_like(F.conv2d(x, w, stride=stride, padding=padding))
    # What is stored in float16 is that for both.
    x, g = x.to(of).float(), g.to(of).float()
    own = [body(x.to(of), w, g.to(of), stride, padding) for body in ours]

    def gradient(*wanted):
        return torch.ops.aten.convolution_backward(
            g, x, w, None, [stride] * 2, [padding] * 2, [1, 1], False, [0, 0], 1, [*wanted, False])

    theirs = [lambda: F.conv2d(x, w, stride=stride, padding=padding), lambda: gradient(True, False)[0],
              lambda: gradient(False, True)[1]]
    differences = [float((a() - b()).norm() / a().norm()) for a, b in zip(theirs, own)]
    assert max(differences) < most
    times = milliseconds(*(body for pair in zip(theirs, own) for body in pair))
    told_all = "; ".join(
        f"{name} {told(*times[2 * i:2 * i + 2])}" for i, name in enumerate(("forward", "inputs", "weights")))
    print(f"{str(of)[6:]} {kernel}x{kernel}/{stride}, {count} maps {side}x{side} of {inputs} to {outputs}: {told_all}; "
          f"differences {' '.join(f'{difference:.1e}' for difference in differences)}", flush=True)


TILES = [
    lambda x, w, g, s, p: lambda: torch.ops.facet.tiles(x, w),
    lambda x, w, g, s, p: lambda: torch.ops.facet.tiles_inputs(g, w),
    lambda x, w, g, s, p: lambda: torch.ops.facet.tiles_weights(x, g)]
HALF_TILES = [
    lambda x, w, g, s, p: lambda: torch.ops.facet.half_tiles(x, w),
    lambda x, w, g, s, p: lambda: torch.ops.facet.half_tiles_inputs(g, w),
    lambda x, w, g, s, p: lambda: torch.ops.facet.half_tiles_weights(x, g)]
HALF = [
    lambda x, w, g, s, p: lambda: torch.ops.facet.half(x, w, s, p),
    lambda x, w, g, s, p: lambda: torch.ops.facet.half_inputs(g, w, x.shape, s, p),
    lambda x, w, g, s, p: lambda: torch.ops.facet.half_weights(x, g, w.shape[2], s, p)]


if len(sys.argv) > 1:
    torch.set_num_threads(int(sys.argv[1]))
load()
for channels, side in NORMS:
    for with_shortcut in (False, True):
        norms(channels, side, with_shortcut)
for convolution in CONVOLUTIONS:
    weights(*convolution)
with torch.no_grad():
    for count, channels, side in TILED:
        convolutions(count, channels, channels, side, 3, 1, torch.float32, TILES, 2e-5)
    if torch.ops.facet.has_halves():
        for count, channels, side in TILED:
            convolutions(count, channels, channels, side, 3, 1, torch.float16, HALF_TILES, 4e-3)
        for layer in HALVES:
            convolutions(MAPS, *layer, torch.float16, HALF, 4e-3)
