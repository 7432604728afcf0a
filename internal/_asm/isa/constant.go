package isa

import (
	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
)

var constants = map[string]operand.Mem{}

// Constant is read-only memory with these values, one after the other. The first call
// with a name makes it.
func Constant(name string, values ...operand.Constant) operand.Mem {
	m, ok := constants[name]
	if !ok {
		m = build.GLOBL(name, attr.RODATA|attr.NOPTR)
		offset := 0
		for _, value := range values {
			build.DATA(offset, value)
			offset += value.Bytes()
		}
		constants[name] = m
	}
	return m
}
