#!/usr/bin/env python3
# Writes small volumes with unu (teem 1.12), plastimatch (ITK 5), GDAL-free Python packages mrcfile 1.4 and NumPy,
# and beside each what it holds as CSV. Run it in an empty folder and copy what is needed.
import subprocess

import mrcfile
import numpy as np

rng = np.random.default_rng(5)


def run(command):
    subprocess.run(command, shell=True, check=True, stdout=subprocess.DEVNULL)


def truth(name, a):
    planes = a.reshape((-1,) + a.shape[-2:])
    text = "\n".join("\n".join(",".join(repr(float(v)) for v in row) for row in plane) + "\n" for plane in planes)
    open(name + ".csv", "w").write(text)


floats = (rng.normal(size=(2, 5, 4)) * 10.0).astype("f4")
shorts = rng.integers(-999, 999, (5, 4)).astype("i2")
floats.tofile("floats.raw")
shorts.tofile("shorts.raw")
run("teem-unu make -i floats.raw -t float -s 4 5 2 -e raw -en little -o floats.nrrd")
run("teem-unu make -i shorts.raw -t short -s 4 5 -e raw -en little -o shorts.nrrd")
run("teem-unu save -f nrrd -e gzip -i floats.nrrd -o gzip.nrrd")
run("teem-unu save -f nrrd -e ascii -i shorts.nrrd -o ascii.nrrd")
run("teem-unu save -f nrrd -e raw -en big -i shorts.nrrd -o big.nrrd")
rgb = rng.integers(0, 255, (5, 4, 3)).astype("u1")
rgb.tofile("rgb.raw")
run("teem-unu make -i rgb.raw -t uchar -s 3 4 5 -k RGB-color space space -e raw -o colour.nrrd")
for name, a in {"floats": floats, "gzip": floats, "shorts": shorts, "ascii": shorts, "big": shorts, "colour": np.moveaxis(rgb, -1, 0)}.items():
    truth(name + ".nrrd", a)

run("plastimatch convert --input floats.nrrd --output-img floats.mha --output-type float")
run("plastimatch convert --input floats.nrrd --output-img whole.mha --output-type short")
truth("floats.mha", floats)
truth("whole.mha", np.trunc(floats))

for name, a in {"floats": floats, "shorts": shorts, "bytes": shorts[::-1].astype("i1"), "words": shorts.view("u2"), "half": floats.astype("f2")}.items():
    with mrcfile.new(name + ".mrc", overwrite=True) as f:
        f.set_data(a)
        f.header.label[0] = b"made for a test"
        if name == "shorts":
            f.set_extended_header(np.frombuffer(b"further header!!" * 5, dtype="V80"))
    truth(name + ".mrc", a)
