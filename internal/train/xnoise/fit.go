// Package xnoise fits kernels to an X that has noise of its own. Least squares then
// finds a blur of the kernel: with C the products of the windows without noise and D
// what noise adds, it solves (C + D) w = c. Here w solves C w = c, with C = G − D.
//
// Fuller, Measurement Error Models, 1987, chapter 2. His rows are independent; windows
// share pixels, so errors come from blocks of outputs.
package xnoise

import (
	"context"
	"math"

	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/accumulate"
	"github.com/convkit/convkit/internal/train/diagnose"
	"github.com/convkit/convkit/internal/train/normal"
	"github.com/convkit/convkit/internal/train/numeric"
	"github.com/convkit/convkit/internal/train/solve"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

const (
	// heldBelow times σ²√(2/N), the deviation of the noise in an eigenvalue of G/N, is
	// the eigenvalue of C/N below which a combination of taps cannot be told from noise.
	heldBelow = 20
	// heldPart is the share of its error that the unknown part of a tap in held
	// combinations may have.
	heldPart = 0.1
	// dependence widens variances for independent outputs if there are too few blocks:
	// 1.35², for windows that share noise.
	dependence = 1.35 * 1.35
)

// Fit is a fit corrected for the noise of X.
type Fit struct {
	Sigma    float64     // the RMS of the noise over the windows, in units of X
	Unknowns [][]float64 // by output channel
	// Errors has their standard errors, in the units of the equations. +Inf marks taps
	// with a part in a held combination.
	Errors [][]float64
	// Held has, for each system, the combinations of its taps that noise hides: the fit
	// leaves them at zero. Each has length one.
	Held [][][]float64

	d [][]float64
}

// Solve returns the fit of a set whose pairs have XVariances. It reads the images twice.
func Solve(ctx context.Context, set *accumulate.Set) (*Fit, error) {
	l := set.Layout()
	d, err := Gram(ctx, set, set.Best())
	if err != nil {
		return nil, err
	}
	f := &Fit{d: d, Held: make([][][]float64, l.Systems())}
	var parts []*part
	total, n := 0.0, 0.0
	for i := range set.Systems() {
		p := newPart(l, &set.Systems()[i], d[i])
		parts = append(parts, p)
		f.Held[i] = p.held
		for k := range p.sys.Outputs() {
			f.Unknowns = append(f.Unknowns, p.solve(k))
		}
		total += trace(d[i], l.Taps())
		n += p.sys.Outputs()[0].Moments.Weight * float64(l.Taps())
	}
	f.Sigma = math.Ldexp(math.Sqrt(total/n), l.Spec.Units.X)
	m, ok, err := diagnose.Blocks(ctx, set, f.Unknowns, &extra{noise: newNoise(l), layout: l, w: f.Unknowns})
	if err != nil {
		return nil, err
	}
	for i, p := range parts {
		for k := range p.sys.Outputs() {
			var meat *mat.SymDense
			if ok {
				meat = m[i][k]
			} else {
				meat = p.independent(k, f.Unknowns[len(f.Errors)])
			}
			f.Errors = append(f.Errors, p.errors(meat, f.Unknowns[len(f.Errors)]))
		}
	}
	return f, nil
}

// SolveWithout returns the unknowns of the fit without the held-out windows, whose part
// in D is taken to be their share.
func (f *Fit) SolveWithout(s *normal.Equations) (w [][]float64) {
	rest := s.WithoutHeldOut(s.HeldOutWindows())
	for i := range rest.Systems() {
		sys := &rest.Systems()[i]
		d := append([]float64(nil), f.d[i]...)
		floats.Scale(sys.Outputs()[0].Moments.Weight/s.Systems()[i].Outputs()[0].Moments.Weight, d)
		p := newPart(s.Layout(), sys, d)
		for k := range sys.Outputs() {
			w = append(w, p.solve(k))
		}
	}
	return w
}

// Result returns the result of solve for the fit. Its loss is that of the residuals,
// which the noise of X is a part of.
func (f *Fit) Result(s *normal.Equations, l train.Loss) solve.Result {
	r := solve.NewResult(s, f.Unknowns, l)
	for i := range f.Held {
		r.Rank -= len(f.Held[i]) * s.Layout().Outputs()
	}
	return r
}

func trace(d []float64, n int) float64 {
	t := 0.0
	for i := range n {
		t += d[i*(n+1)]
	}
	return t
}

// part is the corrected fit of a system. With t the taps and b the background,
//
//	C = G_tt − G_tb G_bb⁻¹ G_bt − D    C w_t = c_t − G_tb G_bb⁻¹ c_b
//	w_b = G_bb⁻¹ (c_b − G_bt w_t)
//
// and C has the eigenvalues λ and eigenvectors q, of which the held ones are left out.
type part struct {
	l       train.Layout
	outer   *normal.System
	sys     *normal.System // of centred sums
	inverse *mat.Dense     // from right-hand sides to unknowns, n x n
	held    [][]float64
}

func newPart(l train.Layout, outer *normal.System, d []float64) *part {
	p := &part{l: l, outer: outer, sys: outer.Centred()}
	n, m := p.sys.N(), l.Taps()
	g := mat.NewDense(n, n, p.sys.Matrix())
	c := mat.NewSymDense(m, nil)
	first := mat.NewDense(m, n, nil) // from right-hand sides to those of C
	for i := range m {
		first.Set(i, i, 1)
		for j := range i + 1 {
			c.SetSym(i, j, g.At(i, j)-d[i*m+j])
		}
	}
	var gbb mat.Dense // its inverse
	if n > m {
		if gbb.Inverse(g.Slice(m, n, m, n)) != nil {
			gbb.Reset()
			gbb.ReuseAs(n-m, n-m)
		}
		var part, explained mat.Dense
		part.Mul(g.Slice(0, m, m, n), &gbb)
		explained.Mul(&part, g.Slice(m, n, 0, m))
		for i := range m {
			for j := range i + 1 {
				c.SetSym(i, j, c.At(i, j)-explained.At(i, j))
			}
		}
		part.Scale(-1, &part)
		first.Slice(0, m, m, n).(*mat.Dense).Copy(&part)
	}
	p.inverse = mat.NewDense(n, n, nil)
	taps := p.inverse.Slice(0, m, 0, n).(*mat.Dense)
	taps.Mul(p.invert(c, trace(d, m)/float64(m)), first)
	if n > m {
		rest := p.inverse.Slice(m, n, 0, n).(*mat.Dense)
		rest.Mul(g.Slice(m, n, 0, m), taps)
		rest.Scale(-1, rest)
		for i := range n - m {
			rest.Set(i, m+i, rest.At(i, m+i)+1)
		}
		var b mat.Dense
		b.Mul(&gbb, rest)
		rest.Copy(&b)
	}
	return p
}

// invert returns the inverse of C without the combinations that noise hides. noise is
// the mean of the diagonal of D, Nσ².
func (p *part) invert(c *mat.SymDense, noise float64) *mat.Dense {
	m := c.SymmetricDim()
	count := float64(p.sys.Outputs()[0].Moments.Count)
	least := heldBelow * noise * math.Sqrt(2/math.Max(1, count))
	var e mat.EigenSym
	inverse := mat.NewDense(m, m, nil)
	if !e.Factorize(c, true) {
		return inverse
	}
	var q mat.Dense
	e.VectorsTo(&q)
	for i, lambda := range e.Values(nil) {
		v := q.ColView(i)
		if !(lambda > least) {
			p.held = append(p.held, mat.Col(nil, i, &q))
			continue
		}
		inverse.RankOne(inverse, 1/lambda, v, v)
	}
	return inverse
}

// solve returns the unknowns of output k.
func (p *part) solve(k int) []float64 {
	o := p.sys.Outputs()[k]
	c := p.sys.Times(o.Origin)
	floats.Add(c, o.Gradient)
	w := mat.NewVecDense(len(c), nil)
	w.MulVec(p.inverse, mat.NewVecDense(len(c), c))
	list := append([]float64(nil), w.RawVector().Data...)
	p.sys.UncentreUnknowns(list)
	return list
}

// independent returns the covariance of the gradients of independent outputs.
func (p *part) independent(k int, w []float64) *mat.SymDense {
	o := p.outer.Outputs()[k]
	_, loss := p.outer.About(k, w)
	n := p.sys.N()
	f := dependence * loss / math.Max(1, float64(o.Moments.Count-n))
	m := mat.NewSymDense(n, nil)
	for i := range n {
		for j := range i + 1 {
			m.SetSym(i, j, f*p.sys.Matrix()[i*n+j])
		}
	}
	return m
}

// errors returns the standard errors of one output.
func (p *part) errors(meat *mat.SymDense, w []float64) []float64 {
	n, m := p.sys.N(), p.l.Taps()
	rows := mat.DenseCopyOf(p.inverse)
	if mean, constant, ok := p.sys.Centring(); ok {
		for t := range m {
			floats.AddScaled(rows.RawRowView(constant), -mean, rows.RawRowView(t))
		}
	}
	var half mat.Dense
	half.Mul(rows, meat)
	se, size := make([]float64, n), numeric.Dot(w[:m], w[:m])
	for j := range se {
		v := math.Max(0, numeric.Dot(half.RawRowView(j), rows.RawRowView(j)))
		se[j] = math.Sqrt(v)
		if j >= m {
			continue
		}
		unseen := 0.0
		for _, h := range p.held {
			unseen += h[j] * h[j]
		}
		if unseen*size > heldPart*heldPart*v && unseen > normal.UndeterminedShare {
			se[j] = math.Inf(1)
		}
	}
	return se
}
