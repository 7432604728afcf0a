package png

import "encoding/binary"

// unfilter restores a row in place from the one above it, nil for the first,
// and reports whether the filter is known.
func unfilter(kind int, row, above []byte, pixel int) bool {
	switch kind {
	case filterNone:
	case filterSub:
		for i := pixel; i < len(row); i++ {
			row[i] += row[i-pixel]
		}
	case filterUp:
		if above != nil {
			add(row, above)
		}
	case filterAverage:
		unfilterAverage(row, above, pixel)
	case filterPaeth:
		unfilterPaeth(row, above, pixel)
	default:
		return false
	}
	return true
}

// add sets dst to dst + b, byte by byte, eight at a time: the high bits are
// kept out of the sum, so that none carries into the next byte.
func add(dst, b []byte) {
	const high = 0x8080808080808080
	b = b[:len(dst)]
	i := 0
	for ; i+8 <= len(dst); i += 8 {
		x, y := binary.LittleEndian.Uint64(dst[i:]), binary.LittleEndian.Uint64(b[i:])
		binary.LittleEndian.PutUint64(dst[i:], ((x&^high)+(y&^high))^((x^y)&high))
	}
	for ; i < len(dst); i++ {
		dst[i] += b[i]
	}
}

func unfilterAverage(row, above []byte, pixel int) {
	if above == nil {
		for i := pixel; i < len(row); i++ {
			row[i] += row[i-pixel] / 2
		}
		return
	}
	for i := range min(pixel, len(row)) {
		row[i] += above[i] / 2
	}
	for i := pixel; i < len(row); i++ {
		row[i] += uint8((int(row[i-pixel]) + int(above[i])) / 2)
	}
}

func unfilterPaeth(row, above []byte, pixel int) {
	if above == nil { // b and c are 0, and a is the nearest
		for i := pixel; i < len(row); i++ {
			row[i] += row[i-pixel]
		}
		return
	}
	above = above[:len(row)]
	for k := range min(pixel, len(row)) {
		a := row[k] + above[k]
		row[k] = a
		c := int(above[k])
		left := int(a)
		for i := k + pixel; i < len(row); i += pixel {
			b := int(above[i])
			pa, pb := b-c, left-c
			pc := pa + pb
			pa, pb, pc = max(pa, -pa), max(pb, -pb), max(pc, -pc)
			guess := c
			if pb <= pc {
				guess = b
			}
			if pa <= pb && pa <= pc {
				guess = left
			}
			v := row[i] + byte(guess)
			row[i] = v
			left, c = int(v), b
		}
	}
}
