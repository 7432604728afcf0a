package align

import (
	"math"

	"github.com/convkit/convkit/internal/spectrum"
)

// searchSide is the largest side of the images that are compared at all shifts:
// 256 x 256 pixels take six transforms of 512 x 512, about a tenth of a second.
const searchSide = 256

// scores holds the correlation coefficient of the overlap at every whole shift.
type scores struct {
	z    *spectrum.Plane // real part: the coefficient; imaginary part: the evidence
	area float64         // pixels that one independent pixel stands for
}

// correlateAll computes, for every whole shift d of two images with masks, the
// sums over the overlap that a correlation coefficient is made of,
//
//	N = Σ m_A m_B, S_A = Σ a m_B, S_B = Σ m_A b, S_AA = Σ a² m_B, S_BB = Σ m_A b², S_AB = Σ a b
//
// each by transforms, with a and b zero where the masks are, and from these
//
//	r(d) = (S_AB - S_A S_B/N) / √((S_AA - S_A²/N) (S_BB - S_B²/N)).
//
// Source: D. Padfield, Masked object registration in the Fourier domain, IEEE
// Transactions on Image Processing 21 (2012). An image's own mean is taken off
// before, so the differences lose few digits. Shifts whose overlap is less than a
// tenth of either side have evidence -Inf.
func correlateAll(a, b plane, threads int) scores {
	h, w := spectrum.Size(a.h+b.h), spectrum.Size(a.w+b.w)
	one := func(p plane) plane { return p.with(func(v float64) float64 { return 1 }) }
	square := func(p plane) plane { return p.with(func(v float64) float64 { return v * v }) }
	product := func(p, q plane) *spectrum.Plane {
		z := spectrum.New(h, w)
		fill(z, p, 1)
		fill(z, q, 1i)
		z.Forward(threads)
		cross(z, threads)
		return z
	}
	ab := product(a, b)
	va0, vb0 := a.variance(), b.variance()
	area := areaOf(ab, a, b)
	pair := func(re, im *spectrum.Plane) *spectrum.Plane {
		for i, v := range im.Data {
			re.Data[i] += complex(-imag(v), real(v))
		}
		re.Inverse(threads)
		return re
	}
	ma, mb := one(a), one(b)
	first := pair(ab, product(ma, mb))
	second := pair(product(a, mb), product(ma, b))
	third := pair(product(square(a), mb), product(ma, square(b)))

	s := scores{first, area}
	total := float64(h * w)
	enough := least * least * min(a.count(), b.count())
	spectrum.Each(threads, h, func() func(int) {
		return func(y int) {
			dy := signed(y, h, b.h)
			for x := range w {
				i := y*w + x
				n := math.Round(imag(first.Data[i]) / total)
				r, e := 0.0, math.Inf(-1)
				if overlaps(a, b, dy, signed(x, w, b.w)) && n >= max(2, enough) {
					sa, sb := real(second.Data[i])/total, imag(second.Data[i])/total
					va := real(third.Data[i])/total - float64(sa*sa)/n
					vb := imag(third.Data[i])/total - float64(sb*sb)/n
					r = coefficient(real(first.Data[i])/total-float64(sa*sb)/n, va, vb, n*tiny*va0, n*tiny*vb0)
					e = newSupport(r, n/s.area).evidence
				}
				first.Data[i] = complex(r, e)
			}
		}
	})
	return s
}

// tiny is the share of an image's variance below which an overlap counts as
// constant: sums through transforms of 512 x 512 lose that much at most.
const tiny = 1e-9

// coefficient is the correlation coefficient, 0 where a side is constant.
func coefficient(ab, aa, bb, leastA, leastB float64) float64 {
	if aa <= leastA || bb <= leastB {
		return 0
	}
	return max(-1, min(1, ab/math.Sqrt(aa*bb)))
}

// support is what speaks for a shift.
type support struct {
	// evidence is the logarithm of the likelihood ratio of the shift against no
	// relation, -n/2 log(1-r²) with n independent pixels, and 0 for a negative r.
	evidence float64
	pixel    float64 // the same of one pixel
}

// newSupport is that of a correlation coefficient r of n independent pixels.
func newSupport(r, n float64) support {
	r = max(0, r)
	pixel := -math.Log(max(1-float64(r*r), 1e-12)) / 2
	return support{max(n, 1) * pixel, pixel}
}

// signed is the shift that element i of n stands for, where shifts reach from
// 1-back on.
func signed(i, n, back int) int {
	if i > n-back {
		return i - n
	}
	return i
}

// with maps the pixels that count; others are 0.
func (p plane) with(f func(float64) float64) plane {
	q := plane{h: p.h, w: p.w, data: make([]float64, len(p.data)), mask: p.mask}
	for i, v := range p.data {
		if p.mask == nil || p.mask[i] {
			q.data[i] = f(v)
		}
	}
	return q
}

func (p plane) squares() float64 {
	sum := 0.0
	for _, v := range p.data {
		sum += float64(v * v)
	}
	return sum
}

func (p plane) count() float64 {
	if p.mask == nil {
		return float64(len(p.data))
	}
	n := 0
	for _, m := range p.mask {
		if m {
			n++
		}
	}
	return float64(n)
}

// fill adds a plane in one direction of the complex plane.
func fill(z *spectrum.Plane, p plane, direction complex128) {
	for y := range p.h {
		dst := z.Row(y)[:p.w]
		for x, v := range p.data[y*p.w:][:p.w] {
			dst[x] += direction * complex(v, 0)
		}
	}
}

// binned averages n x n pixels into one. A pixel counts where at least half of
// its own do; rows and columns that fill no whole pixel are left out.
func binned(p plane, n int) plane {
	if n == 1 {
		return p
	}
	q := plane{h: max(1, p.h/n), w: max(1, p.w/n)}
	q.data = make([]float64, q.h*q.w)
	if p.mask != nil {
		q.mask = make([]bool, q.h*q.w)
	}
	ny, nx := min(n, p.h), min(n, p.w)
	for y := range q.h {
		for x := range q.w {
			sum, k := 0.0, 0
			for i := y * n; i < y*n+ny; i++ {
				for j := x * n; j < x*n+nx; j++ {
					if p.counts(i, j) {
						sum += p.data[i*p.w+j]
						k++
					}
				}
			}
			if 2*k >= ny*nx {
				q.data[y*q.w+x] = sum / float64(k)
				if q.mask != nil {
					q.mask[y*q.w+x] = true
				}
			}
		}
	}
	return q
}

// independent is how many pixels of two images stand for one independent pixel,
//
//	Σ_τ R_A(τ) R_B(τ) / (R_A(0) R_B(0))
//
// with R the autocorrelations, of images of at most searchSide. Source: M. S.
// Bartlett, Some aspects of the time-correlation problem (1935).
func independent(a, b plane, threads int) float64 {
	n := (max(a.h, a.w, b.h, b.w) + searchSide - 1) / searchSide
	a, b = binned(a, n), binned(b, n)
	z := spectrum.New(spectrum.Size(a.h+b.h), spectrum.Size(a.w+b.w))
	fill(z, a, 1)
	fill(z, b, 1i)
	z.Forward(threads)
	cross(z, threads)
	return float64(n*n) * areaOf(z, a, b)
}

// areaOf is that of the product of two images' spectra.
func areaOf(z *spectrum.Plane, a, b plane) float64 {
	sum := 0.0
	for _, v := range z.Data {
		sum += float64(real(v)*real(v)) + float64(imag(v)*imag(v))
	}
	return max(1, sum/float64(len(z.Data))/(a.squares()*b.squares()))
}
