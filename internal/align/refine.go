package align

import (
	"context"
	"math"

	"github.com/convkit/convkit/internal/spectrum"
	"gonum.org/v1/gonum/mat"
)

// fewSamples and mostSamples are how many pixels a fit looks at, about, to compare
// candidates and for the answer: 700 x 700 know a shift to a thousandth of a pixel.
const fewSamples, mostSamples = 1 << 15, 1 << 19

// grid is how many blocks of the overlap a fit keeps apart in either direction.
const grid = 8

// Parameters of a fit: A = offset + gain*B(moved), and the motion.
const (
	offset = iota
	gain
	shiftY
	shiftX
	turn  // the angle times the half diagonal, so in pixels
	zoom  // the logarithm of the scale times the half diagonal
	count // of parameters
)

// sums are those of one block, or of all: H = Σ j j', g = Σ j r, Σ r², and n.
type sums struct {
	h      [count][count]float64
	g      [count]float64
	rr, n  float64
	aa, a1 float64 // Σ a² and Σ a
}

func (s *sums) add(t *sums) {
	for i := range s.h {
		for j := range s.h[i] {
			s.h[i][j] += t.h[i][j]
		}
		s.g[i] += t.g[i]
	}
	s.rr += t.rr
	s.n += t.n
	s.aa += t.aa
	s.a1 += t.a1
}

// fit is a least-squares fit of a motion.
type fit struct {
	motion
	support
	offset, gain float64
	blocks       [grid * grid]sums
	all          sums
	parameters   []int // those that are fitted
	limited      bool  // the fit left the largest shift, so the motion is its start
}

// r2 is the share of A's variance over the overlap that the fit explains.
func (f *fit) r2() float64 {
	v := f.all.aa - f.all.a1*f.all.a1/f.all.n
	if f.all.n < 2 || v <= 0 {
		return 0
	}
	return max(0, 1-f.all.rr/v)
}

// refiner fits motions to two images by Gauss and Newton's steps, damped as
// Levenberg and Marquardt do, on
//
//	Σ (A(p) - offset - gain*B(q(p)))²,   q = c + e^-logScale R(-angle) (p - shift - c)
//
// over the overlap, both images smoothed alike. c is B's centre.
type refiner struct {
	a, b    plane
	margin  float64
	radius  float64 // half B's diagonal
	threads int
	model   Model
	samples float64
}

func newRefiner(a, b plane, o Options) *refiner {
	r := &refiner{a: smooth(a), b: smooth(b), threads: o.Threads, model: o.Model, samples: fewSamples}
	r.radius = max(1, math.Hypot(float64(b.h), float64(b.w))/2)
	// Where there is room, pixels whose filters look beyond an edge are left out.
	switch side := min(a.h, a.w, b.h, b.w); {
	case side >= 8*radius:
		r.margin = radius + 1
	case side >= 5: // only what the low pass mixes with an edge
		r.margin = 1
	}
	r.a, r.b = eroded(r.a, 1), eroded(r.b, radius+1)
	return r
}

// parameters lists what can be fitted: a side of one pixel has no shift.
func (r *refiner) parameters() []int {
	list := []int{offset, gain}
	if min(r.a.h, r.b.h) > 1 {
		list = append(list, shiftY)
	}
	if min(r.a.w, r.b.w) > 1 {
		list = append(list, shiftX)
	}
	if r.model >= Rigid {
		list = append(list, turn)
	}
	if r.model >= Similarity {
		list = append(list, zoom)
	}
	return list
}

// iterations bounds the steps of a fit; a good start takes five.
const iterations = 40

// settled is the step in pixels at which a fit ends.
const settled = 1e-5

// refine fits a motion from a start. It reports false where no pixels overlap.
func (r *refiner) refine(ctx context.Context, start motion) (fit, bool, error) {
	f := fit{motion: start, gain: 1, parameters: r.parameters()}
	if r.evaluate(&f); f.all.n < 4 {
		return f, false, nil
	}
	damping := 1e-3
	for range iterations {
		if err := ctx.Err(); err != nil {
			return f, false, err
		}
		next, size := r.step(&f, damping)
		if r.evaluate(&next); next.all.n >= 4 && next.all.rr/next.all.n <= f.all.rr/f.all.n {
			f, damping = next, max(damping/10, 1e-12)
			if size < settled {
				break
			}
		} else if damping *= 10; damping > 1e6 || size < settled {
			break
		}
	}
	return f, true, nil
}

// still fits offset and gain alone, at a given motion.
func (r *refiner) still(m motion) (fit, bool) {
	f := fit{motion: m, gain: 1, parameters: []int{offset, gain}}
	if r.evaluate(&f); f.all.n < 4 {
		return f, false
	}
	f, _ = r.step(&f, 0)
	r.evaluate(&f)
	f.parameters = r.parameters()
	return f, true
}

