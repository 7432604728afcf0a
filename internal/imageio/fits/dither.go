package fits

import (
	"encoding/binary"
	"math"
	"sync"

	"github.com/convkit/convkit/internal/imageio/raster"
)

// Floats that were quantised: value = zero + scale*(q - R + 1/2), where R is a
// random number that was added before rounding, or 1/2 without dither.

// Stored whole numbers that stand for no value, and under the second dither for an
// exact 0 (as cfitsio writes them; the standard's text swaps the two).
const (
	quantisedNaN  = -2147483647
	quantisedZero = -2147483646
)

// ditherLength is the length of the random sequence.
const ditherLength = 10000

// ditherSequence is the sequence of Park and Miller (a 16807, m 2^31-1, seed 1),
// over m, as float32 (FITS standard 4.0, section 10.2 and appendix I).
var ditherSequence = sync.OnceValue(func() *[ditherLength]float32 {
	const a, m = 16807, 1<<31 - 1
	r, seed := new([ditherLength]float32), int64(1)
	for i := range r {
		seed = a * seed % m
		r[i] = float32(float64(seed) / m)
	}
	return r
})

// dither walks through the sequence: from a place that the tile and the seed of
// the file give, and at its end from another place.
type dither struct {
	r        *[ditherLength]float32
	start, i int
}

// newDither returns the dither of a tile, counted from 0, under a seed of 1 to
// 10000.
func newDither(tile int64, seed int) *dither {
	d := &dither{r: ditherSequence(), start: int((tile + int64(seed) - 1) % ditherLength)}
	d.jump()
	return d
}

func (d *dither) jump() { d.i = int(d.r[d.start] * 500) }

func (d *dither) next() float64 {
	v := d.r[d.i]
	if d.i++; d.i == ditherLength {
		d.start = (d.start + 1) % ditherLength
		d.jump()
	}
	return float64(v)
}

// quantised says how the floats of a tile were made whole numbers.
type quantised struct {
	scale, zero float64
	blank       int32   // that stands for NaN
	dither      *dither // nil: none
	zeros       bool    // quantisedZero stands for 0
}

// restore replaces whole numbers of 32 bits, high byte first, by floats of type e,
// F32LE or F64LE. NaN and exact zeros use up a random number too.
func (q *quantised) restore(dst, src []byte, e raster.SampleType) {
	for i := range len(src) / 4 {
		v := int32(binary.BigEndian.Uint32(src[4*i:]))
		r := 0.5
		if q.dither != nil {
			r = q.dither.next()
		}
		f := float64((float64(v)-r+0.5)*q.scale) + q.zero // without fusing, as others compute it
		switch {
		case v == q.blank || v == quantisedNaN:
			f = math.NaN()
		case q.zeros && v == quantisedZero:
			f = 0
		}
		if e == raster.F32LE {
			binary.LittleEndian.PutUint32(dst[4*i:], math.Float32bits(float32(f)))
		} else {
			binary.LittleEndian.PutUint64(dst[8*i:], math.Float64bits(f))
		}
	}
}
