package raster

// spreadBits gives each sample of 1, 2 or 4 bits a byte, stretched to 0..255
// where it is a grey.
func SpreadBits(dst, row []byte, bits int, stretch bool) {
	unit := byte(1)
	if stretch {
		unit = byte(255 / (1<<bits - 1))
	}
	mask := byte(1<<bits - 1)
	for x := range dst {
		at := x * bits
		dst[x] = row[at/8] >> (8 - bits - at%8) & mask * unit
	}
}

func WithStride(m *Picture, stride int) *Picture {
	m.StrideY, m.StrideN = stride, stride*m.H
	return m
}
