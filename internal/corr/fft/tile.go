package fft

// Tile is the memory of one goroutine.
type Tile[T Float] struct {
	p      *plan[T]
	t      *complexes[T]   // the tile between its trips, transposed, panel by panel
	panels []*complexes[T] // the panels of t
	panel  *complexes[T]
	pad    *complexes[T] // where partial windows are filled up with zeros

	// Stream stores results around the cache where they are aligned. It pays for
	// images that outgrow the cache.
	Stream bool
}

// NewTile returns memory for tiles of n x n.
func NewTile[T Float](n int) *Tile[T] {
	p := newPlan[T](n)
	t := &Tile[T]{p: p, panel: p.panel(), pad: newComplexes[T](n * n)}
	size, apart := n*p.loops.lanes, t.apart()
	t.t = newComplexes[T](n / p.loops.lanes * apart)
	for at := 0; at < len(t.t.re); at += apart {
		t.panels = append(t.panels, &complexes[T]{t.t.re[at:][:size], t.t.im[at:][:size]})
	}
	return t
}

// apart is the distance of panels in t. Transposing visits all of them by turns;
// 1 KiB more than their size keeps these places in different sets of the cache.
func (t *Tile[T]) apart() int { return (t.p.n + cacheLine/4) * t.p.loops.lanes }

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
		p.loops.transpose(t.t.re[c*w:], w, t.apart(), t.panel.re, w, w*w, n/w)
		p.loops.transpose(t.t.im[c*w:], w, t.apart(), t.panel.im, w, w*w, n/w)
	}
}

// rows is the second trip: rows forward, times the spectrum, rows inverse.
func (t *Tile[T]) rows(s *Spectrum[T]) {
	p, n, w := t.p, t.p.n, t.p.loops.lanes
	for i, panel := range t.panels {
		p.forward(panel, panel.re, panel.im, w)
		p.loops.middle[p.lastRadix()](panel.re, panel.im, n, s.k.re[i*n*w:], s.k.im[i*n*w:], w)
		p.inverse(panel.re, panel.im, w, panel)
	}
}

// results is the third trip: loaded transposed, columns inverse, stored. Where
// the last columns do not fill a panel, it begins further left.
func (t *Tile[T]) results(a, b Window[T], bias T) {
	p, n, w := t.p, t.p.n, t.p.loops.lanes
	cols := max(a.Cols, b.Cols)
	for next := 0; next < cols; next += w {
		c := max(min(next, cols-w), 0)
		p.loops.transpose(t.panel.re, w, w*w, t.t.re[c*w:], w, t.apart(), n/w)
		p.loops.transpose(t.panel.im, w, w*w, t.t.im[c*w:], w, t.apart(), n/w)
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

// transform is the whole forward transform, row by row, in memory of the tile
// that the next windows will use.
func (t *Tile[T]) transform(re, im []T, ss int) *complexes[T] {
	p, n, w := t.p, t.p.n, t.p.loops.lanes
	t.columns(re, im, ss)
	for i, panel := range t.panels {
		p.forward(panel, panel.re, panel.im, w)
		p.loops.forwardLast[p.lastRadix()](panel.re, panel.im, n)
		for r := range n {
			copy(t.pad.re[r*n+i*w:][:w], panel.re[r*w:])
			copy(t.pad.im[r*n+i*w:][:w], panel.im[r*w:])
		}
	}
	return t.pad
}
