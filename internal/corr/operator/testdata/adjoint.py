"""Writes adjoint.json: what PyTorch's conv_transpose2d gives.

    python3 adjoint.py > adjoint.json
"""

import json

import numpy as np
import torch

random = np.random.default_rng(64)


def pair(low, high):
    return [int(n) for n in random.integers(low, high, 2)]


def whole(a):
    return np.rint(a).astype(int).tolist()


lines = []
while len(lines) < 24:
    out, into = pair(1, 4)
    stride, dilation, padding = pair(1, 4), pair(1, 3), pair(0, 3)
    extra = [int(random.integers(0, max(s, d))) for s, d in zip(stride, dilation)]
    y = random.integers(-4, 5, (out, *random.integers(2, 6, 2))).astype(float)
    w = random.integers(-4, 5, (out, into, *random.integers(1, 4, 2))).astype(float)
    # An output padding of a stride or more makes an image of another result.
    if any(e >= s for e, s in zip(extra, stride)):
        continue
    bias = int(random.integers(-2, 3))
    try:
        x = torch.nn.functional.conv_transpose2d(
            torch.tensor(y)[None], torch.tensor(w), torch.full((into,), float(bias), dtype=torch.float64),
            stride=stride, padding=padding, output_padding=extra, dilation=dilation,
        )[0].numpy()
    except RuntimeError:  # nothing is left
        continue
    if min(x.shape) < 1:
        continue
    case = {"stride": stride, "dilation": dilation, "padding": padding, "outputPadding": extra, "out": out, "bias": bias}
    case |= {"input": whole(y), "weight": whole(w.reshape(-1, *w.shape[2:])), "result": whole(x)}
    lines.append(json.dumps(case, separators=(",", ":")))
print("[\n" + ",\n".join(lines) + "\n]")
