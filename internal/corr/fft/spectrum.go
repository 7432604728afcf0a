package fft

// Spectrum is a kernel transformed for tiles of n x n elements, ready to be
// multiplied with theirs: conjugated, because correlation turns the kernel, and
// divided by n². It stands panel by panel, is made in float64, rounded once, and
// then read by all.
type Spectrum[T Float] struct {
	n int
	k *complexes[T]
	p *plan[T]
}

// NewSpectrum transforms kh x kw taps, kh, kw ≤ n, dy and dx elements apart.
func NewSpectrum[T Float](n int, taps []float64, kh, kw, dy, dx int) *Spectrum[T] {
	t := NewTile[float64](n)
	tile := newComplexes[float64](n * n)
	for u := range kh {
		for v := range kw {
			tile.re[u*dy*n+v*dx] = taps[u*kw+v]
		}
	}
	k := t.transform(tile.re, tile.im, n)
	s := &Spectrum[T]{n: n, k: newComplexes[T](n * n), p: newPlan[T](n)}
	scale, w := 1/float64(n*n), s.p.loops.lanes
	for r := range n {
		for c := range n {
			at := (c/w*n+r)*w + c%w
			s.k.re[at], s.k.im[at] = T(k.re[r*n+c]*scale), T(-k.im[r*n+c]*scale)
		}
	}
	return s
}

// Valid is how many results a tile of side n has along an axis for a kernel that
// reaches over so many elements.
func Valid(n, reach int) int { return n - reach + 1 }

// Line is the elements in a cache line of float32.
const Line = cacheLine / 4

// Step is how far tiles stand apart along a row: Valid, rounded down to whole
// cache lines of float32 where that costs little. Then all tiles of an aligned
// image store whole lines, which saves reading them first: a twentieth of the
// time.
func Step(n, reach int) int {
	v := Valid(n, reach)
	if lost := v % Line; 20*lost < v {
		return v - lost
	}
	return v
}
