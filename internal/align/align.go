// Package align finds the shift between two images of one scene.
//
// A shift d = (dy, dx) moves B onto A: what B shows at (y, x) A shows at
// (y+dy, x+dx), A(y, x) = B(y-dy, x-dx). That is the sign of scikit-image's
// phase_cross_correlation(A, B).
//
// The whole part comes from the phase correlation of both images (coarse.go),
// the rest from the overlap alone (fine.go).
package align

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/convkit/convkit/internal/memory"
	"github.com/convkit/convkit/internal/schedule"
	"github.com/convkit/convkit/internal/tensor"
)

// Options limit what is looked for.
type Options struct {
	// MaxShift is the largest number of rows and of columns; negative for any
	// that leaves an overlap.
	MaxShift int
	// EitherSign tells that B may be A as any kernel changes it: light where A is
	// dark, or its edges only. Then heights and agreements count without their
	// signs, and the shift is the centre of what the phase correlation shows, to
	// about half an element.
	EitherSign bool
	Threads    int // 0: one for each processor
}

// Shift moves B onto A.
type Shift struct {
	Y, X           float64
	WholeY, WholeX int // the nearest whole shift that was found first

	// Confidence is the correlation coefficient of the overlap, times 1 less the
	// ratio of what speaks for the next best shift to what speaks for this one. It
	// is near 1 where the images are alike and agree on one shift, and near 0 where
	// they are not alike or where another shift explains them as well.
	Confidence float64
}

// Find finds the shift between two images. Planes are averaged first. Images of
// different sizes begin at the same corner.
func Find(ctx context.Context, a, b tensor.Source[float64], o Options) (Shift, error) {
	o.Threads = schedule.Workers(o.Threads)
	if err := memory.Need(bytes(a.Shape(), b.Shape()), "aligning images of %v and %v", a.Shape(), b.Shape()); err != nil {
		return Shift{}, err
	}
	x, err := load(a, "first")
	if err != nil {
		return Shift{}, err
	}
	y, err := load(b, "second")
	if err != nil {
		return Shift{}, err
	}
	s, err := coarse(ctx, x, y, o)
	if err != nil || o.EitherSign {
		return s, err
	}
	return fine(ctx, x, y, s, o)
}

// bytes is about the memory of Find: both planes as numbers, the part of each that
// overlaps, and a spectrum of complex numbers of each.
func bytes(a, b tensor.Shape) int64 {
	h, w := max(a.H, b.H), max(a.W, b.W)
	return memory.Times(h, w, 2*8+2*8+2*16)
}

// plane is one plane of numbers.
type plane struct {
	h, w int
	data []float64
}

// errConstant says that an image shows nothing by which it could be aligned.
var errConstant = errors.New("is constant: there is nothing to align by")

// ErrNotFinite says that an image holds what is no finite number.
var ErrNotFinite = errors.New("holds a NaN or an infinity")

// load averages the planes of an image.
func load(src tensor.Source[float64], which string) (plane, error) {
	s := src.Shape()
	p := plane{s.H, s.W, make([]float64, s.H*s.W)}
	if s.N != 1 {
		return p, fmt.Errorf("the %s image (%v) is a batch; align takes single images", which, s)
	}
	buf := make([]float64, s.W)
	lo, hi := 0.0, 0.0
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
			if v-v != 0 {
				return p, fmt.Errorf("the %s image %w at row %d, column %d", which, ErrNotFinite, y, i)
			}
			if y == 0 && i == 0 {
				lo, hi = v, v
			}
			lo, hi = min(lo, v), max(hi, v)
		}
	}
	if lo == hi {
		return p, fmt.Errorf("the %s image %w", which, errConstant)
	}
	p.scale(max(-lo, hi))
	return p, nil
}

// scale divides by a power of two, which rounds nothing, so that the largest
// magnitude is between a half and 1: neither products of huge numbers overflow
// nor those of tiny ones vanish, and images of different scales weigh the same.
func (p plane) scale(largest float64) {
	_, e := math.Frexp(largest)
	first := math.Ldexp(1, -e/2)
	second := math.Ldexp(1, -e-(-e/2)) // the two in one may be no number
	for i, v := range p.data {
		p.data[i] = v * first * second
	}
}
