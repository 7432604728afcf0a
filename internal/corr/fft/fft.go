// Package fft computes correlations of tiles through their spectra: overlap-save
// on N x N tiles, N = 64, 128 or 256.
//
// Two real tiles travel as one complex tile, the one as its real and the other
// as its imaginary part; the kernel is real, so they stay apart. A panel is N
// rows of as many columns as a vector has lanes: a column transform is plain
// vector arithmetic. The forward transform is a decimation in frequency, the
// inverse one a decimation in time, so that the spectrum stays in digit-reversed
// order and nothing is ever reordered. A tile takes three trips:
//
//	columns forward, stored transposed
//	rows forward, times the kernel's spectrum, rows inverse, stored in place
//	loaded transposed, columns inverse, the valid part stored
package fft

//go:generate sh -c "cd _asm && go run . -out ../fft_amd64.s -stubs ../fft_stubs_amd64.go -pkg fft"
//go:generate sh -c "cd _asm && go run ./arm64 -out ../fft_arm64.s -stubs ../fft_stubs_arm64.go -pkg fft"

import "math"

// Float is the type of the elements.
type Float interface{ float32 | float64 }

// Sizes are the sides of tiles that there are.
func Sizes() []int { return []int{64, 128, 256} }

// stage is one step of a transform of n elements: butterflies of radix r over
// parts of l elements. Where twiddles is nil the butterflies are of neighbours
// and have none.
type stage[T Float] struct {
	radix, l int
	twiddles []T // for each butterfly of a part, r-1 factors (re, im)
}

// plan is the stages of a forward transform.
type plan[T Float] struct {
	n      int
	loops  *loops[T]
	stages []stage[T]
}

func newPlan[T Float](n int) *plan[T] {
	p := &plan[T]{n: n, loops: current[T]()}
	l := n
	for _, r := range p.loops.radices(n) {
		s := stage[T]{radix: r, l: l}
		for j := 0; l > r && j < l/r; j++ {
			for k := 1; k < r; k++ {
				sin, cos := math.Sincos(-2 * math.Pi * float64(j*k%l) / float64(l))
				s.twiddles = append(s.twiddles, T(cos), T(sin))
			}
		}
		p.stages = append(p.stages, s)
		l /= r
	}
	return p
}

// order is the frequency that the stages leave at each place.
func (p *plan[T]) order() []int {
	order := make([]int, p.n)
	for i := range order {
		weight, rest, l := 1, i, p.n
		for _, s := range p.stages {
			l /= s.radix
			order[i] += rest / l * weight
			weight *= s.radix
			rest %= l
		}
	}
	return order
}

// places is where each frequency stands in an order.
func places(order []int) []int {
	at := make([]int, len(order))
	for i, k := range order {
		at[k] = i
	}
	return at
}

func (p *plan[T]) first() stage[T]      { return p.stages[0] }
func (p *plan[T]) inner() []stage[T]    { return p.stages[1 : len(p.stages)-1] }
func (p *plan[T]) lastRadix() int       { return p.stages[len(p.stages)-1].radix }
func (p *plan[T]) panel() *complexes[T] { return newComplexes[T](p.n * p.loops.lanes) }

// complexes are complex numbers, real and imaginary parts apart.
type complexes[T Float] struct{ re, im []T }

func newComplexes[T Float](n int) *complexes[T] {
	return &complexes[T]{re: aligned[T](n), im: aligned[T](n)}
}

// forward runs the first and the inner stages from rows ss apart into a panel.
func (p *plan[T]) forward(panel *complexes[T], re, im []T, ss int) {
	w, s := p.loops.lanes, p.first()
	p.loops.forward[s.radix](panel.re, panel.im, w, re, im, ss, p.n, s.l, s.twiddles)
	for _, s := range p.inner() {
		p.loops.forward[s.radix](panel.re, panel.im, w, panel.re, panel.im, w, p.n, s.l, s.twiddles)
	}
}

// inverse runs the inner stages and the last of the inverse transform from a
// panel to rows ds apart.
func (p *plan[T]) inverse(re, im []T, ds int, panel *complexes[T]) {
	w, inner := p.loops.lanes, p.inner()
	for i := len(inner) - 1; i >= 0; i-- {
		s := inner[i]
		p.loops.inverse[s.radix](panel.re, panel.im, w, panel.re, panel.im, w, p.n, s.l, s.twiddles)
	}
	s := p.first()
	p.loops.inverse[s.radix](re, im, ds, panel.re, panel.im, w, p.n, s.l, s.twiddles)
}
