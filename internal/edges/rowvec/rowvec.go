// Package rowvec holds the loops over rows of a gradient: plain Go, which is the
// reference, and generated assembly for as many elements as fill whole vectors where
// the processor has AVX-512, AVX2 or NEON. No multiplication is fused with an addition, so
// that all of them give the same bits. Which one runs is vec's to say.
package rowvec

import (
	"math"

	"github.com/convkit/convkit/internal/tensor"
)

//go:generate sh -c "cd _asm && go run . -out ../rowvec_amd64.s -stubs ../stubs_amd64.go -pkg rowvec"
//go:generate sh -c "cd _asm && go run ./arm64 -out ../rowvec_arm64.s -stubs ../stubs_arm64.go -pkg rowvec"

// loops are the functions of one instruction set and element type. They do n
// elements, a multiple of lanes.
type loops[T tensor.Float] struct {
	lanes                    int
	sobel                    func(x, y, above, here, below *T, n int)
	fold                     func(dst *T, n int, rows **T, taps *T, reach int)
	divide                   func(dst, by *T, n int)
	lengths                  func(x, y *T, n int, s float64)
	roots, squares, absolute func(m, x, y *T, n int)
	above                    func(m *T, n int, bits *uint64, low T)
	ridges                   func(x, y, above, here, below *T, n int, bits *uint64, low, tan T)
	paint                    func(dst *T, n int, marks *byte, mark uint64, white T)
}

// whole is the part of n elements that a function of f does.
func (f *loops[T]) whole(n int) int {
	if f == nil {
		return 0
	}
	return n / f.lanes * f.lanes
}

// Sobel sets x and y to the derivatives of the row here, right minus left and lower
// minus upper: first the difference, then 1 2 1 across it,
//
//	x[i] = 2 (here[i+2] - here[i]) + ((above[i+2] - above[i]) + (below[i+2] - below[i]))
//	y[i] = 2 (below[i+1] - above[i+1]) + ((below[i] - above[i]) + (below[i+2] - above[i+2]))
//
// in the order of SciPy's sobel. The three rows have two elements more than x and y.
func Sobel[T tensor.Float](x, y, above, here, below []T) {
	f := pick[T]()
	n := f.whole(len(x))
	if n > 0 {
		_, _, _, _ = y[n-1], above[n+1], here[n+1], below[n+1]
		f.sobel(&x[0], &y[0], &above[0], &here[0], &below[0], n)
	}
	for i := n; i < len(x); i++ {
		l, r := i, i+2
		x[i] = T(2*(here[r]-here[l])) + ((above[r] - above[l]) + (below[r] - below[l]))
		y[i] = T(2*(below[i+1]-above[i+1])) + ((below[l] - above[l]) + (below[r] - above[r]))
	}
}

// Fold sums a kernel that is equal to its mirror image from the outside in: with r
// the last of the taps,
//
//	dst[i] = rows[r][i] taps[0] + Σ_k (rows[r-k][i] + rows[r+k][i]) taps[k],  k from r down to 1
//
// which is SciPy's order. The 2r+1 rows may be shifts of one.
func Fold[T tensor.Float](dst []T, rows [][]T, taps []T) {
	r := len(taps) - 1
	f := pick[T]()
	n := f.whole(len(dst))
	if n > 0 {
		at := make([]*T, len(rows))
		for k, row := range rows[:2*r+1] {
			_, at[k] = row[n-1], &row[0]
		}
		f.fold(&dst[0], n, &at[0], &taps[0], r)
	}
	for i := n; i < len(dst); i++ {
		sum := T(rows[r][i] * taps[0])
		for k := r; k > 0; k-- {
			sum += T((rows[r-k][i] + rows[r+k][i]) * taps[k])
		}
		dst[i] = sum
	}
}

// Divide divides dst by by, element by element.
func Divide[T tensor.Float](dst, by []T) {
	f := pick[T]()
	n := f.whole(len(dst))
	if n > 0 {
		_ = by[n-1]
		f.divide(&dst[0], &by[0], n)
	}
	for i := n; i < len(dst); i++ {
		dst[i] /= by[i]
	}
}

// Lengths sets x to sqrt(x² + y²) s, computed in float64, which no square of a
// float32 leaves.
func Lengths[T tensor.Float](x, y []T, s float64) {
	f := pick[T]()
	n := f.whole(len(x))
	if n > 0 {
		_ = y[n-1]
		f.lengths(&x[0], &y[0], n, s)
	}
	for i := n; i < len(x); i++ {
		a, b := float64(x[i]), float64(y[i])
		x[i] = T(math.Sqrt(float64(a*a)+float64(b*b)) * s)
	}
}

