package imageio

import (
	"bytes"

	"github.com/convkit/convkit/internal/imageio/raster"
)

// What follows a picture is not read, whatever its format: archives, previews and
// further pictures stand there. Where the header alone tells the size, it may
// mean that the header is wrong, so that these formats count the bytes. Text and
// JSON have no end but that of the file.

// trailing is how many bytes follow the samples of m, SomeBytes of a pipe, for
// which it does not wait; 0 where they are blanks.
func (in *input) trailing(m *raster.Picture) int64 {
	size := m.N * m.Colours * m.H * m.W * m.Type.Size()
	n := int64(0)
	if f, _, left := in.regular(); f != nil && in.file == nil {
		n = left
	} else if f != nil {
		n = left - int64(size)
	}
	if n < headLen && len(bytes.TrimSpace(in.after(size))) == 0 {
		return 0
	}
	if n == 0 {
		n = raster.SomeBytes
	}
	return n
}
