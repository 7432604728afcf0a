package match

import (
	"cmp"
	"slices"

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

// peaks finds the best places, the best first: elements that no neighbour beats,
// and that no better peak is nearer to than the distance, both in rows and in
// columns. Of equal ones the upper, then the left one comes first.
//
// Whether an element is a peak depends on better ones only. So rows are looked
// at from the best down, and no further than it takes to find enough.
func peaks[T tensor.Float](scores *tensor.Dense[T], score Score, s Search, threads int) []Peak {
	best := rowBests(scores, score, threads)
	order := slices.Clone(best)
	slices.SortFunc(order, func(a, b float64) int { return cmp.Compare(b, a) })
	floor := -inf
	if s.Limit != nil {
		floor = score.sign() * *s.Limit
	}
	for rows := 8 * max(1, min(s.Count, len(order))); ; rows *= 8 {
		level := floor
		if s.Count > 0 && rows < len(order) {
			level = max(floor, order[rows])
		}
		list := spaced(candidates(scores, score, best, level, threads), score, s)
		if len(list) == s.Count && s.Count > 0 || level == floor {
			return list
		}
	}
}

// rowBests are the best scores of each row, larger for better.
func rowBests[T tensor.Float](scores *tensor.Dense[T], score Score, threads int) []float64 {
	h, w := scores.Shape().H, scores.Shape().W
	best := make([]float64, h)
	spectrum.Each(threads, h, func() func(int) {
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
			if best[y] = float64(hi); score.lowIsGood() {
				best[y] = -float64(lo)
			}
		}
	})
	return best
}

// sign turns scores so that larger is better.
func (s Score) sign() float64 {
	if s.lowIsGood() {
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
	var apart []Peak
	for _, p := range list {
		if s.Count > 0 && len(apart) == s.Count {
			break
		}
		cell := [2]int{p.Row / dy, p.Col / dx}
		if !near(taken, p, cell, dy, dx) {
			taken[cell] = p
			apart = append(apart, p)
		}
	}
	return apart
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
func candidates[T tensor.Float](scores *tensor.Dense[T], score Score, best []float64, level float64, threads int) []Peak {
	h := scores.Shape().H
	found := make([][]Peak, h)
	spectrum.Each(threads, h, func() func(int) {
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

// tops reports whether v is at least as large as the three neighbours in a row or,
// with strict, larger.
func tops[T tensor.Float](row []T, x int, v, sign T, strict bool) bool {
	for _, n := range row[max(0, x-1):min(len(row), x+2)] {
		if n *= sign; n > v || strict && n == v {
			return false
		}
	}
	return true
}
