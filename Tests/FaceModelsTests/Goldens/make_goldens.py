"""Writes resnet.json and heads.json beside this file, with torchvision in float64.

Run by hand: python make_goldens.py (needs torch 2.13, torchvision 0.28, numpy).
Weights and images come from a formula that Goldens.swift repeats, so that no weights are stored.
"""
import json
import pathlib

import torch
import torch.nn.functional as F

from hashed import flat, hashed

# torchvision's compiled operators may be of another build than torch; its models need none, but
# its import refers to two.
_operators = torch.library.Library("torchvision", "DEF")
for _name in ["nms", "qnms"]:
    _operators.define(_name + "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
import torchvision  # noqa: E402

HERE = pathlib.Path(__file__).parent
torch.set_num_threads(2)


def fill(name, tensor):
    u = hashed(tensor.shape, name)
    if name.endswith("num_batches_tracked"):
        return torch.zeros([], dtype=torch.int64)
    if tensor.dim() == 4:
        fan_in = tensor[0].numel()
        value = u * (6 / fan_in) ** 0.5
    elif name.endswith("running_var") or name.endswith("weight"):
        value = 1 + u * 0.5
    else:
        value = u * 0.1
    return value.float().double()


def resnet(make):
    network = make()
    network.fc = torch.nn.Identity()
    network = network.double()
    network.load_state_dict({k: fill(k, v) for k, v in network.state_dict().items()})
    images = hashed([3, 3, 64, 64], "images").float().double()
    network.eval()
    evaluated = network(images)
    network.train()
    trained = network(images)
    (trained * hashed(trained.shape, "cotangent").float().double()).sum().backward()
    return {
        "evaluated": [flat(row[:24]) for row in evaluated],
        "evaluatedNorm": evaluated.norm().item(),
        "trainedNorm": trained.norm().item(),
        "trained": [flat(row[:24]) for row in trained],
        "gradients": {
            name: [p.grad.norm().item(), p.grad.sum().item()] + flat(p.grad.flatten()[:3])
            for name, p in network.named_parameters()
        },
        "statistics": {
            name: b.double().norm().item() for name, b in network.named_buffers()
        },
        "states": list(network.state_dict().keys()),
    }


def with_gradient(loss, x):
    x = x.clone().requires_grad_()
    value = loss(x)
    value.backward()
    return {"value": value.item(), "gradient": flat(x.grad)}


def heads():
    x = hashed([4, 6], "embedding") * 2
    w = hashed([5, 6], "centres")
    labels = torch.tensor([0, 4, 2, 2])
    s, m = 16.0, 0.3

    def cosine(z):
        return F.linear(F.normalize(z), F.normalize(w))

    def cosface(z):
        return F.cross_entropy(s * (cosine(z) - m * F.one_hot(labels, 5)), labels)

    def arcface(z):
        theta = cosine(z).clamp(-1 + 1e-6, 1 - 1e-6).acos()
        return F.cross_entropy(s * torch.cos(theta + m * F.one_hot(labels, 5)), labels)

    return {"cosFace": with_gradient(cosface, x), "arcFace": with_gradient(arcface, x)}


goldens = {
    "resnet18": resnet(torchvision.models.resnet18),
    "resnet50": resnet(torchvision.models.resnet50),
}
(HERE / "resnet.json").write_text(json.dumps(goldens, separators=(",", ":")))
(HERE / "heads.json").write_text(json.dumps(heads(), separators=(",", ":")))
