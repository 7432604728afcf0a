package align

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/convkit/convkit/internal/spectrum"
)

// turnedSide is the largest side of the images in which angles and scales are tried.
const turnedSide = 128

// angles and radii are the rows and columns of a spectrum in polar coordinates: half
// a degree, and a fortieth of the scale.
const angles, radii = 360, 128

// turns is how many pairs of an angle and a scale are tried.
const turns = 8

// findTurned finds an angle, a scale and a shift. The moduli of two spectra do not
// depend on the shift; in coordinates of angle and log radius a rotation and a scale
// shift them. Source: B. S. Reddy and B. N. Chatterji, An FFT-based technique for
// translation, rotation, and scale-invariant image registration, IEEE Transactions on
// Image Processing 5 (1996). An angle and its opposite cannot be told apart there, so
// both are tried, and the images decide.
func findTurned(ctx context.Context, a, b plane, o Options) (Shift, error) {
	n := (max(a.h, a.w, b.h, b.w) + turnedSide - 1) / turnedSide
	sa, sb := binned(a, n), binned(b, n)
	tries := polarPeaks(sa, sb, o)
	type start struct {
		motion
		evidence float64
	}
	byEvidence := func(p, q start) int { return cmp.Compare(q.evidence, p.evidence) }
	var starts []start
	for _, m := range tries {
		if err := ctx.Err(); err != nil {
			return Shift{}, err
		}
		s := correlateAll(sa, turned(sb, m), o.Threads)
		tops := s.maxima(sb.h, sb.w)
		for _, c := range tops[:min(len(tops), 3)] {
			m.y, m.x = float64(c.y), float64(c.x)
			if !o.beyond(motion{y: m.y * float64(n), x: m.x * float64(n)}) {
				starts = append(starts, start{m, c.evidence})
			}
		}
	}
	slices.SortStableFunc(starts, byEvidence)
	starts = starts[:min(len(starts), 2*refined)]
	rough := newRefiner(sa, sb, o)
	area := independent(sa, sb, o.Threads)
	for i, s := range starts {
		f, ok, err := rough.refine(ctx, s.motion)
		if err != nil {
			return Shift{}, err
		}
		if starts[i].evidence = math.Inf(-1); ok && f.gain > 0 {
			starts[i] = start{f.motion, newSupport(math.Sqrt(f.r2()), f.all.n/area).evidence}
		}
	}
	starts = slices.DeleteFunc(starts, func(s start) bool { return math.IsInf(s.evidence, -1) })
	slices.SortStableFunc(starts, byEvidence)
	radius := math.Hypot(float64(sb.h), float64(sb.w)) / 2
	var list []motion
	for _, s := range starts {
		if !slices.ContainsFunc(list, func(m motion) bool { return near(m, s.motion, radius) }) {
			list = append(list, s.motion)
		}
	}
	list = list[:min(len(list), refined)]
	for i := range list {
		list[i] = list[i].enlarged(n, b, sb)
	}
	return choose(ctx, a, b, list, nil, o)
}

// enlarged turns a motion of images binned by n into that of the images: their
// centres differ where the sides are no multiples of n.
func (m motion) enlarged(n int, full, small plane) motion {
	offset := func(whole, part int) float64 {
		return float64(n)*float64(part-1)/2 + float64(n-1)/2 - float64(whole-1)/2
	}
	ey, ex := offset(full.h, small.h), offset(full.w, small.w) // c' - c
	sin, cos := math.Sincos(m.angle)
	s := math.Exp(m.logScale)
	m.x = float64(n)*m.x + ex - s*(cos*ex-sin*ey)
	m.y = float64(n)*m.y + ey - s*(sin*ex+cos*ey)
	return m
}

