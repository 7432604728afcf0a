package intervals

import (
	"math"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/accumulate"
)

// watcher collects the windows that the points of a search violate most, in one reading.
type watcher struct {
	*search
	pair  int
	found []found
}

// worstEach is the number of windows that one row of outputs gives at most. Violated
// windows stand close together, and one of a neighbourhood says what the others do.
const worstEach = 3

func (w *watcher) BeginPair(train.Pair, corr.Geometry) {}
func (w *watcher) EndPair(float64)                     { w.pair++ }
func (w *watcher) Rows() accumulate.ObserverRows {
	return &watcherRows{watcher: w, part: make([]found, len(w.found))}
}

// watcherRows is the part of a watcher that belongs to one goroutine.
type watcherRows struct {
	*watcher
	part []found
}

func (w *watcherRows) Begin() {
	for i := range w.part {
		w.part[i] = found{}
	}
}

// Commit adds what a band found.
func (w *watcherRows) Commit() {
	for i := range w.part {
		a, b := &w.found[i], &w.part[i]
		a.windows = append(a.windows, b.windows...)
		a.count, a.clipped, a.violated = a.count+b.count, a.clipped+b.clipped, a.violated+b.violated
		a.largest, a.lengths = math.Max(a.largest, b.largest), math.Max(a.lengths, b.lengths)
	}
}

// Row finds the most violated windows of a row.
func (w *watcherRows) Row(r *accumulate.ObservedRow) error {
	c := r.System + r.K
	f, p := &w.part[c], w.problems[c]
	var worst [worstEach]struct {
		at       int
		residual float64
	}
	n := 0
	for i, residual := range r.Residuals {
		if !r.Used[i] {
			continue
		}
		f.count++
		half, below, above := w.options.half(r.Outputs[i])
		f.lengths = math.Max(f.lengths, half)
		residual /= half
		if !below || !above {
			f.clipped++
		}
		if residual > 0 && !above || residual < 0 && !below {
			continue
		}
		size := math.Abs(residual)
		if size > 1+p.slack {
			f.violated++
		}
		if n == worstEach && size <= math.Abs(worst[n-1].residual) || len(p.left) > 0 && p.left[w.key(r, i)] {
			continue
		}
		f.largest = math.Max(f.largest, size)
		if size < p.least {
			continue
		}
		at := min(n, worstEach-1)
		for at > 0 && math.Abs(worst[at-1].residual) < size {
			at--
		}
		copy(worst[at+1:], worst[at:])
		worst[at].at, worst[at].residual = i, residual
		n = min(n+1, worstEach)
	}
	for _, v := range worst[:n] {
		f.windows = append(f.windows, w.window(r, w.pair, v.at, r.Residuals[v.at]))
	}
	return nil
}

func (w *watcherRows) key(r *accumulate.ObservedRow, x int) key {
	return key{w.pair, r.Plane, r.Y, x}
}

// window returns window i of a row with its residual.
func (s *search) window(r *accumulate.ObservedRow, pair, i int, residual float64) window {
	v := window{key: key{pair, r.Plane, r.Y, i}, a: s.seen(r, i)}
	v.half, v.below, v.above = s.options.half(r.Outputs[i])
	v.residual = residual / v.half
	return v
}

// seen returns what window i of a row sees, for each unknown of the fit.
func (s *search) seen(r *accumulate.ObservedRow, i int) []float64 {
	l := s.set.Layout()
	a := make([]float64, l.Unknowns())
	for t := range a {
		a[t] = r.Windows[t][i]
		if t < l.Taps() {
			a[t] += r.Mean
		}
	}
	return a
}
