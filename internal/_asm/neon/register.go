package neon

import "fmt"

// GP is a general register.
type GP int

func (r GP) String() string { return fmt.Sprintf("R%d", int(r)) }

// V is a vector register.
type V int

// String is the register as Go's assembler names it for loads and stores.
func (v V) String() string { return fmt.Sprintf("F%d", int(v)) }

// NewGP takes a free general register. R18 and those from R27 on belong to the system and
// to Go.
func (f *Func) NewGP() GP {
	for r, used := range f.usedGP[:27] {
		if !used && r != 18 {
			f.usedGP[r] = true
			return GP(r)
		}
	}
	panic("neon: no general register is free")
}

// NewV takes a free vector register.
func (f *Func) NewV() V {
	for v, used := range f.usedV {
		if !used {
			f.usedV[v] = true
			return V(v)
		}
	}
	panic("neon: no vector register is free")
}

// NewVs takes n free vector registers.
func (f *Func) NewVs(n int) []V {
	list := make([]V, n)
	for i := range list {
		list[i] = f.NewV()
	}
	return list
}

// Scope runs body and frees the registers that it has taken.
func (f *Func) Scope(body func()) {
	gp, v := f.usedGP, f.usedV
	body()
	f.usedGP, f.usedV = gp, v
}

// Load reads a parameter, a pointer or a whole number, into a new register.
func (f *Func) Load(param string) GP {
	r := f.NewGP()
	f.Reload(param, r)
	return r
}

// Reload reads a parameter into a register.
func (f *Func) Reload(param string, r GP) { f.I("MOVD", f.Param(param), r) }

// Param is the place of a parameter or a result.
func (f *Func) Param(name string) string {
	at, ok := f.offsets[name]
	if !ok {
		panic("neon: no parameter " + name)
	}
	return at
}

// Copy returns a new register with the value of r.
func (f *Func) Copy(r GP) GP {
	c := f.NewGP()
	f.I("MOVD", r, c)
	return c
}

// Mem is base + offset.
func Mem(base GP, offset int) string {
	if offset == 0 {
		return fmt.Sprintf("(%v)", base)
	}
	return fmt.Sprintf("%d(%v)", offset, base)
}

// Imm is an immediate value.
func Imm(n int) string { return fmt.Sprintf("$%d", n) }

// Advance adds n bytes to r.
func (f *Func) Advance(n int, r GP) { f.I("ADD", Imm(n), r) }
