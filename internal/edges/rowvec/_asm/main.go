// Command _asm writes the assembly of package rowvec, for AVX-512 and AVX2, float32
// and float64, from one text. Every function does whole vectors only: n is a
// multiple of the lanes. No multiplication is fused with an addition, so that each
// gives the bits of the plain loop.
package main

import (
	"fmt"
	"strings"

	"github.com/convkit/convkit/internal/_asm/isa"
	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// target is an instruction set with an element type.
type target struct{ isa.Set }

func main() {
	build.ConstraintExpr("amd64,!purego")
	for _, set := range isa.All() {
		v := target{set}
		v.sobel()
		v.fold()
		v.divide()
		v.lengths()
		v.roots()
		v.squares()
		v.absolutes()
		v.above()
		v.paint()
		v.ridges()
	}
	build.Generate()
}

// begin opens a function over n elements; params are its pointers, after which the
// parameters in more stand.
func (v target) begin(name, doc, params, more string) map[string]reg.GPVirtual {
	name += v.Suffix()
	build.TEXT(name, attr.NOSPLIT, fmt.Sprintf("func(%s *%s, n int%s)", params, v.GoType(), more))
	build.Pragma("noescape")
	build.Doc(name + " " + doc)
	p := map[string]reg.GPVirtual{}
	for _, s := range strings.Split(params, ", ") {
		p[s] = build.Load(build.Param(s), build.GP64()).(reg.GPVirtual)
	}
	return p
}

// each runs body for each vector of the n elements, with the byte offset.
func (v target) each(body func(at reg.GPVirtual)) {
	left, at := build.Load(build.Param("n"), build.GP64()).(reg.GPVirtual), build.GP64()
	build.XORQ(at, at)
	build.Label("loop")
	body(at)
	build.ADDQ(U32(uint32(v.Width)), at)
	build.SUBQ(U32(uint32(v.Lanes())), left)
	build.JNZ(LabelRef("loop"))
	build.VZEROUPPER()
	build.RET()
}

func (v target) sobel() {
	p := v.begin("sobel", "sets x and y to the derivatives of the row here.", "x, y, above, here, below", "")
	v.each(func(i reg.GPVirtual) {
		m := func(s string, k int) reg.VecVirtual { return v.Load(isa.At(p[s], i, k*v.Elem)) }
		al, ar, bl, br := m("above", 0), m("above", 2), m("below", 0), m("below", 2)
		d := v.Sub(m("here", 2), m("here", 0))
		d = v.Add(d, d)
		v.Store(v.Add(d, v.Add(v.Sub(ar, al), v.Sub(br, bl))), isa.At(p["x"], i, 0))
		e := v.Sub(m("below", 1), m("above", 1))
		e = v.Add(e, e)
		v.Store(v.Add(e, v.Add(v.Sub(bl, al), v.Sub(br, ar))), isa.At(p["y"], i, 0))
	})
}

func (v target) divide() {
	p := v.begin("divide", "divides dst by by.", "dst, by", "")
	v.each(func(i reg.GPVirtual) {
		d := v.Load(isa.At(p["dst"], i, 0))
		isa.Pick(v.Set, build.VDIVPS, build.VDIVPD)(isa.At(p["by"], i, 0), d, d)
		v.Store(d, isa.At(p["dst"], i, 0))
	})
}

// lengths computes in float64, whatever the elements are.
func (v target) lengths() {
	p := v.begin("lengths", "sets x to sqrt(x*x + y*y) * s.", "x, y", ", s float64")
	d := isa.Set{Name: v.Name, Width: v.Width, Elem: 8}
	s := d.Vector()
	build.VBROADCASTSD(isa.Memory("s"), s)
	v.each(func(i reg.GPVirtual) {
		for half := range 8 / v.Elem {
			wide := func(base reg.GPVirtual) reg.VecVirtual {
				m := isa.At(base, i, half*v.Width/2)
				if v.Elem == 8 {
					return d.Load(m)
				}
				to := d.Vector()
				build.VCVTPS2PD(m, to)
				return to
			}
			a, b := wide(p["x"]), wide(p["y"])
			r := d.Mul(d.Sqrt(d.Add(d.Mul(a, a), d.Mul(b, b))), s)
			switch {
			case v.Elem == 8:
				d.Store(r, isa.At(p["x"], i, 0))
			case v.Width == 64:
				to := build.YMM()
				build.VCVTPD2PS(r, to)
				build.VMOVUPS(to, isa.At(p["x"], i, half*32))
			default:
				to := build.XMM()
				build.VCVTPD2PSY(r, to)
				build.VMOVUPS(to, isa.At(p["x"], i, half*16))
			}
		}
	})
}

func (v target) roots() {
	p := v.begin("roots", "sets m to sqrt(x*x + y*y).", "m, x, y", "")
	v.each(func(i reg.GPVirtual) {
		a, b := v.Load(isa.At(p["x"], i, 0)), v.Load(isa.At(p["y"], i, 0))
		v.Store(v.Sqrt(v.Add(v.Mul(a, a), v.Mul(b, b))), isa.At(p["m"], i, 0))
	})
}

func (v target) squares() {
	p := v.begin("squares", "sets m to x*x + y*y.", "m, x, y", "")
	v.each(func(i reg.GPVirtual) {
		a, b := v.Load(isa.At(p["x"], i, 0)), v.Load(isa.At(p["y"], i, 0))
		v.Store(v.Add(v.Mul(a, a), v.Mul(b, b)), isa.At(p["m"], i, 0))
	})
}

func (v target) absolutes() {
	p := v.begin("absolutes", "sets m to |x| + |y|.", "m, x, y", "")
	mask := v.AbsMask()
	v.each(func(i reg.GPVirtual) {
		a, b := v.And(v.Load(isa.At(p["x"], i, 0)), mask), v.And(v.Load(isa.At(p["y"], i, 0)), mask)
		v.Store(v.Add(a, b), isa.At(p["m"], i, 0))
	})
}

func (v target) paint() {
	p := v.begin("paint", "sets dst to white where marks is mark, else to 0.", "dst", fmt.Sprintf(", marks *byte, mark uint64, white %s", v.GoType()))
	marks := build.Load(build.Param("marks"), build.GP64()).(reg.GPVirtual)
	mark, white := v.Vector(), v.Vector()
	if v.Elem == 4 {
		build.VPBROADCASTD(isa.Memory("mark"), mark)
		build.VBROADCASTSS(isa.Memory("white"), white)
	} else {
		build.VPBROADCASTQ(isa.Memory("mark"), mark)
		build.VBROADCASTSD(isa.Memory("white"), white)
	}
	v.each(func(i reg.GPVirtual) {
		c := v.Vector()
		isa.Pick(v.Set, build.VPMOVZXBD, build.VPMOVZXBQ)(Mem{Base: marks}, c)
		if v.Width == 64 {
			k := build.K()
			isa.Pick(v.Set, build.VPCMPEQD, build.VPCMPEQQ)(mark, c, k)
			isa.Pick(v.Set, build.VMOVUPS_Z, build.VMOVUPD_Z)(white, k, c)
		} else {
			isa.Pick(v.Set, build.VPCMPEQD, build.VPCMPEQQ)(mark, c, c)
			c = v.And(c, white)
		}
		v.Store(c, isa.At(p["dst"], i, 0))
		build.ADDQ(U8(uint8(v.Lanes())), marks)
	})
}
