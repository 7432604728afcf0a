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

// Forward transforms the columns of the two windows a(t) = w(t) x(t+u) for u = u0 and u1, given as
// the elements at which x begins for either; x1 may be nil. w has rows of n elements,
// ws apart, of which those that do not count are zero; as many of x must be readable
// and finite. Rows beyond are zero. Distances of rows that are large powers of two
// cost time, since panels are read by columns.
func (t *Tile[T]) Forward(w []T, ws, rows int, x0, x1 []T, stride int) {
	p, n, lanes := t.p, t.p.n, t.p.loops.lanes
	_, _ = w[(rows-1)*ws+n-1], x0[(rows-1)*stride+n-1]
	re, im := t.panel.re, t.panel.im
	for c := 0; c < n; c += lanes {
		// Products go into the panel at once, so that no tile of them is stored.
		p.loops.multiply(re, w[c:], ws, x0[c:], stride, rows)
		clear(re[rows*lanes:])
		if x1 != nil {
			p.loops.multiply(im, w[c:], ws, x1[c:], stride, rows)
			clear(im[rows*lanes:])
		} else {
			clear(im)
		}
		p.forward(t.panel, re, im, lanes)
		p.loops.forwardLast[p.lastRadix()](re, im, n)
		p.loops.transpose(t.t.re[c*lanes:], lanes, t.apart(), re, lanes, lanes*lanes, n/lanes)
		p.loops.transpose(t.t.im[c*lanes:], lanes, t.apart(), im, lanes, lanes*lanes, n/lanes)
	}
}

// Add transforms the rows after Forward, and adds the correlations with each image to
// the sums of the same number.
func (t *Tile[T]) Add(sums []*Products[T], images []*Spectrum[T]) {
	p, lanes := t.p, t.p.loops.lanes
	size := p.n * lanes
	for i, z := range t.panels {
		p.forward(z, z.re, z.im, lanes)
		p.loops.forwardLast[p.lastRadix()](z.re, z.im, p.n)
		at := i * size
		for k, s := range images {
			sum := sums[k].sum
			p.loops.addProducts(sum.re[at:at+size], sum.im[at:at+size], z.re, z.im, s.k.re[at:], s.k.im[at:])
		}
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
