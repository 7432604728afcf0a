package imageio

import (
	"sync"

	"github.com/convkit/convkit/internal/tensor"
)

// buffers holds the memory of bands that were formatted and written.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

// sized gives n bytes of a buffer, which grows where it has to.
func sized(buf *[]byte, n int) []byte {
	if cap(*buf) < n {
		*buf = make([]byte, n)
	}
	*buf = (*buf)[:n]
	return *buf
}

// textSink formats bands on whatever goroutine brings them and writes them in
// order.
type textSink[T tensor.Float] struct {
	w   *Writer
	row func(b []byte, p, y int, row []T) ([]byte, error)
}

func (s *textSink[T]) Order() tensor.Order { return tensor.PlaneByPlane }

func (s *textSink[T]) Put(band tensor.Band[T]) (func() error, error) {
	buf := buffers.Get().(*[]byte)
	b := (*buf)[:0]
	var err error
	for i := range band.Rows {
		if b, err = s.row(b, band.P, band.Y+i, band.Row(i)); err != nil {
			return nil, err
		}
	}
	*buf = b
	return func() error {
		_, err := s.w.out.Write(*buf)
		buffers.Put(buf)
		return err
	}, nil
}

// sampleSink writes plane after plane of plain numbers, after a header.
type sampleSink[T tensor.Float] struct {
	w      *Writer
	elem   elem
	header []byte
}

func (s *sampleSink[T]) Order() tensor.Order { return tensor.PlaneByPlane }

func (s *sampleSink[T]) Put(band tensor.Band[T]) (func() error, error) {
	buf := buffers.Get().(*[]byte)
	size := s.elem.size()
	n := band.Rows * band.W * size
	samples := sized(buf, n)
	for i := range band.Rows {
		dst := samples[i*band.W*size : (i+1)*band.W*size]
		if s.elem == native[T]() {
			copy(dst, bytesOf(band.Row(i)))
		} else {
			store(dst, size, s.elem, band.Row(i))
		}
	}
	return func() error {
		defer buffers.Put(buf)
		return s.w.write(s.header, *buf)
	}, nil
}

// write sends out what follows and, the first time, a header before it.
func (w *Writer) write(header, b []byte) error {
	if !w.sent {
		w.sent = true
		if _, err := w.out.Write(header); err != nil {
			return err
		}
	}
	_, err := w.out.Write(b)
	return err
}
