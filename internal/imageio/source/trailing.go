package source

import (
	"bytes"

	"github.com/convkit/convkit/internal/imageio/raster"
)

// TrailingBytes returns the number of bytes after the samples of m, 0 if they are
// blanks. From a pipe it does not wait for them and returns raster.SomeBytes.
//
// Bytes after a picture are not read, whatever the format: archives, previews and
// other pictures are stored there. But if the header alone tells the size, such
// bytes may mean that the header is wrong, so they are counted.
func (in *Input) TrailingBytes(m *raster.Picture) int64 {
	size := m.N * m.Colours * m.H * m.W * m.Type.Size()
	n := int64(0)
	if f, _, left := in.Regular(); f != nil && in.File == nil {
		n = left
	} else if f != nil {
		n = left - int64(size)
	}
	if n < HeadLen && len(bytes.TrimSpace(in.After(size))) == 0 {
		return 0
	}
	if n == 0 {
		n = raster.SomeBytes
	}
	return n
}
