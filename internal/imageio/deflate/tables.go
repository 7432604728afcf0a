package deflate

import "math/bits"

// Lengths and distances of RFC 1951, section 3.2.5: the base and the number of
// extra bits of each symbol.
var (
	lengthBase  = [29]uint16{3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258}
	lengthExtra = [29]uint8{0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0}
	distBase    = [30]uint16{1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577}
	distExtra   = [30]uint8{0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13}
	codeOrder   = [19]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}
)

// fixedTables are those of a block of type 1.
func (z *inflater) fixedTables() error {
	for i := range 288 {
		switch {
		case i < 144:
			z.lengths[i] = 8
		case i < 256:
			z.lengths[i] = 9
		case i < 280:
			z.lengths[i] = 7
		default:
			z.lengths[i] = 8
		}
	}
	for i := range 32 {
		z.lengths[288+i] = 5
	}
	return z.tables(288, 32)
}

// readTables reads the codes of a block of type 2, which are themselves
// written in a code.
func (z *inflater) readTables() error {
	if err := z.refill(); err != nil {
		return err
	}
	nLit, nDist, nCode := z.take(5)+257, z.take(5)+1, z.take(4)+4
	if nLit > 286 || nDist > 30 {
		return errDamaged
	}
	var lengths [19]uint8
	for i := range nCode {
		if err := z.refill(); err != nil {
			return err
		}
		lengths[codeOrder[i]] = uint8(z.take(3))
	}
	var table [1 << 7]uint32
	if err := fillTable(table[:], 7, 7, lengths[:], func(s int) uint32 { return 1<<8 | uint32(s)<<16 }); err != nil {
		return err
	}
	last := uint8(0)
	for i := 0; i < nLit+nDist; {
		if err := z.refill(); err != nil {
			return err
		}
		e := table[z.buf&127]
		if e == 0 {
			return errDamaged
		}
		z.take(int(e & 63))
		value, times := uint8(0), 1
		switch s := e >> 16; {
		case s < 16:
			value = uint8(s)
		case s == 16:
			if i == 0 {
				return errDamaged
			}
			value, times = last, 3+z.take(2)
		case s == 17:
			times = 3 + z.take(3)
		default:
			times = 11 + z.take(7)
		}
		if i+times > nLit+nDist {
			return errDamaged
		}
		for range times {
			z.lengths[i] = value
			i++
		}
		last = value
	}
	return z.tables(nLit, nDist)
}

// tables fills both tables from nLit and nDist code lengths.
func (z *inflater) tables(nLit, nDist int) error {
	err := fillTable(z.lit[:], litBits, maxBits, z.lengths[:nLit], func(s int) uint32 {
		switch {
		case s < 256:
			return 1<<8 | uint32(s)<<16
		case s == 256:
			return entryEnd
		case s < 286:
			return entryLength | uint32(lengthExtra[s-257])<<entryExtra | uint32(lengthBase[s-257])<<16
		}
		return 0
	})
	if err != nil {
		return err
	}
	z.pairs()
	return fillTable(z.dist[:], distBits, maxBits, z.lengths[nLit:nLit+nDist], func(s int) uint32 {
		if s >= len(distBase) {
			return 0
		}
		return entryLength | uint32(distExtra[s])<<entryExtra | uint32(distBase[s])<<16
	})
}

// pairs puts a second literal into each entry of one whose remaining bits hold
// it whole.
func (z *inflater) pairs() {
	copy(z.single[:], z.lit[:])
	for i := range z.single {
		a := z.single[i]
		used := a & 63
		if a&entryLiterals == 0 {
			continue
		}
		b := z.single[uint(i)>>used]
		if b&entryLiterals == 0 || used+b&63 > litBits {
			continue
		}
		z.lit[i] = used + b&63 | 2<<8 | a&0xff0000 | b&0xff0000<<8
	}
}

// fillTable makes the table of a canonical code: each entry for the bits that
// come next, lowest first; codes longer than first bits go through second
// tables of the bits up to longest. A code must be complete, but one of a
// single symbol and one of none may be cut short.
func fillTable(table []uint32, first, longest int, lengths []uint8, entry func(symbol int) uint32) error {
	clear(table)
	var count, next [maxBits + 2]int
	for _, n := range lengths {
		count[n]++
	}
	used := len(lengths) - count[0]
	count[0] = 0
	left := 1
	for n := 1; n <= longest; n++ {
		left = left<<1 - count[n]
		if left < 0 {
			return errDamaged
		}
		next[n+1] = (next[n] + count[n]) << 1
	}
	if left > 0 && !(used == 0 || used == 1 && count[1] == 1) {
		return errDamaged
	}
	second := 1 << first
	for s, n := range lengths {
		if n == 0 {
			continue
		}
		code := int(bits.Reverse16(uint16(next[n])) >> (16 - n))
		next[n]++
		e := entry(s)
		if e == 0 {
			continue // a symbol that must not be used
		}
		e |= uint32(n)
		if int(n) <= first {
			for i := code; i < 1<<first; i += 1 << n {
				table[i] = e
			}
			continue
		}
		p := &table[code&(1<<first-1)]
		if *p == 0 {
			*p = uint32(second)<<16 | uint32(first)
			second += 1 << (longest - first)
		}
		sub := table[*p>>16:][:1<<(longest-first)]
		for i := code >> first; i < len(sub); i += 1 << (int(n) - first) {
			sub[i] = e
		}
	}
	return nil
}
