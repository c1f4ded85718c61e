"""SwAV training in PyTorch: the losses, and on the last line images a second.

    python3 swav_peer.py FOLDER small|paper usual|tuned|compiled [STEPS]

small: ResNet-18, 2x64 + 4x32, batch 64. paper: ResNet-50, 2x224 + 6x96, batch 16.
usual: as published code trains (float32, NCHW, torchvision's augmentation of PIL pictures in
DataLoader workers, a loop over parameters in the optimizer). tuned: channels-last, foreach updates,
bf16 autocast where the processor is faster with it, torchvision v2 on tensors. compiled: tuned under
torch.compile. One update: forward of all crops, Sinkhorn, backward, SGD with LARC,
the rate along half a cosine.
"""
import math, pathlib, sys, time

import torch
import torch.nn.functional as F
from torch import nn
from PIL import Image

from swav_views import make_views, torchvision

SETTINGS = {
    "small": dict(depth=18, crops=[(2, 64, (0.4, 1)), (4, 32, (0.1, 0.4))], batch=64, prototypes=300),
    "paper": dict(depth=50, crops=[(2, 224, (0.14, 1)), (6, 96, (0.05, 0.14))], batch=16, prototypes=3000),
}
WARMUP = 4


class Pictures(torch.utils.data.Dataset):
    def __init__(self, folder, crops, tensors):
        self.files = sorted(pathlib.Path(folder).rglob("*.jpg"))
        self.views = [(n, make_views(size, scale, tensors)) for n, size, scale in crops]
        self.tensors = tensors

    def __len__(self):
        return 1 << 20

    def __getitem__(self, index):
        image = Image.open(self.files[index % len(self.files)]).convert("RGB")
        if self.tensors:
            image = torchvision.transforms.v2.functional.pil_to_tensor(image)
        return [view(image) for n, view in self.views for _ in range(n)]


class SwAV(nn.Module):
    def __init__(self, depth, prototypes):
        super().__init__()
        self.net = {18: torchvision.models.resnet18, 50: torchvision.models.resnet50}[depth]()
        width = self.net.fc.in_features
        self.net.fc = nn.Identity()
        self.head = nn.Sequential(
            nn.Linear(width, width), nn.BatchNorm1d(width), nn.ReLU(inplace=True), nn.Linear(width, 128))
        self.prototypes = nn.Linear(128, prototypes, bias=False)

    def forward(self, groups):
        z = self.head(torch.cat([self.net(x) for x in groups]))
        return self.prototypes(F.normalize(z.float(), dim=1))


@torch.no_grad()
def sinkhorn(scores, epsilon=0.05, iterations=3):
    q = torch.exp(scores / epsilon).t()
    q /= q.sum()
    for _ in range(iterations):
        q /= q.sum(dim=1, keepdim=True) * q.shape[0]
        q /= q.sum(dim=0, keepdim=True) * q.shape[1]
    return (q * q.shape[1]).t()


def loss_of(scores, batch, large=2, temperature=0.1):
    views = len(scores) // batch
    logits = F.log_softmax(scores.float() / temperature, dim=1).view(views, batch, -1)
    total = 0
    for s in range(large):
        q = sinkhorn(scores[s * batch:(s + 1) * batch].detach().float())
        total -= sum((q * logits[t]).sum(1).mean() for t in range(views) if t != s)
    return total / (large * (views - 1))


class LARC:
    """apex's LARC over SGD with momentum."""

    def __init__(self, parameters, foreach, steps, rate=0.6, trust=0.001, decay=1e-6):
        self.parameters, self.steps, self.taken, self.rate = list(parameters), steps, 0, rate
        self.sgd = torch.optim.SGD(self.parameters, lr=rate, momentum=0.9, foreach=foreach)
        self.foreach, self.trust, self.decay = foreach, trust, decay

    @torch.no_grad()
    def step(self):
        for group in self.sgd.param_groups:
            group["lr"] = self.rate * (1 + math.cos(math.pi * self.taken / self.steps)) / 2
        self.taken += 1
        if self.foreach:
            g = [p.grad for p in self.parameters]
            pn, gn = torch._foreach_norm(self.parameters), torch._foreach_norm(g)
            ratio = torch.stack(pn) * self.trust / (torch.stack(gn) + torch.stack(pn) * self.decay + 1e-8)
            torch._foreach_add_(g, self.parameters, alpha=self.decay)
            torch._foreach_mul_(g, list(ratio.unbind()))
        else:
            for p in self.parameters:
                pn, gn = torch.norm(p), torch.norm(p.grad)
                if pn != 0 and gn != 0:
                    rate = self.trust * pn / (gn + pn * self.decay + 1e-8)
                    p.grad += self.decay * p
                    p.grad *= rate
        self.sgd.step()


def gains_from_bf16():
    """Whether this processor is faster with it: precisions.py."""
    text = open("/proc/cpuinfo").read()
    flags = next(line for line in text.splitlines() if line.startswith("flags")).split()
    return "amx_bf16" in flags or "AuthenticAMD" in text and "avx512_bf16" in flags


def main(folder, size, kind, steps=20):
    torch.manual_seed(0)
    settings, fast = SETTINGS[size], kind != "usual"
    batch = settings["batch"]
    model = SwAV(settings["depth"], settings["prototypes"])
    if fast:
        model = model.to(memory_format=torch.channels_last)
    optimizer = LARC(model.parameters(), fast, WARMUP + int(steps))
    loader = iter(torch.utils.data.DataLoader(
        Pictures(folder, settings["crops"], fast), batch_size=batch, num_workers=2))
    mean = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)
    std = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)
    forward = torch.compile(model) if kind == "compiled" else model

    def step():
        views = next(loader)
        if fast:
            views = [v.contiguous(memory_format=torch.channels_last).float().div_(255).sub_(mean).div_(std) for v in views]
        large = settings["crops"][0][0]
        with torch.no_grad():
            model.prototypes.weight.copy_(F.normalize(model.prototypes.weight, dim=1))
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=fast and gains_from_bf16()):
            scores = forward([torch.cat(views[:large]), torch.cat(views[large:])])
        loss = loss_of(scores, batch)
        model.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        return loss.item()

    losses = [step() for _ in range(WARMUP)]
    start = time.perf_counter()
    losses += [step() for _ in range(int(steps))]
    seconds = time.perf_counter() - start
    print("losses", *losses)
    print(batch * int(steps) / seconds)


if __name__ == "__main__":
    main(*sys.argv[1:])
