package gram

import (
	"math"

	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train/lagvec"
)

// windows sums windows one by one: they are collected, so that their products are
// made many at a time. Those of weights below zero are collected on their own.
type windows struct {
	shape       Shape
	single      *singleWindows // nil: in float64
	bytes       *byteWindows   // nil: not in bytes
	target      []float64      // of the band
	plus, minus batch
	band        Band
	runs        [][]int32 // for each padded row, the lengths of equal values
	known       []bool    // whether they are of this band
}

// batch is windows side by side: unknown t of window i at i*stride + t, times the
// root of its weight.
type batch struct {
	sign    float64
	count   int
	data    []float64
	singles []float32

	unsigned, signed []byte           // quads of windows
	quad             [lagvec.Quad]int // where the last windows begin

	// Windows that hold one value c in all taps are counted, not collected: in
	// flat parts of a picture, black or white, products of taps are c² everywhere.
	flat, flatSum, flatSquare float64 // Σ w, Σ wc, Σ wc²
}

// batchElements is the size of a batch that stays in the cache of a core.
const batchElements = 1 << 16

func newWindows(s Shape, p Precision, centre float64) *windows {
	w := &windows{shape: s, plus: batch{sign: 1}, minus: batch{sign: -1}}
	switch {
	case p == Single:
		w.single = &singleWindows{centre: centre}
	case p == Bytes && s.dense():
		w.bytes = &byteWindows{}
	}
	return w
}

func (w *windows) stride() int {
	return (w.size()+lagvec.GramWidth-1)/lagvec.GramWidth*lagvec.GramWidth + lagvec.SingleRows
}

func (w *windows) room() int { return min(max(batchElements/w.stride(), 16), 512) }

func (w *windows) begin(g []float64, b Band) {
	w.band, w.target = b, g
	w.runs, w.known = tensor.Grow(w.runs, b.Height), tensor.Grow(w.known, b.Height)
	clear(w.known)
	if w.single != nil {
		w.beginSingle()
	}
	if w.bytes != nil {
		w.beginBytes()
	}
}

// end adds what is left of a band to g, and returns the variance that rounding leaves
// in an entry, by estimate.
func (w *windows) end(g []float64) (variance float64) {
	if w.inBytes() {
		w.endBytes(g)
	}
	if w.single == nil {
		return 0
	}
	w.endSingle(g)
	return w.single.variance
}

// addColumns adds the windows of columns [x0, x1) of the band.
func (w *windows) addColumns(g []float64, x0, x1 int) {
	for oy := range w.band.Rows {
		row := w.band.W[oy*w.shape.OutW:][:w.shape.OutW]
		for ox := x0; ox < x1; ox++ {
			switch f := row[ox]; {
			case f > 0:
				w.put(&w.plus, g, oy, ox, f)
			case f < 0:
				w.put(&w.minus, g, oy, ox, -f)
			}
		}
	}
	w.flush(&w.plus, g)
	w.flush(&w.minus, g)
}

func (w *windows) put(to *batch, g []float64, oy, ox int, weight float64) {
	if c, ok := w.isFlat(oy, ox); ok {
		to.flat += weight
		to.flatSum += weight * c
		to.flatSquare += weight * c * c
		return
	}
	if w.inBytes() {
		w.putBytes(to, oy, ox)
		return
	}
	if w.single != nil {
		if w.putSingle(to, oy, ox, weight); to.count == singleBatch {
			w.flush(to, g)
		}
		return
	}
	if to.data == nil {
		to.data = make([]float64, w.room()*w.stride())
	}
	s, k := w.shape, w.shape.Kernel
	a := to.data[to.count*w.stride():][:s.Unknowns()]
	t := 0
	for i := range s.Inputs {
		for u := range k.H {
			from := w.band.row(i, oy*s.Stride.H+u*s.Dilation.H)[ox*s.Stride.W:]
			if s.Dilation.W == 1 {
				t += copy(a[t:], from[:k.W])
				continue
			}
			for v := range k.W {
				a[t] = from[v*s.Dilation.W]
				t++
			}
		}
	}
	for i, f := range w.band.F {
		a[t+i] = f[oy*s.OutW+ox]
	}
	if weight != 1 {
		f := math.Sqrt(weight)
		for i := range a {
			a[i] *= f
		}
	}
	if to.count++; to.count == w.room() {
		w.flush(to, g)
	}
}

// flush adds what was collected.
func (w *windows) flush(from *batch, g []float64) {
	n, taps := w.shape.Unknowns(), w.shape.Taps()
	switch {
	case w.inBytes():
		w.flushBytes(from)
	case w.single != nil:
		w.flushSingle(from)
	default:
		lagvec.AddGram(g, n, from.data, w.stride(), from.count, from.sign)
	}
	if from.flat > 0 {
		for i := range taps {
			for j := i; j < taps; j++ {
				g[i*n+j] += from.sign * from.flatSquare
			}
			if n > taps {
				g[i*n+taps] += from.sign * from.flatSum
			}
		}
		if n > taps {
			g[n*n-1] += from.sign * from.flat
		}
	}
	from.count, from.flat, from.flatSum, from.flatSquare = 0, 0, 0, 0
}

// inBytes reports whether the windows of this band are summed in bytes.
func (w *windows) inBytes() bool { return w.bytes != nil && w.bytes.serves }

// isFlat reports whether all taps of a window see the same value c, which they
// often do where windows are left out: there pictures are clipped. It serves one
// input plane, and a background that is a constant or none.
func (w *windows) isFlat(oy, ox int) (c float64, ok bool) {
	s := w.shape
	if !s.dense() || s.Inputs > 1 || s.Functions > 1 || s.Functions == 1 && w.band.F[0][oy*s.OutW+ox] != 1 {
		return 0, false
	}
	c = w.band.row(0, oy)[ox]
	for u := range s.Kernel.H {
		if w.run(oy + u)[ox] < int32(s.Kernel.W) || w.band.row(0, oy+u)[ox] != c {
			return 0, false
		}
	}
	return c, true
}

// run is, for each place of a padded row, how many equal values begin there.
func (w *windows) run(row int) []int32 {
	if w.known[row] {
		return w.runs[row]
	}
	w.known[row] = true
	values := w.band.row(0, row)[:w.shape.OutW+w.shape.Kernel.W-1]
	runs, n := tensor.Grow(w.runs[row], len(values)), int32(0)
	for x := len(values) - 1; x >= 0; x-- {
		if n++; n > 1 && values[x] != values[x+1] {
			n = 1
		}
		runs[x] = n
	}
	w.runs[row] = runs
	return runs
}
