"""Writes operators.json: what scikit-image and OpenCV answer to a small image.

    python3 operators.py > operators.json

Made with scikit-image 0.19.3, OpenCV 4.6.0, SciPy 1.10.1, numpy 1.24.2.
"""
import json

import cv2
import numpy as np
from scipy import ndimage
from skimage import filters

x = np.random.default_rng(6).integers(0, 256, (6, 7)).astype(float)
cases = []


def case(want, operator, like="", output="", **more):
    cases.append(dict(operator=operator, like=like, output=output, **more, want=np.asarray(want, float).tolist()))


for name in ["roberts", "prewitt", "sobel", "scharr", "farid"]:
    case(getattr(filters, name)(x), name, "skimage", "magnitude")
for name in ["prewitt", "sobel", "scharr", "farid"]:
    case(getattr(filters, name + "_v")(x), name, "skimage", "x")
    case(getattr(filters, name + "_h")(x), name, "skimage", "y")
case(filters.roberts_pos_diag(x), "roberts", "skimage", "x")
case(filters.roberts_neg_diag(x), "roberts", "skimage", "y")
case(filters.laplace(x), "laplacian", "skimage", "")
case(filters.difference_of_gaussians(x, 1.25), "dog", "skimage", "", sigma=1.25)
case(ndimage.gaussian_laplace(x, 0.75), "log", "", "", sigma=0.75, padding="same", border="symmetric")
m = filters.scharr(x)
case(m > filters.threshold_otsu(m), "scharr", "skimage", "magnitude", threshold="otsu")

for name, f in [("sobel", cv2.Sobel), ("scharr", cv2.Scharr)]:
    gx, gy = f(x, cv2.CV_64F, 1, 0), f(x, cv2.CV_64F, 0, 1)
    case(gx, name, "opencv", "x")
    case(gy, name, "opencv", "y")
    case(cv2.magnitude(gx, gy), name, "opencv", "magnitude")
    case(abs(gx) + abs(gy), name, "opencv", "magnitude", norm="l1")
    case(np.degrees(np.arctan2(gy, gx)) % 360, name, "opencv", "angle")
    case(cv2.threshold(cv2.magnitude(gx, gy), 700, 1, cv2.THRESH_BINARY)[1], name, "opencv", "magnitude", threshold="700")
case(cv2.Laplacian(x, cv2.CV_64F), "laplacian", "opencv", "")
for size in 3, 5, 7:
    gx, gy = cv2.Sobel(x, cv2.CV_64F, 1, 0, ksize=size), cv2.Sobel(x, cv2.CV_64F, 0, 1, ksize=size)
    case(gx, "sobel", "opencv", "x", aperture=size)
    case(cv2.magnitude(gx, gy), "sobel", "opencv", "magnitude", aperture=size)
    case(cv2.Laplacian(x, cv2.CV_64F, ksize=size), "laplacian", "opencv", "", aperture=size)
print(json.dumps(dict(image=x.tolist(), cases=cases)).replace('{"operator"', '\n{"operator"'))
