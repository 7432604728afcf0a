"""Writes conventions.json: what the functions of other tools give.

    python3 conventions.py > conventions.json

It needs NumPy, SciPy, OpenCV, PyTorch and ImageMagick (whose convert is named by
the environment variable CONVERT). MATLAB, TensorFlow and ONNX are computed from
their documentation: the formulas stand below.
"""

import json
import os
import subprocess
import tempfile

import cv2
import numpy as np
import torch
from scipy import ndimage, signal

random = np.random.default_rng(62)


def conv2d(x, k, **options):
    y = torch.nn.functional.conv2d(torch.tensor(x)[None, None], torch.tensor(k)[None, None], **options)
    return y[0, 0].numpy()


def padded(x, k, top, left, stride=1, shape=None):
    """Correlation of x with zeros around it: tap (0, 0) begins at (-top, -left)."""
    rows, columns = shape or x.shape
    big = np.pad(x, ((top, 9), (left, 9)))
    y = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            window = big[i * stride :, j * stride :][: k.shape[0], : k.shape[1]]
            y[i, j] = (window * k).sum()
    return y


def imfilter(x, k):
    """MATLAB: the origin is element floor((size + 1) / 2), counted from 1."""
    return padded(x, k, (k.shape[0] + 1) // 2 - 1, (k.shape[1] + 1) // 2 - 1)


def conv2_same(x, k):
    """MATLAB's conv2(x, k, 'same'): from row and column ceil((size + 1) / 2) of the full result on."""
    full = signal.convolve2d(x, k)
    top, left = k.shape[0] // 2, k.shape[1] // 2
    return full[top : top + x.shape[0], left : left + x.shape[1]]


def auto_pad(x, k, stride, lower):
    """SAME of TensorFlow and ONNX: ceil(in / stride) outputs, padding shared out in halves."""
    before, shape = [], []
    for n, m in zip(x.shape, k.shape):
        outputs = -(-n // stride)
        total = max((outputs - 1) * stride + m - n, 0)
        before.append(total - total // 2 if lower else total // 2)
        shape.append(outputs)
    return padded(x, k, *before, stride=stride, shape=shape)


def magick(method):
    def run(x, k):
        text = "%dx%d: " % k.shape[::-1] + " ".join(",".join("%g" % v for v in row) for row in k)
        with tempfile.TemporaryDirectory() as d:
            head = b"P5 %d %d 255\n" % x.shape[::-1]
            open(d + "/x.pgm", "wb").write(head + x.astype(np.uint8).tobytes())
            subprocess.run([os.environ.get("CONVERT", "convert"), d + "/x.pgm", "-morphology", method, text, "-compress", "none", d + "/y.pgm"], check=True)
            return np.array(open(d + "/y.pgm").read().split()[4:], float).reshape(x.shape)

    return run


def filter2d_convolve(x, k):
    """As OpenCV's documentation says: the kernel flipped, and the anchor with it."""
    anchor = tuple(m - 1 - m // 2 for m in k.shape[::-1])
    return cv2.filter2D(x, -1, k[::-1, ::-1].copy(), anchor=anchor)


# tool, whether --convolve is given (None: neither), padding (None: the tool's), stride, function
functions = [
    ("torch", None, None, 1, conv2d),
    ("torch", None, "same", 1, lambda x, k: conv2d(x, k, padding="same")),
    ("scipy", None, None, 1, signal.correlate2d),
    ("scipy", None, "same", 1, lambda x, k: signal.correlate2d(x, k, "same")),
    ("scipy", True, None, 1, signal.convolve2d),
    ("scipy", True, "same", 1, lambda x, k: signal.convolve2d(x, k, "same")),
    ("ndimage", None, None, 1, ndimage.correlate),
    ("ndimage", True, None, 1, ndimage.convolve),
    ("opencv", None, None, 1, lambda x, k: cv2.filter2D(x, -1, k)),
    ("opencv", True, None, 1, filter2d_convolve),
    ("matlab", None, None, 1, imfilter),
    ("matlab", True, None, 1, conv2_same),
    ("tensorflow", None, None, 1, lambda x, k: auto_pad(x, k, 1, False)),
    ("tensorflow", None, None, 2, lambda x, k: auto_pad(x, k, 2, False)),
    ("tensorflow", None, None, 3, lambda x, k: auto_pad(x, k, 3, False)),
    ("onnx-lower", None, None, 1, lambda x, k: auto_pad(x, k, 1, True)),
    ("onnx-lower", None, None, 2, lambda x, k: auto_pad(x, k, 2, True)),
    ("imagemagick", None, None, 1, magick("Convolve")),
    ("imagemagick", False, None, 1, magick("Correlate")),
]


def whole(a):
    return np.rint(a).astype(int).tolist()


def main():
    print("[")
    lines = []
    for tool, convolve, padding, stride, function in functions:
        for _ in range(12):
            kernel = random.integers(0, 3, random.integers(1, 6, 2)).astype(float)
            kernel[0, 0], kernel[-1, -1] = 2, 1
            image = random.integers(0, 5, random.integers(5, 8, 2)).astype(float)
            case = {"tool": tool, "stride": stride, "image": whole(image), "kernel": whole(kernel), "result": whole(function(image, kernel))}
            if convolve is not None:
                case["convolve"] = convolve
            if padding is not None:
                case["padding"] = padding
            lines.append(json.dumps(case, separators=(",", ":")))
    print(",\n".join(lines))
    print("]")


main()
