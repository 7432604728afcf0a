package match

import (
	"cmp"
	"context"
	"runtime"
	"slices"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/spectrum"
	"github.com/convkit/convkit/internal/tensor"
)

// Peak is a place and its score. Row and Col are an element of the scores; Y and
// X are where the top of the paraboloid through its neighbours lies.
type Peak struct {
	Row, Col int
	Y, X     float64
	Score    float64
}

// Search says which peaks are wanted.
type Search struct {
	Count    int       // at most so many; 0 for all
	Limit    *float64  // a score that peaks must reach
	Distance corr.Size // of two peaks, one is so many rows or columns away, at least
}

// Peaks finds the best places, the best first: elements that no neighbour beats,
// and that no better peak is nearer to than the distance, both in rows and in
// columns. Of equal ones the upper, then the left one comes first.
//
// Whether an element is a peak depends on better ones only. So rows are looked
// at from the best down, and no further than it takes to find enough.
func Peaks[T tensor.Float](scores *tensor.Dense[T], score Score, s Search) []Peak {
	best := rowBests(scores, score)
	order := slices.Clone(best)
	slices.SortFunc(order, func(a, b float64) int { return cmp.Compare(b, a) })
	floor := -inf
	if s.Limit != nil {
		floor = score.sign() * *s.Limit
	}
	for rows := 8 * max(1, s.Count); ; rows *= 8 {
		level := floor
		if s.Count > 0 && rows < len(order) {
			level = max(floor, order[rows])
		}
		peaks := spaced(candidates(scores, score, best, level), score, s)
		if len(peaks) == s.Count && s.Count > 0 || level == floor {
			return peaks
		}
	}
}

// rowBests are the best scores of each row, larger for better.
func rowBests[T tensor.Float](scores *tensor.Dense[T], score Score) []float64 {
	h, w := scores.Shape().H, scores.Shape().W
	best := make([]float64, h)
	spectrum.Each(runtime.GOMAXPROCS(0), h, func() func(int) {
		return func(y int) {
			lo, hi := T(inf), T(-inf)
			for _, v := range scores.Data[y*w:][:w] {
				if v > hi {
					hi = v
				}
				if v < lo {
					lo = v
				}
			}
			if best[y] = float64(hi); score.LowIsGood() {
				best[y] = -float64(lo)
			}
		}
	})
	return best
}

// sign turns scores so that larger is better.
func (s Score) sign() float64 {
	if s.LowIsGood() {
		return -1
	}
	return 1
}

// spaced takes candidates, the best first, and leaves those out that are near.
func spaced(list []Peak, score Score, s Search) []Peak {
	sign := score.sign()
	slices.SortFunc(list, func(a, b Peak) int {
		return cmp.Or(cmp.Compare(sign*b.Score, sign*a.Score), a.Row-b.Row, a.Col-b.Col)
	})
	dy, dx := max(1, s.Distance.H), max(1, s.Distance.W)
	taken := map[[2]int]Peak{} // by cells of the distance's size: a cell holds at most one
	var peaks []Peak
	for _, p := range list {
		if s.Count > 0 && len(peaks) == s.Count {
			break
		}
		cell := [2]int{p.Row / dy, p.Col / dx}
		if !near(taken, p, cell, dy, dx) {
			taken[cell] = p
			peaks = append(peaks, p)
		}
	}
	return peaks
}

func near(taken map[[2]int]Peak, p Peak, cell [2]int, dy, dx int) bool {
	for i := -1; i <= 1; i++ {
		for j := -1; j <= 1; j++ {
			if o, ok := taken[[2]int{cell[0] + i, cell[1] + j}]; ok && abs(o.Row-p.Row) < dy && abs(o.Col-p.Col) < dx {
				return true
			}
		}
	}
	return false
}

func abs(n int) int { return max(n, -n) }

// candidates are the elements of a level or better that no neighbour beats. Of
// each row, best is the best.
func candidates[T tensor.Float](scores *tensor.Dense[T], score Score, best []float64, level float64) []Peak {
	h := scores.Shape().H
	found := make([][]Peak, h)
	spectrum.Each(runtime.GOMAXPROCS(0), h, func() func(int) {
		return func(y int) {
			if best[y] >= level {
				found[y] = rowCandidates(scores, y, T(score.sign()), T(level))
			}
		}
	})
	return slices.Concat(found...)
}

