package main

import (
	"fmt"

	"github.com/convkit/convkit/internal/_asm/isa"
	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// strip is a function that computes some rows of a valid correlation over all
// columns. Each input vector is loaded once and used for every output row that
// sees it; each tap is broadcast once and used for all vectors of a tile.
//
// The taps are packed: for each input row of the strip and each kernel column,
// the taps of the output rows stand side by side (see Pack).
type strip struct {
	target
	rows   int // output rows
	taps   int // kernel rows: exactly so many, or at least, where it equals rows
	slides bool
	// mixes: the rows of the result are one row of as many channels, which all see
	// the same rows of several input planes; each has a bias of its own. The taps
	// of the planes follow each other.
	mixes bool

	x, xs, packed, kh, kw, y, ys, cols reg.Register
	frame                              Mem // see last
	labels                             int
}

func newStrip(v target, rows, taps int) *strip { return &strip{target: v, rows: rows, taps: taps} }

func (s *strip) generate() {
	what, bias, planes := "strip%dx%d", "bias %[1]s", ""
	if s.slides {
		what = "slide%dx%d"
	}
	if s.mixes {
		what, bias, planes = "mix%dx%d", "bias *%[1]s", "in, apart int, "
	}
	name := s.name(what, s.rows, s.taps)
	build.TEXT(name, attr.NOSPLIT, fmt.Sprintf("func("+planes+"x *%[1]s, xs int, packed *%[1]s, kh, kw, dx int, y *%[1]s, ys, cols int, "+bias+", mode int)", s.GoType()))
	build.Pragma("noescape")
	s.x = build.Load(build.Param("x"), build.GP64())
	s.xs = build.Load(build.Param("xs"), build.GP64())
	s.packed = build.Load(build.Param("packed"), build.GP64())
	s.y = build.Load(build.Param("y"), build.GP64())
	s.ys = build.Load(build.Param("ys"), build.GP64())
	s.cols = build.Load(build.Param("cols"), build.GP64())

	wide, last, narrow, rest, end := s.label("wide"), s.label("last"), s.label("narrow"), s.label("rest"), s.label("end")
	step := s.across * s.Lanes()
	build.Label(wide)
	build.CMPQ(s.cols, Imm(uint64(step)))
	build.JL(LabelRef(last))
	s.tile(s.across, nil)
	s.advance(step)
	build.JMP(LabelRef(wide))

	build.Label(last)
	if s.shifts() {
		s.flush()
	}
	s.again(wide, narrow, step)
	build.Label(narrow)
	build.CMPQ(s.cols, Imm(uint64(s.Lanes())))
	build.JL(LabelRef(rest))
	s.tile(1, nil)
	s.advance(s.Lanes())
	build.JMP(LabelRef(narrow))

	build.Label(rest)
	build.TESTQ(s.cols, s.cols)
	build.JZ(LabelRef(end))
	m := s.FirstLanes(s.cols.(reg.GPVirtual))
	s.tile(1, &m)
	build.Label(end)
	build.SFENCE()
	build.VZEROUPPER()
	build.RET()
}

func (s *strip) label(what string) string {
	s.labels++
	return fmt.Sprintf("%s%d", what, s.labels)
}

// advance moves to the next columns.
func (s *strip) advance(columns int) {
	build.ADDQ(U32(uint32(columns*s.Elem)), s.x)
	build.ADDQ(U32(uint32(columns*s.Elem)), s.y)
	build.SUBQ(U32(uint32(columns)), s.cols)
}

// tile computes rows x across vectors, or one masked vector of each row.
func (s *strip) tile(across int, m *isa.Mask) {
	sums := s.begin(across, m)
	row, packed := build.GP64(), build.GP64()
	build.MOVQ(s.x, row)
	build.MOVQ(s.packed, packed)
	body := func(lo, hi int) {
		if s.slides && across > 1 {
			s.slide(sums, row, packed, lo, hi, across)
		} else {
			s.inputRow(sums, row, packed, lo, hi, across, m)
		}
	}
	if s.mixes {
		s.planes(row, across, m, func() { body(0, s.rows-1) })
	} else if s.slides && across > 1 && s.taps == 1 {
		for r := 0; r < s.rows; r += 2 {
			body(r, r)
		}
	} else if s.taps < s.rows {
		for r := range s.rows + s.taps - 1 {
			body(max(0, r-s.taps+1), min(r, s.rows-1))
		}
	} else {
		for r := range s.rows - 1 {
			body(0, r)
		}
		s.repeat(s.rows-1, func() { body(0, s.rows-1) })
		for r := range s.rows - 1 {
			body(r+1, s.rows-1)
		}
	}
	if m == nil && s.rows == 4 && !s.mixes {
		s.prefetch(row, across)
	}
	s.finish(sums, across, m)
}

// repeat writes a loop over all kernel rows but some.
func (s *strip) repeat(but int, body func()) {
	n := build.GP64()
	build.Load(build.Param("kh"), n)
	if but > 0 {
		build.SUBQ(Imm(uint64(but)), n)
	}
	middle := s.label("middle")
	build.Label(middle)
	body()
	build.DECQ(n)
	build.JNZ(LabelRef(middle))
}

// prefetch fetches the input rows that the strip below adds to those of this
// one, at the columns of this tile; row is the first of them. The processor
// would follow the rows by itself, but not so many at once: from memory, a 3x3
// kernel takes 2.6 instead of 3.7 ms, 7x7 7.3 instead of 8.4 (4096 x 4096
// float32, one core).
func (s *strip) prefetch(row reg.GPVirtual, across int) {
	for r := range s.rows {
		for at := 0; at < across*s.Width; at += 64 {
			build.PREFETCHT0(Mem{Base: row, Disp: at})
		}
		if r < s.rows-1 {
			build.ADDQ(s.xs, row)
		}
	}
}

// begin sets the sums to the bias, or to what stands in y already.
func (s *strip) begin(across int, m *isa.Mask) [][]reg.VecVirtual {
	sums := make([][]reg.VecVirtual, s.rows)
	for r := range sums {
		sums[r] = make([]reg.VecVirtual, across)
		for c := range sums[r] {
			sums[r][c] = s.Vector()
		}
	}
	fresh, ready := s.label("fresh"), s.label("ready")
	mode := build.GP64()
	build.Load(build.Param("mode"), mode)
	build.TESTQ(U32(modeAdd), mode)
	build.JZ(LabelRef(fresh))
	s.outputs(func(r, c int, at Mem) {
		if m != nil {
			s.LoadMasked(at, *m, sums[r][c])
		} else {
			s.LoadTo(at, sums[r][c])
		}
	}, across)
	build.JMP(LabelRef(ready))
	build.Label(fresh)
	bias := s.bias()
	for r := range sums {
		for c := range sums[r] {
			s.BroadcastTo(bias(r), sums[r][c])
		}
	}
	build.Label(ready)
	return sums
}

// bias is where the bias of row r stands.
func (s *strip) bias() func(r int) Mem {
	if s.mixes {
		all := build.GP64()
		build.Load(build.Param("bias"), all)
		return func(r int) Mem { return Mem{Base: all, Disp: r * s.Elem} }
	}
	one := isa.Memory("bias")
	return func(int) Mem { return one }
}

// The bits of a strip's mode, as in package vec.
const (
	modeAdd    = 1
	modeStream = 2
	modeShift  = 4
)

// outputs visits the vectors of the tile's place in y.
func (s *strip) outputs(visit func(r, c int, at Mem), across int) {
	out := build.GP64()
	build.MOVQ(s.y, out)
	for r := range s.rows {
		for c := range across {
			visit(r, c, Mem{Base: out, Disp: c * s.Width})
		}
		if r < s.rows-1 {
			build.ADDQ(s.ys, out)
		}
	}
}

// inputRow adds one input row to the output rows lo to hi, which see it.
func (s *strip) inputRow(sums [][]reg.VecVirtual, row, packed reg.GPVirtual, lo, hi, across int, m *isa.Mask) {
	at, n, dx := build.GP64(), build.GP64(), build.GP64()
	build.MOVQ(row, at)
	build.Load(build.Param("kw"), n)
	build.Load(build.Param("dx"), dx)
	loop := s.label("row")
	build.Label(loop)
	in := make([]reg.VecVirtual, across)
	for c := range in {
		in[c] = s.Vector()
		if m != nil {
			s.LoadMasked(Mem{Base: at}, *m, in[c])
		} else {
			s.LoadTo(Mem{Base: at, Disp: c * s.Width}, in[c])
		}
	}
	for r := lo; r <= hi; r++ {
		tap := s.Vector()
		s.BroadcastTo(Mem{Base: packed, Disp: r * s.Elem}, tap)
		for c := range in {
			s.MulAdd(tap, in[c], sums[r][c])
		}
	}
	build.ADDQ(dx, at)
	build.ADDQ(Imm(uint64(s.rows*s.Elem)), packed)
	build.DECQ(n)
	build.JNZ(LabelRef(loop))
	build.ADDQ(s.xs, row)
}

// finish stores the sums, around the cache where asked.
func (s *strip) finish(sums [][]reg.VecVirtual, across int, m *isa.Mask) {
	if m != nil {
		s.outputs(func(r, c int, at Mem) { s.StoreMasked(sums[r][c], *m, at) }, across)
		return
	}
	plain, done := s.label("plain"), s.label("done")
	mode := build.GP64()
	build.Load(build.Param("mode"), mode)
	if s.shifts() && across > 1 {
		other := s.label("unshifted")
		build.TESTQ(U32(modeShift), mode)
		build.JZ(LabelRef(other))
		s.shift(sums)
		build.JMP(LabelRef(done))
		build.Label(other)
	}
	build.TESTQ(U32(modeStream), mode)
	build.JZ(LabelRef(plain))
	s.outputs(func(r, c int, at Mem) { s.Stream(sums[r][c], at) }, across)
	build.JMP(LabelRef(done))
	build.Label(plain)
	s.outputs(func(r, c int, at Mem) { s.Store(sums[r][c], at) }, across)
	build.Label(done)
}
