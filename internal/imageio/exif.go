package imageio

import (
	"bytes"
	"encoding/binary"
)

// exifOrientation gives the orientation that a JPEG's EXIF block states, 1 to
// 8; 1, upright, where it states none.
func exifOrientation(jpeg []byte) int {
	const (
		app1      = 0xe1
		startScan = 0xda
	)
	for b := jpeg[min(2, len(jpeg)):]; len(b) >= 4 && b[0] == 0xff && b[1] != startScan; {
		if b[1] == 0xff { // a fill byte
			b = b[1:]
			continue
		}
		n := int(binary.BigEndian.Uint16(b[2:]))
		if n < 2 || n+2 > len(b) {
			return 1
		}
		body, kind := b[4:2+n], b[1]
		b = b[2+n:]
		data, ok := bytes.CutPrefix(body, []byte("Exif\x00\x00"))
		if kind != app1 || !ok {
			continue
		}
		t := &tiffFile{data: data, size: uint64(len(data))}
		if t.directory(0) != nil {
			return 1
		}
		return t.one(tagOrientation, 1)
	}
	return 1
}

// orient turns the image upright by looking at its memory another way.
// Orientations are those of EXIF and TIFF: 1 upright, 2 mirrored, 3 turned by
// 180 degrees, 4 upside down, 5 to 8 the same with rows for columns.
func (m *Image) orient(o int) {
	if o < 2 || o > 8 {
		return
	}
	flipX := func() { m.off, m.sx = m.off+(m.w-1)*m.sx, -m.sx }
	flipY := func() { m.off, m.sy = m.off+(m.h-1)*m.sy, -m.sy }
	if o == 2 || o == 3 || o == 7 || o == 8 {
		flipX()
	}
	if o == 3 || o == 4 || o == 6 || o == 7 {
		flipY()
	}
	if o >= 5 {
		m.h, m.w, m.sx, m.sy = m.w, m.h, m.sy, m.sx
	}
}
