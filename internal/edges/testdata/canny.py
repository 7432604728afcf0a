"""Writes canny.json: the edges that scikit-image and OpenCV find in a small image.

    python3 canny.py > canny.json

Made with scikit-image 0.19.3, OpenCV 4.6.0, SciPy 1.10.1, numpy 1.24.2.
"""
import json

import cv2
import numpy as np
from scipy import ndimage
from skimage import feature

# Blobs with soft and hard borders, in whole numbers that both read alike.
noise = np.random.default_rng(62).normal(size=(26, 31))
soft = ndimage.gaussian_filter(noise, 2)
x = 128 + 300 * soft + 60 * (ndimage.gaussian_filter(noise, 3) > 0.05) + 4 * noise
x = np.clip(np.round(x), 0, 255).astype(np.uint8)
cases = []


def case(edges, like, **options):
    rows = ["".join(".#"[int(v)] for v in row) for row in np.asarray(edges) > 0]
    cases.append(dict(like=like, **options, want=rows))


f = x / 255
for sigma in [0.6, 1, 1.7]:
    case(feature.canny(f, sigma), "skimage", sigma=sigma)
    case(feature.canny(f, sigma, 0.05, 0.3), "skimage", sigma=sigma, low=0.05, high=0.3)
for border, mode in dict(symmetric="reflect", replicate="nearest", reflect="mirror", circular="wrap").items():
    case(feature.canny(f, 2, 0.02, 0.1, mode=mode), "skimage", sigma=2, low=0.02, high=0.1, border=border)
case(feature.canny(f, 9, 0.001, 0.01), "skimage", sigma=9, low=0.001, high=0.01)
case(feature.canny(f, 1, 0.05, 0.2, mode="constant", cval=0.5), "skimage", sigma=1, low=0.05, high=0.2, border="constant:0.5")
for low, high in [(20, 60), (80, 250), (0, 1)]:
    case(cv2.Canny(x, low, high), "opencv", low=low, high=high, norm="l1")
    case(cv2.Canny(x, low, high, L2gradient=True), "opencv", low=low, high=high, norm="l2")
for size, low, high in [(3, 100, 300), (5, 500, 2000), (7, 4000, 30000), (7, 5003, 21007)]:
    for l2 in False, True:
        edges = cv2.Canny(x, low, high, apertureSize=size, L2gradient=l2)
        case(edges, "opencv", low=low, high=high, norm="l2" if l2 else "l1", aperture=size)
print(json.dumps(dict(image=x.tolist(), cases=cases)).replace('{"like"', '\n{"like"'))
