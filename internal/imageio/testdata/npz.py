#!/usr/bin/env python3
# Writes arrays.npz, compressed.npz and one.npz with NumPy 1.24.
import pathlib

import numpy as np

here = pathlib.Path(__file__).parent
x = np.arange(12, dtype="i2").reshape(3, 4) - 5
y = np.asfortranarray(x / 8.0)
np.savez(here / "arrays.npz", x=x, y=y, cube=np.arange(24.0).reshape(2, 3, 4), names=np.array(["a", "b"]))
np.savez_compressed(here / "compressed.npz", x=x, y=y)
np.savez(here / "one.npz", x)
