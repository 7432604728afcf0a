// Command _asm writes the assembly of package rowvec, for AVX-512 and AVX2, float32
// and float64, from one text. Every function does whole vectors only: n is a
// multiple of the lanes. No multiplication is fused with an addition, so that each
// gives the bits of the plain loop.
package main

import (
	"fmt"
	"strings"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

func main() {
	build.ConstraintExpr("amd64,!purego")
	for _, set := range []string{"AVX512", "AVX2"} {
		for _, elem := range []int{4, 8} {
			v := isa{set, map[string]int{"AVX512": 64, "AVX2": 32}[set], elem}
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
	}
	build.Generate()
}

// begin opens a function over n elements; params are its pointers, after which the
// parameters in more stand.
func (v isa) begin(name, doc, params, more string) map[string]reg.GPVirtual {
	name += v.set + v.goType()[:1] + v.goType()[5:]
	build.TEXT(name, attr.NOSPLIT, fmt.Sprintf("func(%s *%s, n int%s)", params, v.goType(), more))
	build.Pragma("noescape")
	build.Doc(name + " " + doc)
	p := map[string]reg.GPVirtual{}
	for _, s := range strings.Split(params, ", ") {
		p[s] = build.Load(build.Param(s), build.GP64()).(reg.GPVirtual)
	}
	return p
}

// each runs body for each vector of the n elements, with the byte offset.
func (v isa) each(body func(at reg.GPVirtual)) {
	left, at := build.Load(build.Param("n"), build.GP64()).(reg.GPVirtual), build.GP64()
	build.XORQ(at, at)
	build.Label("loop")
	body(at)
	build.ADDQ(U32(uint32(v.width)), at)
	build.SUBQ(U32(uint32(v.lanes())), left)
	build.JNZ(LabelRef("loop"))
	build.VZEROUPPER()
	build.RET()
}

// memory is where a parameter stands.
func memory(param string) Mem {
	b, err := build.Param(param).Resolve()
	if err != nil {
		panic(err)
	}
	return b.Addr
}

func at(base, index reg.Register, disp int) Mem {
	return Mem{Base: base, Index: index, Scale: 1, Disp: disp}
}

func (v isa) sobel() {
	p := v.begin("sobel", "sets x and y to the derivatives of the row here.", "x, y, above, here, below", "")
	v.each(func(i reg.GPVirtual) {
		m := func(s string, k int) reg.VecVirtual { return v.load(at(p[s], i, k*v.elem)) }
		al, ar, bl, br := m("above", 0), m("above", 2), m("below", 0), m("below", 2)
		d := v.sub(m("here", 2), m("here", 0))
		d = v.add(d, d)
		v.store(v.add(d, v.add(v.sub(ar, al), v.sub(br, bl))), at(p["x"], i, 0))
		e := v.sub(m("below", 1), m("above", 1))
		e = v.add(e, e)
		v.store(v.add(e, v.add(v.sub(bl, al), v.sub(br, ar))), at(p["y"], i, 0))
	})
}

func (v isa) divide() {
	p := v.begin("divide", "divides dst by by.", "dst, by", "")
	v.each(func(i reg.GPVirtual) {
		d := v.load(at(p["dst"], i, 0))
		pick(v, build.VDIVPS, build.VDIVPD)(at(p["by"], i, 0), d, d)
		v.store(d, at(p["dst"], i, 0))
	})
}

// lengths computes in float64, whatever the elements are.
func (v isa) lengths() {
	p := v.begin("lengths", "sets x to sqrt(x*x + y*y) * s.", "x, y", ", s float64")
	d := isa{v.set, v.width, 8}
	s := d.vector()
	build.VBROADCASTSD(memory("s"), s)
	v.each(func(i reg.GPVirtual) {
		for half := range 8 / v.elem {
			wide := func(base reg.GPVirtual) reg.VecVirtual {
				m := at(base, i, half*v.width/2)
				if v.elem == 8 {
					return d.load(m)
				}
				to := d.vector()
				build.VCVTPS2PD(m, to)
				return to
			}
			a, b := wide(p["x"]), wide(p["y"])
			r := d.mul(d.sqrt(d.add(d.mul(a, a), d.mul(b, b))), s)
			switch {
			case v.elem == 8:
				d.store(r, at(p["x"], i, 0))
			case v.width == 64:
				to := build.YMM()
				build.VCVTPD2PS(r, to)
				build.VMOVUPS(to, at(p["x"], i, half*32))
			default:
				to := build.XMM()
				build.VCVTPD2PSY(r, to)
				build.VMOVUPS(to, at(p["x"], i, half*16))
			}
		}
	})
}

func (v isa) roots() {
	p := v.begin("roots", "sets m to sqrt(x*x + y*y).", "m, x, y", "")
	v.each(func(i reg.GPVirtual) {
		a, b := v.load(at(p["x"], i, 0)), v.load(at(p["y"], i, 0))
		v.store(v.sqrt(v.add(v.mul(a, a), v.mul(b, b))), at(p["m"], i, 0))
	})
}

func (v isa) squares() {
	p := v.begin("squares", "sets m to x*x + y*y.", "m, x, y", "")
	v.each(func(i reg.GPVirtual) {
		a, b := v.load(at(p["x"], i, 0)), v.load(at(p["y"], i, 0))
		v.store(v.add(v.mul(a, a), v.mul(b, b)), at(p["m"], i, 0))
	})
}

func (v isa) absolutes() {
	p := v.begin("absolutes", "sets m to |x| + |y|.", "m, x, y", "")
	mask := v.absMask()
	v.each(func(i reg.GPVirtual) {
		a, b := v.and(v.load(at(p["x"], i, 0)), mask), v.and(v.load(at(p["y"], i, 0)), mask)
		v.store(v.add(a, b), at(p["m"], i, 0))
	})
}

func (v isa) paint() {
	p := v.begin("paint", "sets dst to white where marks is mark, else to 0.", "dst", fmt.Sprintf(", marks *byte, mark uint64, white %s", v.goType()))
	marks := build.Load(build.Param("marks"), build.GP64()).(reg.GPVirtual)
	mark, white := v.vector(), v.vector()
	if v.elem == 4 {
		build.VPBROADCASTD(memory("mark"), mark)
		build.VBROADCASTSS(memory("white"), white)
	} else {
		build.VPBROADCASTQ(memory("mark"), mark)
		build.VBROADCASTSD(memory("white"), white)
	}
	v.each(func(i reg.GPVirtual) {
		c := v.vector()
		pick(v, build.VPMOVZXBD, build.VPMOVZXBQ)(Mem{Base: marks}, c)
		if v.width == 64 {
			k := build.K()
			pick(v, build.VPCMPEQD, build.VPCMPEQQ)(mark, c, k)
			pick(v, build.VMOVUPS_Z, build.VMOVUPD_Z)(white, k, c)
		} else {
			pick(v, build.VPCMPEQD, build.VPCMPEQQ)(mark, c, c)
			c = v.and(c, white)
		}
		v.store(c, at(p["dst"], i, 0))
		build.ADDQ(U8(uint8(v.lanes())), marks)
	})
}
