"""Writes weights/: checkpoints as people have them, made by torch.save and safetensors.

The network is a ResNet-18 of width 1, so that the files are small; its values are the formula of
hashed.py. paper_zip.pth and paper_legacy.pth have the names of the paper's published checkpoints
(state_dict -> module.base_net.*), moco.pth those of MoCo, plain.safetensors torchvision's own.

Run by hand: python make_weights.py (needs torch 2.13, safetensors).
"""
import argparse
import pathlib

import torch
from safetensors.torch import save_file

from hashed import hashed

FOLDER = pathlib.Path(__file__).with_name("weights")


def value(shape, name):
    return hashed(shape, name).float()


def norm(prefix, channels):
    yield prefix + ".weight", [channels]
    yield prefix + ".bias", [channels]
    yield prefix + ".running_mean", [channels]
    yield prefix + ".running_var", [channels]
    yield prefix + ".num_batches_tracked", []


def resnet18(width):
    yield "conv1.weight", [width, 3, 7, 7]
    yield from norm("bn1", width)
    inputs = width
    for stage in range(4):
        channels = width << stage
        for block in range(2):
            p = f"layer{stage + 1}.{block}."
            yield p + "conv1.weight", [channels, inputs, 3, 3]
            yield from norm(p + "bn1", channels)
            yield p + "conv2.weight", [channels, channels, 3, 3]
            yield from norm(p + "bn2", channels)
            if inputs != channels:
                yield p + "downsample.0.weight", [channels, inputs, 1, 1]
                yield from norm(p + "downsample.1", channels)
            inputs = channels


def tensor(name, shape):
    if name.endswith("num_batches_tracked"):
        return torch.tensor(7)
    return value(shape, name)


backbone = {name: tensor(name, shape) for name, shape in resnet18(1)}
FOLDER.mkdir(exist_ok=True)

paper = {"module.base_net." + name: t for name, t in backbone.items()}
# Strides as channels-last training leaves them, and a parameter object.
name = "module.base_net.layer4.0.conv2.weight"
paper[name] = paper[name].contiguous(memory_format=torch.channels_last)
name = "module.base_net.bn1.weight"
paper[name] = torch.nn.Parameter(paper[name])
paper["module.projection_head.0.weight"] = value([4, 8], "head")
paper["module.prototypes.weight"] = value([3, 4], "prototypes").half()
optimizer = torch.optim.SGD([torch.nn.Parameter(torch.ones(2))], lr=0.1, momentum=0.9)
checkpoint = {
    "epoch": 5,
    "arch": "resnet18",
    "state_dict": paper,
    "optimizer": optimizer.state_dict(),
    "args": argparse.Namespace(epochs=200, crops=[2, 6]),
    "best": 0.25,
}
torch.save(checkpoint, FOLDER / "paper_zip.pth")
torch.save(checkpoint, FOLDER / "paper_legacy.pth", _use_new_zipfile_serialization=False)

moco = {}
for part, shift in (("encoder_q", 0.0), ("encoder_k", 1.0)):
    for name, t in backbone.items():
        moco[f"module.{part}.{name}"] = t + shift if t.is_floating_point() else t
torch.save({"state_dict": moco}, FOLDER / "moco.pth")
save_file({**backbone, "fc.weight": value([5, 8], "fc")}, FOLDER / "plain.safetensors")
