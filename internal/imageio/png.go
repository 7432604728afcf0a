package imageio

import (
	"encoding/binary"
	"image"
	"image/png"
)

// readPNG reads every kind of PNG. Greys of 1, 2 and 4 bits are spread over
// 0..255, a palette stays one byte a pixel with its colours beside it.
func readPNG(in *input) (*Image, error) {
	head, err := in.Peek(29)
	if err != nil {
		return nil, err
	}
	w, h := int64(binary.BigEndian.Uint32(head[16:])), int64(binary.BigEndian.Uint32(head[20:]))
	if string(head[12:16]) == "IHDR" {
		if err := checkSize(in.o.maxPixels(), h, w); err != nil {
			return nil, err
		}
	}
	bits, greyAlpha := int(head[24]), head[25] == 0 || head[25] == 4
	img, err := png.Decode(in)
	if err != nil {
		return nil, err
	}
	m, err := fromGo(img, greyAlpha)
	if err != nil {
		return nil, err
	}
	if _, ok := img.(*image.Paletted); !ok {
		m.bits = bits
	}
	return m, nil
}
