// Package gram sums the products of the taps of windows, each window with a weight:
//
//	G[(i,u),(j,v)] = Σ_t w(t) x_i(t+u) x_j(t+v)
//
// over outputs t, with x_i plane i of the padded input and u and v places of the
// kernel. Behind the taps stand functions f_k(t) of the output's place, of a
// background: their products with taps and with each other are summed alike.
// Weights may have any sign; zero leaves a window out.
//
// Two ways make the same sums. One by one, each window that counts costs n²/2
// products of n taps. Through spectra, for each tap (i,u) the weighted image
// z(t) = w(t) x_i(t+u) is correlated with all x_j over the box of v:
//
//	G[(i,u),(j,·)] = Σ_t z(t) x_j(t+·)
//
// which costs a forward transform of z a tile, a product with the tile's spectrum
// of x_j, and one inverse transform a band. Two taps share a complex tile. The cost
// hardly depends on the weights and the size of the kernel, beyond the number of
// taps. Each tile takes the way that its number of windows makes cheaper.
//
// Reference is the definition as four loops. Everything is added in a fixed order.
package gram

import (
	"github.com/convkit/convkit/internal/corr"
)

// Shape is what all bands of a fit have in common.
type Shape struct {
	Inputs           int // planes that a window sees
	Functions        int // of a background
	Kernel           corr.Size
	OutW             int
	Stride, Dilation corr.Size
}

// Taps is the number of taps of a window.
func (s Shape) Taps() int { return s.Inputs * s.Kernel.H * s.Kernel.W }

// Unknowns is the number of taps and functions, the side of G.
func (s Shape) Unknowns() int { return s.Taps() + s.Functions }

// dense reports whether windows lie side by side, as the spectra need them.
func (s Shape) dense() bool {
	one := corr.Size{H: 1, W: 1}
	return s.Stride == one && s.Dilation == one
}

// Band is some rows of outputs and what their windows see. All numbers are finite.
type Band struct {
	Rows int       // of outputs
	W    []float64 // weights, Rows x OutW
	X    []float64 // padded rows, plane after plane
	// Height is the padded rows of each plane, Width the distance of two rows.
	Height, Width int
	F             [][]float64 // functions of the background, each Rows x OutW
}

// row is padded row r of plane i.
func (b *Band) row(i, r int) []float64 { return b.X[(i*b.Height+r)*b.Width:][:b.Width] }

// at is unknown t of the window of output (oy, ox).
func (s Shape) at(b Band, t, oy, ox int) float64 {
	k := s.Kernel
	if t >= s.Taps() {
		return b.F[t-s.Taps()][oy*s.OutW+ox]
	}
	i, u, v := t/(k.H*k.W), t/k.W%k.H, t%k.W
	return b.row(i, oy*s.Stride.H+u*s.Dilation.H)[ox*s.Stride.W+v*s.Dilation.W]
}

// Reference adds the sums of a band to the upper half of g, Unknowns x Unknowns.
func Reference(g []float64, s Shape, b Band) {
	n := s.Unknowns()
	for oy := range b.Rows {
		for ox, w := range b.W[oy*s.OutW:][:s.OutW] {
			for p := range n {
				for q := p; q < n; q++ {
					g[p*n+q] += w * s.at(b, p, oy, ox) * s.at(b, q, oy, ox)
				}
			}
		}
	}
}

// Precision is that of the sums.
type Precision int

const (
	// Double is float64.
	Double Precision = iota
	// Single is float32, about twice as fast: see Sums.Add.
	Single
	// Bytes is exact, for whole numbers that bytes hold and weights of one, of windows
	// one by one. Bands of other numbers are summed in float64.
	Bytes
)

// Sums adds bands to sums. It belongs to one goroutine.
type Sums struct {
	shape   Shape
	centre  float64
	tile    int // side of the tiles; 0: windows one by one
	windows *windows
	single  *spectral[float32]
	double  *spectral[float64]
	always  bool // spectra for every tile, for tests
}

// New returns sums with tiles of the side that Tile chose; 0 for none. The centre
// is a number near the mean of x: taken off x, it leaves spectra more digits.
func New(s Shape, tile int, p Precision, centre float64) *Sums {
	r := &Sums{shape: s, centre: centre, tile: tile, windows: newWindows(s, p, centre)}
	switch {
	case tile == 0:
	case p == Single:
		r.single = newSpectral[float32](s, tile)
	default:
		r.double = newSpectral[float64](s, tile)
	}
	return r
}

// Add adds the sums of a band to the upper half of g, Unknowns x Unknowns. A band
// has at most Rows rows where there are tiles. Its weights are lost.
//
// It returns the variance that the rounding of spectra leaves in an entry, by
// estimate. In single precision an entry of the diagonal may be off by DiagonalError
// of itself besides.
func (s *Sums) Add(g []float64, b Band) (variance float64) {
	s.windows.begin(g, b)
	switch {
	case s.single != nil:
		variance = s.single.add(s, g, b)
	case s.double != nil:
		variance = s.double.add(s, g, b)
	default:
		s.windows.addColumns(g, 0, s.shape.OutW)
	}
	return variance + s.windows.end(g)
}

// DiagonalError is four roundings of float32.
const DiagonalError = 0x1p-22
