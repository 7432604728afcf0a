package vary

import (
	"context"
	"math"

	"github.com/convkit/convkit/internal/corr/vec"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/gram"
	"github.com/convkit/convkit/internal/train/normal"
	"github.com/convkit/convkit/internal/train/robust"
	"gonum.org/v1/gonum/floats"
)

// sums are those of one reading at given unknowns: with r the residual times the root
// of its weight and ψ(r/σ)σ in its place where the fit is robust.
type sums struct {
	gradient      []float64 // Σ √w ψ a
	loss, weight  float64   // Σ r² and Σ w of the outputs within reach of ψ
	square, slope float64   // Σ (σψ)², Σ ψ'
	outliers      int
	moments       normal.Moments // of those in loss
	counts        train.Counts
	sizes         []float32 // |r| of all outputs, of a robust fit
}

// estimator is what replaces residuals; the zero value replaces none.
type estimator struct {
	kind  robust.Kind
	sigma float64
}

// read sums the gradient at unknowns k.
func (f *fit) read(ctx context.Context, k []float64, e estimator) (*sums, error) {
	total := &sums{gradient: make([]float64, f.unknowns)}
	err := scan(ctx, f, func() func(b *band) *sums {
		s := f.newSlope(k, e)
		return func(b *band) *sums { return s.of(b) }
	}, func(b *band, s *sums) {
		floats.Add(total.gradient, s.gradient)
		total.loss += s.loss
		total.weight += s.weight
		total.square += s.square
		total.slope += s.slope
		total.outliers += s.outliers
		total.moments.Add(s.moments)
		total.counts.Add(b.counts)
		total.sizes = append(total.sizes, s.sizes...)
	})
	return total, err
}

// slope makes the sums of bands. It belongs to one goroutine.
type slope struct {
	*fit
	e          estimator
	k          []float64
	taps       []*vec.Taps[float64] // of each term
	r, one, pr []float64            // rows x OutW
	y, w       []float64            // of the outputs in the moments
}

func (f *fit) newSlope(k []float64, e estimator) *slope {
	s := &slope{fit: f, e: e, k: k}
	n := f.layout.Taps()
	for p := range f.orders {
		s.taps = append(s.taps, vec.NewTaps(k[p*n:(p+1)*n], f.g.KH, f.g.KW))
	}
	for _, buf := range []*[]float64{&s.r, &s.one, &s.pr, &s.y, &s.w} {
		*buf = make([]float64, bandRows*f.g.OutW)
	}
	return s
}

// residuals sets r to y − fit over the band.
func (s *slope) residuals(b *band) []float64 {
	size, outW := b.rows*s.g.OutW, s.g.OutW
	r, one, poly := s.r[:size], s.one[:size], s.pr[:size]
	copy(r, b.y)
	for p, order := range s.orders {
		vec.Correlate(one, outW, b.x, b.width(), s.taps[p], 1, b.rows, outW, 0, 0)
		b.poly(poly, order)
		for i, v := range one {
			r[i] -= float64(poly[i] * v)
		}
	}
	for j, order := range s.more {
		b.poly(poly, order)
		floats.AddScaled(r, -s.k[len(s.orders)*s.layout.Taps()+j], poly)
	}
	return r
}

// of returns the sums of a band.
func (s *slope) of(b *band) *sums {
	t := &sums{gradient: make([]float64, s.unknowns)}
	r := s.residuals(b)
	y, w := s.y[:0], s.w[:0]
	for i, v := range r {
		weight := b.w[i]
		if weight == 0 {
			r[i] = 0
			continue
		}
		root := math.Sqrt(weight)
		v *= root
		inlier := true
		psi := v
		if s.e.kind != robust.None {
			t.sizes = append(t.sizes, float32(math.Abs(v)))
			if s.e.sigma > 0 {
				value, slope, _ := s.e.kind.Psi(v / s.e.sigma)
				psi = s.e.sigma * value
				t.slope += slope
				t.square += float64(psi * psi)
				inlier = math.Abs(v) <= robust.OutlierFrom*s.e.sigma
			}
		}
		if inlier {
			t.loss += float64(v * v)
			t.weight += weight
			y, w = append(y, b.y[i]), append(w, weight)
		} else {
			t.outliers++
		}
		r[i] = root * psi
	}
	s.y, s.w = y, w
	t.moments = normal.WeightedMomentsOf(y, w)
	s.gradients(t.gradient, b, r)
	return t
}

// gradients sets dst to Σ a r.
func (s *slope) gradients(dst []float64, b *band, r []float64) {
	n, poly, size := s.layout.Taps(), s.one, b.rows*s.g.OutW
	shape := gram.Shape{Inputs: 1, Kernel: s.layout.Spec.Kernel, OutW: s.g.OutW}
	view := gram.Band{Rows: b.rows, X: b.x, Height: b.rows + s.g.KH - 1, Width: b.width()}
	for p, order := range s.orders {
		b.poly(poly, order)
		for i, v := range r {
			s.pr[i] = poly[i] * v
		}
		shape.TapSums(dst[p*n:(p+1)*n], s.pr[:size], view)
	}
	for j, order := range s.more {
		b.poly(poly, order)
		dst[len(s.orders)*n+j] = floats.Dot(poly[:size], r)
	}
}
