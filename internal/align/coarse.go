package align

import (
	"context"
	"errors"
	"math"
	"math/cmplx"
	"slices"

	"github.com/convkit/convkit/internal/spectrum"
)

// edge is the share of a side over which an image fades to its mean, at either
// end: else the opposite edges, which meet in a periodic transform, correlate
// best where they stand.
const edge = 0.125

// floor is the size of a product of spectra, relative to their median, from
// which on only its phase counts. What is much weaker may be noise alone.
const floor = 100

// peaks is how many peaks of the correlation are looked at in the images.
const peaks = 16

// chance is what agreement between images may come of chance.
const chance = 0.05

// apart is how far two peaks are apart, at least.
const apart = 4

// coarse finds the whole shift by phase correlation: the inverse transform of
//
//	F_A conj(F_B) / (|F_A F_B| + floor*median) * cos²(πf_y) cos²(πf_x)
//
// peaks at the shift, counted around the edges. Which side of the edges is meant,
// and which of several peaks, decides the correlation of the overlaps.
func coarse(ctx context.Context, a, b plane, o Options) (Shift, error) {
	z := spectrum.New(spectrum.Size(max(a.h, b.h)), spectrum.Size(max(a.w, b.w)))
	put(z, a, 1, window(a.h, fade), window(a.w, fade), o.Threads)
	put(z, b, 1i, window(b.h, fade), window(b.w, fade), o.Threads)
	z.Forward(o.Threads)
	if err := ctx.Err(); err != nil {
		return Shift{}, err
	}
	cross(z, o.Threads)
	weak := floor * median(z)
	across := tapers(z.W)
	spectrum.Each(o.Threads, z.H, func() func(int) {
		return func(j int) {
			row := z.Row(j)
			wy := taper(j, z.H)
			for k, p := range row {
				if size := math.Sqrt(real(p)*real(p) + imag(p)*imag(p)); size > 0 {
					row[k] *= complex(wy*across[k]/(size+weak), 0)
				}
			}
		}
	})
	z.Inverse(o.Threads)
	if o.EitherSign {
		for i, v := range z.Data {
			z.Data[i] = complex(math.Abs(real(v)), 0)
		}
	}
	list := highest(z, o.MaxShift)
	// The best place of each peak.
	best, second := placed{value: math.Inf(-1)}, placed{value: math.Inf(-1)}
	for _, p := range list {
		this := placed{value: math.Inf(-1)}
		for _, dy := range []int{p.y, p.y - z.H} {
			for _, dx := range []int{p.x, p.x - z.W} {
				if o.MaxShift >= 0 && (max(dy, -dy) > o.MaxShift || max(dx, -dx) > o.MaxShift) {
					continue
				}
				r, share := agreement(a, b, dy, dx)
				if o.EitherSign {
					r = math.Abs(r)
				}
				// Where nothing agrees, as an image and its edges, the height decides.
				if v := p.height * (math.Atanh(max(0, min(r, 0.9999))) + chance) * math.Sqrt(share); share > 0 && v > this.value {
					this = placed{v, r, dy, dx}
				}
			}
		}
		if this.value > best.value {
			best, second = this, best
		} else if this.value > second.value {
			second = this
		}
	}
	if math.IsInf(best.value, -1) {
		return Shift{}, errors.New("no shift as small as that leaves an overlap")
	}
	s := Shift{WholeY: best.dy, WholeX: best.dx}
	s.Y, s.X = centre(z, best.dy, best.dx)
	if best.value > 0 {
		s.Confidence = max(0, best.agrees) * (1 - max(0, second.value)/best.value)
	}
	return s, nil
}

// near is how far around a peak its centre is looked for.
const near = 5

