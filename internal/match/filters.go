package match

import (
	"github.com/convkit/convkit/internal/corr/fft"
	"github.com/convkit/convkit/internal/corr/vec"
	"github.com/convkit/convkit/internal/tensor"
)

// block is a part of a template: tiles hold few results of a large one, and the
// sums over parts add up.
type block struct{ y, x, h, w int }

// cutInto cuts a template into down x across blocks, the first of them the
// largest.
func cutInto(t *Template, down, across int) []block {
	h, w := ceil(t.h, down), ceil(t.w, across)
	var list []block
	for y := 0; y < t.h; y += h {
		for x := 0; x < t.w; x += w {
			list = append(list, block{y, x, min(h, t.h-y), min(w, t.w-x)})
		}
	}
	return list
}

// filters are the spectra of what windows are multiplied with, block by block.
type filters[N tensor.Float] struct {
	cross [][]*fft.Spectrum[N] // the template less its mean, for each channel
	mask  []*fft.Spectrum[N]   // nil without a mask
}

func newFilters[N tensor.Float](t *Template, side int, blocks []block) *filters[N] {
	f := &filters[N]{}
	for c := range t.c {
		f.cross = append(f.cross, spectra[N](t.plane(c), t.w, side, blocks))
	}
	if t.mask != nil {
		f.mask = spectra[N](t.mask, t.w, side, blocks)
	}
	return f
}

func spectra[N tensor.Float](plane []float64, width, side int, blocks []block) []*fft.Spectrum[N] {
	var list []*fft.Spectrum[N]
	for _, b := range blocks {
		var taps []float64
		for y := range b.h {
			taps = append(taps, plane[(b.y+y)*width+b.x:][:b.w]...)
		}
		list = append(list, fft.NewSpectrum[N](side, taps, b.h, b.w, 1, 1))
	}
	return list
}

// loops are the same for the direct method.
type loops struct {
	cross []*vec.Taps[float64]
	ones  *vec.Taps[float64] // the cells that count
}

func newLoops(t *Template) *loops {
	l := &loops{}
	for c := range t.c {
		l.cross = append(l.cross, vec.NewTaps(t.plane(c), t.h, t.w))
	}
	ones := t.mask
	if ones == nil {
		ones = make([]float64, t.h*t.w)
		for i := range ones {
			ones[i] = 1
		}
	}
	l.ones = vec.NewTaps(ones, t.h, t.w)
	return l
}
