package edges

import (
	"math"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/edges/rowvec"
	"github.com/convkit/convkit/internal/tensor"
)

// gaussian is the blur before Canny's gradient: SciPy's gaussian_filter, columns
// first and then rows, divided by what it makes of an image of ones (and the unit
// of float64). So an image that ends in zeros is not darker at its edges: it is
// averaged over what there is of it. Sums are in SciPy's order, from the outside
// in, so that edges that are equally strong tie as they do there.
type gaussian[T tensor.Float] struct {
	taps        []T // taps[k] stands k pixels from the centre
	border      corr.Border
	left, right []int     // the columns that stand beyond the edges, -1 for the border's value
	bare        bool      // no division
	shares      map[T][]T // for each entry of column, what a row of it becomes
	column      []T       // for each row, what a column of ones becomes
}

// newGaussian makes a blur of h x w images; sigma 0 is none.
func newGaussian[T tensor.Float](sigma float64, border corr.Border, h, w int) *gaussian[T] {
	g := &gaussian[T]{taps: halfGaussian[T](sigma), border: border, shares: map[T][]T{}}
	for i := range g.reach() {
		g.left = append(g.left, border.Fold(i-g.reach(), w))
		g.right = append(g.right, border.Fold(w+i, w))
	}
	ones := make([]T, w)
	rows := make([][]T, 2*g.reach()+1)
	one, value := []T{1}, []T{T(border.Value)}
	g.column = make([]T, h)
	for y := range h {
		for k := range rows {
			rows[k] = one
			if border.Fold(y+k-g.reach(), h) < 0 {
				rows[k] = value
			}
		}
		rowvec.Fold(g.column[y:y+1], rows, g.taps)
		v := g.column[y]
		if g.shares[v] != nil {
			continue
		}
		for x := range ones {
			ones[x] = v
		}
		share := make([]T, w)
		g.along(share, ones)
		for x := range share {
			share[x] += 0x1p-52
		}
		g.shares[v] = share
	}
	return g
}

// reach is how many pixels on each side a blurred pixel sees.
func (g *gaussian[T]) reach() int { return len(g.taps) - 1 }

// halfGaussian are the taps of a Gaussian from its centre on, cut at 4 sigma and
// divided by the sum of all.
func halfGaussian[T tensor.Float](sigma float64) []T {
	reach := int(float64(4*sigma) + 0.5)
	all := make([]float64, 2*reach+1)
	for i := range all {
		if x := float64(i - reach); x != 0 {
			all[i] = math.Exp(-0.5 / (sigma * sigma) * (x * x))
		} else {
			all[i] = 1
		}
	}
	sum, taps := pairwise(all), make([]T, reach+1)
	for k := range taps {
		taps[k] = T(all[reach+k] / sum)
	}
	return taps
}

// pairwise adds up as numpy does: eight sums side by side, halves of what is long.
func pairwise(v []float64) float64 {
	switch n := len(v); {
	case n < 8:
		sum := 0.0
		for _, x := range v {
			sum += x
		}
		return sum
	case n > 128:
		half := n / 2 / 8 * 8
		return pairwise(v[:half]) + pairwise(v[half:])
	}
	s := [8]float64(v)
	i := 8
	for ; i+8 <= len(v); i += 8 {
		for k := range s {
			s[k] += v[i+k]
		}
	}
	sum := ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]))
	for _, x := range v[i:] {
		sum += x
	}
	return sum
}

// row sets dst to row y of the blurred image, from the 2 reach + 1 rows around it
// and room for a row and its padding.
func (g *gaussian[T]) row(dst []T, y int, rows [][]T, padded []T) {
	n := len(dst)
	if g.bare && g.reach() == 0 {
		copy(dst, rows[0])
		return
	}
	middle := padded[g.reach() : g.reach()+n]
	rowvec.Fold(middle, rows, g.taps)
	g.along(dst, padded[:n+2*g.reach()])
	if !g.bare {
		rowvec.Divide(dst, g.shares[g.column[y]])
	}
}

// along sets dst to the blur along a row, which stands in the middle of padded; or
// in place of a row without room around it, in memory of its own.
func (g *gaussian[T]) along(dst, padded []T) {
	n, r := len(dst), g.reach()
	if len(padded) == n && r > 0 {
		room := make([]T, n+2*r)
		copy(room[r:], padded)
		padded = room
	}
	middle := padded[r : r+n]
	value := T(g.border.Value)
	for i, from := range g.left {
		padded[i] = pick(middle, from, value)
	}
	for i, from := range g.right {
		padded[r+n+i] = pick(middle, from, value)
	}
	shifts := make([][]T, 2*r+1)
	for k := range shifts {
		shifts[k] = padded[k : k+n]
	}
	rowvec.Fold(dst, shifts, g.taps)
}

func pick[T tensor.Float](row []T, at int, otherwise T) T {
	if at < 0 {
		return otherwise
	}
	return row[at]
}
