package source

import (
	"io"

	"github.com/convkit/convkit/internal/imageio/raster"
)

// Ending returns a reader of the n bytes of r, which must then end: the last bytes
// are given only when it has. So a checksum at the end counts.
func Ending(r io.Reader, n int) io.Reader { return &ending{r, n} }

type ending struct {
	r    io.Reader
	left int
}

func (e *ending) Read(b []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	k, err := e.r.Read(b[:min(len(b), e.left)])
	if e.left -= k; e.left > 0 {
		return k, CutOff(err)
	}
	var more [1]byte
	if n, err := io.ReadFull(e.r, more[:]); n > 0 {
		return 0, raster.BadData("more data follows than the header says")
	} else if err != io.EOF {
		return 0, err
	}
	return k, nil
}
