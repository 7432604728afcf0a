package align

import (
	"context"
	"math"

	"gonum.org/v1/gonum/mat"
)

// refined is how many candidates are fitted to a fraction of a pixel.
const refined = 4

// trusted is the standard error in pixels at which the confidence is halved, and
// allowed the root mean square of the shifts between parts that does the same.
const trusted, allowed = 0.1, 0.4

// choose fits motions from their starts and judges the one with the most evidence
// beside the others and beside further candidates.
func choose(ctx context.Context, a, b plane, starts []motion, further []candidate, o Options) (Shift, error) {
	area := independent(a, b, o.Threads)
	r := newRefiner(a, b, o)
	var fits []fit
	for _, m := range starts {
		f, ok, err := r.refine(ctx, m)
		if err != nil {
			return Shift{}, err
		}
		limited := ok && o.beyond(f.motion)
		if limited {
			f, ok = r.still(m)
		}
		if !ok || f.gain <= 0 {
			continue
		}
		f.limited = limited
		f.support = newSupport(math.Sqrt(f.r2()), f.all.n/area)
		fits = append(fits, f)
	}
	if len(fits) == 0 {
		return Shift{}, noOverlap(o)
	}
	best := &fits[0]
	for i := range fits[1:] {
		if fits[i+1].evidence > best.evidence {
			best = &fits[i+1]
		}
	}
	rival := 0.0
	chance := math.Log(10 + 4*a.count()/area)
	for i := range fits {
		if !near(fits[i].motion, best.motion, r.radius) {
			rival = max(rival, best.rivalled(fits[i].support, chance))
		}
	}
	for _, c := range further {
		if !near(c.motion(), best.motion, r.radius) {
			rival = max(rival, best.rivalled(c.support, chance))
		}
	}
	final := *best
	r.samples = mostSamples
	if !best.limited {
		f, ok, err := r.refine(ctx, best.motion)
		if err != nil {
			return Shift{}, err
		}
		if ok {
			f.support = newSupport(math.Sqrt(f.r2()), f.all.n/area)
			final = f
		}
	}
	return final.judge(rival, r.firm(&final), a.variance()), nil
}

// probe is how far along the direction that the images determine least a second
// fit is made, in pixels.
const probe = 3

// firm is the factor of the confidence that reports whether the images resist a shift
// along the direction they determine least. There noise alone can hold a fit, as
// along stripes: it makes differences of 1/√n in the evidence of one of n pixels.
// Five times that halve the confidence.
func (r *refiner) firm(f *fit) float64 {
	_, _, sin, cos := axes(f.all.h[shiftY][shiftY], f.all.h[shiftX][shiftY], f.all.h[shiftX][shiftX])
	firm := 1.0
	for _, d := range []float64{-probe, probe} {
		m := f.motion
		m.y -= d * sin
		m.x += d * cos
		if min(r.a.h, r.b.h) == 1 && sin != 0 || min(r.a.w, r.b.w) == 1 && cos != 0 {
			continue // no shift in that direction
		}
		g, ok := r.still(m)
		if !ok {
			continue
		}
		less := f.pixel - newSupport(math.Sqrt(g.r2()), 1).pixel
		firm = min(firm, 1/(1+square(5/(math.Sqrt(f.all.n)*max(less, 1e-9)))))
	}
	return firm
}

// rivalled is the ratio of the evidence for another shift to the evidence for this
// one. Where the other has more than the best of so many shifts has by chance, its
// evidence for each pixel counts, however small the overlap: patterns that repeat
// fit as well at each period.
func (s support) rivalled(other support, chance float64) float64 {
	if s.evidence <= 0 {
		return 1
	}
	ratio := max(0, other.evidence) / s.evidence
	if other.evidence > chance && s.pixel > 0 {
		ratio = max(ratio, (1-chance/other.evidence)*other.pixel/s.pixel)
	}
	return min(1, ratio)
}

// beyond reports whether a motion exceeds the largest shift by more than the
// fraction that a whole shift may lack.
func (o Options) beyond(m motion) bool {
	return o.MaxShift >= 0 && max(math.Abs(m.y), math.Abs(m.x)) > float64(o.MaxShift)+1
}

