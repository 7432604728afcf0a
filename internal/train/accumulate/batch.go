package accumulate

import (
	"math"

	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train/lagvec"
	"gonum.org/v1/gonum/floats"
)

// batch collects windows from many rows, so that their products are made many at
// a time.
type batch struct {
	room, stride, count int
	data                []float64 // unknown t of window i at i*stride + t

	// Windows that hold one value c in all taps are counted, not collected: in
	// flat parts of a picture, black or white, a aᵀ is c² everywhere.
	flat               float64
	flatSum, flatTrace float64 // Σ c, Σ c²
}

// batchElements is the size of a batch that stays in the cache of a core.
const batchElements = 1 << 16

func newBatch(unknowns int) batch {
	stride := (unknowns+lagvec.GramWidth-1)/lagvec.GramWidth*lagvec.GramWidth + lagvec.Lanes
	room := min(max(batchElements/stride, 16), 512)
	return batch{room: room, stride: stride, data: make([]float64, room*stride)}
}

// collect takes the windows of the current row that count, or those that do not,
// with the sign that they have in G.
func (w *worker) collect(top int, use bool, sign float64) {
	for x, u := range w.use {
		if u == use {
			w.put(&w.batch, top, x, 1, sign)
		}
	}
}

// collectWeighted takes the windows of the current row times their weights, of
// which those below zero are collected on their own.
func (w *worker) collectWeighted(top int, weights []float64) {
	for x, f := range weights {
		switch {
		case f > 0:
			w.put(&w.batch, top, x, f, 1)
		case f < 0:
			w.put(&w.negative, top, x, -f, -1)
		}
	}
}

// put takes one window, weight times.
func (w *worker) put(b *batch, top, x int, weight, sign float64) {
	if c, ok := w.isFlat(top, x); ok {
		b.flat += weight
		b.flatSum += weight * c
		b.flatTrace += weight * c * c
		return
	}
	a, t := b.data[b.count*b.stride:], 0
	if g := w.p.g; g.Stride.W == 1 && g.Dilation.W == 1 { // rows of taps lie side by side
		for i := range w.p.layout.Inputs() {
			for u := range g.KH {
				t += copy(a[t:], w.padded.row(i*w.height + top + u*g.Dilation.H)[x:x+g.KW])
			}
		}
	}
	for ; t < len(w.views); t++ {
		a[t] = w.views[t][x]
	}
	if weight != 1 {
		floats.Scale(math.Sqrt(weight), a[:len(w.views)])
	}
	if b.count++; b.count == b.room {
		w.flush(b, sign)
	}
}

// flush adds what was collected to the upper half of G.
func (w *worker) flush(b *batch, sign float64) {
	if b.count == 0 && b.flat == 0 {
		return
	}
	w.matrixUsed = true
	before := w.sums.Trace()
	n, g, taps := w.sums.N(), w.sums.Matrix(), w.layout.Taps()
	lagvec.AddGram(g, n, b.data, b.stride, b.count, sign)
	if b.flat > 0 {
		for i := range taps {
			for j := i; j < taps; j++ {
				g[i*n+j] += sign * b.flatTrace
			}
			if n > taps {
				g[i*n+taps] += sign * b.flatSum
			}
		}
		if n > taps {
			g[n*n-1] += sign * b.flat
		}
	}
	b.count, b.flat, b.flatSum, b.flatTrace = 0, 0, 0, 0
	if sign < 0 && w.p.origin == nil {
		w.removed += before - w.sums.Trace()
	}
}

// isFlat tells whether all taps of the window see the same value, which they do
// often where windows are left out of sums by lag: there pictures are clipped.
func (w *worker) isFlat(top, x int) (c float64, ok bool) {
	if w.p.lags == nil || w.p.layout.Inputs() > 1 || w.layout.BackgroundTerms() > 1 {
		return 0, false
	}
	c = w.padded.row(top)[x]
	for u := range w.p.g.KH {
		if w.equalFrom(top + u)[x] < int32(w.p.g.KW) || w.padded.row(top + u)[x] != c {
			return 0, false
		}
	}
	return c, true
}

// run is, for each place of a padded row, how many equal values begin there.
func (w *worker) equalFrom(row int) []int32 {
	if !w.runKnown[row] {
		w.runKnown[row] = true
		w.runs[row] = tensor.Grow(w.runs[row], w.padded.width)
		values, n := w.padded.row(row), int32(0)
		for x := len(values) - 1; x >= 0; x-- {
			if n++; n > 1 && values[x] != values[x+1] {
				n = 1
			}
			w.runs[row][x] = n
		}
	}
	return w.runs[row]
}
