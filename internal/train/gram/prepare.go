package gram

import (
	"math"

	"github.com/convkit/convkit/internal/tensor"
)

// scaleOf is the power of two below the largest size of numbers less m; 0 where all
// are zero.
func scaleOf(list []float64, m float64) float64 {
	most := 0.0
	for _, v := range list {
		if v = math.Abs(v - m); v > most {
			most = v
		}
	}
	if most == 0 {
		return 0
	}
	return math.Ldexp(1, math.Ilogb(most))
}

// fill copies the padded rows less the centre, divided by the scale that it
// returns. What no window that counts sees becomes zero: it may be large.
func (s *spectral[T]) fill(all *Sums, b Band) float64 {
	rows, cols := b.Rows+s.shape.Kernel.H-1, s.shape.OutW+s.shape.Kernel.W-1
	s.x = tensor.Grow(s.x, s.shape.Inputs*rows*s.width)
	extreme, most := s.extreme(all.centre, b), 0.0
	if s.seen = s.seen[:0]; extreme {
		s.look(b)
	}
	each := func(f func(i, r int, from []float64, seen []int32)) {
		for i := range s.shape.Inputs {
			for r := range rows {
				var seen []int32
				if extreme {
					seen = s.seen[r*cols : (r+1)*cols]
				}
				f(i, r, b.row(i, r)[:cols], seen)
			}
		}
	}
	each(func(_, _ int, from []float64, seen []int32) {
		for x, v := range from {
			if v = math.Abs(v - all.centre); v > most && (seen == nil || seen[x] > 0) {
				most = v
			}
		}
	})
	if most == 0 {
		most = 1
	}
	scale := math.Ldexp(1, max(math.Ilogb(most), -1000))
	inverse := 1 / scale
	each(func(i, r int, from []float64, seen []int32) {
		to := s.x[(i*rows+r)*s.width:][:s.width]
		clear(to[cols:])
		for x, v := range from {
			to[x] = T((v - all.centre) * inverse)
		}
		for x, n := range seen {
			if n == 0 {
				to[x] = 0
			}
		}
	})
	return scale
}

// extremeSquare is how many times the mean square of x the largest square is from
// which it is looked whether any window sees it: below, it adds little to the rounding
// of a tile.
const extremeSquare = 1 << 10

// extreme reports whether some values are much larger than the others.
func (s *spectral[T]) extreme(m float64, b Band) bool {
	rows, cols := b.Rows+s.shape.Kernel.H-1, s.shape.OutW+s.shape.Kernel.W-1
	total, most := 0.0, 0.0
	for i := range s.shape.Inputs {
		for r := range rows {
			for _, v := range b.row(i, r)[:cols] {
				v -= m
				if v *= v; v > most {
					most = v
				}
				total += v
			}
		}
	}
	return !(most*float64(s.shape.Inputs*rows*cols) <= extremeSquare*total)
}

// look counts, for each padded place, the windows that see it and have a weight: by
// columns in each row, then by rows.
func (s *spectral[T]) look(b Band) {
	k, outW := s.shape.Kernel, s.shape.OutW
	cols := outW + k.W - 1
	s.seen = tensor.Grow(s.seen, (b.Rows+k.H-1)*cols)
	line := make([]int32, b.Rows*cols)
	for oy := range b.Rows {
		row, n := b.W[oy*outW:][:outW], int32(0)
		for x := range cols {
			if x < outW && row[x] != 0 {
				n++
			}
			if x >= k.W && row[x-k.W] != 0 {
				n--
			}
			line[oy*cols+x] = n
		}
	}
	sum := make([]int32, cols)
	for r := range b.Rows + k.H - 1 {
		if r < b.Rows {
			for x, v := range line[r*cols:][:cols] {
				sum[x] += v
			}
		}
		if r >= k.H {
			for x, v := range line[(r-k.H)*cols:][:cols] {
				sum[x] -= v
			}
		}
		copy(s.seen[r*cols:], sum)
	}
}
