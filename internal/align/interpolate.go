package align

import (
	"math"
	"slices"
	"sync"
)

// radius is the reach of the interpolating filter: a sinc under a Kaiser window of
// that half width. After smooth's low pass it errs by less than 1e-3 of a wave of
// 0.35 periods a pixel.
const radius = 4

// kaiserBeta makes the window's edge 1/87 of its middle.
const kaiserBeta = 6.5

// steps is how many positions between two pixels the table holds; between these it
// is linear, which errs by 2e-7.
const steps = 1024

// taps holds the weights of 2*radius pixels and their derivatives by the position.
type taps struct{ value, slope [2 * radius]float64 }

// table is made when it is needed first: it takes a millisecond and more.
var table = sync.OnceValue(makeTable)

func makeTable() *[steps + 1]taps {
	t := new([steps + 1]taps)
	for i := range t {
		f := float64(i) / steps
		t[i].value = weights(f)
		const h = 1e-4
		up, down := weights(f+h), weights(f-h)
		for k := range up {
			t[i].slope[k] = (up[k] - down[k]) / (2 * h)
		}
	}
	return t
}

// weights are those of the pixels 1-radius … radius around a position f, with sum 1.
func weights(f float64) (w [2 * radius]float64) {
	sum := 0.0
	for k := range w {
		t := float64(k+1-radius) - f
		w[k] = sinc(t) * bessel0(kaiserBeta*math.Sqrt(max(0, 1-t*t/radius/radius)))
		sum += w[k]
	}
	for k := range w {
		w[k] /= sum
	}
	return w
}

func sinc(t float64) float64 {
	if t == 0 {
		return 1
	}
	return math.Sin(math.Pi*t) / (math.Pi * t)
}

// bessel0 is the modified Bessel function of order 0, Σ (x²/4)^k / k!².
func bessel0(x float64) float64 {
	sum, term := 1.0, 1.0
	for k := 1.0; term > 1e-17*sum; k++ {
		term *= x * x / 4 / k / k
		sum += term
	}
	return sum
}

// at returns the weights for a position between two pixels, 0 ≤ f < 1.
func at(f float64) taps {
	i, rest := math.Modf(f * steps)
	all := table()
	lo, hi := &all[int(i)], &all[min(int(i)+1, steps)]
	var t taps
	for k := range t.value {
		t.value[k] = lo.value[k] + float64(rest*(hi.value[k]-lo.value[k]))
		t.slope[k] = lo.slope[k] + float64(rest*(hi.slope[k]-lo.slope[k]))
	}
	return t
}

// sample is an image's value and its derivatives at a place between pixels. Beyond
// the edge the nearest pixel stands.
func (p *plane) sample(y, x float64) (v, dy, dx float64) {
	y0, x0 := math.Floor(y), math.Floor(x)
	ty, tx := at(y-y0), at(x-x0)
	iy, ix := int(y0)+1-radius, int(x0)+1-radius
	inside := ix >= 0 && ix+2*radius <= p.w
	for k := range ty.value {
		row := p.data[min(max(iy+k, 0), p.h-1)*p.w:][:p.w]
		sum, slope := 0.0, 0.0
		if inside {
			row = row[ix : ix+2*radius : ix+2*radius]
			for j, u := range row {
				sum += float64(tx.value[j] * u)
				slope += float64(tx.slope[j] * u)
			}
		} else {
			for j := range tx.value {
				u := row[min(max(ix+j, 0), p.w-1)]
				sum += float64(tx.value[j] * u)
				slope += float64(tx.slope[j] * u)
			}
		}
		v += float64(ty.value[k] * sum)
		dy += float64(ty.slope[k] * sum)
		dx += float64(ty.value[k] * slope)
	}
	return v, dy, dx
}

// smooth filters rows and columns with 1/4, 1/2, 1/4, so that the frequencies that
// no filter interpolates well count little. Sides of one or two pixels stay.
func smooth(p plane) plane {
	q := plane{h: p.h, w: p.w, data: slices.Clone(p.data), mask: p.mask}
	if p.w > 2 {
		for y := range p.h {
			smoothLine(q.data[y*p.w:], p.data[y*p.w:], p.w, 1)
		}
	}
	if p.h > 2 {
		rows := slices.Clone(q.data)
		for x := range p.w {
			smoothLine(q.data[x:], rows[x:], p.h, p.w)
		}
	}
	return q
}

func smoothLine(dst, src []float64, n, step int) {
	for i := range n {
		before, after := src[max(i-1, 0)*step], src[min(i+1, n-1)*step]
		dst[i*step] = before/4 + src[i*step]/2 + after/4
	}
}

// eroded excludes the pixels whose filters reach an excluded one.
func eroded(p plane, reach int) plane {
	if p.mask == nil {
		return p
	}
	q := p
	q.mask = erodeLines(p.mask, p.h, p.w, p.w, 1, reach)
	q.mask = erodeLines(q.mask, p.w, p.h, 1, p.w, reach)
	return q
}

// erodeLines keeps elements of lines with no excluded one within reach.
func erodeLines(mask []bool, lines, n, line, step, reach int) []bool {
	out := make([]bool, len(mask))
	for l := range lines {
		last := -reach - 1 // the last excluded element
		for i := 0; i < n+reach; i++ {
			if i < n && !mask[l*line+i*step] {
				last = i
			}
			if k := i - reach; k >= 0 && k < n {
				out[l*line+k*step] = last < k-reach
			}
		}
	}
	return out
}
