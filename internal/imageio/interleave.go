package imageio

import (
	"sync"

	"github.com/convkit/convkit/internal/imageio/codec"
	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/scratch"
	"github.com/convkit/convkit/internal/tensor"
)

// interleaveSink writes rows of pixels, all planes of a pixel side by side,
// after a header: the floats of TIFF, of an NPY with its planes last and,
// bottom row first, of PFM. A band waits for its other planes, so that few
// bands are in memory at a time.
type interleaveSink[T tensor.Float] struct {
	sampleEncoder[T]
	header   []byte
	bottomUp bool

	mu    sync.Mutex
	bands map[int]*[]byte // by the first row
}

func newInterleaveSink[T tensor.Float](w *Writer, e sampleEncoder[T], a codec.Array) *interleaveSink[T] {
	return &interleaveSink[T]{sampleEncoder: e, header: a.Header, bottomUp: a.BottomUp, bands: map[int]*[]byte{}}
}

// Order brings all planes of a band one after the other.
func (s *interleaveSink[T]) Order() tensor.Order {
	if s.bottomUp {
		return tensor.BottomUp
	}
	return tensor.RowByRow
}

func (s *interleaveSink[T]) Put(b tensor.Band[T]) (func() error, error) {
	size, planes := s.sampleType.Size(), s.w.shape.C
	pixel := size * planes
	if s.w.alphaOf != nil {
		pixel += size
	}
	mem := s.band(b.Y, b.Rows*b.W*pixel)
	for i := range b.Rows {
		at := i
		if s.bottomUp {
			at = b.Rows - 1 - i
		}
		dst := mem[at*b.W*pixel : (at+1)*b.W*pixel]
		s.encode(b.P, dst[size*b.P:], pixel, b.Row(i))
		if s.w.alphaOf != nil && b.P == 0 {
			alpha := make([]float64, b.W)
			s.w.alphaOf.AlphaRow(alpha, b.Y+i, s.w.o.AlphaAt)
			raster.Store(dst[size*planes:], pixel, s.sampleType, alpha)
		}
	}
	if b.P < planes-1 {
		return nil, nil // the last plane is committed after all others
	}
	return func() error { return s.write(b.Y) }, nil
}

// band is the memory of the band of n bytes that begins at row y.
func (s *interleaveSink[T]) band(y, n int) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bands[y] == nil {
		s.bands[y] = s.w.spares.get()
		scratch.Sized(s.bands[y], n)
	}
	return *s.bands[y]
}

// write sends out the band that begins at row y.
func (s *interleaveSink[T]) write(y int) error {
	s.mu.Lock()
	buf := s.bands[y]
	delete(s.bands, y)
	s.mu.Unlock()
	defer s.w.spares.put(buf)
	return s.w.write(s.header, *buf)
}
