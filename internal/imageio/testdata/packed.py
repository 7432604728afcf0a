#!/usr/bin/env python3
# Writes packed.csv.gz, .bz2 and .zst, each of two members, with Python 3.11 and zstd 1.5.4.
import bz2
import gzip
import pathlib
import subprocess

here = pathlib.Path(__file__).parent
first, second = b"1,2.5,-3\n", b"4,5,nan\n"


def zstd(data):
    return subprocess.run(["zstd", "-qc"], input=data, stdout=subprocess.PIPE, check=True).stdout


for name, pack in {"gz": lambda b: gzip.compress(b, mtime=0), "bz2": bz2.compress, "zst": zstd}.items():
    (here / f"packed.csv.{name}").write_bytes(pack(first) + pack(second))
