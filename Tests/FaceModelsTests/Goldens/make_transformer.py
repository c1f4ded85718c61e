"""Writes transformer.json beside this file, with timm's VisionTransformer in float64.

Run by hand: python make_transformer.py (needs torch 2.13, torchvision 0.28, timm 1.0).
Weights and images come from a formula that VisionTransformerTests.swift repeats.
"""
import json
import pathlib

import torch

from hashed import flat, hashed

# As in make_goldens.py.
_operators = torch.library.Library("torchvision", "DEF")
for _name in ["nms", "qnms"]:
    _operators.define(_name + "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
import timm  # noqa: E402


def fill(name, tensor):
    u = hashed(tensor.shape, name)
    if tensor.dim() in (2, 4):
        value = u * (3 / tensor[0].numel()) ** 0.5
    elif "norm" in name and name.endswith("weight"):
        value = 1 + u * 0.5
    else:
        value = u * 0.1
    return value.float().double()


network = timm.models.vision_transformer.VisionTransformer(
    img_size=32, patch_size=8, embed_dim=128, depth=2, num_heads=2, num_classes=0,
    global_pool="token", dynamic_img_size=True).double()
network.load_state_dict({k: fill(k, v) for k, v in network.state_dict().items()})
images = hashed([2, 3, 32, 32], "images").float().double()
features = network(images)
(features * hashed(features.shape, "cotangent").float().double()).sum().backward()
larger = network(hashed([1, 3, 48, 48], "larger").float().double())
tiny = timm.create_model("vit_tiny_patch16_224", num_classes=0)
golden = {
    "features": flat(features),
    "patches": flat(network.forward_features(images)[:, 1:].mean(dim=1)),
    "larger": flat(larger),
    "gradients": {
        name: [p.grad.norm().item(), p.grad.sum().item()] + flat(p.grad.flatten()[:3])
        for name, p in network.named_parameters()
    },
    "tiny": {name: list(value.shape) for name, value in tiny.state_dict().items()},
}
pathlib.Path(__file__).with_name("transformer.json").write_text(json.dumps(golden, separators=(",", ":")))
