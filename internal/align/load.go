package align

import (
	"errors"
	"fmt"
	"math"

	"github.com/convkit/convkit/internal/tensor"
)

// plane is one plane of numbers, with the pixels that count.
type plane struct {
	h, w int
	data []float64 // 0 where excluded
	mask []bool    // nil: all count
}

// errConstant means that an image has no structure to align by.
var errConstant = errors.New("is constant: there is nothing to align by")

// ErrNotFinite means that an image holds a NaN or an infinity that no mask excludes.
var ErrNotFinite = errors.New("holds a NaN or an infinity")

// load averages the planes of an image and takes the mean of what counts off.
func load(src, mask tensor.Source[float64], which string) (plane, error) {
	s := src.Shape()
	p := plane{h: s.H, w: s.W, data: make([]float64, s.H*s.W)}
	if s.N != 1 {
		return p, fmt.Errorf("the %s image (%v) is a batch; align takes single images", which, s)
	}
	if err := p.loadMask(mask, which); err != nil {
		return p, err
	}
	buf := make([]float64, s.W)
	lo, hi := math.Inf(1), math.Inf(-1)
	for y := range s.H {
		dst := p.data[y*s.W:][:s.W]
		for c := range s.C {
			row, err := src.Row(c, y, buf)
			if err != nil {
				return p, err
			}
			for i, v := range row {
				dst[i] += v / float64(s.C)
			}
		}
		for i, v := range dst {
			if !p.counts(y, i) {
				dst[i] = 0
				continue
			}
			if v-v != 0 {
				return p, fmt.Errorf("the %s image %w at row %d, column %d", which, ErrNotFinite, y, i)
			}
			lo, hi = min(lo, v), max(hi, v)
		}
	}
	if lo > hi {
		return p, fmt.Errorf("the mask of the %s image excludes every pixel", which)
	}
	if lo == hi {
		return p, fmt.Errorf("the %s image %w", which, errConstant)
	}
	p.scale(max(-lo, hi))
	p.centre()
	return p, nil
}

func (p *plane) loadMask(mask tensor.Source[float64], which string) error {
	if mask == nil {
		return nil
	}
	if s := mask.Shape(); s.N != 1 || s.C != 1 || s.H != p.h || s.W != p.w {
		return fmt.Errorf("the mask of the %s image is %v; want one plane of %dx%d", which, s, p.h, p.w)
	}
	p.mask = make([]bool, p.h*p.w)
	buf := make([]float64, p.w)
	for y := range p.h {
		row, err := mask.Row(0, y, buf)
		if err != nil {
			return err
		}
		for x, v := range row {
			p.mask[y*p.w+x] = v != 0 && v == v
		}
	}
	return nil
}

// counts reports whether a pixel is used.
func (p *plane) counts(y, x int) bool { return p.mask == nil || p.mask[y*p.w+x] }

// scale divides by a power of two, which rounds nothing. The largest magnitude is
// then between a half and 1: products of huge numbers do not overflow, those of
// tiny ones do not vanish, and images of different scales weigh the same.
func (p *plane) scale(largest float64) {
	_, e := math.Frexp(largest)
	first := math.Ldexp(1, -e/2)
	second := math.Ldexp(1, -e-(-e/2)) // both in one may overflow
	for i, v := range p.data {
		p.data[i] = v * first * second
	}
}

// centre takes the mean of the pixels that count off them.
func (p *plane) centre() {
	sum, n := 0.0, 0.0
	for i, v := range p.data {
		if p.mask == nil || p.mask[i] {
			sum += v
			n++
		}
	}
	for i := range p.data {
		if p.mask == nil || p.mask[i] {
			p.data[i] -= sum / n
		}
	}
}

// variance is that of the pixels that count.
func (p *plane) variance() float64 {
	sum, n := 0.0, 0.0
	for i, v := range p.data {
		if p.mask == nil || p.mask[i] {
			sum += float64(v * v)
			n++
		}
	}
	return sum / n
}
