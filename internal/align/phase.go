package align

import (
	"context"
	"math"
	"math/cmplx"
	"slices"

	"github.com/convkit/convkit/internal/spectrum"
)

// floor is the size of a product of spectra, relative to their median, from
// which on only its phase counts. What is much weaker may be noise alone.
const floor = 100

// chance is what agreement between images may come of chance.
const chance = 0.05

// apart is how far two peaks are apart, at least.
const apart = 4

// center finds a shift between an image and what any kernel made of it: the centre
// of the phase correlation around the peak that the correlation of the overlaps
// favours, signs aside.
func center(ctx context.Context, a, b plane, o Options) (Shift, error) {
	z, err := phases(ctx, a, b, o.Threads)
	if err != nil {
		return Shift{}, err
	}
	for i, v := range z.Data {
		z.Data[i] = complex(math.Abs(real(v)), 0)
	}
	best, second := placed{value: math.Inf(-1)}, placed{value: math.Inf(-1)}
	for _, p := range highest(z, o) {
		if this := place(z, a, b, p, o); this.value > best.value {
			best, second = this, best
		} else if this.value > second.value {
			second = this
		}
	}
	if math.IsInf(best.value, -1) {
		return Shift{}, noOverlap(o)
	}
	s := Shift{Scale: 1, WholeY: best.dy, WholeX: best.dx}
	s.Y, s.X = centroid(z, best.dy, best.dx)
	if best.value > 0 {
		s.Confidence = max(0, best.agrees) * (1 - max(0, second.value)/best.value)
	}
	return s, nil
}

// phases is the phase correlation of two images, element (y, x) for the shift
// (y, x).
func phases(ctx context.Context, a, b plane, threads int) (*spectrum.Plane, error) {
	z := spectrum.New(spectrum.Size(max(a.h, b.h)), spectrum.Size(max(a.w, b.w)))
	put(z, a, 1, window(a.h, fade), window(a.w, fade), threads)
	put(z, b, 1i, window(b.h, fade), window(b.w, fade), threads)
	z.Forward(threads)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	cross(z, threads)
	weak := floor * median(z)
	across := tapers(z.W)
	spectrum.Each(threads, z.H, func() func(int) {
		return func(j int) {
			row := z.Row(j)
			wy := taper(j, z.H)
			for k, p := range row {
				if size := math.Sqrt(float64(real(p)*real(p)) + float64(imag(p)*imag(p))); size > 0 {
					row[k] *= complex(wy*across[k]/(size+weak), 0)
				}
			}
		}
	})
	z.Inverse(threads)
	return z, nil
}

// placed is a shift and how good it is.
type placed struct {
	value, agrees float64
	dy, dx        int
}

// place finds which of the shifts that a peak may mean, on either side of the
// edges, fits the images best.
func place(z *spectrum.Plane, a, b plane, p peak, o Options) placed {
	best := placed{value: math.Inf(-1)}
	for _, dy := range []int{p.y, p.y - z.H} {
		for _, dx := range []int{p.x, p.x - z.W} {
			if o.MaxShift >= 0 && (max(dy, -dy) > o.MaxShift || max(dx, -dx) > o.MaxShift) {
				continue
			}
			r, n := agreement(a, b, dy, dx)
			r, share := math.Abs(r), n/min(a.count(), b.count())
			// Where nothing agrees, as an image and its edges, the height decides.
			if v := p.height * (math.Atanh(max(0, min(r, 0.9999))) + chance) * math.Sqrt(share); share > 0 && v > best.value {
				best = placed{v, r, dy, dx}
			}
		}
	}
	return best
}

// around is how far around a peak its centre is looked for.
const around = 5

// centroid is the centre of the squared correlation around a peak. That of a kernel
// that changes sign, of which the highest element is none, is the kernel's too.
func centroid(z *spectrum.Plane, dy, dx int) (y, x float64) {
	y, x = float64(dy), float64(dx)
	for range 3 {
		y0, x0 := int(math.Round(y)), int(math.Round(x))
		var sum, sy, sx float64
		for i := -min(around, (z.H-1)/2); i <= min(around, (z.H-1)/2); i++ {
			for j := -min(around, (z.W-1)/2); j <= min(around, (z.W-1)/2); j++ {
				v := real(z.Data[mod(y0+i, z.H)*z.W+mod(x0+j, z.W)])
				sum += float64(v * v)
				sy += float64(v * v * float64(i))
				sx += float64(v * v * float64(j))
			}
		}
		if sum > 0 {
			y, x = float64(y0)+sy/sum, float64(x0)+sx/sum
		}
	}
	return y, x
}

// mod is the remainder with the sign of the divisor.
func mod(a, n int) int { return (a%n + n) % n }

// median is about that of the absolute values.
func median(z *spectrum.Plane) float64 {
	step := max(1, len(z.Data)/5003)
	var list []float64
	for i := 0; i < len(z.Data); i += step {
		list = append(list, cmplx.Abs(z.Data[i]))
	}
	slices.Sort(list)
	return list[len(list)/2]
}
