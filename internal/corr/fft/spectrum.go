package fft

// Spectrum is a kernel transformed for tiles of n x n elements, ready to be
// multiplied with theirs: conjugated, because correlation turns the kernel, and
// divided by n². It is made in float64, rounded once, and then read by all.
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
	t.transform(tile.re, tile.im, n)
	s := &Spectrum[T]{n: n, k: newComplexes[T](n * n), p: newPlan[T](n)}
	scale := 1 / float64(n*n)
	for i := range t.t.re {
		s.k.re[i], s.k.im[i] = T(t.t.re[i]*scale), T(-t.t.im[i]*scale)
	}
	return s
}

// Valid is how many results a tile of side n has along an axis for a kernel that
// reaches over so many elements.
func Valid(n, reach int) int { return n - reach + 1 }

// Step is Valid, rounded down to whole cache lines of float32 where there are a
// few of them: then all tiles of an aligned image store whole lines.
func Step(n, reach int) int {
	const line = cacheLine / 4
	if v := Valid(n, reach); v < 2*line {
		return v
	}
	return Valid(n, reach) / line * line
}
