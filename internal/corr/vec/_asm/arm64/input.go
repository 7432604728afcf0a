package main

import "github.com/convkit/convkit/internal/_asm/neon"

// inputRow adds one input row to the output rows lo to hi, which see it.
func (s *strip) inputRow(sums [][]neon.V, row, packed neon.GP, lo, hi int, t shape) {
	s.Scope(func() {
		at, n, dx := s.Copy(row), s.Load("kw"), s.Load("dx")
		in, taps := s.NewVs(t.across), s.newTaps()
		loop := s.NewLabel("column")
		s.Label(loop)
		s.load(at, t, in)
		s.loadTaps(packed, taps)
		for r := lo; r <= hi; r++ {
			v, lane := s.tap(taps, r)
			for c := range in {
				s.MulAddLane(s.Func, in[c], v, lane, sums[r][c])
			}
		}
		s.I("ADD", dx, at)
		s.Advance(s.rows*s.Elem, packed)
		s.I("SUB", "$1", n)
		s.I("CBNZ", n, loop)
		s.I("ADD", s.xs, row)
	})
}

// abreast adds a kernel of one row. Each output row sees an input row of its own, so all
// go along together: there are sums enough to hide the latency of an FMA, and each tap is
// loaded once. It is the one of the first output row.
func (s *strip) abreast(sums [][]neon.V, row, packed neon.GP, t shape) {
	s.Scope(func() {
		at := make([]neon.GP, s.rows)
		for r := range at {
			at[r] = s.Copy(row)
			s.I("ADD", s.xs, row)
		}
		n, dx := s.Load("kw"), s.Load("dx")
		in, tap := s.NewVs(t.across), s.NewV()
		loop := s.NewLabel("column")
		s.Label(loop)
		s.LoadElement(s.Func, packed, 0, tap)
		for r := range sums {
			s.load(at[r], t, in)
			for c := range in {
				s.MulAddLane(s.Func, in[c], tap, 0, sums[r][c])
			}
			s.I("ADD", dx, at[r])
		}
		s.Advance(s.rows*s.Elem, packed)
		s.I("SUB", "$1", n)
		s.I("CBNZ", n, loop)
	})
}

// newTaps takes registers for the taps of all output rows: vectors, and one for each
// power of two of what is left over.
func (s *strip) newTaps() []neon.V {
	n := s.rows / s.Lanes()
	for left := s.rows % s.Lanes(); left > 0; left &= left - 1 {
		n++
	}
	return s.NewVs(n)
}

// loadTaps reads as many taps as there are output rows and none beyond.
func (s *strip) loadTaps(from neon.GP, to []neon.V) {
	whole, left := s.rows/s.Lanes(), s.rows%s.Lanes()
	s.LoadAll(from, 0, to[:whole])
	at, rest := whole*neon.Width, to[whole:]
	if left >= 2 { // of four lanes
		s.I("FMOVD", neon.Mem(from, at), rest[0])
		at, rest, left = at+8, rest[1:], left-2
	}
	if left == 1 {
		s.LoadElement(s.Func, from, at, rest[0])
	}
}

// tap is where the tap of output row r stands.
func (s *strip) tap(taps []neon.V, r int) (v neon.V, lane int) {
	whole := s.rows / s.Lanes() * s.Lanes()
	if r < whole {
		return taps[r/s.Lanes()], r % s.Lanes()
	}
	rest := taps[whole/s.Lanes():]
	if r -= whole; (s.rows-whole)&2 != 0 && r >= 2 {
		return rest[1], r - 2
	}
	return rest[0], r
}