// Roots sets m to sqrt(x² + y²) in the arithmetic of the elements.
func Roots[T tensor.Float](m, x, y []T) {
	f := pick[T]()
	n := f.whole(len(m))
	if n > 0 {
		_, _ = x[n-1], y[n-1]
		f.roots(&m[0], &x[0], &y[0], n)
	}
	for i := n; i < len(m); i++ {
		m[i] = T(math.Sqrt(float64(T(x[i]*x[i]) + T(y[i]*y[i]))))
	}
}

// Squares sets m to x² + y².
func Squares[T tensor.Float](m, x, y []T) {
	f := pick[T]()
	n := f.whole(len(m))
	if n > 0 {
		_, _ = x[n-1], y[n-1]
		f.squares(&m[0], &x[0], &y[0], n)
	}
	for i := n; i < len(m); i++ {
		m[i] = T(x[i]*x[i]) + T(y[i]*y[i])
	}
}

// Absolutes sets m to |x| + |y|.
func Absolutes[T tensor.Float](m, x, y []T) {
	f := pick[T]()
	n := f.whole(len(m))
	if n > 0 {
		_, _ = x[n-1], y[n-1]
		f.absolute(&m[0], &x[0], &y[0], n)
	}
	for i := n; i < len(m); i++ {
		m[i] = max(x[i], -x[i]) + max(y[i], -y[i])
	}
}

// Above sets bit i%64 of bits[i/64] where m[i] is greater than low, and clears the
// others; NaN is not greater.
func Above[T tensor.Float](bits []uint64, m []T, low T) {
	n := 0
	if f := pick[T](); f != nil && len(m) >= 64 {
		n = len(m) / 64 * 64
		_ = bits[n/64-1]
		f.above(&m[0], n, &bits[0], low)
	}
	clear(bits[n/64 : (len(m)+63)/64])
	for i := n; i < len(m); i++ {
		if m[i] > low {
			bits[i/64] |= 1 << (i % 64)
		}
	}
}

// tan22 is the tangent of 22.5 degrees in units of 2^-15, as OpenCV has it.
var tan22 = math.Round(math.Tan(math.Pi/8) * (1 << 15))

// Ridges sets bit i%64 of bits[i/64] where the length of a gradient (x, y) is above
// low and a ridge by the rule of OpenCV's Canny, and clears the others. A gradient is
// along x, along y, or along a diagonal; a ridge is above the length to the left (or
// above) and not below that to the right (or below), on diagonals above both. The three
// rows of lengths have one element more at each end than x and y. On 8-bit pixels every
// number here is whole and below 2^24, so that float32 decides as whole numbers would.
func Ridges[T tensor.Float](bits []uint64, x, y, above, here, below []T, low T) {
	n := 0
	if f := pick[T](); f != nil && len(x) >= 64 {
		n = len(x) / 64 * 64
		_, _, _, _, _ = bits[n/64-1], y[n-1], above[n+1], here[n+1], below[n+1]
		f.ridges(&x[0], &y[0], &above[0], &here[0], &below[0], n, &bits[0], low, T(tan22))
	}
	clear(bits[n/64 : (len(x)+63)/64])
	for i := n; i < len(x); i++ {
		if m := here[i+1]; m > low && ridge(x[i], y[i], m, above[i:i+3], here[i:i+3], below[i:i+3]) {
			bits[i/64] |= 1 << (i % 64)
		}
	}
}

// ridge is the rule of Ridges for the middle of three rows of three lengths.
func ridge[T tensor.Float](x, y, m T, above, here, below []T) bool {
	ax, ay := max(x, -x), max(y, -y)
	switch flat := ax * T(tan22); {
	case ay*(1<<15) < flat:
		return m > here[0] && m >= here[2]
	case (ay-2*ax)*(1<<15) > flat: // tan 67.5° = 2 + tan 22.5°
		return m > above[1] && m >= below[1]
	case (x < 0) != (y < 0):
		return m > above[2] && m > below[0]
	}
	return m > above[0] && m > below[2]
}

// Paint sets dst to white where marks is mark, else to 0.
func Paint[T tensor.Float](dst []T, marks []byte, mark byte, white T) {
	f := pick[T]()
	n := f.whole(len(dst))
	if n > 0 {
		_ = marks[n-1]
		f.paint(&dst[0], n, &marks[0], uint64(mark), white)
	}
	for i := n; i < len(dst); i++ {
		dst[i] = 0
		if marks[i] == mark {
			dst[i] = white
		}
	}
}
