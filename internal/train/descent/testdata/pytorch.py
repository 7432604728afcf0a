"""Writes pytorch.json: losses and kernels of training loops in PyTorch, float64.

    python3 pytorch.py > pytorch.json

The image is that of texture() in oracle_test.go. Made with torch 1.13.
"""
import json
import math

import torch
import torch.nn.functional as F


def texture(h, w):
    state, rows = 1, []
    for y in range(h):
        row = []
        for x in range(w):
            state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
            grain = (state >> 40) / 2**24 - 0.5
            v = 0.5 + 0.3 * math.sin(y / 5) * math.cos(x / 7) + 0.1 * grain
            if (x // 9 + y // 13) % 2 == 0:
                v += 0.15
            row.append(v)
        rows.append(row)
    return torch.tensor(rows, dtype=torch.float64)


def fit(optimizer, momentum, loss, bias, rate, epochs):
    x = texture(20, 24)[None, None]
    true = torch.tensor([[0.5, -0.25, 0.125], [1.0, 0.0, -0.75]], dtype=torch.float64)[None, None]
    y = F.conv2d(x, true, torch.tensor([0.2], dtype=torch.float64) if bias else None, padding=(1, 0), stride=(1, 2))
    y = y + 0.01 * texture(y.shape[3], y.shape[2]).flatten().reshape(y.shape)
    conv = torch.nn.Conv2d(1, 1, (2, 3), padding=(1, 0), stride=(1, 2), bias=bias).double()
    with torch.no_grad():
        conv.weight[:] = torch.tensor([[0.1, 0.2, -0.1], [0.3, -0.2, 0.05]], dtype=torch.float64)
        if bias:
            conv.bias[:] = -0.1
    if optimizer == "adam":
        o = torch.optim.Adam(conv.parameters(), lr=rate)
    else:
        o = torch.optim.SGD(conv.parameters(), lr=rate, momentum=momentum, nesterov=optimizer == "nesterov")
    losses = []
    for _ in range(epochs):
        l = F.mse_loss(conv(x), y, reduction=loss)
        losses.append(l.item())
        o.zero_grad()
        l.backward()
        o.step()
    return {
        "optimizer": optimizer, "momentum": momentum, "loss": loss, "rate": rate, "epochs": epochs,
        "losses": losses, "kernel": conv.weight.flatten().tolist(), "bias": conv.bias.tolist() if bias else None,
    }


runs = []
for loss, by in (("sum", 1.0), ("mean", 231.0)):
    for bias in (False, True):
        runs.append(fit("gd", 0, loss, bias, 4e-4 * by, 40))
        runs.append(fit("momentum", 0.9, loss, bias, 4e-4 * by, 40))
        runs.append(fit("nesterov", 0.7, loss, bias, 3e-4 * by, 40))
        runs.append(fit("adam", 0, loss, bias, 0.02, 40))
print(json.dumps(runs, indent=0))
