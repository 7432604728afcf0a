package align

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/convkit/convkit/internal/spectrum"
)

// least is the smallest share of the smaller image's sides that must overlap.
const least = 0.1

// samples is how many pixels of an overlap are compared, about.
const samples = 1 << 14

// peakCount is how many peaks of each search are tried in the images.
const peakCount = 16

// candidate is a whole shift and what speaks for it.
type candidate struct {
	y, x int
	support
}

func (c candidate) motion() motion { return motion{y: float64(c.y), x: float64(c.x)} }

// candidates lists whole shifts at which the correlation of the overlap has a
// local maximum, the one with the most evidence first.
func candidates(ctx context.Context, a, b plane, o Options) ([]candidate, error) {
	z, err := phases(ctx, a, b, o.Threads)
	if err != nil {
		return nil, err
	}
	var starts [][2]int
	for _, p := range highest(z, o) {
		for _, dy := range []int{p.y, p.y - z.H} {
			for _, dx := range []int{p.x, p.x - z.W} {
				starts = append(starts, [2]int{dy, dx})
			}
		}
	}
	n := (max(a.h, a.w, b.h, b.w) + searchSide - 1) / searchSide
	s := correlateAll(binned(a, n), binned(b, n), o.Threads)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for _, p := range s.maxima(b.h/n, b.w/n) {
		starts = append(starts, [2]int{p.y * n, p.x * n})
	}
	area := s.area * float64(n*n)
	tops := make([]candidate, len(starts))
	spectrum.Each(o.Threads, len(starts), func() func(int) {
		return func(i int) { tops[i] = ascend(a, b, starts[i], 2*n+8, area, o) }
	})
	var list []candidate
	for _, t := range tops {
		if !math.IsInf(t.evidence, -1) && !slices.ContainsFunc(list, func(c candidate) bool { return c.y == t.y && c.x == t.x }) {
			list = append(list, t)
		}
	}
	slices.SortStableFunc(list, func(p, q candidate) int {
		// Of equal shifts the smallest comes first.
		return cmp.Or(cmp.Compare(q.evidence, p.evidence), cmp.Compare(p.y*p.y+p.x*p.x, q.y*q.y+q.x*q.x))
	})
	return list, nil
}

// maxima lists the highest local maxima of the evidence over all shifts.
func (s scores) maxima(backY, backX int) []candidate {
	z := s.z
	var list []candidate
	for y := range z.H {
		for x := range z.W {
			e := imag(z.Data[y*z.W+x])
			if e <= 0 || !top(z, y, x, e) {
				continue
			}
			list = append(list, candidate{signed(y, z.H, max(1, backY)), signed(x, z.W, max(1, backX)), support{evidence: e}})
		}
	}
	slices.SortStableFunc(list, func(p, q candidate) int { return cmp.Compare(q.evidence, p.evidence) })
	return list[:min(len(list), peakCount)]
}

// top reports whether no neighbour has more evidence.
func top(z *spectrum.Plane, y, x int, e float64) bool {
	for dy := -1; dy <= 1; dy++ {
		for dx := -1; dx <= 1; dx++ {
			if imag(z.Data[mod(y+dy, z.H)*z.W+mod(x+dx, z.W)]) > e {
				return false
			}
		}
	}
	return true
}

// ascend goes from a whole shift to the neighbour with the most evidence until
// there is none, or for so many steps.
func ascend(a, b plane, from [2]int, steps int, area float64, o Options) candidate {
	at := func(y, x int) candidate {
		c := candidate{y, x, support{evidence: math.Inf(-1)}}
		if o.MaxShift >= 0 && (max(y, -y) > o.MaxShift || max(x, -x) > o.MaxShift) {
			return c
		}
		if r, n := agreement(a, b, y, x); n > 0 {
			c.support = newSupport(r, n/area)
		}
		return c
	}
	best := at(from[0], from[1])
	for range steps {
		next := best
		for dy := -1; dy <= 1; dy++ {
			for dx := -1; dx <= 1; dx++ {
				if dy == 0 && dx == 0 {
					continue
				}
				if c := at(best.y+dy, best.x+dx); c.evidence > next.evidence {
					next = c
				}
			}
		}
		if next == best {
			break
		}
		best = next
	}
	return best
}

// overlap is the part of A that B covers when it is moved.
func overlap(a, b plane, dy, dx int) (y0, x0, y1, x1 int) {
	return max(0, dy), max(0, dx), min(a.h, b.h+dy), min(a.w, b.w+dx)
}

// overlaps reports whether at least a tenth of the smaller image's sides overlap.
func overlaps(a, b plane, dy, dx int) bool {
	y0, x0, y1, x1 := overlap(a, b, dy, dx)
	return float64(y1-y0) >= max(1, least*float64(min(a.h, b.h))) && float64(x1-x0) >= max(1, least*float64(min(a.w, b.w)))
}

// agreement is the correlation coefficient of the overlap and the number of its
// pixels that count, 0 where fewer than a tenth of a side or a hundredth of the
// pixels overlap.
func agreement(a, b plane, dy, dx int) (r, n float64) {
	if !overlaps(a, b, dy, dx) {
		return 0, 0
	}
	y0, x0, y1, x1 := overlap(a, b, dy, dx)
	step := max(1, int(math.Sqrt(float64(y1-y0)*float64(x1-x0)/samples)))
	var sa, sb, saa, sbb, sab float64
	for y := y0; y < y1; y += step {
		ra, rb := a.data[y*a.w:][:a.w], b.data[(y-dy)*b.w:][:b.w]
		for x := x0; x < x1; x += step {
			if !a.counts(y, x) || !b.counts(y-dy, x-dx) {
				continue
			}
			u, v := ra[x], rb[x-dx]
			n++
			sa += u
			sb += v
			saa += float64(u * u)
			sbb += float64(v * v)
			sab += float64(u * v)
		}
	}
	if n*float64(step*step) < max(2, least*least*min(a.count(), b.count())) {
		return 0, 0
	}
	va, vb := saa-float64(sa*sa)/n, sbb-float64(sb*sb)/n
	return coefficient(sab-float64(sa*sb)/n, va, vb, 1e-14*saa, 1e-14*sbb), n * float64(step*step)
}
