#!/usr/bin/env bash
# Jimp 1.6.1 (npm): image.convolute(kernel) applies the transpose of the kernel that image.convolution(kernel) applies.
#
# Expected: the same array gives the same picture; the documentation shows both with rows of a kernel.
# Seen: one pixel of 100 on black, kernel .1 .2 .3; .4 .5 .6; .7 .8 .9
#   convolution  90 80 70; 60 50 40; 30 20 10     correlation with the kernel as written
#   convolute    90 60 30; 80 50 20; 70 40 10     correlation with its transpose
# A Sobel kernel for vertical edges finds horizontal ones with the other name.
# Needs node and npm; installs into a temporary folder.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund jimp@1.6.1 >/dev/null

cat >probe.mjs <<'JS'
import { Jimp } from "jimp";
const kernel = [[.1, .2, .3], [.4, .5, .6], [.7, .8, .9]];
for (const name of ["convolution", "convolute"]) {
  const image = new Jimp({ width: 7, height: 7, color: 0x000000ff });
  image.setPixelColor(0x646464ff, 3, 3);
  image[name]({ kernel });
  const rows = [2, 3, 4].map(y => [2, 3, 4].map(x => image.bitmap.data[(7 * y + x) * 4]).join(" "));
  console.log(name + ": " + rows.join("; "));
}
JS
node probe.mjs | tee seen
printf 'convolution: 90 80 70; 60 50 40; 30 20 10\nconvolute: 90 60 30; 80 50 20; 70 40 10\n' | diff - seen && echo 'as described'