// turned is B about its centre, turned and scaled; what lies outside does not count.
func turned(b plane, m motion) plane {
	if m.angle == 0 && m.logScale == 0 {
		return b
	}
	q := plane{h: b.h, w: b.w, data: make([]float64, len(b.data)), mask: make([]bool, len(b.data))}
	cy, cx := float64(b.h-1)/2, float64(b.w-1)/2
	sin, cos := math.Sincos(m.angle)
	shrink := math.Exp(-m.logScale)
	for y := range q.h {
		for x := range q.w {
			uy, ux := float64(y)-cy, float64(x)-cx
			by, bx := cy+shrink*(-sin*ux+cos*uy), cx+shrink*(cos*ux+sin*uy)
			if by < 0 || bx < 0 || by > float64(b.h-1) || bx > float64(b.w-1) || !b.counts(int(by+0.5), int(bx+0.5)) {
				continue
			}
			v, _, _ := b.sample(by, bx)
			q.data[y*q.w+x], q.mask[y*q.w+x] = v, true
		}
	}
	return q
}

// polarPeaks lists angles and scales at which the moduli of both spectra agree, each
// angle with its opposite, and no rotation first.
func polarPeaks(a, b plane, o Options) []motion {
	n := spectrum.Size(max(a.h, a.w, b.h, b.w))
	z := spectrum.New(angles, spectrum.Size(2*radii))
	for i, p := range []plane{a, b} {
		polar(z, p, n, []complex128{1, 1i}[i], o.Threads)
	}
	z.Forward(o.Threads)
	cross(z, o.Threads)
	weak := median(z)
	for i, v := range z.Data {
		z.Data[i] = v * complex(1/(math.Hypot(real(v), imag(v))+weak+math.SmallestNonzeroFloat64), 0)
	}
	z.Inverse(o.Threads)
	if o.Model == Rigid { // no scale
		for y := range z.H {
			row := z.Row(y)
			for x := range row {
				if x != 0 {
					row[x] = complex(math.Inf(-1), 0)
				}
			}
		}
	}
	list := []motion{{}}
	peaks := highest(z, Options{MaxShift: -1, Threads: o.Threads})
	for _, p := range peaks[:min(len(peaks), turns)] {
		if math.IsInf(p.height, -1) {
			continue
		}
		m := motion{angle: math.Pi * float64(p.y) / angles}
		if o.Model == Similarity { // a larger picture has a smaller spectrum
			m.logScale = -float64(signed(p.x, z.W, radii)) * radiusStep
		}
		opposite := m
		opposite.angle -= math.Pi
		list = append(list, m, opposite)
	}
	return list
}

// radiusStep is the step of the logarithm of the radius, from 1/32 to 4/5 of half
// the rate of sampling.
var radiusStep = math.Log(0.8*32) / (radii - 1)

// polar adds the logarithm of an image's modulus, less its mean over each circle, in
// coordinates of angle (rows, over half a turn) and log radius (columns).
func polar(z *spectrum.Plane, p plane, n int, direction complex128, threads int) {
	f := spectrum.New(2*n, 2*n)
	put(f, p, 1, window(p.h, hann), window(p.w, hann), threads)
	f.Forward(threads)
	size := plane{h: 2 * n, w: 2 * n, data: make([]float64, 4*n*n)}
	for y := range 2 * n {
		for x, v := range f.Row(y) { // 0 in the middle
			size.data[(y+n)%(2*n)*2*n+(x+n)%(2*n)] = math.Log(math.Hypot(real(v), imag(v)) + math.SmallestNonzeroFloat64)
		}
	}
	for j := range radii {
		r := float64(n) / 32 * math.Exp(float64(j)*radiusStep)
		var ring [angles]float64
		mean := 0.0
		for i := range ring {
			sin, cos := math.Sincos(math.Pi * float64(i) / angles)
			ring[i] = size.bilinear(float64(n)+r*sin, float64(n)+r*cos)
			mean += ring[i] / angles
		}
		for i, v := range ring {
			z.Data[i*z.W+j] += direction * complex(v-mean, 0)
		}
	}
}

// bilinear interpolates between four pixels.
func (p *plane) bilinear(y, x float64) float64 {
	y0, x0 := min(int(y), p.h-2), min(int(x), p.w-2)
	fy, fx := y-float64(y0), x-float64(x0)
	at := p.data[y0*p.w+x0:]
	return (1-fy)*((1-fx)*at[0]+fx*at[1]) + fy*((1-fx)*at[p.w]+fx*at[p.w+1])
}
