package imageio

import (
	"github.com/convkit/convkit/internal/tensor"
)

// Stored is the same picture with its pixels as they are stored, and the number
// that stands for 1 among them. A linear operator gives the same on both, but
// for rounding: sums of whole numbers are exact where sums of their quotients
// are not, which shows where a result lies halfway between two pixels. ok is
// false where the numbers are no multiple of what is stored.
func (m *Image) Stored() (stored *Image, full float64, ok bool) {
	if m.kind != Pixels || m.opts.Values == RawValues || m.linear() || m.filtersAlpha() || m.gray() {
		return m, 1, false
	}
	s := *m
	s.opts.Values, s.inSteps = RawValues, true
	return &s, m.full, true
}

// keepsStored says that the stored numbers of a picture stand for themselves in
// deeper pixels too, which have room for what its own have not.
func (w *Writer) keepsStored() bool {
	m := w.o.Like
	return (w.o.Map == MapClip || w.o.Map == MapAbs) && !m.inSteps && w.depth > m.depth
}

// OutputFormat is the format that is written to a path where name is asked for,
// "" for that of the path.
func OutputFormat(path, name string) (Format, bool) {
	f, err := outputFormat(path, name)
	return f, err == nil
}

// MakesPixels tells whether what is written to a path in a format ("" for the
// one that the path names) and a depth are pixels.
func MakesPixels(path, format string, depth int) bool {
	f, err := outputFormat(path, format)
	return err == nil && (f.Kind == Pixels || arrayOfPixels(f, depth))
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
	if native[T]().size() == 8 {
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
