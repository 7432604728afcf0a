package imageio

import (
	"sync"

	"github.com/convkit/convkit/internal/imageio/scratch"
	"github.com/convkit/convkit/internal/tensor"
)

// spares keeps the memory of bands that were written for those to come. They
// are large and few: a sync.Pool would lose them at each collection.
type spares struct {
	mu   sync.Mutex
	list []*[]byte
}

func (s *spares) get() *[]byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	if k := len(s.list) - 1; k >= 0 {
		b := s.list[k]
		s.list = s.list[:k]
		return b
	}
	return new([]byte)
}

func (s *spares) put(b *[]byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = append(s.list, b)
}

// textSink formats bands on whatever goroutine brings them and writes them in
// order.
type textSink[T tensor.Float] struct {
	w   *Writer
	row func(b []byte, p, y int, row []T) ([]byte, error)
}

func (s *textSink[T]) Order() tensor.Order { return tensor.PlaneByPlane }

func (s *textSink[T]) Put(band tensor.Band[T]) (func() error, error) {
	buf := s.w.spares.get()
	rows, err := s.format(buf, band, 0)
	if err != nil {
		return nil, err
	}
	return func() error {
		defer s.w.spares.put(buf)
		for {
			if _, err := s.w.out.Write(*buf); err != nil || rows == band.Rows {
				return err
			}
			n, err := s.format(buf, band, rows)
			if err != nil {
				return err
			}
			rows += n
		}
	}, nil
}

const (
	// textSample is how many numbers tell about how long the others are.
	textSample = 512
	// textMost is the text that is made at once, but for a longer row: the rest of
	// a band, of which text takes several times the memory, follows when its turn has
	// come.
	textMost = 8 << 20
)

// format makes text of the rows of a band from row i on, and returns of how many.
// It makes room before: to let a long row grow as it is appended to would take
// several times its memory.
func (s *textSink[T]) format(buf *[]byte, band tensor.Band[T], i int) (rows int, err error) {
	sample := min(textSample, band.W)
	few, err := s.row((*buf)[:0], band.P, band.Y+i, band.Row(i)[:sample])
	if err != nil {
		return 0, err
	}
	row := (len(few)*band.W/sample + 1) * 33 / 32
	rows = min(band.Rows-i, max(1, textMost/row))
	if need := rows * row; cap(few) < need {
		few = make([]byte, 0, need+need/16) // others will be a little longer
	}
	b := few[:0]
	for k := range rows {
		if b, err = s.row(b, band.P, band.Y+i+k, band.Row(i+k)); err != nil {
			return 0, err
		}
	}
	*buf = b
	return rows, nil
}

// sampleSink writes plane after plane of samples, after a header.
type sampleSink[T tensor.Float] struct {
	sampleEncoder[T]
	header []byte
}

func (s *sampleSink[T]) Order() tensor.Order { return tensor.PlaneByPlane }

func (s *sampleSink[T]) Put(band tensor.Band[T]) (func() error, error) {
	buf := s.w.spares.get()
	row := band.W * s.sampleType.Size()
	samples := scratch.Sized(buf, band.Rows*row)
	for i := range band.Rows {
		s.encode(band.P, samples[i*row:(i+1)*row], s.sampleType.Size(), band.Row(i))
	}
	return func() error {
		defer s.w.spares.put(buf)
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