// near reports whether two motions are one, to two pixels and a half anywhere in an
// image of that radius: a fit may leave its start by so much.
func near(p, q motion, radius float64) bool {
	angle := math.Remainder(p.angle-q.angle, 2*math.Pi)
	return max(math.Abs(p.y-q.y), math.Abs(p.x-q.x))+radius*math.Hypot(angle, p.logScale-q.logScale) < 2.5
}

// judge gives a fit its standard errors and its confidence.
func (f *fit) judge(rival, firm, variance float64) Shift {
	s := f.shift()
	cov, size := f.covariance(variance)
	s.ErrorY, s.ErrorX = cov(shiftY), cov(shiftX)
	unique := 1 - rival
	certain := firm / (1 + square(size/trusted))
	alike := 1 / (1 + square(f.scatter()/allowed))
	s.Confidence = unique * certain * alike
	if f.limited {
		s.Confidence, s.Doubt = 0, Limited
		return s
	}
	if s.Confidence < 0.5 {
		if s.Doubt = OtherFits; certain < unique {
			s.Doubt = Undetermined
		}
		if alike < min(unique, certain) {
			s.Doubt = PartsDiffer
		}
	}
	return s
}

func square(x float64) float64 { return x * x }

// assumed is the smallest noise that a fit is given, relative to the contrast of A.
// Images that agree to the last digit are still only samples of a scene.
const assumed = 0.01

// covariance returns the standard error of each parameter and the largest standard
// error of any combination of the motion's parameters, in pixels:
//
//	H⁻¹ (Σ g_b g_b' + σ²H) H⁻¹
//
// over the blocks b of the overlap, so that residuals may be correlated within a
// block, with the motion's part of H after offset and gain, and σ a hundredth of
// A's contrast. Source: the sandwich of Huber and White, by clusters.
func (f *fit) covariance(variance float64) (of func(parameter int) float64, largest float64) {
	n := len(f.parameters)
	p := n - 2 // of the motion
	of = func(int) float64 { return 0 }
	if p == 0 {
		return of, 0
	}
	schur, project := f.profiled()
	var eig mat.EigenSym
	if !eig.Factorize(schur, true) {
		return func(int) float64 { return math.Inf(1) }, math.Inf(1)
	}
	values := eig.Values(nil)
	scale := 0.0
	for i := range p {
		scale = max(scale, f.all.h[f.parameters[i+2]][f.parameters[i+2]])
	}
	if values[0] <= 1e-10*scale {
		return f.undetermined(&eig, values, scale), math.Inf(1)
	}
	middle := mat.NewSymDense(p, nil)
	used := 0.0
	for k := range f.blocks {
		b := &f.blocks[k]
		if b.n == 0 {
			continue
		}
		used++
		g := project(b)
		middle.SymRankOne(middle, 1, g)
	}
	if used > float64(n) {
		middle.ScaleSym(used/(used-float64(n)), middle)
	}
	var floor mat.SymDense
	floor.ScaleSym(assumed*assumed*variance, schur)
	middle.AddSym(middle, &floor)
	var inverse, half, full mat.Dense
	if err := inverse.Inverse(schur); err != nil {
		if _, bad := err.(mat.Condition); !bad {
			return func(int) float64 { return math.Inf(1) }, math.Inf(1)
		}
	}
	half.Mul(&inverse, middle)
	full.Mul(&half, &inverse)
	sym := mat.NewSymDense(p, nil)
	for i := range p {
		for j := range i + 1 {
			sym.SetSym(i, j, (full.At(i, j)+full.At(j, i))/2)
		}
	}
	if !eig.Factorize(sym, false) {
		return func(int) float64 { return math.Inf(1) }, math.Inf(1)
	}
	largest = math.Sqrt(max(0, eig.Values(nil)[p-1]))
	return func(parameter int) float64 {
		for i, q := range f.parameters[2:] {
			if q == parameter {
				return math.Sqrt(max(0, sym.At(i, i)))
			}
		}
		return 0
	}, largest
}

