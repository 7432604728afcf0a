package align

import (
	"context"
	"math"
	"math/cmplx"

	"github.com/convkit/convkit/internal/spectrum"
)

// largest is the side of the part of an overlap that the fraction is found in:
// 2048 x 2048 elements know it to a thousandth of an element.
const largest = 2048

// passes is how often the window is moved after the shift. The first pass errs
// by a few hundredths, each later one by that share of the one before.
const passes = 3

// fine finds the fraction of a shift from the overlap that the whole shift
// leaves: the d that maximises the correlation of the windowed parts,
//
//	C(d) = Σ Re(F_A conj(F_B) exp(ik·d)) cos²(πf_y) cos²(πf_x)
//
// Both parts are multiplied by a Hann window. That of B is moved by the shift
// found so far, so that at the right shift the two windowed parts are moved copies
// of each other, and nothing pulls the maximum toward 0.
func fine(ctx context.Context, a, b plane, s Shift, o Options) (Shift, error) {
	y0, x0, y1, x1 := overlap(a, b, s.WholeY, s.WholeX)
	y0, y1 = middle(y0, y1)
	x0, x1 = middle(x0, x1)
	pa, pb := cut(a, y0, x0, y1, x1), cut(b, y0-s.WholeY, x0-s.WholeX, y1-s.WholeY, x1-s.WholeX)
	var dy, dx float64
	for range passes {
		if err := ctx.Err(); err != nil {
			return s, err
		}
		z := spectrum.New(spectrum.Size(pa.h), spectrum.Size(pa.w))
		put(z, pa, 1, window(pa.h, hann), window(pa.w, hann), o.Threads)
		put(z, pb, 1i, window(pb.h, moved(dy)), window(pb.w, moved(dx)), o.Threads)
		z.Forward(o.Threads)
		cross(z, o.Threads)
		across := tapers(z.W)
		spectrum.Each(o.Threads, z.H, func() func(int) {
			return func(j int) {
				row := z.Row(j)
				wy := taper(j, z.H)
				for k := range row {
					row[k] *= complex(wy*across[k], 0)
				}
			}
		})
		dy, dx = climb(z, dy, dx)
	}
	s.Y, s.X = float64(s.WholeY)+dy, float64(s.WholeX)+dx
	return s, nil
}

// middle shortens a range to the largest side.
func middle(from, to int) (int, int) {
	if spare := to - from - largest; spare > 0 {
		from += spare / 2
		to = from + largest
	}
	return from, to
}

func cut(p plane, y0, x0, y1, x1 int) plane {
	c := plane{y1 - y0, x1 - x0, make([]float64, 0, (y1-y0)*(x1-x0))}
	for y := y0; y < y1; y++ {
		c.data = append(c.data, p.data[y*p.w+x0:y*p.w+x1]...)
	}
	return c
}

// moved is the window that is d elements further to the left.
func moved(d float64) func(t float64, n int) float64 {
	return func(t float64, n int) float64 { return hann(t+d, n) }
}

// hann is sin² from 0 to 0 over n elements, less two at either end, so that it
// can be moved by as much.
func hann(t float64, n int) float64 {
	if n < 12 {
		return 1
	}
	const margin = 2
	u := (t - margin + 0.5) / float64(n-2*margin)
	if u <= 0 || u >= 1 {
		return 0
	}
	s := math.Sin(math.Pi * u)
	return s * s
}

// reach is how far from the whole shift the maximum is looked for.
const reach = 1.5

// climb goes to the maximum of C from a place beside it, by steps that take each
// frequency for a cosine's top: d += H⁻¹ Σ k Im(conj(P) exp(-ik·d)), with
// H = Σ k k' |P|.
func climb(z *spectrum.Plane, dy, dx float64) (y, x float64) {
	for range 30 {
		var gy, gx, hyy, hyx, hxx float64
		across := make([]complex128, z.W)
		for k := range across {
			across[k] = cmplx.Rect(1, frequency(k, z.W)*dx)
		}
		for j := range z.H {
			fy := frequency(j, z.H)
			down := cmplx.Rect(1, fy*dy)
			for k, p := range z.Row(j)[:z.W/2+1] {
				fx := frequency(k, z.W)
				im := -imag(p * down * across[k])
				size := math.Abs(real(p)) + math.Abs(imag(p))
				gy += float64(fy * im)
				gx += float64(fx * im)
				hyy += float64(fy * fy * size)
				hyx += float64(fy * fx * size)
				hxx += float64(fx * fx * size)
			}
		}
		sy, sx := solve(hyy, hyx, hxx, gy, gx)
		dy, dx = min(max(dy+sy, -reach), reach), min(max(dx+sx, -reach), reach)
		if max(math.Abs(sy), math.Abs(sx)) < 1e-6 {
			break
		}
	}
	return dy, dx
}

// frequency is 2πk/n for k from -n/2 to n/2; half the rate of sampling has no
// sign and counts as 0.
func frequency(k, n int) float64 {
	if 2*k == n {
		return 0
	}
	if 2*k > n {
		k -= n
	}
	return 2 * math.Pi * float64(k) / float64(n)
}

// solve solves two equations; a direction in which nothing changes gets 0.
func solve(yy, yx, xx, y, x float64) (float64, float64) {
	if det := float64(yy*xx) - float64(yx*yx); det > 1e-12*yy*xx && det > 0 {
		return (float64(xx*y) - float64(yx*x)) / det, (float64(yy*x) - float64(yx*y)) / det
	}
	var sy, sx float64
	if yy > 0 {
		sy = y / yy
	}
	if xx > 0 {
		sx = x / xx
	}
	if yy >= xx {
		return sy, 0
	}
	return 0, sx
}
