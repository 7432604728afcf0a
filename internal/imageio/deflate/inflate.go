package deflate

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/adler32"
	"io"
)

const (
	litBits  = 11 // of the first table of literals and lengths
	distBits = 9  // of the first table of distances
	maxBits  = 15 // of any code

	// Entries of the tables: in the low byte the bits to drop, then
	entryLiterals = 3 << 8  // how many literals stand in the upper half
	entryLength   = 1 << 10 // a length or a distance: its base in the upper half,
	entryExtra    = 11      // and its extra bits from here on (4 bits)
	entryEnd      = 1 << 15
	// Where none of these is set but the upper half is, it is the place of a
	// second table; 0 is no code at all.
)

// Room that Inflate needs, so that it need not look for an end at every byte.
const (
	InPad  = 32  // zeros after the input
	OutPad = 288 // bytes after the output
)

// Window is how far back a match can reach, in bytes.
const Window = 32 << 10

// ErrSum says that data was unpacked to something else than was packed.
var ErrSum = errors.New("the compressed data is damaged: its checksum is wrong")

var errDamaged = errors.New("the compressed data is damaged")

// inflater decodes in to out. It finds up to two literals by one look into a
// table.
type inflater struct {
	in   []byte // with InPad zeros behind
	out  []byte // with OutPad bytes behind
	size int    // of the output
	told func(n int)

	pos, n int // the next byte to load, and the bits loaded
	buf    uint64
	op     int // bytes written
	summed int // of them in the sum
	sum    uint32

	lengths [320]uint8
	lit     [1<<litBits + 288<<(maxBits-litBits)]uint32
	dist    [1<<distBits + 32<<(maxBits-distBits)]uint32
	single  [1 << litBits]uint32
}

// Inflate decodes a zlib stream (RFC 1950) that is whole in memory into out,
// which holds size bytes and OutPad more. packed must have InPad zeros behind it.
// It calls told now and then, and at the end, with the number of bytes that are
// there; only the last Window of them may still be read. Errors are
// io.ErrUnexpectedEOF for a stream that is cut off, and others for one that is
// damaged or holds more or less than size bytes.
func Inflate(out []byte, size int, packed []byte, told func(n int)) error {
	z := &inflater{in: packed, out: out, size: size, told: told, sum: 1}
	if len(packed)-InPad < 2 {
		return io.ErrUnexpectedEOF
	}
	head := binary.BigEndian.Uint16(packed)
	if head>>8&15 != 8 || head%31 != 0 || head&0x20 != 0 {
		return errDamaged
	}
	z.pos = 2
	for last := false; !last; {
		if err := z.refill(); err != nil {
			return err
		}
		last = z.take(1) == 1
		var err error
		switch z.take(2) {
		case 0:
			err = z.stored()
		case 1:
			if err = z.fixedTables(); err == nil {
				err = z.codes()
			}
		case 2:
			if err = z.readTables(); err == nil {
				err = z.codes()
			}
		default:
			err = errDamaged
		}
		if err != nil {
			return err
		}
	}
	return z.end()
}

// end checks the length and the sum.
func (z *inflater) end() error {
	z.tell()
	if z.op != z.size {
		return fmt.Errorf("the compressed data holds %d of %d bytes", z.op, z.size)
	}
	z.take(z.n & 7)
	at := z.pos - z.n/8
	if at+4 > len(z.in)-InPad {
		return io.ErrUnexpectedEOF
	}
	if binary.BigEndian.Uint32(z.in[at:]) != z.sum {
		return ErrSum
	}
	return nil
}

// tell adds what is new to the sum, and then lets others have it.
func (z *inflater) tell() {
	z.sum = JoinAdler(z.sum, adler32.Checksum(z.out[z.summed:z.op]), z.op-z.summed)
	z.summed = z.op
	z.told(z.op)
}

// refill makes sure of at least 56 bits.
func (z *inflater) refill() error {
	if z.pos > len(z.in)-InPad+8 {
		return io.ErrUnexpectedEOF
	}
	z.buf |= binary.LittleEndian.Uint64(z.in[z.pos:]) << (z.n & 63)
	z.pos += (63 - z.n) >> 3
	z.n |= 56
	return nil
}

// take removes n bits, of which there are enough.
func (z *inflater) take(n int) int {
	v := int(z.buf & (1<<n - 1))
	z.buf >>= n
	z.n -= n
	return v
}

