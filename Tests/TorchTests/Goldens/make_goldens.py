"""Writes torch.json and python.safetensors beside this file, with PyTorch in float64.

Run by hand: python make_goldens.py (needs torch 2.13, numpy and safetensors).
"""
import json
import pathlib

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

HERE = pathlib.Path(__file__).parent
torch.set_num_threads(1)


def wave(shape, seed, scale=1.0):
    """The values that Goldens.swift's `wave` gives: a hash of the index, exact in both languages."""
    count = 1
    for size in shape:
        count *= size
    values = []
    for i in range(count):
        h = (i * 2654435761 + seed * 40503 + 12345) & 0xFFFFFFFF
        h ^= h >> 16
        h = (h * 0x85EBCA6B) & 0xFFFFFFFF
        h ^= h >> 13
        values.append(((h >> 8) / 16777216 - 0.5) * 2 * scale)
    return torch.tensor(values, dtype=torch.float64).reshape(shape)


def flat(t):
    return t.detach().double().flatten().tolist()


# --- Optimizers: five steps on loss = mse(tanh(x w + b), y), w decayed, b not -------------------

class LARC:
    """apex.parallel.LARC(SGD, trust_coefficient, clip=False), as SwAV uses it."""

    def __init__(self, optimizer, trust, excludes_vectors):
        self.optimizer, self.trust, self.excludes_vectors = optimizer, trust, excludes_vectors

    def zero_grad(self):
        self.optimizer.zero_grad()

    @property
    def param_groups(self):
        return self.optimizer.param_groups

    def step(self):
        decays = []
        with torch.no_grad():
            for group in self.optimizer.param_groups:
                decays.append(group["weight_decay"])
                for p in group["params"]:
                    if p.grad is None or self.excludes_vectors and p.dim() <= 1:
                        continue
                    p_norm, g_norm = p.norm(), p.grad.norm()
                    if p_norm != 0 and g_norm != 0:
                        rate = self.trust * p_norm / (g_norm + p_norm * decays[-1] + 1e-8)
                        p.grad += decays[-1] * p
                        p.grad *= rate
                group["weight_decay"] = 0
        self.optimizer.step()
        for group, decay in zip(self.optimizer.param_groups, decays):
            group["weight_decay"] = decay


def sgd(groups, **options):
    return torch.optim.SGD(groups, lr=1, foreach=True, **options)


OPTIMIZERS = {
    "sgd": lambda g: sgd(g, momentum=0),
    "sgd-momentum": lambda g: sgd(g, momentum=0.9),
    "sgd-nesterov": lambda g: sgd(g, momentum=0.9, nesterov=True),
    "adamw": lambda g: torch.optim.AdamW(g, lr=1, foreach=True),
    "lars": lambda g: LARC(sgd(g, momentum=0.9), 0.02, False),
    "lars-excluding": lambda g: LARC(sgd(g, momentum=0.9), 0.02, True),
}


def optimize(make):
    w = (wave([4, 3], 1) * 0.8).requires_grad_()
    b = torch.zeros(3, dtype=torch.float64, requires_grad=True)
    frozen = wave([2], 9).requires_grad_()  # never has a gradient
    x, y = wave([6, 4], 2), wave([6, 3], 3)
    optimizer = make([
        {"params": [w], "weight_decay": 0.1},
        {"params": [b, frozen], "weight_decay": 0.0},
    ])
    trace = []
    for step in range(5):
        rate = 0.1 * (step + 1)
        for group, scale in zip(optimizer.param_groups, [1, 0.5]):
            group["lr"] = rate * scale
        optimizer.zero_grad()
        F.mse_loss(torch.tanh(x @ w + b), y).backward()
        optimizer.step()
        trace.append(flat(w) + flat(b))
    assert torch.equal(frozen, wave([2], 9))
    return trace


# --- Losses ------------------------------------------------------------------------------------

def wing(predicted, truth, width, curvature):
    d = (predicted - truth).abs()
    c = width - width * torch.log(torch.tensor(1 + width / curvature, dtype=torch.float64))
    return torch.where(d < width, width * torch.log(1 + d / curvature), d - c).mean()


def with_gradient(loss, x):
    x = x.clone().requires_grad_()
    value = loss(x)
    value.backward()
    return {"value": value.item(), "gradient": flat(x.grad)}


def losses():
    x, y = wave([5, 7], 4, 3), wave([5, 7], 5, 3)
    labels = torch.tensor([0, 6, 3, 3, 1])
    soft = F.softmax(wave([5, 7], 6, 2), dim=1)
    return {
        "crossEntropy": with_gradient(lambda z: F.cross_entropy(z, labels), x),
        "crossEntropySmoothed": with_gradient(
            lambda z: F.cross_entropy(z, labels, label_smoothing=0.1), x),
        "crossEntropySoft": with_gradient(lambda z: F.cross_entropy(z, soft), x),
        "smoothL1": with_gradient(lambda z: F.smooth_l1_loss(z, y, beta=0.5), x),
        "mse": with_gradient(lambda z: F.mse_loss(z, y), x),
        "wing": with_gradient(lambda z: wing(z, y, 2.0, 0.5), x),
    }


# --- Batch norm: three training batches, then evaluation -----------------------------------------

def batch_norm(layer, shape):
    layer = layer.double()
    with torch.no_grad():
        layer.weight.copy_(wave(layer.weight.shape, 7) + 1.5)
        layer.bias.copy_(wave(layer.bias.shape, 8))
    outputs = [flat(layer(wave(shape, 10 + i, 2) + 0.3)) for i in range(3)]
    layer.eval()
    outputs.append(flat(layer(wave(shape, 20))))
    return {
        "outputs": outputs, "mean": flat(layer.running_mean), "variance": flat(layer.running_var),
        "count": layer.num_batches_tracked.item(),
    }


