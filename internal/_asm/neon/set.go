package neon

import (
	"encoding/binary"
	"fmt"

	"golang.org/x/arch/arm64/arm64asm"
)

// Width is the number of bytes in a vector.
const Width = 16

// Set is the vectors of one element type: 4 bytes for float32, 8 for float64.
type Set struct{ Elem int }

// All lists the element types.
func All() []Set { return []Set{{4}, {8}} }

// Lanes is the number of elements in a vector.
func (s Set) Lanes() int { return Width / s.Elem }

// GoType is the name of the element type in Go.
func (s Set) GoType() string { return Pick(s, "float32", "float64") }

// Suffix ends the names of functions: NEONf32.
func (s Set) Suffix() string { return fmt.Sprintf("NEONf%d", 8*s.Elem) }

// Pick returns the argument for single or for double precision.
func Pick[F any](s Set, single, double F) F {
	if s.Elem == 4 {
		return single
	}
	return double
}

// LoadV reads a vector from memory of any alignment.
func (f *Func) LoadV(base GP, offset int, to V) { f.I("FMOVQ", Mem(base, offset), to) }

// StoreV writes a vector to memory of any alignment.
func (f *Func) StoreV(from V, base GP, offset int) { f.I("FMOVQ", from, Mem(base, offset)) }

// LoadAll reads vectors that stand side by side, two at a time.
func (f *Func) LoadAll(base GP, offset int, to []V) {
	i := 0
	for ; i+2 <= len(to); i += 2 {
		f.I("FLDPQ", Mem(base, offset+i*Width), fmt.Sprintf("(%v, %v)", to[i], to[i+1]))
	}
	if i < len(to) {
		f.LoadV(base, offset+i*Width, to[i])
	}
}

// StoreAll writes vectors side by side, two at a time.
func (f *Func) StoreAll(from []V, base GP, offset int) {
	i := 0
	for ; i+2 <= len(from); i += 2 {
		f.I("FSTPQ", fmt.Sprintf("(%v, %v)", from[i], from[i+1]), Mem(base, offset+i*Width))
	}
	if i < len(from) {
		f.StoreV(from[i], base, offset+i*Width)
	}
}

// LoadElement reads one element into the first lane; the others become zero.
func (s Set) LoadElement(f *Func, base GP, offset int, to V) {
	f.I(Pick(s, "FMOVS", "FMOVD"), Mem(base, offset), to)
}

// StoreElement writes the first lane.
func (s Set) StoreElement(f *Func, from V, base GP, offset int) {
	f.I(Pick(s, "FMOVS", "FMOVD"), from, Mem(base, offset))
}

// Broadcast fills all lanes of to with the first of from.
func (s Set) Broadcast(f *Func, from, to V) {
	f.I("VDUP", fmt.Sprintf("V%d.%s[0]", int(from), Pick(s, "S", "D")), s.arranged(to))
}

// Parameter fills all lanes with the value of a parameter.
func (s Set) Parameter(f *Func, param string, to V) {
	f.I(Pick(s, "FMOVS", "FMOVD"), f.Param(param), to)
	s.Broadcast(f, to, to)
}

// Zero sets all lanes to 0.
func (f *Func) Zero(v V) {
	f.Xor(v, v, v)
}

// Move copies a vector.
func (f *Func) Move(from, to V) {
	f.I("VMOV", from.bytes(), to.bytes())
}

// arranged is the register as Go's assembler names it, with all lanes.
func (s Set) arranged(v V) string { return vector(v) + Pick(s, ".S4", ".D2") }

// bytes is the register as Go's assembler names it in instructions on bits.
func (v V) bytes() string { return vector(v) + ".B16" }

// vector is the register as Go's assembler names it in vector instructions, without the
// arrangement.
func vector(v V) string { return fmt.Sprintf("V%d", int(v)) }

// gnu is the register as the disassembler names it.
func (s Set) gnu(v V) string { return fmt.Sprintf("v%d.%s", int(v), Pick(s, "4s", "2d")) }

// word writes an instruction as a number, after a look at what the disassembler makes
// of it.
func (f *Func) word(code uint32, text string) {
	var b [4]byte
	binary.LittleEndian.PutUint32(b[:], code)
	in, err := arm64asm.Decode(b[:])
	if err != nil {
		panic(fmt.Sprintf("neon: %08x, which should be %s: %v", code, text, err))
	}
	if got := arm64asm.GNUSyntax(in); got != text {
		panic(fmt.Sprintf("neon: %08x is %s, should be %s", code, got, text))
	}
	fmt.Fprintf(&f.file.text, "\tWORD $0x%08x // %s\n", code, text)
}

// double is the bit that distinguishes double precision.
func (s Set) double() uint32 { return Pick[uint32](s, 0, 1<<22) }

// three writes an instruction of three vectors: to = a op b.
func (s Set) three(f *Func, code uint32, name string, a, b, to V) {
	f.word(code|s.double()|uint32(b)<<16|uint32(a)<<5|uint32(to), fmt.Sprintf("%s %s, %s, %s", name, s.gnu(to), s.gnu(a), s.gnu(b)))
}

// two writes an instruction of two vectors: to = op a.
func (s Set) two(f *Func, code uint32, name string, a, to V) {
	f.word(code|s.double()|uint32(a)<<5|uint32(to), fmt.Sprintf("%s %s, %s", name, s.gnu(to), s.gnu(a)))
}

// MulAdd adds a*b to sum, rounded once.
func (s Set) MulAdd(f *Func, a, b, sum V) {
	f.I("VFMLA", s.arranged(b), s.arranged(a), s.arranged(sum))
}

// MulSub takes a*b off sum, rounded once.
func (s Set) MulSub(f *Func, a, b, sum V) {
	f.I("VFMLS", s.arranged(b), s.arranged(a), s.arranged(sum))
}

// MulAddLane adds a times one lane of b to sum, rounded once.
func (s Set) MulAddLane(f *Func, a, b V, lane int, sum V) {
	s.byElement(f, 0x4f801000, "fmla", a, b, lane, sum)
}

// MulSubLane takes a times one lane of b off sum, rounded once.
func (s Set) MulSubLane(f *Func, a, b V, lane int, sum V) {
	s.byElement(f, 0x4f805000, "fmls", a, b, lane, sum)
}

// MulLane sets to to a times one lane of b.
func (s Set) MulLane(f *Func, a, b V, lane int, to V) {
	s.byElement(f, 0x4f809000, "fmul", a, b, lane, to)
}

func (s Set) byElement(f *Func, code uint32, name string, a, b V, lane int, to V) {
	if s.Elem == 4 {
		code |= uint32(lane&1)<<21 | uint32(lane>>1)<<11
	} else {
		code |= uint32(lane) << 11
	}
	f.word(code|s.double()|uint32(b)<<16|uint32(a)<<5|uint32(to),
		fmt.Sprintf("%s %s, %s, v%d.%s[%d]", name, s.gnu(to), s.gnu(a), int(b), Pick(s, "s", "d"), lane))
}

// indexed writes a load or a store of a vector at base + index.
func (f *Func) indexed(code uint32, name string, v V, base, index GP) {
	f.word(code|uint32(index)<<16|uint32(base)<<5|uint32(v), fmt.Sprintf("%s q%d, [x%d,x%d]", name, int(v), int(base), int(index)))
}
