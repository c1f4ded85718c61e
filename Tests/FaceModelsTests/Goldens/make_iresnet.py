"""Writes iresnet.json beside this file: an IR-ResNet of width 8 in PyTorch, float64.

Run by hand: python make_iresnet.py (needs torch 2.13, numpy). The layers have InsightFace's names
(recognition/arcface_torch/backbones/iresnet.py) without its embedding layer. Weights and images come
from a formula that Goldens.swift repeats.
"""
import json
import pathlib

import torch
from torch import nn

from hashed import flat, hashed

HERE = pathlib.Path(__file__).parent
BLOCKS = {18: [2, 2, 2, 2], 50: [3, 4, 14, 3]}


def fill(name, tensor):
    u = hashed(tensor.shape, name)
    if name.endswith("num_batches_tracked"):
        return torch.zeros([], dtype=torch.int64)
    if tensor.dim() == 4:
        value = u * (6 / tensor[0].numel()) ** 0.5
    elif name.endswith("running_var") or name.endswith("weight"):
        value = 1 + u * 0.5
    else:
        value = u * 0.1
    return value.float().double()


def convolution(inputs, outputs, kernel, stride=1):
    return nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False)


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.bn1 = nn.BatchNorm2d(inputs)
        self.conv1 = convolution(inputs, outputs, 3)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.prelu = nn.PReLU(outputs)
        self.conv2 = convolution(outputs, outputs, 3, stride)
        self.bn3 = nn.BatchNorm2d(outputs)
        self.downsample = None
        if stride > 1 or inputs != outputs:
            self.downsample = nn.Sequential(
                convolution(inputs, outputs, 1, stride), nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = self.bn3(self.conv2(self.prelu(self.bn2(self.conv1(self.bn1(x))))))
        return y + (x if self.downsample is None else self.downsample(x))


class Network(nn.Module):
    def __init__(self, blocks, width):
        super().__init__()
        self.conv1 = convolution(3, width, 3)
        self.bn1 = nn.BatchNorm2d(width)
        self.prelu = nn.PReLU(width)
        inputs = width
        for stage, count in enumerate(blocks):
            outputs = width << stage
            layers = [Block(inputs if i == 0 else outputs, outputs, 2 if i == 0 else 1) for i in range(count)]
            setattr(self, f"layer{stage + 1}", nn.Sequential(*layers))
            inputs = outputs
        self.bn2 = nn.BatchNorm2d(inputs)

    def forward(self, x):
        x = self.prelu(self.bn1(self.conv1(x)))
        for layer in [self.layer1, self.layer2, self.layer3, self.layer4]:
            x = layer(x)
        return self.bn2(x).mean([2, 3])


def golden(depth):
    network = Network(BLOCKS[depth], 8).double()
    network.load_state_dict({k: fill(k, v) for k, v in network.state_dict().items()})
    images = hashed([3, 3, 32, 32], "images").float().double()
    network.eval()
    evaluated = network(images)
    network.train()
    trained = network(images)
    (trained * hashed(trained.shape, "cotangent").float().double()).sum().backward()
    # Every parameter of the smaller network, some of the larger one.
    names = [n for i, (n, _) in enumerate(network.named_parameters()) if depth == 18 or i % 16 == 0]
    parameters = dict(network.named_parameters())
    return {
        "evaluated": [flat(row[:24]) for row in evaluated],
        "evaluatedNorm": evaluated.norm().item(),
        "trainedNorm": trained.norm().item(),
        "trained": [flat(row[:24]) for row in trained],
        "gradients": {
            n: [parameters[n].grad.norm().item(), parameters[n].grad.sum().item()]
            + flat(parameters[n].grad.flatten()[:3]) for n in names
        },
        "statistics": {},
        "states": list(network.state_dict().keys()),
    }


goldens = {f"iresnet{depth}": golden(depth) for depth in BLOCKS}
(HERE / "iresnet.json").write_text(json.dumps(goldens, separators=(",", ":")))
