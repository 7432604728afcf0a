"""Makes two exposures of one star field, whose point spread function changes over the field.

    python3 bench/starfields.py PREFIX [--degree 1|2] [--seed N] [--size N] [--new Y,X,ELECTRONS] [--counts]

PREFIX_template.fits is deep, with round Gaussian stars of sigma 1.3 pixels. PREFIX_image.fits has
wider, elliptical stars, whose widths are polynomials of the place of the given degree, a sky
that is a plane, and photon noise at a gain of 1.5 electrons per count with a read noise of 6
electrons. PREFIX_truth.fits is the image without noise, PREFIX_variance.fits its variance.
--new adds a star to the image alone. --counts writes whole numbers of 16 bits, packed, and only
the template and the image. It needs numpy and astropy.
"""
import argparse
import gzip
import io

import numpy as np
from astropy.io import fits

GAIN, READ_NOISE = 1.5, 6.0
DEPTH = 50  # exposures in the template
STARS = 1800  # in 1024 x 1024 pixels
REACH = 14  # pixels from a star's center that it lights


def widths(degree, n, x, y):
    """The sigmas along x and y of a star of the image."""
    u, v = 2 * x / n - 1, 2 * y / n - 1
    size, ratio = 1.9 + 0.25 * u - 0.15 * v, 0.06 * u + 0.04 * v
    if degree > 1:
        size, ratio = size + 0.12 * (u * u + v * v - 0.6), ratio + 0.04 * u * v
    return size * (1 + ratio), size * (1 - ratio)


def add(image, x, y, flux, sx, sy):
    """Adds a star."""
    n = len(image)
    x0, x1 = max(0, int(x) - REACH), min(n, int(x) + REACH + 1)
    y0, y1 = max(0, int(y) - REACH), min(n, int(y) + REACH + 1)
    gx = np.exp(-0.5 * ((np.arange(x0, x1) - x) / sx) ** 2)
    gy = np.exp(-0.5 * ((np.arange(y0, y1) - y) / sy) ** 2)
    image[y0:y1, x0:x1] += flux / (2 * np.pi * sx * sy) * gy[:, None] * gx


def main():
    p = argparse.ArgumentParser()
    p.add_argument("prefix")
    p.add_argument("--degree", type=int, default=2)
    p.add_argument("--seed", type=int, default=7)
    p.add_argument("--size", type=int, default=1024)
    p.add_argument("--new", default="")
    p.add_argument("--counts", action="store_true")
    a = p.parse_args()
    n, rng = a.size, np.random.default_rng(a.seed)
    stars = STARS * n * n // 1024**2
    x, y, flux = rng.uniform(0, n, stars), rng.uniform(0, n, stars), 10 ** rng.uniform(2.7, 5.2, stars)
    template, truth = np.zeros((n, n)), np.zeros((n, n))
    for i in range(stars):
        add(template, x[i], y[i], flux[i], 1.3, 1.3)
        add(truth, x[i], y[i], flux[i], *widths(a.degree, n, x[i], y[i]))
    if a.new:
        ny, nx, electrons = (float(v) for v in a.new.split(","))
        add(truth, nx, ny, electrons / GAIN, *widths(a.degree, n, nx, ny))
    rows, columns = np.mgrid[:n, :n]
    truth += 120 + 10 * (2 * columns / n - 1) + 6 * (2 * rows / n - 1)

    def observed(counts, depth):
        gain = GAIN * depth
        return rng.poisson(counts * gain) / gain + rng.normal(0, READ_NOISE / GAIN / np.sqrt(depth), counts.shape)

    wcs = fits.Header()
    wcs["CTYPE1"], wcs["CTYPE2"] = "RA---TAN", "DEC--TAN"
    wcs["CRPIX1"] = wcs["CRPIX2"] = n / 2
    wcs["CRVAL1"], wcs["CRVAL2"], wcs["CDELT1"], wcs["CDELT2"] = 150.1, 2.2, -1e-4, 1e-4
    images = {"template": observed(template + 100, DEPTH), "image": observed(truth, 1), "truth": truth, "variance": truth / GAIN + (READ_NOISE / GAIN) ** 2}
    for name, values in images.items():
        if a.counts:
            if name in ("template", "image"):
                b = io.BytesIO()
                fits.PrimaryHDU(np.round(values).clip(0, 65535).astype("u2"), wcs).writeto(b)
                with open(f"{a.prefix}_{name}.fits.gz", "wb") as f:
                    f.write(gzip.compress(b.getvalue(), 9, mtime=0))
            continue
        fits.writeto(f"{a.prefix}_{name}.fits", values.astype("f4"), wcs, overwrite=True)


if __name__ == "__main__":
    main()
