package match

import "github.com/convkit/convkit/internal/tensor"

// Boxes is an image of one or three planes with frames around some places, in
// colour.
type Boxes[T tensor.Float] struct {
	Image  tensor.Source[T]
	H, W   int      // of the template
	Places [][2]int // first row and column of each
	Colour [3]T
}

// Shape has three planes.
func (b *Boxes[T]) Shape() tensor.Shape {
	s := b.Image.Shape()
	return tensor.Shape{N: 1, C: 3, H: s.H, W: s.W}
}

// thickness of the frames: two pixels in a photograph that fills a screen.
func (b *Boxes[T]) thickness() int {
	s := b.Image.Shape()
	return max(1, min(s.H, s.W)/500)
}

// Row draws on row y of plane p. A frame stands around its window, outside of it.
func (b *Boxes[T]) Row(p, y int, buf []T) ([]T, error) {
	s := b.Image.Shape()
	row, err := b.Image.Row(min(p, s.C-1), y, buf)
	if err != nil || len(b.Places) == 0 {
		return row, err
	}
	buf = buf[:s.W]
	copy(buf, row)
	t := b.thickness()
	for _, at := range b.Places {
		top, left := at[0], at[1]
		bottom, right := top+b.H, left+b.W
		if y < top-t || y >= bottom+t {
			continue
		}
		if y < top || y >= bottom {
			b.paint(buf, p, left-t, right+t)
			continue
		}
		b.paint(buf, p, left-t, left)
		b.paint(buf, p, right, right+t)
	}
	return buf, nil
}

func (b *Boxes[T]) paint(row []T, p, from, to int) {
	from, to = max(0, from), min(len(row), to)
	for x := from; x < to; x++ {
		row[x] = b.Colour[p]
	}
}

// Range is the smallest and the largest finite number of an image.
func Range[T tensor.Float](src tensor.Source[T]) (lo, hi T, err error) {
	s := src.Shape()
	buf := make([]T, s.W)
	seen := false
	for p := range s.Planes() {
		for y := range s.H {
			row, err := src.Row(p, y, buf)
			if err != nil {
				return 0, 0, err
			}
			for _, v := range row {
				if v-v != 0 {
					continue
				}
				if !seen {
					lo, hi, seen = v, v, true
				}
				lo, hi = min(lo, v), max(hi, v)
			}
		}
	}
	return lo, hi, nil
}
