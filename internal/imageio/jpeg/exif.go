package jpeg

import (
	"bytes"
	"encoding/binary"

	"github.com/convkit/convkit/internal/imageio/tiff"
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
		return tiff.Orientation(data)
	}
	return 1
}
