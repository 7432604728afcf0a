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

// isa is an instruction set with an element type.
type isa struct {
	set   string
	width int // bytes in a vector
	elem  int // bytes in an element
}

func (v isa) lanes() int { return v.width / v.elem }

func (v isa) goType() string { return map[int]string{4: "float32", 8: "float64"}[v.elem] }

func (v isa) vector() reg.VecVirtual {
	if v.width == 64 {
		return build.ZMM()
	}
	return build.YMM()
}

// pick returns the instruction for single or double precision.
func pick[F any](v isa, single, double F) F {
	if v.elem == 4 {
		return single
	}
	return double
}

func (v isa) load(m Op) reg.VecVirtual {
	to := v.vector()
	pick(v, build.VMOVUPS, build.VMOVUPD)(m, to)
	return to
}

func (v isa) store(from, m Op) { pick(v, build.VMOVUPS, build.VMOVUPD)(from, m) }

func (v isa) add(a, b Op) reg.VecVirtual {
	to := v.vector()
	pick(v, build.VADDPS, build.VADDPD)(b, a, to)
	return to
}

// sub is a - b.
func (v isa) sub(a, b Op) reg.VecVirtual {
	to := v.vector()
	pick(v, build.VSUBPS, build.VSUBPD)(b, a, to)
	return to
}

func (v isa) mul(a, b Op) reg.VecVirtual {
	to := v.vector()
	pick(v, build.VMULPS, build.VMULPD)(b, a, to)
	return to
}

func (v isa) sqrt(a Op) reg.VecVirtual {
	to := v.vector()
	pick(v, build.VSQRTPS, build.VSQRTPD)(a, to)
	return to
}

// absMask is a vector whose AND takes the sign away.
func (v isa) absMask() reg.VecVirtual {
	m := v.vector()
	if v.width == 64 {
		build.VPTERNLOGD(U8(0xff), m, m, m)
	} else {
		build.VPCMPEQD(m, m, m)
	}
	if v.elem == 4 {
		build.VPSRLD(U8(1), m, m)
	} else {
		build.VPSRLQ(U8(1), m, m)
	}
	return m
}

