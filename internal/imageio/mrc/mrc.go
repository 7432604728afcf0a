// Package mrc reads and writes MRC2014 and CCP4 maps, as electron microscopy has
// them (Cheng et al., Journal of Structural Biology 192, 2015).
package mrc

import (
	"encoding/binary"
	"io"
	"math"

	"github.com/convkit/convkit/internal/imageio/codec"
	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/source"
)

const headerSize = 1024

// Places in the header.
const (
	atSizes    = 0   // columns, rows, sections
	atMode     = 12  // the type of a sample
	atGrid     = 28  // the sizes of the unit cell in samples
	atAxes     = 64  // which axis is x, y and z
	atRange    = 76  // smallest, largest, mean
	atExtended = 92  // the bytes of a further header
	atVersion  = 108 // of the standard
	atIMOD     = 152 // its stamp, and flags
	atMap      = 208 // the word "MAP "
	atMachine  = 212 // the order of bytes
	atRMS      = 216
)

const (
	imodStamp   = 1146047817
	imodSigned  = 1 // flag: bytes are signed
	version2014 = 20140
)

// modes are the types of samples, with the low byte first and with the high byte
// first.
var modes = map[int][2]raster.SampleType{
	0: {raster.I8, raster.I8}, 1: {raster.I16LE, raster.I16BE}, 2: {raster.F32LE, raster.F32BE},
	6: {raster.U16LE, raster.U16BE}, 12: {raster.F16LE, raster.F16BE},
}

// read reads all sections as planes, in the order of the file: the first row of
// the file is row 0.
func read(in *source.Input) (*raster.Picture, error) {
	var h [headerSize]byte
	if _, err := io.ReadFull(in, h[:]); err != nil {
		return nil, source.CutOff(err)
	}
	order, ok := byteOrder(h[:])
	if !ok {
		return nil, raster.BadData("the machine stamp %#x tells no order of bytes", h[atMachine:atMachine+2])
	}
	word := func(at int) int { return int(int32(order.Uint32(h[at:]))) }
	w, rows, sections, mode := word(atSizes), word(atSizes+4), word(atSizes+8), word(atMode)
	if err := raster.CheckSize(in.Options.PixelLimit(), int64(sections), int64(rows), int64(w)); err != nil {
		return nil, err
	}
	pair, ok := modes[mode]
	if !ok {
		return nil, raster.BadData("samples of mode %d are not read; 0, 1, 2, 6 and 12 are", mode)
	}
	e := pair[0]
	if order == binary.ByteOrder(binary.BigEndian) {
		e = pair[1]
	}
	if mode == 0 && word(atIMOD) == imodStamp && word(atIMOD+4)&imodSigned == 0 {
		e = raster.U8
	}
	extended := word(atExtended)
	if extended < 0 {
		return nil, raster.BadData("a further header of %d bytes", extended)
	}
	if _, err := io.CopyN(io.Discard, in, int64(extended)); err != nil {
		return nil, source.CutOff(err)
	}
	mem, err := in.Body(sections * rows * w * e.Size())
	if err != nil {
		return nil, err
	}
	rank := 2
	if sections > 1 {
		rank = 3
	}
	return raster.NewNumbers(mem, 1, sections, rows, w, e, rank), nil
}

func byteOrder(h []byte) (binary.ByteOrder, bool) {
	switch {
	case h[atMachine] == 0x44 && (h[atMachine+1] == 0x44 || h[atMachine+1] == 0x41):
		return binary.LittleEndian, true
	case h[atMachine] == 0x11 && h[atMachine+1] == 0x11:
		return binary.BigEndian, true
	}
	return nil, false
}

// sniff wants the word of the format and a known order of bytes: it stands far
// from the beginning.
func sniff(head []byte) bool {
	if len(head) < atMachine+4 || string(head[atMap:atMap+3]) != "MAP" {
		return false
	}
	_, ok := byteOrder(head)
	return ok
}

// newEncoder writes floats (mode 2), or pixels of 16 bits (mode 6), with the low
// byte first.
func newEncoder(r codec.Result) (codec.Encoder, error) {
	sections := 1
	for _, d := range r.Dims {
		sections *= d
	}
	sections /= r.H * r.W
	if len(r.Dims) > 3 {
		return codec.Encoder{}, raster.BadOption("npy holds it", "mrc has no place for an array of rank %d", len(r.Dims))
	}
	if r.Depth == 8 {
		return codec.Encoder{}, raster.BadOption("--depth 16", "mrc has no place for unsigned samples of 8 bits")
	}
	if max(r.H, r.W, sections) > math.MaxInt32 {
		return codec.Encoder{}, raster.BadOption("npy holds it", "mrc has no place for %dx%d", r.H, r.W)
	}
	a := codec.Array{Type: r.SampleType(raster.F32LE, raster.U16LE), Header: header(r, sections)}
	return codec.Encoder{Array: func(int) codec.Array { return a }}, nil
}

func header(r codec.Result, sections int) []byte {
	h := make([]byte, headerSize)
	le := binary.LittleEndian
	mode := 2
	if r.Depth > 0 {
		mode = 6
	}
	for i, v := range []int{r.W, r.H, sections} {
		le.PutUint32(h[atSizes+4*i:], uint32(v))
		le.PutUint32(h[atGrid+4*i:], uint32(v))
		le.PutUint32(h[atAxes+4*i:], uint32(i+1))
	}
	le.PutUint32(h[atMode:], uint32(mode))
	// The range is not known before the samples: a largest value below the smallest says so.
	for i, v := range []float32{0, -1, -2} {
		le.PutUint32(h[atRange+4*i:], math.Float32bits(v))
	}
	le.PutUint32(h[atRMS:], math.Float32bits(-1))
	le.PutUint32(h[atVersion:], version2014)
	copy(h[atMap:], "MAP ")
	copy(h[atMachine:], "\x44\x44")
	return h
}

// Format is the entry of this format in the table of formats.
var Format = codec.Format{
	Name: "mrc", Extensions: []string{".mrc", ".mrcs", ".map"},
	Holds: codec.Holds{
		Reads:  "modes 0 1 2 6 12",
		Kind:   raster.Numbers,
		Depths: []int{16, 32},
		Planes: true,
		NaN:    true,
		Binary: true,
		Sized:  true,
	},
	Sniff:      sniff,
	Read:       read,
	NewEncoder: newEncoder,
}
