package main

import (
	"fmt"

	"github.com/convkit/convkit/internal/_asm/neon"
)

// across is how many vectors of each of four rows a tile has: 24 sums, 6 inputs, and up
// to two vectors of taps are all registers.
const across = 6

// The bit of a strip's mode, as in package vec.
const modeAdd = 1

// strip is a function that computes some rows of a valid correlation over all columns.
// Each input vector is loaded once and used for every output row that sees it. The taps
// of the output rows stand side by side in memory, fill a vector or two, and are
// multiplied lane by lane.
type strip struct {
	*neon.Func
	neon.Set
	rows int // output rows
	taps int // kernel rows: exactly so many, or at least, if it equals rows
	// mixes: the rows of the result are one row of as many channels. All see the same
	// rows of several input planes; each has a bias of its own.
	mixes bool

	x, xs, packed, y, ys, cols, mode neon.GP
}

func newStrip(f *neon.File, set neon.Set, rows, taps int, mixes bool) *strip {
	s := &strip{Set: set, rows: rows, taps: taps, mixes: mixes}
	t := set.GoType()
	params := []string{"x *" + t, "xs int", "packed *" + t, "kh int", "kw int", "dx int", "y *" + t, "ys int", "cols int"}
	name := fmt.Sprintf("strip%dx%d", rows, taps)
	if mixes {
		name = fmt.Sprintf("mix%dx%d", rows, taps)
		params = append([]string{"in int", "apart int"}, append(params, "bias *"+t)...)
	} else {
		params = append(params, "bias "+t)
	}
	s.Func = f.Func(name+set.Suffix(), "", append(params, "mode int")...)
	return s
}

func (s *strip) generate() {
	s.x, s.xs, s.packed = s.Load("x"), s.Load("xs"), s.Load("packed")
	s.y, s.ys, s.cols, s.mode = s.Load("y"), s.Load("ys"), s.Load("cols"), s.Load("mode")
	step := across * s.Lanes()

	s.Label("wide")
	s.I("CMP", neon.Imm(step), s.cols)
	s.I("BLT", "last")
	s.tile(shape{across, neon.Width})
	s.advance(step)
	s.I("B", "wide")

	s.Label("last")
	s.again("wide", "narrow", step)
	s.Label("narrow")
	s.I("CMP", neon.Imm(s.Lanes()), s.cols)
	s.I("BLT", "rest")
	s.tile(shape{1, neon.Width})
	s.advance(s.Lanes())
	s.I("B", "narrow")

	s.Label("rest")
	s.I("CBZ", s.cols, "end")
	s.tile(shape{1, s.Elem})
	s.advance(1)
	s.I("B", "rest")
	s.Label("end")
	s.Return()
}

// again computes what remains of a row, if that is more than two vectors, by one more
// wide tile that ends with the row, as in the strips for amd64. What the tiles share is
// stored twice, so nothing must be added to it.
func (s *strip) again(wide, narrow string, step int) {
	s.Scope(func() {
		back := s.NewGP()
		s.I("CMP", neon.Imm(2*s.Lanes()), s.cols)
		s.I("BLE", narrow)
		s.I("TBNZ", "$0", s.mode, narrow)
		s.Reload("cols", back)
		s.I("CMP", neon.Imm(step), back)
		s.I("BLT", narrow)
		s.I("SUB", neon.Imm(step), s.cols, back)
		s.I("LSL", neon.Imm(neon.Pick(s.Set, 2, 3)), back)
		s.I("ADD", back, s.x)
		s.I("ADD", back, s.y)
		s.I("MOVD", neon.Imm(step), s.cols)
		s.I("B", wide)
	})
}

// advance moves to the next columns.
func (s *strip) advance(columns int) {
	s.Advance(columns*s.Elem, s.x)
	s.Advance(columns*s.Elem, s.y)
	s.I("SUB", neon.Imm(columns), s.cols)
}

// shape is the width of a tile: vectors, or one element, which is computed in the first
// lane.
type shape struct {
	across int
	bytes  int // of one of them
}

func (s *strip) load(at neon.GP, t shape, to []neon.V) {
	if t.bytes == neon.Width {
		s.LoadAll(at, 0, to)
	} else {
		s.LoadElement(s.Func, at, 0, to[0])
	}
}

func (s *strip) store(from []neon.V, at neon.GP, t shape) {
	if t.bytes == neon.Width {
		s.StoreAll(from, at, 0)
	} else {
		s.StoreElement(s.Func, from[0], at, 0)
	}
}

