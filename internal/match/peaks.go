package match

import (
	"container/heap"
	"context"
	"runtime"
	"slices"
	"sync"

	"github.com/convkit/convkit/internal/corr"
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
func Peaks[T tensor.Float](scores *tensor.Dense[T], score Score, s Search) []Peak {
	list := candidates(scores, score, s.Limit)
	q := &queue{list, score}
	heap.Init(q)
	dy, dx := max(1, s.Distance.H), max(1, s.Distance.W)
	taken := map[[2]int]Peak{} // by cells of the distance's size: a cell holds at most one
	var peaks []Peak
	for q.Len() > 0 && (s.Count == 0 || len(peaks) < s.Count) {
		p := heap.Pop(q).(Peak)
		cell := [2]int{p.Row / dy, p.Col / dx}
		if near(taken, p, cell, dy, dx) {
			continue
		}
		taken[cell] = p
		peaks = append(peaks, p)
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

// queue is a heap of candidates, the best on top.
type queue struct {
	list  []Peak
	score Score
}

func (q *queue) Len() int      { return len(q.list) }
func (q *queue) Swap(i, j int) { q.list[i], q.list[j] = q.list[j], q.list[i] }
func (q *queue) Push(p any)    { q.list = append(q.list, p.(Peak)) }
func (q *queue) Less(i, j int) bool {
	a, b := q.list[i], q.list[j]
	if a.Score != b.Score {
		return q.score.Better(a.Score, b.Score)
	}
	return a.Row < b.Row || a.Row == b.Row && a.Col < b.Col
}

func (q *queue) Pop() any {
	p := q.list[len(q.list)-1]
	q.list = q.list[:len(q.list)-1]
	return p
}

// candidates are the elements that no neighbour beats, in the order of rows.
func candidates[T tensor.Float](scores *tensor.Dense[T], score Score, limit *float64) []Peak {
	const band = 64
	h := scores.Shape().H
	found := make([][]Peak, ceil(h, band))
	var all sync.WaitGroup
	next := make(chan int, len(found))
	for b := range found {
		next <- b
	}
	close(next)
	for range min(runtime.GOMAXPROCS(0), len(found)) {
		all.Go(func() {
			for b := range next {
				for y := b * band; y < min(h, (b+1)*band); y++ {
					found[b] = rowCandidates(found[b], scores, y, score, limit)
				}
			}
		})
	}
	all.Wait()
	return slices.Concat(found...)
}

func rowCandidates[T tensor.Float](list []Peak, scores *tensor.Dense[T], y int, score Score, limit *float64) []Peak {
	sign := T(1)
	if score.LowIsGood() {
		sign = -1
	}
	s := scores.Shape()
	row := scores.Data[y*s.W:][:s.W]
	for x, v := range row {
		v *= sign
		if x > 0 && sign*row[x-1] >= v || x+1 < len(row) && sign*row[x+1] > v || v != v {
			continue
		}
		if limit != nil && score.Better(*limit, float64(row[x])) {
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
// that fits its element and the eight around it best (least squares). It stays
// where it is at the edge of the scores, where the fit has no top within one
// element, and where its window equals the template.
func Refine[T tensor.Float](scores *tensor.Dense[T], score Score, p Peak) Peak {
	s := scores.Shape()
	best, bounded := score.Best()
	const equal = 1e-9
	if bounded && max(p.Score-best, best-p.Score) <= equal || p.Row == 0 || p.Col == 0 || p.Row == s.H-1 || p.Col == s.W-1 {
		return p
	}
	var sum, sy, sx, syy, sxx, syx float64
	for i := -1.0; i <= 1; i++ {
		for j := -1.0; j <= 1; j++ {
			f := float64(scores.Data[(p.Row+int(i))*s.W+p.Col+int(j)])
			if score.LowIsGood() {
				f = -f
			}
			sum += f
			sy += i * f
			sx += j * f
			syy += i * i * f
			sxx += j * j * f
			syx += i * j * f
		}
	}
	b, c, e := sy/6, sx/6, syx/4
	d, f := syy/2-sum/3, sxx/2-sum/3
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
