"""Makes jpeg_rgb.tif and zstd.tif with Pillow (libtiff): a ramp of 21 x 19 pixels,
red 10x, green 10y, blue 5x+5y, which tiff_packed_test.go knows."""
from PIL import Image

ramp = Image.new("RGB", (21, 19))
ramp.putdata([(10 * x, 10 * y, 5 * x + 5 * y) for y in range(19) for x in range(21)])
ramp.save("jpeg_rgb.tif", compression="jpeg", quality=98)
ramp.save("zstd.tif", compression="zstd")
