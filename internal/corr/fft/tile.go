package fft

// Tile is the memory of one goroutine.
type Tile[T Float] struct {
	p     *plan[T]
	t     *complexes[T] // the tile between its trips, transposed
	panel *complexes[T]
	pad   *complexes[T] // where partial windows are filled up with zeros

	// Stream stores results around the cache where they are aligned. It pays for
	// images that outgrow the cache.
	Stream bool
}

// NewTile returns memory for tiles of n x n.
func NewTile[T Float](n int) *Tile[T] {
	p := newPlan[T](n)
	return &Tile[T]{p: p, t: newComplexes[T](n * n), panel: p.panel(), pad: newComplexes[T](n * n)}
}

// Window is a part of an image: Rows x Cols elements, rows Stride apart. What
// lies beyond it, and the first Blank of its rows, counts as zero and is not
// read.
type Window[T Float] struct {
	Data               []T
	Stride, Rows, Cols int
	Blank              int
}

// Correlate computes the valid correlations of two windows, each of at most n x
// n elements, into a and b, whose sizes say how much of the result is wanted;
// the second pair may be empty. The bias is added. Nothing outside the windows
// is read or written. All elements must be finite.
//
// With ε the unit roundoff of T, the error of an output is at most
// c*log2(n)*ε*‖x‖*‖k‖, with ‖x‖ and ‖k‖ the root sums of squares over both
// windows and over the kernel, and c = Bound.
func (t *Tile[T]) Correlate(s *Spectrum[T], a, xa, b, xb Window[T], bias T) {
	t.columns(t.pair(xa, xb))
	t.rows(s)
	t.results(a, b, bias)
}

// Bound is c in the error bound of Correlate, about four times what random
// tiles show.
const Bound = 1

// pair returns two windows of n x n, as real and imaginary part, with the same
// distance of rows, which the stages need.
func (t *Tile[T]) pair(a, b Window[T]) (re, im []T, ss int) {
	re, ss = t.whole(a, t.pad.re)
	im, si := t.whole(b, t.pad.im)
	if ss != si {
		re, ss = t.copied(a, t.pad.re)
		im, _ = t.copied(b, t.pad.im)
	}
	return re, im, ss
}

// whole returns a window of n x n: the image itself where it reaches so far,
// else a copy filled up with zeros.
func (t *Tile[T]) whole(x Window[T], pad []T) ([]T, int) {
	n := t.p.n
	if x.Rows >= n && x.Cols >= n && x.Blank == 0 {
		return x.Data[:(n-1)*x.Stride+n], x.Stride
	}
	return t.copied(x, pad)
}

func (t *Tile[T]) copied(x Window[T], pad []T) ([]T, int) {
	n := t.p.n
	rows, cols := min(x.Rows, n), min(x.Cols, n)
	clear(pad[:min(x.Blank, rows)*n])
	for r := x.Blank; r < rows; r++ {
		row := pad[r*n : r*n+n]
		copy(row, x.Data[r*x.Stride:r*x.Stride+cols])
		clear(row[cols:])
	}
	clear(pad[rows*n : n*n])
	return pad, n
}

// columns is the first trip: columns forward, stored transposed.
func (t *Tile[T]) columns(re, im []T, ss int) {
	p, n, w := t.p, t.p.n, t.p.loops.lanes
	for c := 0; c < n; c += w {
		p.forward(t.panel, re[c:], im[c:], ss)
		p.loops.forwardLast[p.lastRadix()](t.panel.re, t.panel.im, n)
		p.loops.transpose(t.t.re[c*n:], n, w, t.panel.re, w, w*w, n/w)
		p.loops.transpose(t.t.im[c*n:], n, w, t.panel.im, w, w*w, n/w)
	}
}

// rows is the second trip: rows forward, times the spectrum, rows inverse.
func (t *Tile[T]) rows(s *Spectrum[T]) {
	p, n := t.p, t.p.n
	for c := 0; c < n; c += p.loops.lanes {
		re, im := t.t.re[c:], t.t.im[c:]
		p.forward(t.panel, re, im, n)
		p.loops.middle[p.lastRadix()](t.panel.re, t.panel.im, n, s.k.re[c:], s.k.im[c:], n)
		p.inverse(re, im, n, t.panel)
	}
}

// results is the third trip: loaded transposed, columns inverse, stored.
func (t *Tile[T]) results(a, b Window[T], bias T) {
	p, n, w := t.p, t.p.n, t.p.loops.lanes
	for c := 0; c < max(a.Cols, b.Cols); c += w {
		p.loops.transpose(t.panel.re, w, w*w, t.t.re[c*n:], n, w, n/w)
		p.loops.transpose(t.panel.im, w, w*w, t.t.im[c*n:], n, w, n/w)
		p.loops.inverseFirst[p.lastRadix()](t.panel.re, t.panel.im, n)
		p.inverse(t.panel.re, t.panel.im, w, t.panel)
		t.deliver(a, t.panel.re, c, bias)
		t.deliver(b, t.panel.im, c, bias)
	}
}

// deliver stores the columns c, c+1, … of a result.
func (t *Tile[T]) deliver(y Window[T], panel []T, c int, bias T) {
	w := t.p.loops.lanes
	switch cols := min(w, y.Cols-c); {
	case y.Rows == 0 || cols <= 0:
	case cols == w && t.Stream && isAligned(y.Data[c:], y.Stride):
		t.p.loops.stream(y.Data[c:], y.Stride, panel, y.Rows, bias)
	case cols == w:
		t.p.loops.store(y.Data[c:], y.Stride, panel, y.Rows, bias)
	default:
		for r := range y.Rows {
			out := y.Data[r*y.Stride+c:][:cols]
			for i := range out {
				out[i] = panel[r*w+i] + bias
			}
		}
	}
}

// transform is the whole forward transform of rows ss apart, into t.t: there the
// horizontal frequency at place u of plan.order and the vertical one at v stand
// at u*n + v.
func (t *Tile[T]) transform(re, im []T, ss int) {
	p, n, w := t.p, t.p.n, t.p.loops.lanes
	t.columns(re, im, ss)
	for c := 0; c < n; c += w {
		p.forward(t.panel, t.t.re[c:], t.t.im[c:], n)
		p.loops.forwardLast[p.lastRadix()](t.panel.re, t.panel.im, n)
		for r := range n {
			copy(t.t.re[r*n+c:][:w], t.panel.re[r*w:])
			copy(t.t.im[r*n+c:][:w], t.panel.im[r*w:])
		}
	}
}