// centre is the centre of the squared correlation around a peak. That of a kernel
// that changes sign, of which the highest element is none, is the kernel's too.
func centre(z *spectrum.Plane, dy, dx int) (y, x float64) {
	y, x = float64(dy), float64(dx)
	for range 3 {
		y0, x0 := int(math.Round(y)), int(math.Round(x))
		var sum, sy, sx float64
		for i := -min(near, (z.H-1)/2); i <= min(near, (z.H-1)/2); i++ {
			for j := -min(near, (z.W-1)/2); j <= min(near, (z.W-1)/2); j++ {
				v := real(z.Data[mod(y0+i, z.H)*z.W+mod(x0+j, z.W)])
				sum += v * v
				sy += v * v * float64(i)
				sx += v * v * float64(j)
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

// placed is a shift and how good it is.
type placed struct {
	value, agrees float64
	dy, dx        int
}

// window gives the weights of n elements.
func window(n int, weight func(t float64, n int) float64) []float64 {
	w := make([]float64, n)
	for i := range w {
		w[i] = weight(float64(i), n)
	}
	return w
}

// put adds an image less its mean, times a window for rows and one for columns,
// in one direction of the complex plane.
func put(z *spectrum.Plane, p plane, direction complex128, down, across []float64, threads int) {
	sum, weight := 0.0, 0.0
	for y, wy := range down {
		row, total := 0.0, 0.0
		for x, v := range p.data[y*p.w:][:p.w] {
			row += across[x] * v
			total += across[x]
		}
		sum += wy * row
		weight += wy * total
	}
	mean := sum / weight
	spectrum.Each(threads, p.h, func() func(int) {
		return func(y int) {
			dst := z.Row(y)[:p.w]
			for x, v := range p.data[y*p.w:][:p.w] {
				dst[x] += direction * complex((v-mean)*down[y]*across[x], 0)
			}
		}
	})
}

// fade is the window of the coarse search.
func fade(t float64, n int) float64 {
	if n < 8 {
		return 1
	}
	s := math.Sin(math.Pi / 2 * min(1, (min(t, float64(n-1)-t)+0.5)/(edge*float64(n))))
	return s * s
}

// taper weakens high frequencies: cos²(πf) for element k of n.
func taper(k, n int) float64 {
	c := math.Cos(math.Pi * float64(k) / float64(n))
	return c * c
}

func tapers(n int) []float64 {
	w := make([]float64, n)
	for k := range w {
		w[k] = taper(k, n)
	}
	return w
}

// cross replaces the transform of A + iB by F_A conj(F_B).
func cross(z *spectrum.Plane, threads int) {
	spectrum.Each(threads, z.H/2+1, func() func(int) {
		return func(j int) {
			opposite := (z.H - j) % z.H
			if opposite < j {
				return
			}
			up, down := z.Row(j), z.Row(opposite)
			for k := range z.W {
				l := (z.W - k) % z.W
				if opposite == j && l < k {
					break
				}
				p, q := up[k], down[l]
				fa, fb := (p+cmplx.Conj(q))/2, (p-cmplx.Conj(q))/2i
				c := fa * cmplx.Conj(fb)
				up[k], down[l] = c, cmplx.Conj(c)
			}
		}
	})
}

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

// overlap is the part of A that B covers when it is moved.
func overlap(a, b plane, dy, dx int) (y0, x0, y1, x1 int) {
	return max(0, dy), max(0, dx), min(a.h, b.h+dy), min(a.w, b.w+dx)
}

// least is the smallest share of the smaller image's sides that overlap.
const least = 0.1

// samples is how many elements of an overlap are compared, about.
const samples = 1 << 16

// agreement is the correlation coefficient of the overlap, and the overlap's
// share of the smaller image: 0 where there is none to speak of.
func agreement(a, b plane, dy, dx int) (r, share float64) {
	y0, x0, y1, x1 := overlap(a, b, dy, dx)
	h, w := min(a.h, b.h), min(a.w, b.w)
	if float64(y1-y0) < max(1, least*float64(h)) || float64(x1-x0) < max(1, least*float64(w)) {
		return 0, 0
	}
	area := float64(y1-y0) * float64(x1-x0)
	step := max(1, int(math.Sqrt(area/samples)))
	var n, sa, sb, saa, sbb, sab float64
	for y := y0; y < y1; y += step {
		ra, rb := a.data[y*a.w:][:a.w], b.data[(y-dy)*b.w:][:b.w]
		for x := x0; x < x1; x += step {
			u, v := ra[x]-a.data[0], rb[x-dx]-b.data[0]
			n++
			sa += u
			sb += v
			saa += u * u
			sbb += v * v
			sab += u * v
		}
	}
	share = area / (float64(h) * float64(w))
	if va, vb := saa-sa*sa/n, sbb-sb*sb/n; va > 0 && vb > 0 {
		r = (sab - sa*sb/n) / math.Sqrt(va*vb)
	}
	return r, share
}
