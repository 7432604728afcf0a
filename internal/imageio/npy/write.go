package npy

import (
	"fmt"
	"strings"

	"github.com/convkit/convkit/internal/imageio/codec"
	"github.com/convkit/convkit/internal/imageio/raster"
)

var npyNames = map[raster.SampleType]string{raster.U8: "|u1", raster.U16LE: "<u2", raster.F32LE: "<f4", raster.F64LE: "<f8", raster.F32BE: ">f4", raster.F64BE: ">f8"}

// npyHead is a version 1 header, filled with blanks so that the numbers begin
// at a multiple of 64 bytes.
func npyHead(dims []int, e raster.SampleType) []byte {
	shape := ""
	for _, d := range dims {
		shape += fmt.Sprintf("%d, ", d)
	}
	if len(dims) > 1 {
		shape = strings.TrimSuffix(shape, ", ")
	}
	dict := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", npyNames[e], shape)
	const before = 10
	pad := 63 - (before+len(dict))%64
	dict += strings.Repeat(" ", pad) + "\n"
	return append([]byte{0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, byte(len(dict)), byte(len(dict) >> 8)}, dict...)
}

// NewEncoder writes an array. A stack has an axis of pages before the others.
func NewEncoder(r codec.Result) (codec.Encoder, error) {
	return codec.ArrayPages(r, func(bits int) codec.Array {
		float := raster.Native[float64]()
		if bits == 32 {
			float = raster.Native[float32]()
		}
		t := r.SampleType(float, raster.U16LE)
		return codec.Array{Type: t, Header: npyHead(r.AllDims(), t), Interleaved: r.Interleaved}
	}), nil
}
