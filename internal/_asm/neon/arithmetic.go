package neon

import "fmt"

// Add sets to to a + b.
func (s Set) Add(f *Func, a, b, to V) { s.three(f, 0x4e20d400, "fadd", a, b, to) }

// Sub sets to to a - b.
func (s Set) Sub(f *Func, a, b, to V) { s.three(f, 0x4ea0d400, "fsub", a, b, to) }

// Mul sets to to a * b.
func (s Set) Mul(f *Func, a, b, to V) { s.three(f, 0x6e20dc00, "fmul", a, b, to) }

// Div sets to to a / b.
func (s Set) Div(f *Func, a, b, to V) { s.three(f, 0x6e20fc00, "fdiv", a, b, to) }

// Greater sets the lanes with a > b to ones, the others, and those with NaN, to zeros.
func (s Set) Greater(f *Func, a, b, to V) { s.three(f, 0x6ea0e400, "fcmgt", a, b, to) }

// GreaterEqual sets the lanes with a >= b to ones, the others, and those with NaN, to zeros.
func (s Set) GreaterEqual(f *Func, a, b, to V) { s.three(f, 0x6e20e400, "fcmge", a, b, to) }

// Equal sets the lanes with a = b to ones, the others, and those with NaN, to zeros.
func (s Set) Equal(f *Func, a, b, to V) { s.three(f, 0x4e20e400, "fcmeq", a, b, to) }

// FromUint turns whole numbers without sign, of the size of an element, into numbers.
func (s Set) FromUint(f *Func, a, to V) { s.two(f, 0x6e21d800, "ucvtf", a, to) }

// ToUint sets to to the whole parts of a as whole numbers without sign, of the size of
// an element.
func (s Set) ToUint(f *Func, a, to V) { s.two(f, 0x6ea1b800, "fcvtzu", a, to) }

// Sqrt sets to to the square roots of a.
func (s Set) Sqrt(f *Func, a, to V) { s.two(f, 0x6ea1f800, "fsqrt", a, to) }

// Neg sets to to -a.
func (s Set) Neg(f *Func, a, to V) { s.two(f, 0x6ea0f800, "fneg", a, to) }

// Abs sets to to |a|.
func (s Set) Abs(f *Func, a, to V) { s.two(f, 0x4ea0f800, "fabs", a, to) }

// Negative sets the lanes whose sign is set to ones, the others to zeros.
func (s Set) Negative(f *Func, a, to V) {
	f.word(0x4ea0a800|s.double()|uint32(a)<<5|uint32(to), fmt.Sprintf("cmlt %s, %s, #0", s.gnu(to), s.gnu(a)))
}

// Max sets to to the larger of a and b, or to NaN if one is.
func (s Set) Max(f *Func, a, b, to V) { s.three(f, 0x4e20f400, "fmax", a, b, to) }

// Min sets to to the smaller of a and b, or to NaN if one is.
func (s Set) Min(f *Func, a, b, to V) { s.three(f, 0x4ea0f400, "fmin", a, b, to) }

// MinNumber sets to to the smaller of a and b, or to the number if one is NaN.
func (s Set) MinNumber(f *Func, a, b, to V) { s.three(f, 0x4ea0c400, "fminnm", a, b, to) }

// AndNot sets to to the bits of a that b has not.
func (f *Func) AndNot(a, b, to V) {
	f.word(0x4e601c00|uint32(b)<<16|uint32(a)<<5|uint32(to), fmt.Sprintf("bic v%d.16b, v%d.16b, v%d.16b", int(to), int(a), int(b)))
}

// And sets to to the bits that a and b share.
func (f *Func) And(a, b, to V) { f.bitwise("VAND", a, b, to) }

// Xor sets to to the bits in which a and b differ.
func (f *Func) Xor(a, b, to V) { f.bitwise("VEOR", a, b, to) }

// Or sets to to the bits of a and of b.
func (f *Func) Or(a, b, to V) { f.bitwise("VORR", a, b, to) }

func (f *Func) bitwise(name string, a, b, to V) { f.I(name, b.bytes(), a.bytes(), to.bytes()) }
