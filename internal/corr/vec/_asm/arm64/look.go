package main

import "github.com/convkit/convkit/internal/_asm/neon"

// abreast is how many sums hide the latency of an addition.
const abreast = 8

// generateLook writes the functions that look at a block of elements. What a term adds
// for an element that is 0 is 0.
func generateLook(f *neon.File, s neon.Set) {
	scan(f, s, "zeros", nil, func(fn *neon.Func) func(x, sum neon.V) {
		zero := fn.NewV()
		fn.Zero(zero)
		return func(x, sum neon.V) { s.MulAdd(fn, zero, x, sum) }
	})
	scan(f, s, "squares", nil, func(fn *neon.Func) func(x, sum neon.V) {
		return func(x, sum neon.V) { s.MulAdd(fn, x, x, sum) }
	})
	// 1 where 0 < x*x < limit and 0 elsewhere; NaN is no fault here.
	scan(f, s, "small", []string{"limit " + s.GoType()}, func(fn *neon.Func) func(x, sum neon.V) {
		zero, one, limit, some := fn.NewV(), fn.NewV(), fn.NewV(), fn.NewV()
		fn.Zero(zero)
		fn.I(neon.Pick(s, "FMOVS", "FMOVD"), "$1.0", one)
		s.Broadcast(fn, one, one)
		s.Parameter(fn, "limit", limit)
		return func(x, sum neon.V) {
			s.Mul(fn, x, x, x)
			s.Greater(fn, x, zero, some)
			s.Greater(fn, limit, x, x)
			fn.And(some, x, x)
			fn.And(one, x, x)
			s.Add(fn, x, sum, sum)
		}
	})
}

// scan writes a function that sums a term over rows x cols elements, at least one of
// them, and stores the sums of the lanes. newTerm makes what the loop needs before it
// begins. A term may change x.
func scan(f *neon.File, s neon.Set, name string, more []string, newTerm func(*neon.Func) func(x, sum neon.V)) {
	t := s.GoType()
	fn := f.Func(name+s.Suffix(), "", append([]string{"sum *" + t, "x *" + t, "xs int", "rows int", "cols int"}, more...)...)
	x, xs, rows := fn.Load("x"), fn.Load("xs"), fn.Load("rows")
	add := newTerm(fn)
	sums, values := fn.NewVs(abreast), fn.NewVs(abreast)
	for _, v := range sums {
		fn.Zero(v)
	}
	at, left := fn.NewGP(), fn.NewGP()
	fn.Label("row")
	fn.I("MOVD", x, at)
	fn.Reload("cols", left)
	// part repeats a step while the row has so many elements left.
	part := func(elements int, label, next string, step func()) {
		fn.Label(label)
		fn.I("CMP", neon.Imm(elements), left)
		fn.I("BLT", next)
		step()
		fn.Advance(elements*s.Elem, at)
		fn.I("SUB", neon.Imm(elements), left)
		fn.I("B", label)
	}
	part(abreast*s.Lanes(), "many", "one", func() {
		fn.LoadAll(at, 0, values)
		for i, v := range values {
			add(v, sums[i])
		}
	})
	part(s.Lanes(), "one", "rest", func() {
		fn.LoadV(at, 0, values[0])
		add(values[0], sums[0])
	})
	part(1, "rest", "next", func() {
		s.LoadElement(fn, at, 0, values[0])
		add(values[0], sums[1])
	})
	fn.Label("next")
	fn.I("ADD", xs, x)
	fn.I("SUB", "$1", rows)
	fn.I("CBNZ", rows, "row")
	for _, v := range sums[1:] {
		s.Add(fn, v, sums[0], sums[0])
	}
	fn.StoreV(sums[0], fn.Load("sum"), 0)
	fn.Return()
}

// chains is how many independent sums hide the latency of an FMA in four pipes.
const chains = 24

// generatePeak writes a loop of nothing but FMAs: what the processor can do.
func generatePeak(f *neon.File, s neon.Set) {
	fn := f.Func("peak"+s.Suffix(), "runs n rounds of 24 independent vector FMAs.", "n int")
	n, a, b, sums := fn.Load("n"), fn.NewV(), fn.NewV(), fn.NewVs(chains)
	fn.Zero(a)
	fn.Zero(b)
	for _, v := range sums {
		fn.Zero(v)
	}
	fn.Label("loop")
	for _, v := range sums {
		s.MulAdd(fn, a, b, v)
	}
	fn.I("SUB", "$1", n)
	fn.I("CBNZ", n, "loop")
	fn.Return()
}