// step solves (H + damping*diag H) step = g.
func (r *refiner) step(f *fit, damping float64) (next fit, size float64) {
	n := len(f.parameters)
	h, g := mat.NewSymDense(n, nil), mat.NewVecDense(n, nil)
	for i, p := range f.parameters {
		g.SetVec(i, f.all.g[p])
		for j, q := range f.parameters[:i+1] {
			h.SetSym(i, j, f.all.h[p][q])
		}
		h.SetSym(i, i, f.all.h[p][p]*(1+damping)+math.SmallestNonzeroFloat64)
	}
	next = fit{motion: f.motion, offset: f.offset, gain: f.gain, parameters: f.parameters}
	var chol mat.Cholesky
	if !chol.Factorize(h) {
		return next, math.Inf(1)
	}
	var s mat.VecDense
	if err := chol.SolveVecTo(&s, g); err != nil {
		if _, bad := err.(mat.Condition); !bad {
			return next, math.Inf(1)
		}
	}
	for i, p := range f.parameters {
		v := s.AtVec(i)
		if p > gain { // no step of more than two pixels
			v = max(-2, min(2, v))
			size = max(size, math.Abs(v))
		}
		switch p {
		case offset:
			next.offset += v
		case gain:
			next.gain += v
		case shiftY:
			next.y += v
		case shiftX:
			next.x += v
		case turn:
			next.angle += v / r.radius
		case zoom:
			next.logScale += v / r.radius
		}
	}
	return next, size
}

// evaluate makes a fit's sums, block by block of A, in an order that does not
// depend on the threads.
func (r *refiner) evaluate(f *fit) {
	step := max(1, int(math.Sqrt(float64(r.a.h)*float64(r.a.w)/r.samples)))
	spectrum.Each(r.threads, len(f.blocks), func() func(int) {
		return func(k int) {
			y0, y1 := r.a.h*(k/grid)/grid, r.a.h*(k/grid+1)/grid
			x0, x1 := r.a.w*(k%grid)/grid, r.a.w*(k%grid+1)/grid
			f.blocks[k] = r.block(f, y0, x0, y1, x1, step)
		}
	})
	f.all = sums{}
	for k := range f.blocks {
		f.all.add(&f.blocks[k])
	}
}

func (r *refiner) block(f *fit, y0, x0, y1, x1, step int) (s sums) {
	cy, cx := float64(r.b.h-1)/2, float64(r.b.w-1)/2
	sin, cos := math.Sincos(f.angle)
	shrink := math.Exp(-f.logScale)
	m := r.margin
	for y := roundUp(y0, step); y < y1; y += step {
		if float64(y) < m || float64(y) > float64(r.a.h-1)-m {
			continue
		}
		for x := roundUp(x0, step); x < x1; x += step {
			if float64(x) < m || float64(x) > float64(r.a.w-1)-m || !r.a.counts(y, x) {
				continue
			}
			uy, ux := float64(y)-f.y-cy, float64(x)-f.x-cx
			qx, qy := shrink*(float64(cos*ux)+float64(sin*uy)), shrink*(float64(cos*uy)-float64(sin*ux))
			by, bx := cy+float64(qy), cx+float64(qx)
			if by < m || bx < m || by > float64(r.b.h-1)-m || bx > float64(r.b.w-1)-m ||
				!r.b.counts(int(by+0.5), int(bx+0.5)) {
				continue
			}
			v, gy, gx := r.b.sample(by, bx)
			a := r.a.data[y*r.a.w+x]
			var j [count]float64
			j[offset], j[gain] = 1, v
			j[shiftY] = -f.gain * shrink * (float64(gx*sin) + float64(gy*cos))
			j[shiftX] = -f.gain * shrink * (float64(gx*cos) - float64(gy*sin))
			j[turn] = f.gain * (float64(gx*qy) - float64(gy*qx)) / r.radius
			j[zoom] = -f.gain * (float64(gx*qx) + float64(gy*qy)) / r.radius
			s.put(&j, a-f.offset-float64(f.gain*v), a)
		}
	}
	return s
}

func roundUp(n, step int) int { return (n + step - 1) / step * step }

func (s *sums) put(j *[count]float64, r, a float64) {
	for i, u := range j {
		for k, v := range j[:i+1] {
			s.h[i][k] += float64(u * v)
		}
		s.g[i] += float64(u * r)
	}
	s.rr += float64(r * r)
	s.aa += float64(a * a)
	s.a1 += a
	s.n++
}
