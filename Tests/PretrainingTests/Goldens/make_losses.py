"""Losses of the self-supervised and metric methods in PyTorch, written as their published code has
them, with gradients.

Run: python make_losses.py   (torch 2.13); writes losses.json beside this file.
"""

import json
import math
import pathlib

import torch
import torch.nn.functional as F


def filled(shape, phase):
    """A deterministic tensor that the Swift test fills by the same formula."""
    count = math.prod(shape)
    values = [math.sin(1.7 * i + phase) + 0.3 * math.sin(0.31 * i * i + phase) for i in range(count)]
    return torch.tensor(values, dtype=torch.float64).float().double().reshape(shape)


def golden(loss, *inputs):
    inputs = [x.clone().requires_grad_() for x in inputs]
    value = loss(*inputs)
    value.backward()
    gradients = [torch.zeros_like(x) if x.grad is None else x.grad for x in inputs]
    return {"loss": value.item(), "gradients": [g.flatten().tolist() for g in gradients]}


a, b = filled((6, 8), 0.3), filled((6, 8), 1.1)
c = filled((6, 8), 2.3)
both = torch.cat([a, b])
labels = torch.tensor([0, 1, 0, 2, 1, 3])


def moco(q, k, queue):
    # moco/builder.py, forward
    q, k, queue = F.normalize(q, dim=1), F.normalize(k, dim=1).detach(), F.normalize(queue, dim=1).detach().t()
    l_pos = torch.einsum("nc,nc->n", [q, k]).unsqueeze(-1)
    l_neg = torch.einsum("nc,ck->nk", [q, queue])
    logits = torch.cat([l_pos, l_neg], dim=1) / 0.2
    return F.cross_entropy(logits, torch.zeros(len(q), dtype=torch.long))


def moco_batch(q, k, queue):
    # moco-v3/moco/builder.py, contrastive_loss, without its factor 2 * temperature, and with a queue
    q, k, queue = F.normalize(q, dim=1), F.normalize(k, dim=1).detach(), F.normalize(queue, dim=1).detach()
    logits = torch.einsum("nc,mc->nm", [q, torch.cat([k, queue])]) / 0.2
    return F.cross_entropy(logits, torch.arange(len(q)))


def byol(x, y):
    # byol-pytorch, loss_fn
    x, y = F.normalize(x, dim=-1), F.normalize(y.detach(), dim=-1)
    return (2 - 2 * (x * y).sum(dim=-1)).mean()


def simsiam(p, z):
    # main_simsiam.py: -criterion(p, z).mean() with criterion CosineSimilarity(dim=1)
    return -torch.nn.CosineSimilarity(dim=1)(p, z.detach()).mean()


def simclr(z):
    # The definition itself: for each view, its partner among all others.
    z, n, total = F.normalize(z, dim=1), len(z) // 2, 0
    for i in range(2 * n):
        j = (i + n) % (2 * n)
        s = z @ z[i] / 0.2
        total -= s[j] - torch.logsumexp(torch.cat([s[:i], s[i + 1:]]), 0)
    return total / (2 * n)


def vicreg(x, y):
    # facebookresearch/vicreg, main_vicreg.py, forward (one process)
    repr_loss = F.mse_loss(x, y)
    x, y = x - x.mean(dim=0), y - y.mean(dim=0)
    std_x, std_y = torch.sqrt(x.var(dim=0) + 0.0001), torch.sqrt(y.var(dim=0) + 0.0001)
    std_loss = torch.mean(F.relu(1 - std_x)) / 2 + torch.mean(F.relu(1 - std_y)) / 2
    n, d = x.shape

    def off_diagonal(m):
        return m.flatten()[:-1].view(d - 1, d + 1)[:, 1:].flatten()

    cov_x, cov_y = (x.T @ x) / (n - 1), (y.T @ y) / (n - 1)
    cov_loss = off_diagonal(cov_x).pow_(2).sum().div(d) + off_diagonal(cov_y).pow_(2).sum().div(d)
    return 25 * repr_loss + 25 * std_loss + 1 * cov_loss


def barlow(x, y):
    # facebookresearch/barlowtwins, main.py, forward
    bn = torch.nn.BatchNorm1d(x.shape[1], affine=False).double()
    c = bn(x).T @ bn(y)
    c = c / len(x)
    d = len(c)
    on = torch.diagonal(c).add(-1).pow(2).sum()
    off = c.flatten()[:-1].view(d - 1, d + 1)[:, 1:].flatten().pow(2).sum()
    return on + 0.0051 * off