# --- Layers: values and gradients of the free functions --------------------------------------------

# Height, width, kernel, stride, padding: at most four places of output.
FEW_OUTPUTS = [
    (1, 1, 3, 1, 1), (2, 2, 3, 1, 1), (2, 2, 3, 2, 1), (4, 3, 3, 2, 1), (1, 4, 3, 1, 1),
    (5, 5, 5, 1, 0), (3, 2, 1, 2, 0), (4, 4, 7, 4, 3), (5, 3, 3, 3, 2), (1, 1, 3, 2, 1),
]


def few_outputs():
    cases = []
    for height, width, kernel, stride, padding in FEW_OUTPUTS:
        x = wave([2, 3, height, width], 40).requires_grad_()
        w, b = wave([5, 3, kernel, kernel], 41).requires_grad_(), wave([5], 42).requires_grad_()
        y = F.conv2d(x, w, b, stride=stride, padding=padding)
        (y ** 2).sum().backward()
        cases.append({
            "height": height, "width": width, "kernel": kernel, "stride": stride,
            "padding": padding, "output": flat(y),
            "gradients": [flat(x.grad), flat(w.grad), flat(b.grad)],
        })
    return cases


def small_maps():
    """More than four places and many channels: sums and norms of the output and the gradients."""
    cases = []
    for height, width, stride in [(3, 2, 1), (5, 4, 2)]:
        x = wave([2, 160, height, width], 43).requires_grad_()
        w = wave([160, 160, 3, 3], 44).requires_grad_()
        y = F.conv2d(x, w, stride=stride, padding=1)
        (y ** 2).sum().backward()
        sums = []
        for index, t in enumerate([y, x.grad, w.grad]):
            sums += [(t * wave(t.shape, 45 + index)).sum().item(), t.norm().item()]
        cases.append({"height": height, "width": width, "stride": stride, "sums": sums})
    return cases


def functions():
    x = wave([2, 4, 7, 6], 30)
    w, b = wave([6, 2, 3, 3], 31), wave([6], 32)
    logits = wave([3, 5], 33, 4)
    conv = with_gradient(
        lambda z: (F.conv2d(z, w, b, stride=2, padding=1, groups=2) ** 2).sum(), x)
    conv["output"] = flat(F.conv2d(x, w, b, stride=2, padding=1, groups=2))
    return {
        "conv2d": conv,
        "fewOutputs": few_outputs(),
        "smallMaps": small_maps(),
        "maxPool2d": flat(F.max_pool2d(x, 3, 2, 1)),
        "averagePool2d": flat(F.avg_pool2d(x, 2, 2)),
        "adaptive": flat(F.adaptive_avg_pool2d(x, (3, 2))),
        "softmax": flat(F.softmax(logits, 1)),
        "logSoftmax": flat(F.log_softmax(logits, 1)),
        "logsumexp": flat(torch.logsumexp(logits, 1)),
        "normalize": flat(F.normalize(logits, dim=1)),
    }


def clip():
    x = wave([4, 3], 1).requires_grad_()
    (x ** 3).sum().backward()
    norm = torch.nn.utils.clip_grad_norm_([x], 0.5)
    return {"norm": norm.item(), "gradient": flat(x.grad)}


def random():
    g = torch.Generator().manual_seed(7)
    normal = flat(torch.randn(20, generator=g))
    return {"normal": normal, "uniform": flat(torch.rand(5, generator=g))}


def cosine_schedule():
    """PyTorch's own cosine and multi-step schedulers, a rate a step."""
    p = torch.zeros(1, requires_grad=True)
    cosine_optimizer = torch.optim.SGD([p], lr=0.6)
    cosine = torch.optim.lr_scheduler.CosineAnnealingLR(cosine_optimizer, 10, eta_min=0.06)
    step_optimizer = torch.optim.SGD([p], lr=0.8)
    multi = torch.optim.lr_scheduler.MultiStepLR(step_optimizer, [3, 7], gamma=0.5)
    result = {"cosine": [], "multiStep": []}
    for _ in range(10):
        result["cosine"].append(cosine_optimizer.param_groups[0]["lr"])
        result["multiStep"].append(step_optimizer.param_groups[0]["lr"])
        for optimizer, scheduler in [(cosine_optimizer, cosine), (step_optimizer, multi)]:
            optimizer.step()
            scheduler.step()
    return result


GOLDENS = {
    "optimizers": {name: optimize(make) for name, make in OPTIMIZERS.items()},
    "losses": losses(),
    "batchNorm1d": batch_norm(torch.nn.BatchNorm1d(3), [6, 3]),
    "batchNorm2d": batch_norm(torch.nn.BatchNorm2d(3), [4, 3, 2, 5]),
    "functions": functions(),
    "clip": clip(),
    "random": random(),
    "schedules": cosine_schedule(),
}

(HERE / "torch.json").write_text(json.dumps(GOLDENS, separators=(",", ":"), sort_keys=True))
save_file(
    {
        "weight": wave([2, 3], 40).float(),
        "half": torch.tensor([0.5, -2.0], dtype=torch.float16),
        "brain": torch.tensor([[1.5], [-3.0]], dtype=torch.bfloat16),
        "double": torch.tensor([1 / 3], dtype=torch.float64),
        "count": torch.tensor(12345678901, dtype=torch.int64),
        "small": torch.tensor([-7, 7], dtype=torch.int32),
        "pixels": torch.tensor([0, 128, 255], dtype=torch.uint8),
        "mask": torch.tensor([True, False, True]),
        "empty": torch.zeros([0, 4]),
        "Größe \"x\"": torch.tensor([1.0]),
    },
    HERE / "python.safetensors",
    metadata={"format": "pt", "note": "ä\n\"quoted\""},
)