// profiled is the motion's part of H after offset and gain are fitted, and the same
// of a block's gradient.
func (f *fit) profiled() (*mat.SymDense, func(*sums) *mat.VecDense) {
	p := len(f.parameters) - 2
	inner := mat.NewDense(2, 2, []float64{f.all.h[0][0], f.all.h[1][0], f.all.h[1][0], f.all.h[1][1]})
	side := mat.NewDense(p, 2, nil)
	for i, q := range f.parameters[2:] {
		side.Set(i, 0, f.all.h[q][offset])
		side.Set(i, 1, f.all.h[q][gain])
	}
	var toInner, product mat.Dense
	if err := toInner.Solve(inner, side.T()); err != nil {
		toInner.Reset()
		toInner.ReuseAs(2, p)
	}
	product.Mul(side, &toInner)
	schur := mat.NewSymDense(p, nil)
	for i, q := range f.parameters[2:] {
		for j, u := range f.parameters[2 : i+3] {
			schur.SetSym(i, j, f.all.h[q][u]-product.At(i, j))
		}
	}
	return schur, func(b *sums) *mat.VecDense {
		v := mat.NewVecDense(p, nil)
		for i, q := range f.parameters[2:] {
			v.SetVec(i, b.g[q]-toInner.At(0, i)*b.g[offset]-toInner.At(1, i)*b.g[gain])
		}
		return v
	}
}

// undetermined gives an infinite error to the parameters that lie along a direction
// in which nothing changes.
func (f *fit) undetermined(eig *mat.EigenSym, values []float64, scale float64) func(int) float64 {
	var v mat.Dense
	eig.VectorsTo(&v)
	return func(parameter int) float64 {
		for i, q := range f.parameters[2:] {
			if q != parameter {
				continue
			}
			for k, e := range values {
				if e <= 1e-10*scale && math.Abs(v.At(i, k)) > 1e-6 {
					return math.Inf(1)
				}
			}
		}
		return 0
	}
}

// scatter is the root mean square of the shifts that the blocks would rather have,
// beyond what their noise explains, in pixels along the directions that each block
// determines:
//
//	Σ_b (g_b' H_b⁺ g_b - k σ_b²) / (½ Σ_b tr H_b)
//
// with σ_b² the variance left in block b and k the directions determined in it.
func (f *fit) scatter() float64 {
	sum, weight := 0.0, 0.0
	for k := range f.blocks {
		b := &f.blocks[k]
		if b.n < 16 {
			continue
		}
		yy, xy, xx := b.h[shiftY][shiftY], b.h[shiftX][shiftY], b.h[shiftX][shiftX]
		gy, gx := b.g[shiftY], b.g[shiftX]
		q, directions := quadratic(yy, xy, xx, gy, gx)
		// A block cannot tell a shift of more than a few pixels from one of two.
		noise := max(0, b.rr-q) / (b.n - 2)
		sum += q - directions*noise
		weight += (yy + xx) / 2
	}
	if weight <= 0 {
		return 0
	}
	return math.Sqrt(max(0, sum/weight))
}

// quadratic is g' H⁺ g of two dimensions and the rank of H.
func quadratic(yy, xy, xx, gy, gx float64) (q, rank float64) {
	hi, lo, sin, cos := axes(yy, xy, xx)
	if hi > 0 {
		q, rank = square(gy*cos+gx*sin)/hi, 1
		if lo > 1e-3*hi {
			q += square(-gy*sin+gx*cos) / lo
			rank = 2
		}
	}
	return q, rank
}

// axes are the eigenvalues of a symmetric matrix [yy xy; xy xx] and the direction
// (cos, sin) as (y, x) of the larger. That of the smaller is (-sin, cos).
func axes(yy, xy, xx float64) (hi, lo, sin, cos float64) {
	mean, half := (yy+xx)/2, math.Hypot((yy-xx)/2, xy)
	sin, cos = math.Sincos(math.Atan2(xy, (yy-xx)/2) / 2)
	return mean + half, mean - half, sin, cos
}
