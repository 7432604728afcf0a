#!/usr/bin/env bash
# gnuastro 0.19: astconvolve turns the kernel in one domain and not in the other.
#
# Expected: --domain=spatial and --domain=frequency are two ways to the same convolution.
# Seen: a single bright pixel convolved with 1 2 3; 4 5 6; 7 8 9 (divided by its sum) gives
#   spatial    1 2 3; 4 5 6; 7 8 9     convolution: the kernel appears as written
#   frequency  9 8 7; 6 5 4; 3 2 1     correlation: the kernel appears turned by 180 degrees
# The frequency domain is the default. Only kernels without that symmetry show the difference.
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
printf '1 2 3\n4 5 6\n7 8 9\n' >kernel.txt
for y in 1 2 3 4 5 6 7; do
    for x in 1 2 3 4 5 6 7; do [ "$x$y" = 44 ] && printf '1 ' || printf '0 '; done
    printf '\n'
done >image.txt
for name in image kernel; do run astconvertt --quiet "$name.txt" --output="$name.fits"; done

centre() { # prints the 3x3 centre of a 7x7 result, times 45, first row first; each number takes eight characters
    run astconvertt --quiet "$1" --output=out.txt --hdu=1 >/dev/null
    grep -v '^#' out.txt | sed -n 3,5p |
        awk '{printf "%s%d %d %d", s, substr($0,17,8)*45+.5, substr($0,25,8)*45+.5, substr($0,33,8)*45+.5; s="; "}'
    rm -f out.txt
}
for domain in spatial frequency; do
    run astconvolve --quiet image.fits --hdu=1 \
        --kernel=kernel.fits --khdu=1 --domain=$domain --output=$domain.fits >/dev/null
    printf '%-10s %s\n' $domain "$(centre $domain.fits)"
done | tee seen

printf 'spatial    1 2 3; 4 5 6; 7 8 9\nfrequency  9 8 7; 6 5 4; 3 2 1\n' | diff - seen && echo 'as described'
