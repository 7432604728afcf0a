package fits

import (
	"encoding/binary"
	"math/bits"

	"github.com/convkit/convkit/internal/imageio/raster"
)

// riceCode are the sizes of Rice's code for samples of some bytes. A block of
// differences begins with a field of that many bits, the number of low bits plus
// one: 0 says that all differences are 0, and highest+1 that they stand as they
// are (FITS standard 4.0, section 10.4.1; R. L. White).
type riceCode struct{ field, highest int }

var riceCodes = map[int]riceCode{1: {3, 6}, 2: {4, 14}, 4: {5, 25}}

var errRice = raster.BadData("the Rice data of a tile is damaged")

// unpackRice decodes n samples of size bytes, in blocks of block samples, and
// writes them with the high byte first. Differences are taken modulo the range of
// a sample. The smaller of two differences of one size is the negative one's
// neighbour: 0, -1, 1, -2, 2 are coded as 0, 1, 2, 3, 4.
func unpackRice(dst, packed []byte, n, size, block int) error {
	if len(packed) < size {
		return errRice
	}
	code := riceCodes[size]
	var last uint32
	for _, b := range packed[:size] {
		last = last<<8 | uint32(b)
	}
	r := bitReader{b: packed[size:]}
	for at := 0; at < n; at += block {
		low := int(r.bits(code.field)) - 1
		if low > code.highest || r.over {
			return errRice
		}
		for i := at; i < min(at+block, n); i++ {
			if low >= 0 {
				last += r.difference(low, code.highest, 8*size)
			}
			switch size {
			case 1:
				dst[i] = byte(last)
			case 2:
				binary.BigEndian.PutUint16(dst[2*i:], uint16(last))
			default:
				binary.BigEndian.PutUint32(dst[4*i:], last)
			}
		}
		if r.over {
			return errRice
		}
	}
	return nil
}

// bitReader reads bits, the high ones of a byte first. Beyond the end it gives
// zeros and sets over.
type bitReader struct {
	b    []byte
	held uint64 // the next bits, at its low end
	n    int    // how many
	over bool
}

// fill holds at least 32 bits, if there are so many.
func (r *bitReader) fill() {
	for r.n <= 56 && len(r.b) > 0 {
		r.held, r.b, r.n = r.held<<8|uint64(r.b[0]), r.b[1:], r.n+8
	}
}

// bits returns the next k bits, at most 32.
func (r *bitReader) bits(k int) uint32 {
	if r.n < k {
		if r.fill(); r.n < k {
			r.over = true
			return 0
		}
	}
	r.n -= k
	return uint32(r.held >> r.n & (1<<k - 1))
}

// difference reads one: its high part as so many zeros and a one, and low bits.
func (r *bitReader) difference(low, highest, width int) uint32 {
	var v uint32
	if low == highest {
		v = r.bits(width)
	} else {
		v = r.zeros()<<low | r.bits(low)
	}
	return v>>1 ^ -(v & 1)
}

// zeros counts zeros up to the next one, and skips that.
func (r *bitReader) zeros() uint32 {
	count := 0
	for {
		r.fill()
		if r.n == 0 {
			r.over = true
			return 0
		}
		z := bits.LeadingZeros64(r.held << (64 - r.n))
		if z < r.n {
			r.n -= z + 1
			return uint32(count + z)
		}
		count += r.n
		r.n = 0
	}
}
