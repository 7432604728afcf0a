package accumulate

import (
	"math"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/corr/fft"
	"github.com/convkit/convkit/internal/corr/vec"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/numeric"
	"gonum.org/v1/gonum/floats"
)

// For a large kernel the sums by lag are made through the spectra of tiles (fft.Lags),
// whose cost hardly grows with the kernel. These are the sums over the columns that
// every tap sees, and the gradient. The thin rest at the border is summed as in lag.go.
//
// The error of a sum is about 1e-15 of the energy of the tiles, like that of a sum of
// products.

// elementCost is the cost of each element of a tile, in fused multiply-adds of lagvec.
// It was measured with BenchmarkLags and BenchmarkGather and AVX-512 (AVX2: a little
// less).
const elementCost = 130

// gainBelow is the share of the cost of products below which spectra are used. The
// estimate is rough, and products are exact for small whole numbers.
const gainBelow = 0.7

// tileSide returns the side of the tiles with which sums are cheapest, over segments
// of output rows; 0 if they are cheapest without.
func tileSide(l train.Layout, g corr.Geometry, list []segment) int {
	if l.Inputs() > 1 || vec.Name() == "go" {
		return 0
	}
	k, outputs := l.Spec.Kernel, l.Outputs()
	lags := k.H*(2*k.W-1) - k.W + 1
	least, best := gainBelow*float64(g.OutH*g.OutW)*float64(lags+outputs*k.H*k.W), 0
	for _, n := range fft.Sizes() {
		rows, columns := tileRows(n, k), n-2*(k.W-1)
		if rows < 1 || columns < 1 {
			continue
		}
		tiles := 0
		for _, s := range list {
			tiles += (s.y1 - s.y0 + rows - 1) / rows
		}
		across := (g.OutW-k.W+columns)/columns + outputs*((g.OutW+n-k.W)/(n-k.W+1))
		if cost := elementCost * float64(n*n) * float64(tiles*across); cost < least {
			least, best = cost, n
		}
	}
	return best
}

// tileRows returns the output rows of a tile.
func tileRows(n int, k corr.Size) int { return n - k.H + 1 }

// spectra has the sums of a fit as spectra.
type spectra struct {
	lags  *fft.Lags   // of the padded plane with itself; column kw−1+lx is lag lx
	grads []*fft.Lags // of the residuals of each output with the padded plane
}

func newSpectra(n, outputs int) *spectra {
	s := &spectra{lags: fft.NewLags(n)}
	for range outputs {
		s.grads = append(s.grads, fft.NewLags(n))
	}
	return s
}

func (s *spectra) clear() {
	s.lags.Clear()
	for _, g := range s.grads {
		g.Clear()
	}
}

// add adds the sums of others; those by lag too, unless about an origin.
func (s *spectra) add(o *spectra, lags bool) {
	if lags {
		s.lags.Merge(o.lags)
	}
	for k, g := range o.grads {
		s.grads[k].Merge(g)
	}
}

// addTiles is addCore for all lag rows of the plane with itself.
func (w *worker) addTiles(j band) {
	n, k, side := w.p.tile, w.p.layout.Spec.Kernel, w.lags.side
	rows, step := j.y1-j.y0, n-2*side
	blank := max(0, j.segment.y0+k.H-1-j.y0)
	for x := side; x < w.p.g.OutW; x += step {
		cols := min(step, w.p.g.OutW-x)
		a := fft.Window[float64]{Data: w.padded.from(0, x), Stride: w.padded.width, Rows: rows, Cols: cols}
		b := fft.Window[float64]{Data: w.padded.from(0, x-side), Stride: w.padded.width, Rows: rows + k.H - 1, Cols: cols + 2*side, Blank: blank}
		w.spectra.lags.Add(w.tile, a, b, 1)
	}
}

// addTileGradients is addGradients by tiles. A tile holds image and residuals, so
// small residuals are first scaled to the size of the image, by a power of two.
func (w *worker) addTileGradients(j band) {
	n, k := w.p.tile, w.p.layout.Spec.Kernel
	rows, step := j.y1-j.y0, n-k.W+1
	image := w.padded.from(0, 0)[:w.height*w.padded.width]
	for o, r := range w.rows {
		r = r[:rows*w.p.g.OutW]
		f := balance(image, r)
		if f == 0 {
			continue
		}
		floats.Scale(f, r)
		for x := 0; x < w.p.g.OutW; x += step {
			cols := min(step, w.p.g.OutW-x)
			a := fft.Window[float64]{Data: r[x:], Stride: w.p.g.OutW, Rows: rows, Cols: cols}
			b := fft.Window[float64]{Data: w.padded.from(0, x), Stride: w.padded.width, Rows: rows + k.H - 1, Cols: cols + k.W - 1}
			w.spectra.grads[o].Add(w.tile, a, b, 1/f)
		}
	}
}

// balance returns the power of two that brings b to the root mean square of a; 0 if
// one of them is zero.
func balance(a, b []float64) float64 {
	aa, bb := numeric.Dot(a, a)/float64(len(a)), numeric.Dot(b, b)/float64(len(b))
	if aa == 0 || bb == 0 {
		return 0
	}
	return math.Ldexp(1, int(math.Round((math.Log2(aa)-math.Log2(bb))/2)))
}

// addSpectra transforms the spectra and adds the result to the sums.
func (t total) addSpectra(p *scan) {
	if t.spectra == nil {
		return
	}
	k := p.layout.Spec.Kernel
	width := 2*k.W - 1
	sums := make([]float64, k.H*width)
	for o, g := range t.spectra.grads {
		g.Sums(sums, k.H, k.W)
		floats.Add(t.sys.Outputs()[o].Gradient[:k.H*k.W], sums[:k.H*k.W])
	}
	if !p.byLag() {
		return
	}
	t.spectra.lags.Sums(sums, k.H, width)
	for _, group := range p.lags.groups {
		for _, l := range group {
			if l.j != ones {
				floats.Add(t.lags.core[l.at:][:l.count], sums[l.ly*width+k.W-1+l.lo:][:l.count])
			}
		}
	}
}
