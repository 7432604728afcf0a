package fft

// Products sums, over windows a of tiles, the correlations with windows x of an
// image:
//
//	sum(v) = Σ_t a(t) x(t+v)    v in a box that begins at (0, 0)
//
// For two a at once, as the real and the imaginary part of z. With Z and X the
// spectra, conj(Z)·X has the sums as its inverse transform; what is kept is its
// conjugate Z·conj(X), summed over tiles and transformed once.
type Products[T Float] struct{ sum *complexes[T] }

// NewProducts returns sums for tiles of n x n, all zero.
func NewProducts[T Float](n int) *Products[T] {
	return &Products[T]{newComplexes[T](n * n)}
}

// NewImage returns room for what Image makes.
func NewImage[T Float](n int) *Spectrum[T] {
	return &Spectrum[T]{n: n, k: newComplexes[T](n * n), p: newPlan[T](n)}
}

// Image sets s to the spectrum of a window of an image: conjugated and divided by
// n², like that of a kernel. All elements must be finite.
func (t *Tile[T]) Image(s *Spectrum[T], x Window[T]) {
	n := t.p.n
	re, ss := t.copied(x, t.pad.re)
	clear(t.pad.im)
	t.columns(re, t.pad.im, ss)
	size, scale := n*t.p.loops.lanes, 1/T(n*n)
	for i, panel := range t.panels {
		t.p.forward(panel, panel.re, panel.im, t.p.loops.lanes)
		t.p.loops.forwardLast[t.p.lastRadix()](panel.re, panel.im, n)
		kr, ki := s.k.re[i*size:][:size], s.k.im[i*size:][:size]
		for j, v := range panel.re {
			kr[j], ki[j] = v*scale, -panel.im[j]*scale
		}
	}
}

// Weigh sets the tile's two windows a(t) = w(t) x(t+u) for u = u0 and u1, given as
// the elements at which x begins for either. w has rows of n elements, of which
// those that do not count are zero; as many of x must be readable and finite.
// Rows beyond are zero.
func (t *Tile[T]) Weigh(w []T, rows int, x0, x1 []T, stride int) {
	n := t.p.n
	t.weigh(t.pad.re, w, rows, x0, stride)
	if x1 == nil {
		clear(t.pad.im)
	} else {
		t.weigh(t.pad.im, w, rows, x1, stride)
	}
	clear(t.pad.re[rows*n:])
	clear(t.pad.im[rows*n:])
}

func (t *Tile[T]) weigh(dst, w []T, rows int, x []T, stride int) {
	n := t.p.n
	_, _ = w[rows*n-1], x[(rows-1)*stride+n-1]
	t.p.loops.multiply(dst, n, w, n, x, stride, rows, n)
}

// Forward transforms the windows that Weigh has set.
func (t *Tile[T]) Forward() {
	p, w := t.p, t.p.loops.lanes
	t.columns(t.pad.re, t.pad.im, p.n)
	for _, panel := range t.panels {
		p.forward(panel, panel.re, panel.im, w)
		p.loops.forwardLast[p.lastRadix()](panel.re, panel.im, p.n)
	}
}

// Add adds the correlations of the transformed windows with that of s.
func (t *Tile[T]) Add(sums *Products[T], s *Spectrum[T]) {
	size := t.p.n * t.p.loops.lanes
	for i, z := range t.panels {
		at := i * size
		t.p.loops.addProducts(sums.sum.re[at:at+size], sums.sum.im[at:at+size], z.re, z.im, s.k.re[at:], s.k.im[at:])
	}
}

// Take sets a and b to the sums of the two windows, for lags from zero to their
// sizes, and clears the sums.
func (t *Tile[T]) Take(sums *Products[T], a, b Window[T]) {
	p, size := t.p, t.p.n*t.p.loops.lanes
	for i, panel := range t.panels {
		// Parts change places: with r and s the sums, conj(Z)·X is that of r − is,
		// and i·conj(z) is z with its parts exchanged.
		copy(panel.re, sums.sum.im[i*size:])
		copy(panel.im, sums.sum.re[i*size:])
		p.loops.inverseFirst[p.lastRadix()](panel.re, panel.im, p.n)
		p.inverse(panel.re, panel.im, p.loops.lanes, panel)
	}
	t.results(b, a, 0)
	clear(sums.sum.re)
	clear(sums.sum.im)
}

// MeanSquare is that of the sums over all lags of a tile, those wanted and others.
func (p *Products[T]) MeanSquare() float64 {
	total := 0.0
	for i, v := range p.sum.re {
		a, b := float64(v), float64(p.sum.im[i])
		total += float64(a*a) + float64(b*b)
	}
	return total
}
