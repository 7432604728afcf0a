// Package spectrum transforms whole planes: two-dimensional discrete Fourier
// transforms of any size in float64, on all cores, by gonum's one-dimensional
// ones. It is for what package corr's tiles are too small for.
package spectrum

import (
	"sync"
	"sync/atomic"

	"gonum.org/v1/gonum/dsp/fourier"
)

// Plane is H x W complex numbers, row by row.
type Plane struct {
	H, W int
	Data []complex128
}

// New returns a plane of zeros.
func New(h, w int) *Plane { return &Plane{H: h, W: w, Data: make([]complex128, h*w)} }

// Row is row y.
func (p *Plane) Row(y int) []complex128 { return p.Data[y*p.W : (y+1)*p.W : (y+1)*p.W] }

// Forward replaces the plane by its transform,
//
//	F[j][k] = Σ_y Σ_x f[y][x] exp(-2πi (jy/H + kx/W)).
func (p *Plane) Forward(threads int) { p.transform(threads, true) }

// Inverse replaces the plane by its inverse transform times H*W:
//
//	f[y][x] = Σ_j Σ_k F[j][k] exp(+2πi (jy/H + kx/W)).
func (p *Plane) Inverse(threads int) { p.transform(threads, false) }

// together is how many columns are transformed side by side: eight complex
// numbers are two cache lines.
const together = 8

func (p *Plane) transform(threads int, forward bool) {
	// A gonum transform has memory of its own: one for each goroutine.
	Each(threads, p.H, func() func(int) {
		fft := fourier.NewCmplxFFT(p.W)
		return func(y int) { line(fft, p.Row(y), forward) }
	})
	Each(threads, (p.W+together-1)/together, func() func(int) {
		fft := fourier.NewCmplxFFT(p.H)
		var columns [together][]complex128
		for i := range columns {
			columns[i] = make([]complex128, p.H)
		}
		return func(block int) {
			x := block * together
			n := min(together, p.W-x)
			for y := range p.H {
				for i, v := range p.Data[y*p.W+x:][:n] {
					columns[i][y] = v
				}
			}
			for i := range n {
				line(fft, columns[i], forward)
			}
			for y := range p.H {
				row := p.Data[y*p.W+x:][:n]
				for i := range row {
					row[i] = columns[i][y]
				}
			}
		}
	})
}

func line(fft *fourier.CmplxFFT, v []complex128, forward bool) {
	if forward {
		fft.Coefficients(v, v)
	} else {
		fft.Sequence(v, v)
	}
}

// Each runs the numbers 0..n-1 on some goroutines; each goroutine has a
// function of its own, with memory of its own.
func Each(threads, n int, worker func() func(i int)) {
	var next atomic.Int64
	var all sync.WaitGroup
	for range min(max(1, threads), n) {
		all.Go(func() {
			do := worker()
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	all.Wait()
}

// Size is the smallest length of at least n that is quick to transform: a
// product of twos, threes and fives.
func Size(n int) int {
	for m := max(1, n); ; m++ {
		r := m
		for _, f := range []int{2, 3, 5} {
			for r%f == 0 {
				r /= f
			}
		}
		if r == 1 {
			return m
		}
	}
}
