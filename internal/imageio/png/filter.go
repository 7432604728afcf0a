package png

import (
	"encoding/binary"
	"math"
)

// The filters of PNG: each byte minus a guess from the byte to its left (a),
// above it (b), and left above (c).
const (
	filterNone = iota
	filterSub
	filterUp
	filterAverage
	filterPaeth
)

// filter puts the filter's number and the filtered bytes of n rows in a row.
// The first row of a segment does not know the one above it, so it is filtered
// by its own. The others take what is best on a sample of the segment's rows
// or, where every row shall have its own, on that row.
func (s *pngScratch) filter(rows []byte, n, rowBytes, pixel int, each bool) []byte {
	size := n * (rowBytes + 1)
	if cap(s.lines) < size {
		s.lines = make([]byte, size)
	}
	if cap(s.trial) < rowBytes {
		s.trial = make([]byte, rowBytes)
	}
	lines := s.lines[:size]
	row := func(y int) []byte { return rows[y*rowBytes : (y+1)*rowBytes] }
	kind := filterUp
	if n > 1 && !each {
		kind = s.best(n, pixel, row)
	}
	for y := range n {
		line := lines[y*(rowBytes+1):][:rowBytes+1]
		if y == 0 {
			line[0] = filterSub
			filterRow(filterSub, line[1:], row(0), nil, pixel)
			continue
		}
		if each {
			kind = s.cheapest(row(y), row(y-1), pixel)
		}
		line[0] = byte(kind)
		filterRow(kind, line[1:], row(y), row(y-1), pixel)
	}
	return lines
}

// sampleRows of a segment are tried.
const sampleRows = 6

// best gives the filter with the smallest entropy over some rows.
func (s *pngScratch) best(n, pixel int, row func(int) []byte) int {
	kind, least := filterUp, math.Inf(1)
	for k := filterNone; k <= filterPaeth; k++ {
		var count [256]int
		total := 0
		for i := range min(n-1, sampleRows) {
			y := 1 + i*(n-1)/sampleRows
			if n-1 <= sampleRows {
				y = 1 + i
			}
			t := s.trial[:len(row(y))]
			filterRow(k, t, row(y), row(y-1), pixel)
			for _, v := range t {
				count[v]++
			}
			total += len(t)
		}
		bits := 0.0
		for _, c := range count {
			if c > 0 {
				bits -= float64(c) * math.Log2(float64(c)/float64(total))
			}
		}
		if bits < least*0.995 { // simpler filters come first and are faster
			kind, least = k, bits
		}
	}
	return kind
}

// cheapest gives the filter with the smallest sum of magnitudes for one row.
func (s *pngScratch) cheapest(row, above []byte, pixel int) int {
	kind, least := filterUp, math.MaxInt
	t := s.trial[:len(row)]
	for _, k := range [...]int{filterUp, filterNone, filterSub, filterAverage, filterPaeth} {
		filterRow(k, t, row, above, pixel)
		if sum := magnitudes(t); sum < least {
			kind, least = k, sum
		}
	}
	return kind
}

// magnitudes sums the bytes as signed numbers without their signs, eight at a
// time: in each 16 bits of a sum there is room for 255 pairs.
func magnitudes(b []byte) int {
	const ones, evens = 0x0101010101010101, 0x00ff00ff00ff00ff
	total := 0
	for len(b) >= 8 {
		sums := uint64(0)
		n := min(len(b)/8, 255)
		for i := range n {
			v := binary.LittleEndian.Uint64(b[8*i:])
			negative := v >> 7 & ones
			v = (v ^ negative*255) + negative // -128 stays 128
			sums += v&evens + v>>8&evens
		}
		for ; sums > 0; sums >>= 16 {
			total += int(sums & 0xffff)
		}
		b = b[8*n:]
	}
	for _, v := range b {
		total += int(min(v, -v))
	}
	return total
}

// filterRow sets dst to the row less its guess.
func filterRow(kind int, dst, row, above []byte, pixel int) {
	switch kind {
	case filterNone:
		copy(dst, row)
	case filterSub:
		k := min(pixel, len(row))
		copy(dst[:k], row[:k])
		subtract(dst[k:], row[k:], row)
	case filterUp:
		subtract(dst, row, above)
	case filterAverage:
		k := min(pixel, len(row))
		for i := range k {
			dst[i] = row[i] - above[i]/2
		}
		subtractMean(dst[k:], row[k:], row, above[k:])
	case filterPaeth:
		for i := range min(pixel, len(row)) {
			dst[i] = row[i] - above[i]
		}
		for i := pixel; i < len(row); i++ {
			dst[i] = row[i] - paeth(row[i-pixel], above[i], above[i-pixel])
		}
	}
}

// subtract sets dst to a - b, byte by byte, eight at a time: with the high bit
// of each byte of a set and that of b clear no byte borrows from the next, and
// the high bits are put right afterwards.
func subtract(dst, a, b []byte) {
	const high = 0x8080808080808080
	n := len(dst)
	a, b = a[:n], b[:n]
	i := 0
	for ; i+8 <= n; i += 8 {
		x, y := binary.LittleEndian.Uint64(a[i:]), binary.LittleEndian.Uint64(b[i:])
		binary.LittleEndian.PutUint64(dst[i:], ((x|high)-(y&^high))^((x^^y)&high))
	}
	for ; i < n; i++ {
		dst[i] = a[i] - b[i]
	}
}

// subtractMean sets dst to a - (b+c)/2, byte by byte, eight at a time: the mean
// is what b and c have in common and half of where they differ.
func subtractMean(dst, a, b, c []byte) {
	const high = 0x8080808080808080
	n := len(dst)
	a, b, c = a[:n], b[:n], c[:n]
	i := 0
	for ; i+8 <= n; i += 8 {
		x, y, z := binary.LittleEndian.Uint64(a[i:]), binary.LittleEndian.Uint64(b[i:]), binary.LittleEndian.Uint64(c[i:])
		y = y&z + (y^z)>>1&^high
		binary.LittleEndian.PutUint64(dst[i:], ((x|high)-(y&^high))^((x^^y)&high))
	}
	for ; i < n; i++ {
		dst[i] = a[i] - uint8((int(b[i])+int(c[i]))/2)
	}
}

// paeth is the neighbour nearest to a + b - c; ties go to a, then b.
func paeth(a, b, c byte) byte {
	pa, pb := int(b)-int(c), int(a)-int(c)
	pc := pa + pb
	pa, pb, pc = max(pa, -pa), max(pb, -pb), max(pc, -pc)
	if pa <= pb && pa <= pc {
		return a
	}
	if pb <= pc {
		return b
	}
	return c
}
