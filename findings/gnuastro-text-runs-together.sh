#!/usr/bin/env bash
# gnuastro 0.19: astconvertt writes an image as text whose numbers run together, and cannot read it back.
#
# Expected: FITS -> .txt -> FITS gives the same image; the .txt has a space between the columns, as it needs for input.
# Seen: the 2x2 image "1.5 2.5; 3.5 4.5" becomes the line 1.500000000000002.50000000000000, and astconvertt stops
# on that file with "couldn't be read as a number".
# Needs Debian 12 with apt-get; installs nothing outside a temporary folder.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

mkdir -p "$tmp/debs/partial" "$tmp/root"
: >"$tmp/status" # an empty package state, so that all dependencies are fetched
apt-get -qq -y --no-install-recommends --download-only -o Dir::State::status="$tmp/status" \
    -o Dir::Cache::archives="$tmp/debs" -o APT::Sandbox::User=root install gnuastro=0.19-1+b2 >/dev/null
rm -f "$tmp"/debs/libc6_*.deb # the C library belongs to the running system
for deb in "$tmp"/debs/*.deb; do dpkg-deb -x "$deb" "$tmp/root"; done
lib=$tmp/root/usr/lib/x86_64-linux-gnu
run() { (export LD_LIBRARY_PATH="$lib:$lib/blas:$lib/lapack:$tmp/root/lib/x86_64-linux-gnu"; "$tmp/root/usr/bin/$1" --config="$tmp/root/etc/$1.conf" "${@:2}"); }

cd "$tmp"
printf '1.5 2.5\n3.5 4.5\n' >in.txt
run astconvertt --quiet in.txt --output=in.fits
run astconvertt --quiet in.fits --hdu=1 --output=out.txt
{
    grep -v '^#' out.txt
    run astconvertt --quiet out.txt --output=back.fits 2>&1 | grep -o "couldn't be read as a number" || true
} | tee seen

printf '1.500000000000002.50000000000000\n3.500000000000004.50000000000000\n' >described
echo "couldn't be read as a number" >>described
diff described seen && echo 'as described'
