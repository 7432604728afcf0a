#!/usr/bin/env bash
# image-js 1.7.0 (npm): directConvolution takes the option "normalize" and ignores it; separableConvolution heeds it.
#
# Expected: a constant picture of 20 through a box of nine ones with normalize: true stays 20, in both functions,
# which share the type ConvolutionOptions ("Whether the kernel should be normalized").
# Seen: directConvolution gives 180, the plain sum, with normalize true as with false; separableConvolution gives 20 and 180.
# Needs node and npm; installs into a temporary folder.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund image-js@1.7.0 >/dev/null

cat >probe.mjs <<'JS'
import { Image } from "image-js";
const image = new Image(5, 5, { colorModel: "GREY" }).fill(20);
const ones = [1, 1, 1];
for (const normalize of [true, false]) {
  const direct = image.directConvolution([ones, ones, ones], { normalize });
  const separable = image.separableConvolution(ones, ones, { normalize });
  console.log(`normalize ${normalize}: direct ${direct.getValue(2, 2, 0)}, separable ${separable.getValue(2, 2, 0)}`);
}
JS
node probe.mjs | tee seen
printf 'normalize true: direct 180, separable 20\nnormalize false: direct 180, separable 180\n' | diff - seen && echo 'as described'