func rowCandidates[T tensor.Float](scores *tensor.Dense[T], y int, sign, level T) []Peak {
	var list []Peak
	s := scores.Shape()
	row := scores.Data[y*s.W:][:s.W]
	for x, v := range row {
		v *= sign
		if !(v >= level) || x > 0 && sign*row[x-1] >= v || x+1 < len(row) && sign*row[x+1] > v {
			continue
		}
		if y > 0 && !tops(scores.Data[(y-1)*s.W:][:s.W], x, v, sign, true) || y+1 < s.H && !tops(scores.Data[(y+1)*s.W:][:s.W], x, v, sign, false) {
			continue
		}
		list = append(list, Peak{Row: y, Col: x, Y: float64(y), X: float64(x), Score: float64(row[x])})
	}
	return list
}

// tops tells whether v is at least as large as the three neighbours in a row or,
// with strict, larger.
func tops[T tensor.Float](row []T, x int, v, sign T, strict bool) bool {
	for _, n := range row[max(0, x-1):min(len(row), x+2)] {
		if n *= sign; n > v || strict && n == v {
			return false
		}
	}
	return true
}

// Refine moves a peak to the top of the paraboloid
//
//	f(y, x) = a + by + cx + dy² + eyx + fx²
//
// that fits its element and the eight around it best: least squares with a weight
// of 1 for the element itself, 1/4 beside it and 1/16 across, which on photographs
// is right more often than even weights or an exact fit of the middle. A peak
// stays where it is at the edge of the scores, where the fit has no top within one
// element, and where its window equals the template.
func Refine[T tensor.Float](scores *tensor.Dense[T], score Score, p Peak) Peak {
	s := scores.Shape()
	best, bounded := score.Best()
	const equal = 1e-9
	if bounded && max(p.Score-best, best-p.Score) <= equal || p.Row == 0 || p.Col == 0 || p.Row == s.H-1 || p.Col == s.W-1 {
		return p
	}
	weight := [3]float64{0.25, 1, 0.25}
	var b, c, d, e, f float64
	for i := -1.0; i <= 1; i++ {
		for j := -1.0; j <= 1; j++ {
			v := weight[int(i)+1] * weight[int(j)+1] * score.sign() * float64(scores.Data[(p.Row+int(i))*s.W+p.Col+int(j)])
			// Under these weights all terms but the constant are orthogonal
			// once 1/3, the mean of a square, is taken off the squares.
			b += v * i / 0.75
			c += v * j / 0.75
			d += v * (i*i - 1.0/3) / 0.5
			e += v * i * j / 0.25
			f += v * (j*j - 1.0/3) / 0.5
		}
	}
	det := 4*d*f - e*e
	if !(det > 0 && d < 0) {
		return p
	}
	y, x := (e*c-2*f*b)/det, (e*b-2*d*c)/det
	if max(y, -y, x, -x) <= 1 {
		p.Y, p.X = p.Y+y, p.X+x
	}
	return p
}

// Exact computes the scores of peaks anew in float64, by the definition.
func (p *Plan[T]) Exact(ctx context.Context, src tensor.Source[T], peaks []Peak) error {
	r := corr.NewReader(src, p.g)
	row := make([]T, p.g.PadW())
	window := tensor.NewDense[float64](tensor.Shape{N: 1, C: p.t.c, H: p.t.h, W: p.t.w})
	for i := range peaks {
		if err := ctx.Err(); err != nil {
			return err
		}
		for c := range p.t.c {
			for y := range p.t.h {
				if err := r.Row(c, peaks[i].Row+y, row); err != nil {
					return err
				}
				for x := range p.t.w {
					window.Plane(c)[y*p.t.w+x] = float64(row[peaks[i].Col+x])
				}
			}
		}
		peaks[i].Score = p.t.at(window, 0, 0, p.o.Score)
	}
	return nil
}

// Corners are the pixels that the windows of peaks begin at.
func (p *Plan[T]) Corners(peaks []Peak) [][2]int {
	var list [][2]int
	for _, k := range peaks {
		list = append(list, [2]int{k.Row - p.g.Top, k.Col - p.g.Left})
	}
	return list
}
