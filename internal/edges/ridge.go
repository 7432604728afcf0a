package edges

import (
	"math"

	"github.com/convkit/convkit/internal/tensor"
)

// three are the rows of a gradient around the one that is looked at.
type three[T tensor.Float] struct{ above, here, below *slope[T] }

// along returns the lengths before and behind element i (counted in the slopes'
// padding) where the line along its gradient crosses the square of its neighbours:
// between the one straight ahead and the one at the corner, in proportion. Before is
// below, or right where the gradient is closer to x.
func (t three[T]) along(i int, length func(s *slope[T], i int) T) (before, behind T) {
	x, y := t.here.x[i], t.here.y[i]
	ax, ay := max(x, -x), max(y, -y)
	corner := 1
	if (x < 0) != (y < 0) {
		corner = -1
	}
	mix := func(straight, oblique, w T) T { return T(oblique*w) + T(straight*(1-w)) }
	if ay >= ax {
		w := ax / ay
		return mix(length(t.below, i), length(t.below, i+corner), w), mix(length(t.above, i), length(t.above, i-corner), w)
	}
	w := ay / ax
	right, left := t.below, t.above
	if corner < 0 {
		right, left = left, right
	}
	return mix(length(t.here, i+1), length(right, i+1), w), mix(length(t.here, i-1), length(left, i-1), w)
}

func stored[T tensor.Float](s *slope[T], i int) T { return s.m[i] }

func exact[T tensor.Float](s *slope[T], i int) T { return precise(s.x[i], s.y[i]) }

// thin sets dst to the lengths that are larger than the one behind and not smaller
// than the one before them, else to 0: of two that are equal but for rounding, the
// upper or left stays, so that lines are one pixel wide. NaN stays.
func (t three[T]) thin(dst []T) {
	for c := range dst {
		m := t.here.m[c+1]
		dst[c] = m
		tie := m * (32 * roundoff[T]())
		if before, behind := t.along(c+1, stored); m == m && !(before <= m+tie && behind < m-tie) {
			dst[c] = 0
		}
	}
}

// limits are the two thresholds of Canny's detector, in the norm of its slopes.
type limits struct{ low, high float64 }

// marker decides what the pixels of a row are, in rows of the image that begin
// with row y of h.
type marker[T tensor.Float] func(dst []byte, t three[T], by limits, y, h int)

// skimageMarks is scikit-image's rule: a ridge is nowhere smaller than the lengths
// before and behind it, and thresholds belong to what they allow. Pixels at the
// edge of the image are none. The lengths in the slopes are quick ones; where they
// leave a doubt, those of numpy decide.
func skimageMarks[T tensor.Float](dst []byte, t three[T], by limits, y, h int) {
	clear(dst)
	if y == 0 || y == h-1 {
		return
	}
	doubt := 32 * roundoff[T]()
	low, high := T(by.low), T(by.high)
	least := T(by.low * float64(1-doubt))
	for c := 1; c < len(dst)-1; c++ {
		i := c + 1
		m := t.here.m[i]
		if !(m >= least && m > 0) {
			continue
		}
		before, behind := t.along(i, stored)
		margin := m * doubt
		if before > m+margin || behind > m+margin {
			continue
		}
		if !(before < m-margin && behind < m-margin) || m < low+margin || max(m-high, high-m) < margin {
			m = precise(t.here.x[i], t.here.y[i])
			before, behind = t.along(i, exact)
			if !(before <= m && behind <= m && m >= low) {
				continue
			}
		}
		dst[c] = weak
		if m >= high {
			dst[c] = strong
		}
	}
}

// roundoff is the distance from 1 to the next number.
func roundoff[T tensor.Float]() T {
	if T(1)+0x1p-52 != 1 {
		return 0x1p-52
	}
	return 0x1p-23
}

// tan22 is the tangent of 22.5 degrees in units of 2^-15, as OpenCV has it.
var tan22 = math.Round(math.Tan(math.Pi/8) * (1 << 15))

// opencvMarks is the rule of OpenCV's Canny: a gradient is along x, along y, or along
// a diagonal; a ridge is above the length to the left (or above) and not below that
// to the right (or below), on diagonals above both; and thresholds are to be
// exceeded. Beyond the image lengths are 0. On 8-bit pixels every number here is
// whole and below 2^24, so that float32 decides as whole numbers would.
func opencvMarks[T tensor.Float](dst []byte, t three[T], by limits, _, _ int) {
	low, high, tan := T(by.low), T(by.high), T(tan22)
	for c := range dst {
		dst[c] = none
		i := c + 1
		m := t.here.m[i]
		if !(m > low) {
			continue
		}
		x, y := t.here.x[i], t.here.y[i]
		ax, ay := max(x, -x), max(y, -y)
		var ridge bool
		switch flat := ax * tan; {
		case ay*(1<<15) < flat:
			ridge = m > t.here.m[i-1] && m >= t.here.m[i+1]
		case (ay-2*ax)*(1<<15) > flat: // tan 67.5° = 2 + tan 22.5°
			ridge = m > t.above.m[i] && m >= t.below.m[i]
		case (x < 0) != (y < 0):
			ridge = m > t.above.m[i+1] && m > t.below.m[i-1]
		default:
			ridge = m > t.above.m[i-1] && m > t.below.m[i+1]
		}
		if !ridge {
			continue
		}
		dst[c] = weak
		if m > high {
			dst[c] = strong
		}
	}
}