// stored copies a block that is not compressed.
func (z *inflater) stored() error {
	z.take(z.n & 7)
	at := z.pos - z.n/8
	z.buf, z.n = 0, 0
	end := len(z.in) - InPad
	if at+4 > end {
		return io.ErrUnexpectedEOF
	}
	n := int(binary.LittleEndian.Uint16(z.in[at:]))
	if n^0xffff != int(binary.LittleEndian.Uint16(z.in[at+2:])) {
		return errDamaged
	}
	at += 4
	if at+n > end {
		return io.ErrUnexpectedEOF
	}
	if z.op+n > z.size {
		return errDamaged
	}
	copy(z.out[z.op:], z.in[at:at+n])
	z.op += n
	z.pos = at + n
	if z.op-z.summed >= Window {
		z.tell()
	}
	return nil
}

// codes decodes a block by the tables. It is one function, and its state is in
// local variables, so that they stay in registers.
func (z *inflater) codes() error {
	in, out := z.in, z.out
	pos, n, buf, op := z.pos, z.n, z.buf, z.op
	lit := z.lit[:]
	mark := z.summed + Window
	for {
		if op >= mark {
			if op > z.size {
				return errDamaged
			}
			z.op = op
			z.tell()
			mark = op + Window
		}
		if pos > len(in)-InPad+8 {
			return io.ErrUnexpectedEOF
		}
		buf |= binary.LittleEndian.Uint64(in[pos:]) << (n & 63)
		pos += (63 - n) >> 3
		n |= 56
		// Three looks take up to 33 bits of 56.
		e := lit[buf&(1<<litBits-1)]
		if e&entryLiterals != 0 {
			binary.LittleEndian.PutUint16(out[op:], uint16(e>>16))
			buf >>= e & 63
			n -= int(e & 63)
			op += int(e >> 8 & 3)
			e = lit[buf&(1<<litBits-1)]
			if e&entryLiterals != 0 {
				binary.LittleEndian.PutUint16(out[op:], uint16(e>>16))
				buf >>= e & 63
				n -= int(e & 63)
				op += int(e >> 8 & 3)
				e = lit[buf&(1<<litBits-1)]
				if e&entryLiterals != 0 {
					binary.LittleEndian.PutUint16(out[op:], uint16(e>>16))
					buf >>= e & 63
					n -= int(e & 63)
					op += int(e >> 8 & 3)
					if op > z.size {
						return errDamaged
					}
					continue
				}
			}
			buf |= binary.LittleEndian.Uint64(in[pos:]) << (n & 63)
			pos += (63 - n) >> 3
			n |= 56
		}
		if op > z.size {
			return errDamaged
		}
		if e&(entryLength|entryEnd) == 0 { // a second table, or no code
			if e == 0 {
				return errDamaged
			}
			e = lit[int(e>>16)+int(buf>>litBits&(1<<(maxBits-litBits)-1))]
			if e&entryLiterals != 0 {
				out[op] = byte(e >> 16)
				op++
				buf >>= e & 63
				n -= int(e & 63)
				continue
			}
			if e&(entryLength|entryEnd) == 0 {
				return errDamaged
			}
		}
		buf >>= e & 63
		n -= int(e & 63)
		if e&entryEnd != 0 {
			z.pos, z.n, z.buf, z.op = pos, n, buf, op
			return nil
		}
		extra := e >> entryExtra & 15
		length := int(e>>16) + int(buf&(1<<extra-1))
		buf >>= extra
		n -= int(extra)
		d := z.dist[buf&(1<<distBits-1)]
		if d&entryLength == 0 {
			if d == 0 {
				return errDamaged
			}
			d = z.dist[int(d>>16)+int(buf>>distBits&(1<<(maxBits-distBits)-1))]
			if d == 0 {
				return errDamaged
			}
		}
		buf >>= d & 63
		extra = d >> entryExtra & 15
		from := op - int(d>>16) - int(buf&(1<<extra-1))
		buf >>= extra
		n -= int(d&63) + int(extra)
		if from < 0 || op+length > z.size {
			return errDamaged
		}
		op = repeat(out, op, from, length)
	}
}

// repeat copies length bytes of out from an earlier place to op, byte after
// byte in effect: the two may overlap.
func repeat(out []byte, op, from, length int) int {
	end := op + length
	if op-from >= length {
		copy(out[op:end], out[from:op])
		return end
	}
	for op < end {
		op += copy(out[op:end], out[from:op])
	}
	return end
}
