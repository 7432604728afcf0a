package match

import (
	"github.com/convkit/convkit/internal/corr/fft"
	"github.com/convkit/convkit/internal/corr/vec"
	"github.com/convkit/convkit/internal/tensor"
)

// filters are the spectra of what windows are multiplied with.
type filters[N tensor.Float] struct {
	cross []*fft.Spectrum[N] // the template less its mean, for each channel
	mask  *fft.Spectrum[N]   // nil without a mask
}

func newFilters[N tensor.Float](t *Template, side int) *filters[N] {
	f := &filters[N]{}
	for c := range t.c {
		f.cross = append(f.cross, fft.NewSpectrum[N](side, t.plane(c), t.h, t.w, 1, 1))
	}
	if t.mask != nil {
		f.mask = fft.NewSpectrum[N](side, t.mask, t.h, t.w, 1, 1)
	}
	return f
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
