#!/usr/bin/env bash
# astropy 5.2.1 reads the NaN of a float image that fpack (CFITSIO 4.2.0) compressed as ordinary numbers.
#
# Expected: pixels that were NaN before fpack are NaN after it, as funpack of the same package gives them.
# Seen: fpack writes the null value of the quantised integers as the keyword ZBLANK = -2147483647. astropy returns numbers
# some five noise levels below the picture in these places, without a warning, so that a mean over the image is wrong.
# Needs Debian 12 with apt-get; installs nothing outside a temporary folder.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

mkdir -p "$tmp/debs/partial" "$tmp/root"
: >"$tmp/status" # an empty package state, so that all dependencies are fetched
apt-get -qq -y --no-install-recommends --download-only -o Dir::State::status="$tmp/status" -o Dir::Cache::archives="$tmp/debs" \
    -o APT::Sandbox::User=root install python3-astropy=5.2.1-2+deb12u1 libcfitsio-bin=4.2.0-3 >/dev/null
rm -f "$tmp"/debs/libc6_*.deb # the C library belongs to the running system
for deb in "$tmp"/debs/*.deb; do dpkg-deb -x "$deb" "$tmp/root"; done
lib=$tmp/root/usr/lib/x86_64-linux-gnu
export LD_LIBRARY_PATH="$lib:$lib/blas:$lib/lapack:$tmp/root/lib/x86_64-linux-gnu" HOME="$tmp"
python() { PYTHONHOME="$tmp/root/usr" PYTHONPATH="$tmp/root/usr/lib/python3/dist-packages" "$tmp/root/usr/bin/python3.11" "$@"; }

cd "$tmp"
python - <<'PY'
import numpy as np
from astropy.io import fits
sky = np.random.default_rng(1).normal(100, 5, (64, 64)).astype("f4")
sky[10, 5:9] = np.nan
fits.writeto("sky.fits", sky)
PY
"$tmp/root/usr/bin/fpack" sky.fits
"$tmp/root/usr/bin/funpack" -O back.fits sky.fits.fz
python - <<'PY' | tee seen
import numpy as np
from astropy.io import fits
print("ZBLANK", fits.getheader("sky.fits.fz", 1, disable_image_compression=True)["ZBLANK"])
print("NaN by funpack:", int(np.isnan(fits.getdata("back.fits")).sum()))
print("NaN by astropy:", int(np.isnan(fits.getdata("sky.fits.fz", 1)).sum()))
print("astropy gives about 70:", bool((abs(fits.getdata("sky.fits.fz", 1)[10, 5:9] - 70) < 3).all()))
PY
printf 'ZBLANK -2147483647\nNaN by funpack: 4\nNaN by astropy: 0\nastropy gives about 70: True\n' | diff - seen && echo 'as described'
