package imageio

import (
	"os"

	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/source"
	"github.com/convkit/convkit/internal/tensor"
)

// unpremultiplySink stands before a sink of numbers if alpha was filtered. It
// divides the colours, which were multiplied by alpha, by the filtered alpha, as
// for pictures, so every format gets the same colours. Alpha stays the last plane
// if the format can hold it.
type unpremultiplySink[T tensor.Float] struct {
	gather[T]
	w     *Writer
	inner tensor.Sink[T]
	unit  T // what alpha 1 is in the result's numbers
	none  T // what stands where there is no colour
	kept  keptPlanes[T]
}

func newUnpremultiplySink[T tensor.Float](w *Writer, inner tensor.Sink[T]) *unpremultiplySink[T] {
	s := &unpremultiplySink[T]{w: w, inner: inner, unit: alphaUnit[T](w), none: noColour[T](w)}
	s.gather = gather[T]{planes: w.result.C, all: s.divide}
	return s
}

// Order is that of the sink behind, but for one that wants whole planes: these
// have to be kept, since each colour waits for the last plane.
func (s *unpremultiplySink[T]) Order() tensor.Order {
	if s.inner.Order() == tensor.BottomUp {
		return tensor.BottomUp
	}
	return tensor.RowByRow
}

func (s *unpremultiplySink[T]) divide(planes []tensor.Band[T]) error {
	alpha := planes[len(planes)-1]
	for _, c := range planes[:len(planes)-1] {
		for i := range c.Rows {
			divideRow(c.Row(i), c.Row(i), alpha.Row(i), s.unit, s.none)
		}
	}
	planes = planes[:s.w.shape.C]
	if s.inner.Order() != tensor.PlaneByPlane {
		for _, b := range planes {
			if err := s.pass(b); err != nil {
				return err
			}
		}
		return nil
	}
	for _, b := range planes {
		if err := s.kept.put(s.w.shape, b); err != nil {
			return err
		}
	}
	if alpha.Y+alpha.Rows < s.w.shape.H {
		return nil
	}
	defer s.kept.close()
	return s.kept.each(s.w.shape, max(alpha.Rows, 1), s.pass)
}

func (s *unpremultiplySink[T]) pass(b tensor.Band[T]) error {
	commit, err := s.inner.Put(b)
	if err == nil && commit != nil {
		err = commit()
	}
	return err
}

// keptPlanes are planes that wait: large ones in a temporary file, as long as
// there is room for one.
type keptPlanes[T tensor.Float] struct {
	mem  []T
	file *os.File
}

func (k *keptPlanes[T]) at(s tensor.Shape, b tensor.Band[T]) int { return (b.P*s.H + b.Y) * s.W }

func (k *keptPlanes[T]) put(s tensor.Shape, b tensor.Band[T]) error {
	size := raster.Native[T]().Size()
	if k.mem == nil && k.file == nil {
		if s.Len()*size >= source.TempFileSize {
			if f, err := source.NewTempFile(); err == nil {
				k.file = f.File
			}
		}
		if k.file == nil {
			k.mem = make([]T, s.Len())
		}
	}
	if k.file == nil {
		copy(k.mem[k.at(s, b):], b.Data[:b.Rows*b.W])
		return nil
	}
	if _, err := k.file.WriteAt(raster.BytesOf(b.Data[:b.Rows*b.W]), int64(k.at(s, b)*size)); err != nil {
		return &source.TempError{Err: err}
	}
	return nil
}

// each gives all planes one after the other, in bands of some rows.
func (k *keptPlanes[T]) each(s tensor.Shape, rows int, pass func(tensor.Band[T]) error) error {
	buf := make([]T, rows*s.W)
	for p := range s.C {
		for y := 0; y < s.H; y += rows {
			b := tensor.Band[T]{P: p, Y: y, Rows: min(rows, s.H-y), W: s.W, Stride: s.W}
			b.Data = buf[:b.Rows*b.W]
			if k.file == nil {
				copy(b.Data, k.mem[k.at(s, b):])
			} else if _, err := k.file.ReadAt(raster.BytesOf(b.Data), int64(k.at(s, b)*raster.Native[T]().Size())); err != nil {
				return &source.TempError{Err: err}
			}
			if err := pass(b); err != nil {
				return err
			}
		}
	}
	return nil
}

func (k *keptPlanes[T]) close() {
	if k.file != nil {
		k.file.Close()
	}
}
