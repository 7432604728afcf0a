package geometry

// BorderMode says how an image continues beyond its edges. For a row a b c d:
type BorderMode int

const (
	// Zeros: 0 0 | a b c d | 0 0.
	Zeros BorderMode = iota
	// Constant: v v | a b c d | v v.
	Constant
	// Replicate: a a | a b c d | d d.
	Replicate
	// Reflect: c b | a b c d | c b; the edge is not repeated.
	Reflect
	// Symmetric: b a | a b c d | d c; the edge is repeated.
	Symmetric
	// Circular: c d | a b c d | a b.
	Circular
)

// Border is a mode and, for Constant, the value.
type Border struct {
	Mode  BorderMode
	Value float64 // 0 unless the mode is Constant
}

// Fold maps index i of the continued row to the element of the n-element row
// that stands there, or to -1 where the border's value stands. Rows shorter
// than the padding are folded as often as needed.
func (b Border) Fold(i, n int) int {
	if 0 <= i && i < n {
		return i
	}
	switch b.Mode {
	case Replicate:
		return min(max(i, 0), n-1)
	case Circular:
		return mod(i, n)
	case Symmetric:
		if i = mod(i, 2*n); i >= n {
			i = 2*n - 1 - i
		}
		return i
	case Reflect:
		if n == 1 {
			return 0
		}
		if i = mod(i, 2*n-2); i >= n {
			i = 2*n - 2 - i
		}
		return i
	}
	return -1
}

// mod is the remainder with the sign of the divisor.
func mod(a, n int) int {
	if a %= n; a < 0 {
		a += n
	}
	return a
}
