package gram

import (
	"math"

	"github.com/convkit/convkit/internal/train/lagvec"
)

// singleWindows is what windows one by one need in float32: taps less the centre, the
// functions, and a one behind them, of which the sums that lead back to x follow.
// Powers of two bring taps and weights of a band to about one.
type singleWindows struct {
	centre   float64
	xs, ws   float64   // scales of the band
	g        []float64 // sums of the band, size x size
	variance float64   // that rounding leaves in an entry, by estimate
}

// size is that of a collected window.
func (w *windows) size() int {
	if w.single == nil && w.bytes == nil {
		return w.shape.Unknowns()
	}
	return w.shape.Unknowns() + 1
}

// singleBatch is the number of windows whose products are added in float32: more would
// lose digits, and outgrow the second cache.
const singleBatch = 192

// beginSingle finds the scales of a band.
func (w *windows) beginSingle() {
	s, b := w.single, w.band
	s.ws, s.xs, s.variance = scaleOf(b.W[:b.Rows*w.shape.OutW], 0), 0, 0
	for i := range w.shape.Inputs {
		for r := range b.Height {
			s.xs = math.Max(s.xs, scaleOf(b.row(i, r), s.centre))
		}
	}
	if s.xs == 0 {
		s.xs = 1
	}
	s.xs = math.Max(s.xs, 0x1p-1000)
}

// putSingle collects a window.
func (w *windows) putSingle(to *batch, oy, ox int, weight float64) {
	s, k := w.shape, w.shape.Kernel
	if to.singles == nil {
		to.singles = make([]float32, singleBatch*w.stride()+lagvec.GramWidth)
	}
	if w.single.g == nil {
		w.single.g = make([]float64, w.size()*w.size())
	}
	a, t := to.singles[to.count*w.stride():][:w.size()], 0
	root := math.Sqrt(weight / w.single.ws)
	f, m := root/w.single.xs, w.single.centre
	for i := range s.Inputs {
		for u := range k.H {
			from := w.band.row(i, oy*s.Stride.H+u*s.Dilation.H)[ox*s.Stride.W:]
			for v := range k.W {
				a[t] = float32((from[v*s.Dilation.W] - m) * f)
				t++
			}
		}
	}
	for _, f := range w.band.F {
		a[t] = float32(f[oy*s.OutW+ox] * root)
		t++
	}
	a[t] = float32(root)
	to.count++
}

// flushSingle adds what was collected to the sums of the band.
func (w *windows) flushSingle(from *batch) {
	if from.count == 0 {
		return
	}
	s, n := w.single, w.size()
	middle := w.shape.Taps() / 2 * (n + 1) // of the diagonal, as good as any
	before := s.g[middle]
	lagvec.AddGramSingle(s.g, n, from.singles, w.stride(), from.count, from.sign)
	sum := (s.g[middle] - before) * s.xs * s.xs * s.ws
	s.variance += float64(from.count) / 9 * 0x1p-48 * sum * sum
	from.count = 0
}

// endSingle adds the sums of the band to g:
//
//	Σ w x(u) x(v) = Σ w x'(u) x'(v) + m Σ w (x'(u) + x'(v)) + m² Σ w
//	Σ w x(u) f    = Σ w x'(u) f + m Σ w f
func (w *windows) endSingle(g []float64) {
	s, n, size, taps := w.single, w.shape.Unknowns(), w.size(), w.shape.Taps()
	if s.g == nil {
		return
	}
	one := func(i int) float64 { return s.g[i*size+n] } // Σ w of unknown i
	m, tap, pair := s.centre, s.xs*s.ws, s.xs*s.xs*s.ws
	for i := range n {
		row, sums := g[i*n:(i+1)*n], s.g[i*size:(i+1)*size]
		for j := i; j < n; j++ {
			switch {
			case j < taps:
				row[j] += pair*sums[j] + m*(tap*(one(i)+one(j))+m*s.ws*one(n))
			case i < taps:
				row[j] += tap*sums[j] + m*s.ws*one(j)
			default:
				row[j] += s.ws * sums[j]
			}
		}
	}
	clear(s.g)
}