func (v isa) and(a, b Op) reg.VecVirtual {
	to := v.vector()
	if v.width == 64 {
		build.VPANDD(b, a, to)
	} else {
		build.VPAND(b, a, to)
	}
	return to
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

// fold takes two vectors at a time where it can, which hides the latency of a sum.
func (v isa) fold() {
	name := "fold" + v.set + v.goType()[:1] + v.goType()[5:]
	build.TEXT(name, attr.NOSPLIT, fmt.Sprintf("func(dst *%[1]s, n int, rows **%[1]s, taps *%[1]s, reach int)", v.goType()))
	build.Pragma("noescape")
	build.Doc(name + " sets dst to rows[reach]*taps[0] and adds (rows[reach-k]+rows[reach+k])*taps[k], k from reach down to 1.")
	param := func(s string) reg.GPVirtual { return build.Load(build.Param(s), build.GP64()).(reg.GPVirtual) }
	dst, left, rows, taps, reach := param("dst"), param("n"), param("rows"), param("taps"), param("reach")
	i := build.GP64()
	build.XORQ(i, i)
	loop := func(label string, wide int, after string) {
		build.Label(label)
		build.CMPQ(left, U32(uint32(wide*v.lanes())))
		build.JL(LabelRef(after))
		tap, row := v.vector(), build.GP64()
		broadcast := func(m Mem) { pick(v, build.VBROADCASTSS, build.VBROADCASTSD)(m, tap) }
		broadcast(Mem{Base: taps})
		build.MOVQ(Mem{Base: rows, Index: reach, Scale: 8}, row)
		sums := make([]reg.VecVirtual, wide)
		for k := range sums {
			sums[k] = v.vector()
			pick(v, build.VMULPS, build.VMULPD)(at(row, i, k*v.width), tap, sums[k])
		}
		k, first, last, other := build.GP64(), build.GP64(), build.GP64(), build.GP64()
		build.MOVQ(reach, k)
		build.MOVQ(rows, first)
		build.LEAQ(Mem{Base: rows, Index: reach, Scale: 8}, last)
		build.LEAQ(Mem{Base: last, Index: reach, Scale: 8}, last)
		build.Label(label + "taps")
		build.TESTQ(k, k)
		build.JZ(LabelRef(label + "store"))
		broadcast(Mem{Base: taps, Index: k, Scale: uint8(v.elem)})
		build.MOVQ(Mem{Base: first}, row)
		build.MOVQ(Mem{Base: last}, other)
		for j, s := range sums {
			t := v.load(at(row, i, j*v.width))
			pick(v, build.VADDPS, build.VADDPD)(at(other, i, j*v.width), t, t)
			pick(v, build.VMULPS, build.VMULPD)(tap, t, t)
			pick(v, build.VADDPS, build.VADDPD)(t, s, s)
		}
		build.ADDQ(U8(8), first)
		build.SUBQ(U8(8), last)
		build.DECQ(k)
		build.JMP(LabelRef(label + "taps"))
		build.Label(label + "store")
		for j, s := range sums {
			v.store(s, at(dst, i, j*v.width))
		}
		build.ADDQ(U32(uint32(wide*v.width)), i)
		build.SUBQ(U32(uint32(wide*v.lanes())), left)
		build.JMP(LabelRef(label))
	}
	loop("four", 4, "one")
	loop("one", 1, "done")
	build.Label("done")
	build.VZEROUPPER()
	build.RET()
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

// The predicates of ordered, quiet comparisons.
const (
	greater      = 0x1e
	greaterEqual = 0x1d
)

// above fills a word of 64 bits at a time, the last vector first.
func (v isa) above() {
	p := v.begin("above", "sets bit i of bits where m[i] > low; n is a multiple of 64.", "m", fmt.Sprintf(", bits *uint64, low %s", v.goType()))
	bits := build.Load(build.Param("bits"), build.GP64()).(reg.GPVirtual)
	low := v.vector()
	pick(v, build.VBROADCASTSS, build.VBROADCASTSD)(memory("low"), low)
	left, i := build.Load(build.Param("n"), build.GP64()).(reg.GPVirtual), build.GP64()
	build.XORQ(i, i)
	build.Label("loop")
	word := build.GP64()
	build.XORQ(word, word)
	for k := 64/v.lanes() - 1; k >= 0; k-- {
		build.SHLQ(U8(uint8(v.lanes())), word)
		some := build.GP64()
		m := v.load(at(p["m"], i, k*v.width))
		if v.width == 64 {
			kk := build.K()
			pick(v, build.VCMPPS, build.VCMPPD)(U8(greater), low, m, kk)
			build.KMOVW(kk, some.As32())
		} else {
			c := v.vector()
			pick(v, build.VCMPPS, build.VCMPPD)(U8(greater), low, m, c)
			pick(v, build.VMOVMSKPS, build.VMOVMSKPD)(c, some.As32())
		}
		build.ORQ(some, word)
	}
	build.MOVQ(word, Mem{Base: bits})
	build.ADDQ(U8(8), bits)
	build.ADDQ(U32(uint32(64*v.elem)), i)
	build.SUBQ(U8(64), left)
	build.JNZ(LabelRef("loop"))
	build.VZEROUPPER()
	build.RET()
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

// ridges is the whole rule of OpenCV's Canny but for the high threshold, a word
// of 64 elements at a time. A comparison gives a bit or a lane of ones for each; where
// both sides are compared with the same length one instruction serves both sets.
func (v isa) ridges() {
	p := v.begin("ridges", "sets bit i of bits where m is above low and a ridge; n is a multiple of 64.", "x, y, above, here, below", fmt.Sprintf(", bits *uint64, low, tan %s", v.goType()))
	bits := build.Load(build.Param("bits"), build.GP64()).(reg.GPVirtual)
	broadcast := func(m Mem) reg.VecVirtual {
		to := v.vector()
		pick(v, build.VBROADCASTSS, build.VBROADCASTSD)(m, to)
		return to
	}
	low, tan, abs := broadcast(memory("low")), broadcast(memory("tan")), v.absMask()
	one := v.vector() // 2^15
	scale := build.GP64()
	if v.elem == 4 {
		build.MOVL(U32(0x47000000), scale.As32())
		x := build.XMM()
		build.VMOVD(scale.As32(), x)
		build.VBROADCASTSS(x, one)
	} else {
		build.MOVQ(U64(0x40E0000000000000), scale)
		x := build.XMM()
		build.VMOVQ(scale, x)
		build.VBROADCASTSD(x, one)
	}
	left, i := build.Load(build.Param("n"), build.GP64()).(reg.GPVirtual), build.GP64()
	build.XORQ(i, i)
	build.Label("loop")
	word, k := build.GP64(), reg.RCX // which shifts
	build.XORQ(word, word)
	build.XORQ(k, k)
	build.Label("vector")
	m := v.load(at(p["here"], i, v.elem))
	x, y := v.load(at(p["x"], i, 0)), v.load(at(p["y"], i, 0))
	ax, ay := v.and(x, abs), v.and(y, abs)
	flat := v.mul(ax, tan)
	along := v.compare(greater, flat, v.mul(ay, one))                        // along x
	across := v.compare(greater, v.mul(v.sub(ay, v.add(ax, ax)), one), flat) // along y
	sides := func(strict bool, before, behind Mem) mask {
		second := greaterEqual
		if strict {
			second = greater
		}
		return v.both(v.compare(greater, m, v.load(before)), v.compare(second, m, v.load(behind)))
	}
	e := v.elem
	ridge := v.both(along, sides(false, at(p["here"], i, 0), at(p["here"], i, 2*e)))
	ridge = v.either(ridge, v.both(across, sides(false, at(p["above"], i, e), at(p["below"], i, e))))
	// The sign of the product tells the diagonals apart, where neither is 0.
	rising := v.negative(v.xor(x, y))
	falls := sides(true, at(p["above"], i, 0), at(p["below"], i, 2*e))
	rises := sides(true, at(p["above"], i, 2*e), at(p["below"], i, 0))
	diagonal := v.either(v.both(rising, rises), v.without(falls, rising))
	ridge = v.either(ridge, v.without(v.without(diagonal, along), across))
	ridge = v.both(ridge, v.compare(greater, m, low))
	some := v.bits(ridge)
	build.SHLQ(reg.CL, some)
	build.ORQ(some, word)
	build.ADDQ(U32(uint32(v.width)), i)
	build.ADDQ(U8(uint8(v.lanes())), k)
	build.CMPQ(k, U8(64))
	build.JL(LabelRef("vector"))
	build.MOVQ(word, Mem{Base: bits})
	build.ADDQ(U8(8), bits)
	build.SUBQ(U8(64), left)
	build.JNZ(LabelRef("loop"))
	build.VZEROUPPER()
	build.RET()
}

// mask is the outcome of a comparison: an opmask, or lanes of ones and zeros.
type mask struct {
	k reg.OpmaskVirtual
	y reg.VecVirtual
}

func (v isa) compare(how int, a, b Op) mask {
	if v.width == 64 {
		k := build.K()
		pick(v, build.VCMPPS, build.VCMPPD)(U8(how), b, a, k)
		return mask{k: k}
	}
	y := v.vector()
	pick(v, build.VCMPPS, build.VCMPPD)(U8(how), b, a, y)
	return mask{y: y}
}

func (v isa) both(a, b mask) mask {
	if v.width == 64 {
		k := build.K()
		build.KANDW(a.k, b.k, k)
		return mask{k: k}
	}
	return mask{y: v.and(a.y, b.y)}
}

func (v isa) either(a, b mask) mask {
	if v.width == 64 {
		k := build.K()
		build.KORW(a.k, b.k, k)
		return mask{k: k}
	}
	y := v.vector()
	build.VPOR(a.y, b.y, y)
	return mask{y: y}
}

// without is a where b is not.
func (v isa) without(a, b mask) mask {
	if v.width == 64 {
		k := build.K()
		build.KANDNW(a.k, b.k, k)
		return mask{k: k}
	}
	y := v.vector()
	build.VPANDN(a.y, b.y, y)
	return mask{y: y}
}

func (v isa) xor(a, b Op) reg.VecVirtual {
	to := v.vector()
	if v.width == 64 {
		build.VPXORD(b, a, to)
	} else {
		build.VPXOR(b, a, to)
	}
	return to
}

// negative tells where the sign is set.
func (v isa) negative(a reg.VecVirtual) mask {
	if v.width == 32 {
		// The sign of each lane, all over it.
		y, zero := v.vector(), v.vector()
		build.VPXOR(zero, zero, zero)
		pick(v, build.VPCMPGTD, build.VPCMPGTQ)(a, zero, y)
		return mask{y: y}
	}
	zero, k := v.vector(), build.K()
	build.VPXORQ(zero, zero, zero)
	pick(v, build.VPCMPGTD, build.VPCMPGTQ)(a, zero, k)
	return mask{k: k}
}

// bits has a bit for each lane.
func (v isa) bits(m mask) reg.GPVirtual {
	some := build.GP64()
	if v.width == 64 {
		build.KMOVW(m.k, some.As32())
	} else {
		pick(v, build.VMOVMSKPS, build.VMOVMSKPD)(m.y, some.As32())
	}
	return some
}
