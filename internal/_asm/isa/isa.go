// Package isa is what the generators of assembly for amd64 share: an instruction set
// with an element type, its vector operations, and masks of lanes.
//
// An operation comes in one or two forms. Load(m) returns a new vector, LoadTo(m, to)
// fills one that exists. Vectors are virtual: avo assigns registers in the order in
// which vectors are made.
package isa

import (
	"fmt"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Set is an instruction set with an element type.
type Set struct {
	Name  string // AVX512 or AVX2
	Width int    // bytes in a vector
	Elem  int    // bytes in an element: 4 for float32, 8 for float64
}

// AVX512 returns the set for elements of so many bytes.
func AVX512(elem int) Set { return Set{"AVX512", 64, elem} }

// AVX2 returns the set for elements of so many bytes.
func AVX2(elem int) Set { return Set{"AVX2", 32, elem} }

// All lists the sets with their element types, the widest vectors first.
func All() []Set { return []Set{AVX512(4), AVX512(8), AVX2(4), AVX2(8)} }

// Lanes is the number of elements in a vector.
func (v Set) Lanes() int { return v.Width / v.Elem }

// GoType is the name of the element type in Go.
func (v Set) GoType() string { return Pick(v, "float32", "float64") }

// Suffix ends the names of functions: AVX512f32.
func (v Set) Suffix() string { return fmt.Sprintf("%sf%d", v.Name, 8*v.Elem) }

// Pick returns the argument for single or for double precision.
func Pick[F any](v Set, single, double F) F {
	if v.Elem == 4 {
		return single
	}
	return double
}

// Param loads a parameter into a new register.
func Param(name string) reg.GPVirtual {
	return build.Load(build.Param(name), build.GP64()).(reg.GPVirtual)
}

// Memory is where a parameter stands.
func Memory(param string) operand.Mem {
	b, err := build.Param(param).Resolve()
	if err != nil {
		panic(err)
	}
	return b.Addr
}

// At is base + index + disp, all in bytes.
func At(base, index reg.Register, disp int) operand.Mem {
	return operand.Mem{Base: base, Index: index, Scale: 1, Disp: disp}
}

// Vector makes a vector.
func (v Set) Vector() reg.VecVirtual {
	if v.Width == 64 {
		return build.ZMM()
	}
	return build.YMM()
}

// Zero sets all lanes to 0.
func (v Set) Zero(a reg.VecVirtual) {
	if v.Width == 64 {
		build.VPXORQ(a, a, a)
	} else {
		build.VXORPS(a, a, a)
	}
}

// LoadTo fills a vector from memory of any alignment.
func (v Set) LoadTo(m operand.Op, to reg.VecVirtual) {
	Pick(v, build.VMOVUPS, build.VMOVUPD)(m, to)
}

// Load is LoadTo a new vector.
func (v Set) Load(m operand.Op) reg.VecVirtual {
	to := v.Vector()
	v.LoadTo(m, to)
	return to
}

// Store writes a vector to memory of any alignment.
func (v Set) Store(from, m operand.Op) { Pick(v, build.VMOVUPS, build.VMOVUPD)(from, m) }

// Stream stores around the cache; m must be aligned to the vector.
func (v Set) Stream(from reg.VecVirtual, m operand.Mem) {
	Pick(v, build.VMOVNTPS, build.VMOVNTPD)(from, m)
}

// BroadcastTo fills a vector with one element.
func (v Set) BroadcastTo(m operand.Mem, to reg.VecVirtual) {
	Pick(v, build.VBROADCASTSS, build.VBROADCASTSD)(m, to)
}

// Broadcast is BroadcastTo a new vector.
func (v Set) Broadcast(m operand.Mem) reg.VecVirtual {
	to := v.Vector()
	v.BroadcastTo(m, to)
	return to
}
