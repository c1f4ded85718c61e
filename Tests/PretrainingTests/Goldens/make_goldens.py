"""SwAV's Sinkhorn and swapped-prediction loss in PyTorch, as the published code computes them.

Run: python make_goldens.py   (torch 2.13); writes swav.json beside this file.
"""

import json
import math
import pathlib

import torch


def filled(shape, phase):
    """A deterministic tensor that the Swift test fills by the same formula."""
    count = math.prod(shape)
    return torch.tensor([math.sin(1.7 * i + phase) for i in range(count)], dtype=torch.float32).reshape(shape)


def sinkhorn(scores, epsilon, iterations):
    q = torch.exp(scores / epsilon).t()  # K x B
    q /= q.sum()
    k, b = q.shape
    for _ in range(iterations):
        q /= q.sum(dim=1, keepdim=True)
        q /= k
        q /= q.sum(dim=0, keepdim=True)
        q /= b
    return (q * b).t()


def swav_loss(z, prototypes, views, large, batch, temperature, epsilon, iterations, queue=None):
    scores = z @ prototypes.t()
    loss = 0
    for s in range(large):
        with torch.no_grad():
            out = scores[s * batch:(s + 1) * batch].detach()
            if queue is not None:
                out = torch.cat([queue[s] @ prototypes.t(), out])
            q = sinkhorn(out, epsilon, iterations)[-batch:]
        sub = 0
        for t in [v for v in range(views) if v != s]:
            x = scores[t * batch:(t + 1) * batch] / temperature
            sub -= torch.mean(torch.sum(q * torch.log_softmax(x, dim=1), dim=1))
        loss += sub / (views - 1)
    return loss / large


views, large, batch, dimensions, clusters, queue_length = 4, 2, 6, 8, 5, 12
z = torch.nn.functional.normalize(filled((views * batch, dimensions), 0.3), dim=1).requires_grad_()
prototypes = torch.nn.functional.normalize(filled((clusters, dimensions), 1.1), dim=1).requires_grad_()
queue = torch.nn.functional.normalize(filled((large, queue_length, dimensions), 2.9), dim=2)

golden = {"sinkhorn": sinkhorn(z.detach()[:batch] @ prototypes.detach().t(), 0.05, 3).tolist()}
for name, q in (("plain", None), ("queue", queue)):
    z.grad = prototypes.grad = None
    loss = swav_loss(z, prototypes, views, large, batch, 0.1, 0.05, 3, q)
    loss.backward()
    golden[name] = {
        "loss": loss.item(),
        "zGradient": z.grad.flatten().tolist(),
        "prototypeGradient": prototypes.grad.flatten().tolist(),
    }
pathlib.Path(__file__).with_name("swav.json").write_text(json.dumps(golden))
print(golden["plain"]["loss"], golden["queue"]["loss"])
