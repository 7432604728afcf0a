#!/usr/bin/env python3
# Writes small files of formats that convkit reads, with other programs of Debian 12, and beside each what it
# holds as CSV: one plane after the other. Run it in an empty folder and copy what is needed.
import subprocess

import cv2
import numpy as np
import scipy.io
import scipy.sparse
from PIL import Image

rng = np.random.default_rng(4)


def run(command, out=None):
    result = subprocess.run(command, shell=True, check=True, stdout=subprocess.PIPE)
    if out:
        open(out, "wb").write(result.stdout)


def truth(name, planes):
    text = "\n".join("\n".join(",".join(repr(float(v)) for v in row) for row in plane) + "\n" for plane in planes)
    open(name + ".csv", "w").write(text)


# Pictures of 13 x 9 with runs, gradients and noise, so that every kind of chunk occurs.
y, x = np.mgrid[:9, :13]
rgb = np.stack([x * 19, y * 28, x * 3 + y * 5], -1).astype("u1")
rgb[2:4, 2:11] = 77
rgb[6] = rng.integers(0, 256, (13, 3))
alpha = np.where(y > 4, 255, x * 20).astype("u1")
rgba = np.dstack([rgb, alpha])
Image.fromarray(rgb).save("rgb.png")
Image.fromarray(rgba).save("rgba.png")
Image.fromarray(np.dstack([rgb[..., 0], alpha])).save("ga.png")
run("ffmpeg -v error -y -i rgb.png rgb.qoi")
run("ffmpeg -v error -y -i rgba.png rgba.qoi")
run("png2ff < rgba.png", "rgba.ff")
run("pngtopam -alphapam rgba.png", "rgba.pam")
run("pngtopam -alphapam ga.png", "ga.pam")
run("pngtopam rgb.png | pamdepth 1000 | pamtopam", "deep.pam")
for name, a in {"rgb.qoi": rgb, "rgba.qoi": rgba, "rgba.pam": rgba}.items():
    truth(name, np.moveaxis(a, -1, 0))
truth("ga.pam", [rgb[..., 0], alpha])
truth("rgba.ff", np.moveaxis(rgba.astype("u2") * 257, -1, 0))

light = (rng.random((9, 13, 3)) * 10.0 ** rng.integers(-3, 4, (9, 13, 1))).astype("f4")
light[2:5, 3:9] = 0.5
light[0, 0] = 0
cv2.imwrite("light.hdr", light)
cv2.imwrite("narrow.hdr", light[:, :5])
for name in ["light.hdr", "narrow.hdr"]:
    truth(name, np.moveaxis(cv2.imread(name, cv2.IMREAD_UNCHANGED)[..., ::-1], -1, 0))

a = np.round(rng.normal(size=(5, 4)), 3)
square = np.round(rng.normal(size=(4, 4)), 3)
symmetric = square + square.T
skew = square - square.T
dots = scipy.sparse.coo_matrix(np.where(np.abs(a) > 0.8, a, 0))
for name, m, options in [
    ("dense.mtx", a, {}),
    ("symmetric.mtx", symmetric, {"symmetry": "symmetric"}),
    ("skew.mtx", skew, {"symmetry": "skew-symmetric"}),
    ("whole.mtx", np.arange(6).reshape(2, 3), {}),
    ("sparse.mtx", dots, {}),
    ("sparse-symmetric.mtx", scipy.sparse.coo_matrix(np.where(np.abs(symmetric) > 1, symmetric, 0)), {"symmetry": "symmetric"}),
    ("pattern.mtx", dots, {"field": "pattern"}),
]:
    scipy.io.mmwrite(name, m, comment="a comment", precision=17, **options)
    back = scipy.io.mmread(name)
    truth(name, [back if isinstance(back, np.ndarray) else back.toarray()])

np.savetxt("a.txt", a, fmt="%.17g")
run(
    """octave-cli --quiet --eval 'a = load("a.txt"); save("-text", "matrix.octave", "a"); s = sparse(a .* (abs(a) > .8));
save("-text", "sparse.octave", "s"); c = reshape(1:24, 2, 3, 4); save("-text", "array.octave", "c"); b = a > 0; save("-text", "bool.octave", "b");
i = int16(1000 * a); save("-text", "whole.octave", "i"); z = a; z(1) = NaN; z(2) = -Inf; save("-text", "nan.octave", "z"); save("-text", "two.octave", "a", "s");
t = "words"; save("-text", "string.octave", "t"); x = 1i * a; save("-text", "complex.octave", "x"); p = pi; save("-text", "scalar.octave", "p"); '"""
)
odd = a.copy()
odd.flat[[0, 4]] = np.nan, -np.inf  # Octave counts down the columns
for name, m in {
    "matrix.octave": [a], "sparse.octave": [dots.toarray()], "array.octave": np.moveaxis(np.arange(1.0, 25).reshape(2, 3, 4, order="F"), -1, 0),
    "bool.octave": [a > 0], "whole.octave": [np.where(a < 0, -1, 1) * np.floor(np.abs(1000 * a) + 0.5)], "nan.octave": [odd], "scalar.octave": [[[np.pi]]],
}.items():
    truth(name, m)

import tifffile

height = (rng.random((6, 5)) * 1000).astype("f4")
height[1:3, 2] = -9999
tifffile.imwrite("height.tif", height, extratags=[(42113, "s", 0, "-9999", True)])
run("gdal_translate -q -of AAIGrid -a_ullr 0 6 5 0 height.tif height.asc")
truth("height.asc", [np.where(height == -9999, np.nan, height)])
