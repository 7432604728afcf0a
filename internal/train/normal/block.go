package normal

import (
	"slices"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/numeric"
)

// Block is a smaller fit within a larger one: a rectangle of taps, with the
// background or without.
type Block struct {
	Top, Left  int
	Size       corr.Size
	Background bool
}

// CentredBlock returns the taps that a kernel of the given size, with padding same,
// shares with the larger one.
func CentredBlock(whole, size corr.Size, background bool) Block {
	return Block{(whole.H-1)/2 - (size.H-1)/2, (whole.W-1)/2 - (size.W-1)/2, size, background}
}

// Around returns the smallest kernel of odd sizes, centred like whole, that contains
// the block, and the block within it. A whole of even size stays.
func (p Block) Around(whole corr.Size) (corr.Size, Block) {
	if whole.H%2 == 0 || whole.W%2 == 0 {
		return whole, p
	}
	top, left := min(p.Top, whole.H-p.Top-p.Size.H), min(p.Left, whole.W-p.Left-p.Size.W)
	p.Top, p.Left = p.Top-top, p.Left-left
	return corr.Size{H: whole.H - 2*top, W: whole.W - 2*left}, p
}

// Unknowns returns the indices of the block's unknowns among those of l.
func (p Block) Unknowns(l train.Layout) []int {
	k := l.Spec.Kernel
	var list []int
	for i := range l.Inputs() {
		for u := range p.Size.H {
			for v := range p.Size.W {
				list = append(list, (i*k.H+p.Top+u)*k.W+p.Left+v)
			}
		}
	}
	if p.Background {
		for i := range l.BackgroundTerms() {
			list = append(list, l.Taps()+i)
		}
	}
	return list
}

// Part returns the equations of a block over the same windows. Its sums are some of
// the sums of the whole.
func (s *Equations) Part(p Block) *Equations {
	keep := p.Unknowns(s.layout)
	r := &Equations{layout: s.layout, counts: s.counts}
	r.layout.Spec.Kernel = p.Size
	if !p.Background {
		r.layout.Spec.Bias, r.layout.Spec.Background = false, 0
	}
	for i := range s.systems {
		r.systems = append(r.systems, s.systems[i].part(keep))
		r.heldOut = append(r.heldOut, s.heldOut[i].part(keep))
	}
	return r
}

func (s *System) part(keep []int) System {
	r := System{n: len(keep), g: make([]float64, len(keep)*len(keep))}
	for i, a := range keep {
		for j, b := range keep {
			r.g[i*r.n+j] = s.g[a*s.n+b]
		}
	}
	if h := s.centred; h != nil && (h.hidden || keep[len(keep)-1] >= h.constant) {
		kept, c := keep, slices.Index(keep, h.constant)
		if h.hidden {
			kept, c = append(slices.Clone(keep), h.constant), len(keep)
		}
		part := System{n: h.unknowns(s.n), g: h.g}
		r.centred = &centred{h.mean, c, part.part(kept).g, h.hidden}
	}
	for k := range s.outputs {
		o := Output{Origin: make([]float64, r.n), Gradient: make([]float64, r.n), Moments: s.outputs[k].Moments}
		origin := make([]float64, s.n)
		for i, a := range keep {
			o.Origin[i] = s.outputs[k].Origin[a]
			origin[a] = o.Origin[i]
		}
		if h := r.centred; h != nil && !h.hidden {
			// The constant stays as it is in centred sums, where it is near the best.
			whole := s.outputs[k].Origin
			o.Origin[h.constant] += h.mean * (numeric.Sum(whole[:s.centred.constant]) - numeric.Sum(o.Origin[:h.constant]))
			origin[s.centred.constant] = o.Origin[h.constant]
		}
		grad, loss := s.About(k, origin)
		for i, a := range keep {
			o.Gradient[i] = grad[a]
		}
		o.Loss = loss
		r.outputs = append(r.outputs, o)
	}
	return r
}
