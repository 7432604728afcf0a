package gram

import (
	"math"

	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train/lagvec"
)

// byteWindows is what windows one by one need in bytes. Where all values of a band are
// whole numbers that a byte holds, once the least is taken off, and all weights are
// zero, one or minus one, as with masks, products of bytes give the sums exactly and
// fastest. Other bands are summed in float64.
type byteWindows struct {
	serves bool    // for the band
	least  float64 // taken off x
	x      []byte  // padded rows, plane after plane
	g      []float64
	count  float64 // Σ w
}

// byteSpan is the range of a byte.
const byteSpan = 255

// largestWhole is up to where x² is exact in float64, so that sums of x itself follow
// exactly from those of bytes.
const largestWhole = 1 << 26

// WholeRange returns the least and the largest of some numbers. ok is false where some
// are no whole numbers, or too large.
func WholeRange(list []float64) (least, most float64, ok bool) {
	least, most = math.Inf(1), math.Inf(-1)
	whole := true
	for _, v := range list {
		least, most = min(least, v), max(most, v)
		if v != math.Trunc(v) {
			whole = false
		}
	}
	return least, most, whole && -largestWhole <= least && most <= largestWhole
}

// HoldsBytes reports whether bytes hold all numbers of a range.
func HoldsBytes(least, most float64) bool { return most-least <= byteSpan }

// beginBytes finds whether bytes serve the band, and makes them.
func (w *windows) beginBytes() {
	s, b := w.bytes, w.band
	s.serves = false
	for _, v := range b.W[:b.Rows*w.shape.OutW] {
		if v != 0 && v != 1 && v != -1 {
			return
		}
	}
	rows := w.shape.Inputs * b.Height
	least, most := math.Inf(1), math.Inf(-1)
	for r := range rows {
		low, high, ok := WholeRange(b.X[r*b.Width:][:b.Width])
		if least, most = min(least, low), max(most, high); !ok || !HoldsBytes(least, most) {
			return
		}
	}
	s.serves, s.least, s.count = true, least, 0
	s.x = tensor.Grow(s.x, rows*b.Width+lagvec.QuadSlack)
	for i, v := range b.X[:rows*b.Width] {
		s.x[i] = byte(v - least)
	}
	if n := w.shape.Taps() + 1; s.g == nil {
		s.g = make([]float64, n*n)
	}
}

// putBytes collects a window: four of them are gathered together.
func (w *windows) putBytes(to *batch, oy, ox int) {
	if to.unsigned == nil {
		size := lagvec.Quad * (lagvec.MostQuads*w.stride() + lagvec.GramWidth)
		to.unsigned, to.signed = make([]byte, size), make([]byte, size)
	}
	to.quad[to.count%lagvec.Quad] = oy*w.shape.Stride.H*w.band.Width + ox*w.shape.Stride.W
	if to.count++; to.count%lagvec.Quad == 0 {
		w.gather(to, lagvec.Quad)
	}
	if to.count == lagvec.Quad*lagvec.MostQuads {
		w.flush(to, w.target)
	}
}

// gather collects the last windows, up to four, with a one behind their taps.
func (w *windows) gather(to *batch, windows int) {
	s, k, b := w.shape, w.shape.Kernel, w.band
	at := lagvec.Quad * ((to.count - 1) / lagvec.Quad * w.stride())
	unsigned, signed := to.unsigned[at:], to.signed[at:]
	for i := range s.Inputs {
		x, tap := w.bytes.x[i*b.Height*b.Width:], lagvec.Quad*i*k.H*k.W
		lagvec.GatherQuad(unsigned[tap:], signed[tap:], x, to.quad, b.Width*s.Dilation.H, k.H, k.W)
	}
	one := lagvec.Quad * s.Taps()
	for j := range windows {
		unsigned[one+j] = 1
	}
	if windows < lagvec.Quad {
		for t := range s.Taps() + 1 {
			clear(unsigned[lagvec.Quad*t+windows : lagvec.Quad*(t+1)])
		}
	}
}

// flushBytes adds what was collected to the sums of the band.
func (w *windows) flushBytes(from *batch) {
	if rest := from.count % lagvec.Quad; rest > 0 {
		for k := rest; k < lagvec.Quad; k++ {
			from.quad[k] = from.quad[0] // their products are zero
		}
		w.gather(from, rest)
	}
	quads := (from.count + lagvec.Quad - 1) / lagvec.Quad
	lagvec.AddGramQuads(w.bytes.g, w.shape.Taps()+1, from.signed, from.unsigned, w.stride(), quads, from.sign)
	w.bytes.count += from.sign * float64(from.count)
	from.count = 0
}

// endBytes adds the sums of the band to g. With b the bytes and l the least value,
//
//	Σ w b(u) b(v) = Σ w (b(u) − 128) b(v) + 128 Σ w b(v)
//	Σ w x(u) x(v) = Σ w b(u) b(v) + l Σ w (b(u) + b(v)) + l² Σ w
func (w *windows) endBytes(g []float64) {
	s, n, taps := w.bytes, w.shape.Unknowns(), w.shape.Taps()
	size, l := taps+1, s.least
	sums := make([]float64, taps)
	for t := range sums {
		sums[t] = s.g[t*size+taps] + 128*s.count
	}
	for u := range taps {
		row := g[u*n:]
		for v, a := range s.g[u*size+u : u*size+taps] {
			v += u
			row[v] += a + 128*sums[v] + l*(sums[u]+sums[v]) + l*l*s.count
		}
	}
	clear(s.g)
	if !w.shape.constant(w.band) {
		w.shape.addFunctions(g, w.band)
		return
	}
	if n > taps {
		for t, a := range sums {
			g[t*n+taps] += a + l*s.count
		}
		g[n*n-1] += s.count
	}
}

// constant reports whether the background is a constant one, or none.
func (s Shape) constant(b Band) bool {
	if s.Functions != 1 {
		return s.Functions == 0
	}
	for _, v := range b.F[0][:b.Rows*s.OutW] {
		if v != 1 {
			return false
		}
	}
	return true
}
