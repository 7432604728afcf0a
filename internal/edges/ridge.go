package edges

import (
	"iter"
	"math/bits"

	"github.com/convkit/convkit/internal/edges/rowvec"
	"github.com/convkit/convkit/internal/tensor"
)

// three are the rows of a gradient around the one that is looked at.
type three[T tensor.Float] struct{ above, here, below *slope[T] }

// corners are where, along the gradient of element i (counted in the slopes'
// padding), the lengths before and behind lie between: the elements straight ahead
// and behind, those at the corners, and in which proportion. Before is below, or right
// where the gradient is closer to x.
type corners[T tensor.Float] struct {
	ahead, aheadCorner, behind, behindCorner *slope[T]
	straight, oblique                        int // their distance from i, before; behind it is the opposite
	w                                        T   // of the corner
}

func (t *three[T]) corners(i int) corners[T] {
	x, y := t.here.x[i], t.here.y[i]
	ax, ay := magnitude(x), magnitude(y)
	falling := (x < 0) == (y < 0)
	if ay >= ax {
		c := corners[T]{t.below, t.below, t.above, t.above, 0, 1, ax / ay}
		if !falling {
			c.oblique = -1
		}
		return c
	}
	if falling {
		return corners[T]{t.here, t.below, t.here, t.above, 1, 1, ay / ax}
	}
	return corners[T]{t.here, t.above, t.here, t.below, 1, 1, ay / ax}
}

// mix is the length at which the line along the gradient crosses the side of the
// square of neighbours.
func (c *corners[T]) mix(straight, oblique T) T { return T(oblique*c.w) + T(straight*(1-c.w)) }

// stored are the lengths before and behind element i by the lengths in the slopes.
func (c *corners[T]) stored(i int) (before, behind T) {
	return c.mix(c.ahead.m[i+c.straight], c.aheadCorner.m[i+c.oblique]), c.mix(c.behind.m[i-c.straight], c.behindCorner.m[i-c.oblique])
}

// exact are the same by numpy's lengths.
func (c *corners[T]) exact(i int) (before, behind T) {
	return c.mix(c.ahead.precise(i+c.straight), c.aheadCorner.precise(i+c.oblique)), c.mix(c.behind.precise(i-c.straight), c.behindCorner.precise(i-c.oblique))
}

// precise is the length of element i as numpy gives it.
func (s *slope[T]) precise(i int) T { return T(hypot(float64(s.x[i]), float64(s.y[i]))) }

// magnitude is |v|.
func magnitude[T tensor.Float](v T) T {
	if v < 0 {
		return -v
	}
	return v
}

// thin sets dst to the lengths that are larger than the one behind and not smaller
// than the one before them, else to 0: of two that are equal but for rounding, the
// upper or left stays, so that lines are one pixel wide. NaN stays.
func (t *three[T]) thin(dst []T) {
	u := T(64 * tensor.Roundoff[T]())
	for c := range dst {
		m := t.here.m[c+1]
		dst[c] = m
		if m == 0 || m != m {
			continue
		}
		at, tie := t.corners(c+1), T(m*u)
		if before, behind := at.stored(c + 1); !(before <= m+tie && behind < m-tie) {
			dst[c] = 0
		}
	}
}

// limits are the two thresholds of Canny's detector, in the norm of its slopes.
type limits struct{ low, high float64 }

// marker decides what the pixels of a row are, in rows of the image that begin
// with row y of h. Room has a bit for each.
type marker[T tensor.Float] func(dst []byte, t *three[T], by limits, y, h int, room []uint64)

// skimageMarks is scikit-image's rule: a ridge is nowhere smaller than the lengths
// before and behind it, and thresholds belong to what they allow. Pixels at the
// edge of the image are none. The lengths in the slopes are quick ones; where they
// leave a doubt, those of numpy decide.
func skimageMarks[T tensor.Float](dst []byte, t *three[T], by limits, y, h int, room []uint64) {
	clear(dst)
	n := len(dst)
	if y == 0 || y == h-1 || n < 3 {
		return
	}
	doubt := T(64 * tensor.Roundoff[T]())
	low, high := T(by.low), T(by.high)
	rowvec.Above(room, t.here.m[2:n], T(by.low*float64(1-doubt)))
	for i := range ones(room[:(n-2+63)/64]) {
		i += 2
		m := t.here.m[i]
		if !(m > 0) {
			continue
		}
		at, margin := t.corners(i), T(m*doubt)
		before, behind := at.stored(i)
		if before > m+margin || behind > m+margin {
			continue
		}
		if !(before < m-margin && behind < m-margin) || m < low+margin || magnitude(m-high) < margin {
			m = t.here.precise(i)
			before, behind = at.exact(i)
			if !(before <= m && behind <= m && m >= low) {
				continue
			}
		}
		dst[i-1] = weak
		if m >= high {
			dst[i-1] = strong
		}
	}
}

// ones are the places of the bits that are set, in rising order.
func ones(words []uint64) iter.Seq[int] {
	return func(yield func(int) bool) {
		for k, w := range words {
			for ; w != 0; w &= w - 1 {
				if !yield(64*k + bits.TrailingZeros64(w)) {
					return
				}
			}
		}
	}
}

// opencvMarks is OpenCV's rule: Ridges, and thresholds are to be exceeded. Beyond the
// image lengths are 0.
func opencvMarks[T tensor.Float](dst []byte, t *three[T], by limits, _, _ int, room []uint64) {
	clear(dst)
	high := T(by.high)
	n := len(dst)
	rowvec.Ridges(room, t.here.x[1:1+n], t.here.y[1:1+n], t.above.m, t.here.m, t.below.m, T(by.low))
	for i := range ones(room[:(n+63)/64]) {
		dst[i] = weak
		if t.here.m[i+1] > high {
			dst[i] = strong
		}
	}
}