def supcon(z):
    # HobbitLong/SupContrast, losses.py, contrast_mode all; base_temperature = temperature
    z = F.normalize(z, dim=1)
    y = torch.cat([labels, labels])
    total = 0
    for i in range(len(z)):
        s = z @ z[i] / 0.1
        others = torch.arange(len(z)) != i
        positives = (y == y[i]) & others
        total -= (s[positives] - torch.logsumexp(s[others], 0)).mean()
    return total / len(z)


def triplet(z):
    z = F.normalize(z, dim=1)
    total = 0
    for i in range(len(z)):
        d = torch.stack([(2 - 2 * (z[i] * z[j]).sum()).clamp(min=1e-12).sqrt() for j in range(len(z))])
        same = labels == labels[i]
        farthest = d[same].max() if same.sum() > 1 else torch.zeros(())
        total += F.relu(0.3 + farthest - d[~same].min())
    return total / len(z)


def siamese(z):
    z = F.normalize(z, dim=1)
    near, far = [], []
    for i in range(len(z)):
        for j in range(len(z)):
            if i == j:
                continue
            d = (2 - 2 * (z[i] * z[j]).sum()).sqrt()
            if labels[i] == labels[j]:
                near.append(d ** 2)
            elif d < 1.3:
                far.append((1.3 - d) ** 2)
    return (torch.stack(near).mean() + torch.stack(far).mean()) / 2


def dino(s, t):
    # facebookresearch/dino, DINOLoss.forward: four student views, two teacher views of three images
    s = (s.reshape(4, 3, 8) / 0.1).unbind()
    t = F.softmax((t.reshape(2, 3, 8) - filled((1, 8), 0.9)) / 0.04, dim=-1).detach().unbind()
    total, terms = 0, 0
    for iq, q in enumerate(t):
        for v in range(len(s)):
            if v == iq:
                continue
            total += torch.sum(-q * F.log_softmax(s[v], dim=-1), dim=-1).mean()
            terms += 1
    return total / terms


def vae(drawn, truth, mean, log_variance):
    # pytorch/examples, vae: Gaussian likelihood of unit variance; a value's share
    reconstruction = 0.5 * F.mse_loss(drawn, truth, reduction="sum")
    kld = -0.5 * torch.sum(1 + log_variance - mean.pow(2) - log_variance.exp())
    return (reconstruction + 1.5 * kld) / truth.numel()


def mae(drawn, images):
    # facebookresearch/mae, patchify and forward_loss with norm_pix_loss
    p, h = 4, 2
    x = images.reshape(2, 3, h, p, h, p)
    target = torch.einsum("nchpwq->nhwpqc", x).reshape(2, h * h, p * p * 3)
    mean, var = target.mean(dim=-1, keepdim=True), target.var(dim=-1, keepdim=True)
    target = (target - mean) / (var + 1.0e-6) ** 0.5
    loss = ((drawn - target) ** 2).mean(dim=-1)
    mask = torch.tensor([[1.0, 0, 1, 1], [0, 1, 1, 1]], dtype=torch.float64)
    return (loss * mask).sum() / mask.sum()


goldens = {
    "moco": golden(moco, a, b, c),
    "moco-batch": golden(moco_batch, a, b, c),
    "byol": golden(byol, a, b),
    "simsiam": golden(simsiam, a, b),
    "simclr": golden(simclr, both),
    "vicreg": golden(vicreg, a * 0.4, b * 0.4),
    "barlow-twins": golden(barlow, a, b),
    "supervised-contrastive": golden(supcon, both),
    "triplet": golden(triplet, a),
    "siamese": golden(siamese, a),
    "dino": golden(dino, filled((12, 8), 0.3), filled((6, 8), 1.1)),
    "vae": golden(vae, a, b, filled((6, 2), 0.4), filled((6, 2), 0.5)),
    "mae": golden(mae, filled((2, 4, 48), 0.3), filled((2, 3, 8, 8), 1.1)),
}
rounded = json.loads(json.dumps(goldens), parse_float=lambda x: float(f"{float(x):.10g}"))
pathlib.Path(__file__).with_name("losses.json").write_text(json.dumps(rounded, separators=(",", ":")))
for name, value in goldens.items():
    print(name, value["loss"])
