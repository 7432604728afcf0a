package train

import (
	"slices"

	"github.com/convkit/convkit/internal/corr"
)

// part is a smaller fit within a larger one: a block of taps, and the
// background or not.
type part struct {
	top, left  int
	size       corr.Size
	background bool
}

// centred is the block of taps that a kernel of that size, with padding same,
// shares with the larger one around it.
func centred(whole, size corr.Size, background bool) part {
	return part{(whole.H-1)/2 - (size.H-1)/2, (whole.W-1)/2 - (size.W-1)/2, size, background}
}

// around is the smallest kernel of odd sizes with the middle of whole that holds
// the part, and the part of that. A whole of even size stays.
func (p part) around(whole corr.Size) (corr.Size, part) {
	if whole.H%2 == 0 || whole.W%2 == 0 {
		return whole, p
	}
	top, left := min(p.top, whole.H-p.top-p.size.H), min(p.left, whole.W-p.left-p.size.W)
	p.top, p.left = p.top-top, p.left-left
	return corr.Size{H: whole.H - 2*top, W: whole.W - 2*left}, p
}

// unknowns are the numbers of the part's unknowns among those of l.
func (p part) unknowns(l layout) []int {
	k := l.spec.Kernel
	var list []int
	for i := range l.inputs() {
		for u := range p.size.H {
			for v := range p.size.W {
				list = append(list, (i*k.H+p.top+u)*k.W+p.left+v)
			}
		}
	}
	if p.background {
		for i := range l.background() {
			list = append(list, l.taps()+i)
		}
	}
	return list
}

// sub is the statistics of a part, over the same windows: the sums of some of
// the unknowns are among those of all.
func (s *Statistics) sub(p part) *Statistics {
	keep := p.unknowns(s.layout)
	r := &Statistics{layout: s.layout, counts: s.counts}
	r.layout.spec.Kernel = p.size
	if !p.background {
		r.layout.spec.Bias, r.layout.spec.Background = false, 0
	}
	for i := range s.systems {
		r.systems = append(r.systems, s.systems[i].sub(keep))
		r.held = append(r.held, s.held[i].sub(keep))
	}
	return r
}

func (s *system) sub(keep []int) system {
	r := system{n: len(keep), g: make([]float64, len(keep)*len(keep))}
	for i, a := range keep {
		for j, b := range keep {
			r.g[i*r.n+j] = s.g[a*s.n+b]
		}
	}
	if h := s.shifted; h != nil && keep[len(keep)-1] >= h.c {
		c := slices.Index(keep, h.c)
		part := system{n: s.n, g: h.g}
		r.shifted = &shifted{h.m, c, part.sub(keep).g}
	}
	for k := range s.outputs {
		o := output{origin: make([]float64, r.n), grad: make([]float64, r.n), y: s.outputs[k].y}
		origin := make([]float64, s.n)
		for i, a := range keep {
			o.origin[i] = s.outputs[k].origin[a]
			origin[a] = o.origin[i]
		}
		if h := r.shifted; h != nil {
			// The constant stays what it is in shifted sums, near the best.
			whole := s.outputs[k].origin
			o.origin[h.c] += h.m * (sum(whole[:s.shifted.c]) - sum(o.origin[:h.c]))
			origin[s.shifted.c] = o.origin[h.c]
		}
		grad, loss := s.about(k, origin)
		for i, a := range keep {
			o.grad[i] = grad[a]
		}
		o.loss = loss
		r.outputs = append(r.outputs, o)
	}
	return r
}
