package edges

import (
	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
)

// slope is one row of a gradient and of its length, in whatever norm; element c
// stands at c+1, and zeros stand at both ends.
type slope[T tensor.Float] struct {
	x, y, m []T
	at      int // the row of the image, -1 for none
}

// slopes gives the rows of the Sobel gradient of a blurred image, where the edge
// is repeated once. It belongs to one goroutine and is quick where rows are asked
// for one after the other.
type slopes[T tensor.Float] struct {
	blur   *gaussian[T]
	sobel  sobel[T]
	norm   func(m, x, y []T)
	unit   float64 // see Options
	reader *corr.Reader[T]
	h, w   int

	raw     [][]T // ring of padded source rows
	rawAt   []int
	smooth  [][]T // ring of blurred rows, element c at c plus Sobel's reach
	smAt    []int
	ring    []slope[T]
	window  [][]T
	near    [][]T // blurred rows that Sobel's kernels see
	padded  []T
	room    []uint64 // a bit for each column
	plane   int
	nothing slope[T] // beyond the image
}

func newSlopes[T tensor.Float](src tensor.Source[T], blur *gaussian[T], sobel sobel[T], norm func(m, x, y []T), unit float64) *slopes[T] {
	in, r := src.Shape(), blur.reach()
	g := corr.Geometry{InH: in.H, InW: in.W, KH: 1, KW: 1, Top: r, Bottom: r, Border: blur.border, Stride: corr.Size{H: 1, W: 1}, Dilation: corr.Size{H: 1, W: 1}}
	s := &slopes[T]{blur: blur, sobel: sobel, near: make([][]T, sobel.size), norm: norm, unit: unit, reader: corr.NewReader(src, g), h: in.H, w: in.W, plane: -1}
	s.raw, s.rawAt = ring[T](2*r+1, in.W)
	s.smooth, s.smAt = ring[T](sobel.size, in.W+2*sobel.reach())
	s.window = make([][]T, 2*r+1)
	s.padded, s.room = make([]T, in.W+2*r), make([]uint64, (in.W+63)/64)
	s.nothing = newSlope[T](in.W)
	for range 3 {
		s.ring = append(s.ring, newSlope[T](in.W))
	}
	return s
}

func newSlope[T tensor.Float](w int) slope[T] {
	return slope[T]{x: make([]T, w+2), y: make([]T, w+2), m: make([]T, w+2), at: -1}
}

// ring is memory for n rows and which they are.
func ring[T any](n, w int) ([][]T, []int) {
	rows, at := make([][]T, n), make([]int, n)
	for i := range rows {
		rows[i], at[i] = make([]T, w), -1
	}
	return rows, at
}

// row gives row y of a plane: until three others were asked for.
func (s *slopes[T]) row(plane, y int) (*slope[T], error) {
	if y < 0 || y >= s.h {
		return &s.nothing, nil
	}
	if plane != s.plane {
		s.plane = plane
		for i := range s.ring {
			s.ring[i].at = -1
		}
		for i := range s.smAt {
			s.smAt[i] = -1
		}
		for i := range s.rawAt {
			s.rawAt[i] = -1
		}
	}
	l := &s.ring[y%3]
	if l.at == y {
		return l, nil
	}
	for k := range s.near {
		row, err := s.blurred(min(max(y+k-s.sobel.reach(), 0), s.h-1))
		if err != nil {
			return nil, err
		}
		s.near[k] = row
	}
	n := s.w
	s.sobel.row(l.x[1:1+n], l.y[1:1+n], s.near)
	s.norm(l.m[1:1+n], l.x[1:1+n], l.y[1:1+n])
	l.at = y
	return l, nil
}

// around gives the rows above, at and below y.
func (s *slopes[T]) around(plane, y int) (t three[T], err error) {
	for k, to := range []**slope[T]{&t.above, &t.here, &t.below} {
		if *to, err = s.row(plane, y+k-1); err != nil {
			return t, err
		}
	}
	return t, nil
}

// blurred gives row y of the blurred image between its repeated ends.
func (s *slopes[T]) blurred(y int) ([]T, error) {
	slot, reach := y%len(s.smooth), s.sobel.reach()
	row := s.smooth[slot]
	if s.smAt[slot] == y {
		return row, nil
	}
	n := s.w
	for k := range s.window {
		at := (y + k) % len(s.raw)
		if s.rawAt[at] != y+k {
			if err := s.reader.Row(s.plane, y+k, s.raw[at]); err != nil {
				return nil, err
			}
			if s.unit != 0 {
				reciprocal(s.raw[at], s.unit)
			}
			s.rawAt[at] = y + k
		}
		s.window[k] = s.raw[at]
	}
	s.blur.row(row[reach:reach+n], y, s.window, s.padded)
	for i := range reach {
		row[i], row[n+reach+i] = row[reach], row[n+reach-1]
	}
	s.smAt[slot] = y
	return row, nil
}

// reciprocal turns stored pixels that were divided by full into ones that are
// multiplied by 1/full, which rounds twice: so scikit-image reads them, and without
// a blur gradients tie in the one that do not in the other.
func reciprocal[T tensor.Float](row []T, full float64) {
	once := T(1 / full)
	for i, v := range row {
		row[i] = T(int(float64(float64(v)*full)+0.5)) * once
	}
}
