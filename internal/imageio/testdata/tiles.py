#!/usr/bin/env python3
# Writes tiles.fits.fz.gz, images that fpack compressed tile by tile, and tiles.fits.gz, what funpack
# makes of them (cfitsio 4.2, astropy 5.2). The cards FZ… tell fpack how to compress each image.
import gzip
import pathlib
import subprocess
import tempfile

import numpy as np
from astropy.io import fits

here = pathlib.Path(__file__).parent
rng = np.random.default_rng(16)
y, x = np.mgrid[:19, :37]
smooth = 1000 + 50 * np.sin(x / 7) + 30 * np.cos(y / 5)
counts = (30 * smooth + (x > 30) * rng.integers(-9999, 9999, x.shape)).astype("i2")
stars = (smooth + 5 * rng.normal(size=x.shape)).astype("f4")
stars[3, 4] = stars[0, 0] = np.nan
stars[10] = stars[12, 20] = 0

images = [
    ("BYTES", (counts % 251).astype("u1"), "RICE_1", None, None),
    ("SHORTS", counts, "RICE_1", "(10,7)", None),
    ("UNSIGNED", (counts.astype("i4") + 30000).astype("u2"), "RICE_1", None, None),
    ("LONGS", counts.astype("i4") * 65521, "RICE_1", None, None),
    ("FLAT", np.full(x.shape, 7, "i4"), "RICE_1", None, None),
    ("CUBE", np.stack([counts, counts // 2, counts // 3]), "GZIP_2", "(16,19,2)", None),
    ("GZIP", counts, "GZIP_1", None, None),
    ("FIRST", stars, "RICE_1", None, "SUBTRACTIVE_DITHER_1"),
    ("SECOND", stars, "RICE_1", None, "SUBTRACTIVE_DITHER_2"),
    ("NONE", stars, "GZIP_2", None, "NO_DITHER"),
    ("DOUBLES", stars.astype("f8") * 1.000000001, "GZIP_1", None, "SUBTRACTIVE_DITHER_2"),
]
hdus = [fits.PrimaryHDU()]
for number, (name, data, method, tile, dither) in enumerate(images):
    hdu = fits.ImageHDU(data, name=name)
    hdu.header["FZALGOR"] = method
    hdu.header["OBJECT"] = f"field {number}"
    if tile:
        hdu.header["FZTILE"] = tile
    if dither:
        hdu.header["FZQMETHD"] = dither
        hdu.header["FZDTHRSD"] = str(9990 + number)
    hdus.append(hdu)
with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    fits.HDUList(hdus).writeto(folder / "tiles.fits")
    subprocess.run(["fpack", "-O", folder / "tiles.fits.fz", folder / "tiles.fits"], check=True)
    subprocess.run(["funpack", "-O", folder / "back.fits", folder / "tiles.fits.fz"], check=True)
    for name, made in {"tiles.fits.fz.gz": "tiles.fits.fz", "tiles.fits.gz": "back.fits"}.items():
        (here / name).write_bytes(gzip.compress((folder / made).read_bytes(), mtime=0))
