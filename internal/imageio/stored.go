package imageio

import (
	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/tensor"
)

// keepsStored says that the stored numbers of a picture stand for themselves in
// deeper pixels too, which have room for what its own have not.
func (w *Writer) keepsStored() bool {
	m := w.o.Like
	return (w.o.Map == raster.MapClip || w.o.Map == raster.MapAbs) && !m.InSteps() && w.depth > m.Depth()
}

// OutputFormat is the format that is written to a path where name is asked for,
// "" for that of the path.
func OutputFormat(path, name string) (Format, bool) {
	f, err := outputFormat(path, name)
	return f, err == nil
}

// MakesPixels reports whether what is written to a path in a format ("" for the
// one that the path names) and a depth are pixels.
func MakesPixels(path, format string, depth int) bool {
	f, err := outputFormat(path, format)
	return err == nil && (f.Kind == raster.Pixels || arrayOfPixels(f, depth))
}

// EvenHalves makes whole numbers of a result before a sink gets it: the nearest
// and, halfway between two, the even one.
func EvenHalves[T tensor.Float](s tensor.Sink[T]) tensor.Sink[T] { return evenHalves[T]{s} }

type evenHalves[T tensor.Float] struct{ tensor.Sink[T] }

// Put adds and takes off a number so large that only whole numbers stand beside
// it: the sum is rounded as sums are, halves to the even. What is larger than a
// third of it is no pixel, and stays large.
func (s evenHalves[T]) Put(b tensor.Band[T]) (func() error, error) {
	large := T(3 << 22)
	if raster.Native[T]().Size() == 8 {
		large = T(float64(3 << 51))
	}
	for i := range b.Rows {
		row := b.Row(i)
		for x, v := range row {
			row[x] = T(v+large) - large
		}
	}
	return s.Sink.Put(b)
}