// tile computes all rows over the width of a shape.
func (s *strip) tile(t shape) {
	s.Scope(func() {
		sums := make([][]neon.V, s.rows)
		for r := range sums {
			sums[r] = s.NewVs(t.across)
		}
		s.begin(sums, t)
		row, packed := s.Copy(s.x), s.Copy(s.packed)
		body := func(lo, hi int) { s.inputRow(sums, row, packed, lo, hi, t) }
		switch {
		case s.mixes:
			s.planes(row, t, func() { body(0, s.rows-1) })
		case s.taps == 1 && s.rows > 1:
			s.abreast(sums, row, packed, t)
		case s.taps < s.rows:
			for r := range s.rows + s.taps - 1 {
				body(max(0, r-s.taps+1), min(r, s.rows-1))
			}
		default:
			for r := range s.rows - 1 {
				body(0, r)
			}
			s.repeat(s.rows-1, func() { body(0, s.rows-1) })
			for r := range s.rows - 1 {
				body(r+1, s.rows-1)
			}
		}
		if t.across > 1 && s.rows == 4 && !s.mixes {
			s.prefetch(row, t)
		}
		s.outputs(sums, func(v []neon.V, at neon.GP) { s.store(v, at, t) })
	})
}

// repeat writes a loop over all kernel rows but some.
func (s *strip) repeat(but int, body func()) {
	s.Scope(func() {
		n := s.Load("kh")
		if but > 0 {
			s.I("SUB", neon.Imm(but), n)
		}
		middle := s.NewLabel("middle")
		s.Label(middle)
		body()
		s.I("SUB", "$1", n)
		s.I("CBNZ", n, middle)
	})
}

// prefetch fetches the input rows that the strip below adds to those of this one, at
// the columns of this tile; row is the first of them.
func (s *strip) prefetch(row neon.GP, t shape) {
	for r := range s.rows {
		for at := 0; at < t.across*t.bytes; at += 64 {
			s.I("PRFM", neon.Mem(row, at), "PLDL1KEEP")
		}
		if r < s.rows-1 {
			s.I("ADD", s.xs, row)
		}
	}
}

// planes writes a loop over the input planes, whose sums go on in the same registers;
// row is the current one's first.
func (s *strip) planes(row neon.GP, t shape, body func()) {
	s.Scope(func() {
		first, n := s.Copy(row), s.Load("in")
		plane := s.NewLabel("plane")
		s.Label(plane)
		s.repeat(0, body)
		if t.across > 1 {
			for at := 0; at < t.across*t.bytes; at += 64 {
				s.I("PRFM", neon.Mem(row, at), "PLDL1KEEP")
			}
		}
		apart := s.Load("apart")
		s.I("ADD", apart, first)
		s.I("MOVD", first, row)
		s.I("SUB", "$1", n)
		s.I("CBNZ", n, plane)
	})
}

// begin sets the sums to the bias, or to what stands in y already.
func (s *strip) begin(sums [][]neon.V, t shape) {
	fresh, ready := s.NewLabel("fresh"), s.NewLabel("ready")
	s.I("TBZ", "$0", s.mode, fresh)
	s.outputs(sums, func(v []neon.V, at neon.GP) { s.load(at, t, v) })
	s.I("B", ready)
	s.Label(fresh)
	if s.mixes {
		s.Scope(func() {
			bias := s.Load("bias")
			for r := range sums {
				s.LoadElement(s.Func, bias, r*s.Elem, sums[r][0])
			}
		})
		for r := range sums {
			s.fill(sums[r][0], sums[r])
		}
	} else {
		first := sums[0][0]
		s.I(neon.Pick(s.Set, "FMOVS", "FMOVD"), s.Param("bias"), first)
		for r := len(sums) - 1; r >= 0; r-- {
			s.fill(first, sums[r])
		}
	}
	s.Label(ready)
}

// fill broadcasts the first lane of from, which may be the first of to.
func (s *strip) fill(from neon.V, to []neon.V) {
	for c := len(to) - 1; c >= 0; c-- {
		s.Broadcast(s.Func, from, to[c])
	}
}

// outputs visits the tile's rows in y.
func (s *strip) outputs(sums [][]neon.V, visit func(v []neon.V, at neon.GP)) {
	s.Scope(func() {
		out := s.Copy(s.y)
		for r := range sums {
			visit(sums[r], out)
			if r < len(sums)-1 {
				s.I("ADD", s.ys, out)
			}
		}
	})
}
