package deflate

import (
	"encoding/binary"
	"slices"
)

// bitWriter appends bits, the first lowest in its byte.
type bitWriter struct {
	b   []byte
	buf uint64
	n   uint
}

// put appends n bits, at most 32.
func (w *bitWriter) put(v uint64, n uint8) {
	w.buf |= v << w.n
	w.n += uint(n)
	if w.n >= 32 {
		w.b = binary.LittleEndian.AppendUint32(w.b, uint32(w.buf))
		w.buf >>= 32
		w.n -= 32
	}
}

// align fills up to a whole byte.
func (w *bitWriter) align() {
	for w.n = (w.n + 7) &^ 7; w.n > 0; w.n -= 8 {
		w.b = append(w.b, byte(w.buf))
		w.buf >>= 8
	}
	w.buf = 0
}

// makeCodes makes codes for the tokens, and takes their lengths as the prices
// from now on.
func (d *Packer) makeCodes() {
	d.lits[256] = 1
	lits, dists := d.lengths[:286], d.lengths[286:]
	huffman(d.lits[:], maxBits, lits)
	huffman(d.dists[:], maxBits, dists)
	prefixCodes(lits, d.codes[:])
	prefixCodes(dists, d.distCodes[:])
	d.reprice(lits, dists)
}

// block writes the tokens in their codes.
func (d *Packer) block() {
	litLengths, distLengths := d.lengths[:286], d.lengths[286:]
	d.blockHead(litLengths, distLengths)
	w := &d.out
	for _, t := range d.tokens {
		if t < matchToken {
			w.put(uint64(d.codes[t]), litLengths[t])
			continue
		}
		length, dist := int(t>>16&0xff)+3, int(t&0xffff)+1
		s := lengthSymbol[length]
		w.put(uint64(d.codes[257+int(s)]), litLengths[257+int(s)])
		w.put(uint64(length-int(lengthBase[s])), lengthExtra[s])
		k := distSymbol(dist)
		w.put(uint64(d.distCodes[k]), distLengths[k])
		w.put(uint64(dist-int(distBase[k])), distExtra[k])
	}
	w.put(uint64(d.codes[256]), litLengths[256])
}

// reprice takes the prices of the next block from the codes of this one;
// symbols that did not occur cost much.
func (d *Packer) reprice(lits, dists []uint8) {
	bits := func(n uint8) uint32 {
		if n == 0 {
			n = 13
		}
		return uint32(n) * costUnit
	}
	for v := range d.literal {
		d.literal[v] = bits(lits[v])
	}
	for l := 3; l <= maxMatch; l++ {
		s := lengthSymbol[l]
		d.length[l] = bits(min(lits[257+int(s)], 11)) + uint32(lengthExtra[s])*costUnit
	}
	for s := range d.distance {
		d.distance[s] = bits(min(dists[s], 9)) + uint32(distExtra[s])*costUnit
	}
	d.cheapest = slices.Min(d.length[3:]) + slices.Min(d.distance[:])
}

// blockHead writes the beginning of a block of type 2: the lengths of all
// codes, in a code of their own.
func (d *Packer) blockHead(lits, dists []uint8) {
	trim := func(l []uint8, least int) []uint8 {
		for len(l) > least && l[len(l)-1] == 0 {
			l = l[:len(l)-1]
		}
		return l
	}
	lits, dists = trim(lits, 257), trim(dists, 1)
	all := append(append(make([]uint8, 0, 316), lits...), dists...)
	runs := lengthRuns(all)
	var freq [19]uint32
	for _, r := range runs {
		freq[r.symbol]++
	}
	var lengths [19]uint8
	var codes [19]uint16
	huffman(freq[:], 7, lengths[:])
	prefixCodes(lengths[:], codes[:])
	n := 19
	for n > 4 && lengths[codeOrder[n-1]] == 0 {
		n--
	}
	w := &d.out
	w.put(2<<1, 3)
	w.put(uint64(len(lits)-257), 5)
	w.put(uint64(len(dists)-1), 5)
	w.put(uint64(n-4), 4)
	for _, s := range codeOrder[:n] {
		w.put(uint64(lengths[s]), 3)
	}
	for _, r := range runs {
		w.put(uint64(codes[r.symbol]), lengths[r.symbol])
		w.put(uint64(r.extra), runBits[r.symbol])
	}
}

// runBits are the extra bits of the symbols for runs.
var runBits = [19]uint8{16: 2, 17: 3, 18: 7}

type lengthRun struct{ symbol, extra uint8 }

// lengthRuns writes lengths as symbols: 16 repeats the last one 3 to 6 times, 17
// and 18 stand for 3 to 10 and 11 to 138 zeros.
func lengthRuns(all []uint8) (runs []lengthRun) {
	for i := 0; i < len(all); {
		v, n := all[i], 1
		for i+n < len(all) && all[i+n] == v {
			n++
		}
		i += n
		if v != 0 {
			runs = append(runs, lengthRun{symbol: v})
			n--
		}
		for n >= 3 {
			switch {
			case v != 0:
				k := min(n, 6)
				runs, n = append(runs, lengthRun{16, uint8(k - 3)}), n-k
			case n <= 10:
				runs, n = append(runs, lengthRun{17, uint8(n - 3)}), 0
			default:
				k := min(n, 138)
				runs, n = append(runs, lengthRun{18, uint8(k - 11)}), n-k
			}
		}
		for range n {
			runs = append(runs, lengthRun{symbol: v})
		}
	}
	return runs
}
