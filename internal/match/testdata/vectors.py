"""Scores of OpenCV and scikit-image, for vectors_test.go: python3 vectors.py > vectors.json"""
import json
import cv2
import numpy as np
from skimage.feature import match_template

METHODS = {"ncc": cv2.TM_CCOEFF_NORMED, "zero-mean": cv2.TM_CCOEFF, "cosine": cv2.TM_CCORR_NORMED,
           "product": cv2.TM_CCORR, "ssd": cv2.TM_SQDIFF, "nssd": cv2.TM_SQDIFF_NORMED}
rng = np.random.default_rng(6)
cases = []


def add(source, score, image, template, result, mask=None, same=False, border="zeros"):
    planes = lambda a: np.moveaxis(np.atleast_3d(a), 2, 0).tolist()
    cases.append({"source": source, "score": score, "image": planes(image), "template": planes(template),
                  "mask": None if mask is None else planes(mask), "same": same, "border": border,
                  "scores": [float("%.7g" % v) for v in np.asarray(result, float).ravel()]})


for channels in (1, 3):
    image = rng.integers(0, 256, (9, 11, channels)).astype(np.uint8).squeeze()
    template = rng.integers(0, 256, (4, 5, channels)).astype(np.uint8).squeeze()
    mask = (rng.random((4, 5)) < 0.7).astype(np.uint8)
    for score, method in METHODS.items():
        add("opencv", score, image, template, cv2.matchTemplate(image, template, method))
        # OpenCV multiplies a mask of one channel with every channel only where it is given so.
        full = np.repeat(mask[:, :, None], channels, 2).squeeze()
        add("opencv", score, image, template, cv2.matchTemplate(image, template, method, mask=full), mask)

for size in ((4, 5), (3, 6), (5, 5)):
    image, template = rng.random((9, 11)).round(3), rng.random(size).round(3)
    add("scikit-image", "ncc", image, template, match_template(image, template))
    for mode, border in (("constant", "zeros"), ("edge", "replicate"), ("reflect", "reflect"), ("wrap", "circular")):
        add("scikit-image", "ncc", image, template, match_template(image, template, pad_input=True, mode=mode), same=True, border=border)

print("[" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "]")
