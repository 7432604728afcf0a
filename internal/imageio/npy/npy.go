// Package npy reads and writes arrays of NumPy. It is written here so that a
// large array stays in its file: the common Go packages read it into memory as a
// whole.
package npy

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"github.com/convkit/convkit/internal/imageio/codec"
	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/source"
)

// Read reads NumPy's format, versions 1 to 3: booleans, whole numbers and
// floats of both byte orders, in C and in Fortran order. The bytes stay as they
// are; order and type are only a way to look at them. But the rows of a large array
// in Fortran order are gathered (see columns).
func Read(in *source.Input) (*raster.Picture, error) {
	h, err := npyHeader(in)
	if err != nil {
		return nil, err
	}
	if in.Options.Layout == "hwc" && len(h.dims) == 4 {
		return nil, raster.BadOption("np.moveaxis(a, -1, 1) puts the planes of each image first; leave --layout away then", "%s: --layout hwc is for arrays of rank 3, not for a batch of rank 4", in.Name)
	}
	interleaved := in.Options.Layout == "hwc" && len(h.dims) == 3
	if interleaved {
		h.dims[0], h.dims[1], h.dims[2] = h.dims[2], h.dims[0], h.dims[1]
	}
	n, c, height, w, err := raster.ArrayDims(h.dims, in.Options.PixelLimit())
	if err != nil {
		return nil, err
	}
	size := h.elem.Size()
	mem, err := in.Body(n * c * height * w * size)
	if err != nil {
		return nil, err
	}
	m := raster.NewNumbers(mem, n, c, height, w, h.elem, len(h.dims))
	switch {
	case h.fortran && in.File != nil: // a row lies all over the file
		whole := source.Columns{Planes: 1, H: height, W: w, Size: n * c * size}
		if interleaved {
			whole.Planes, whole.Size = c, size
		} else {
			m.StrideN, m.StrideC, m.StrideX, m.StrideY = size, size*n, size*n*c, size*n*c*w
		}
		in.File, err = whole.ByRows(in)
		in.Base = 0
	case h.fortran && interleaved:
		m.StrideY, m.StrideX, m.StrideC = size, size*height, size*height*w
	case interleaved:
		m.StrideC, m.StrideX, m.StrideY = size, size*c, size*c*w
	case h.fortran:
		m.StrideN, m.StrideC, m.StrideY, m.StrideX = size, size*n, size*n*c, size*n*c*height
	}
	return m, err
}

// Describe returns the sizes of an array, the fastest last, and the type of its
// elements in NumPy's words, from its header.
func Describe(r io.Reader) (dims []int, kind string, err error) {
	var b [8]byte
	if _, err := io.ReadFull(r, b[:6]); err != nil {
		return nil, "", source.CutOff(err)
	}
	if string(b[:6]) != magic {
		return nil, "", raster.BadData("the content does not begin like npy")
	}
	h, err := npyHeader(io.MultiReader(bytes.NewReader(b[:6]), r))
	return h.dims, h.descr, err
}

type npyDescription struct {
	descr   string
	elem    raster.SampleType
	fortran bool
	dims    []int
}

const magic = "\x93NUMPY"

// maxNPYHeader is far above what any array of numbers needs, so that a false
// length costs nothing.
const maxNPYHeader = 1 << 16

func npyHeader(in io.Reader) (h npyDescription, err error) {
	var b [12]byte
	if _, err := io.ReadFull(in, b[:10]); err != nil {
		return h, err
	}
	n := int(binary.LittleEndian.Uint16(b[8:]))
	switch {
	case b[6] == 2 || b[6] == 3:
		if _, err := io.ReadFull(in, b[10:]); err != nil {
			return h, err
		}
		n = int(binary.LittleEndian.Uint32(b[8:]))
	case b[6] != 1:
		return h, fmt.Errorf("NPY version %d.%d is not known", b[6], b[7])
	}
	if n > maxNPYHeader {
		return h, fmt.Errorf("an NPY header of %d bytes", n)
	}
	text := make([]byte, n)
	if _, err := io.ReadFull(in, text); err != nil {
		return h, err
	}
	return parseNPYHeader(string(text))
}

var (
	npyDescr   = regexp.MustCompile(`['"]descr['"]\s*:\s*['"]([^'"]*)['"]`)
	npyFortran = regexp.MustCompile(`['"]fortran_order['"]\s*:\s*(True|False)`)
	npyShape   = regexp.MustCompile(`['"]shape['"]\s*:\s*\(([^()]*)\)`)
)

func parseNPYHeader(text string) (h npyDescription, err error) {
	descr, fortran, shape := npyDescr.FindStringSubmatch(text), npyFortran.FindStringSubmatch(text), npyShape.FindStringSubmatch(text)
	if descr == nil || fortran == nil || shape == nil {
		return h, fmt.Errorf("the NPY header does not tell descr (a plain type), fortran_order and shape: %.80q", text)
	}
	h.descr, h.fortran = descr[1], fortran[1] == "True"
	if h.elem, err = npyElem(descr[1]); err != nil {
		return h, err
	}
	for _, word := range strings.Split(shape[1], ",") {
		word = strings.TrimSuffix(strings.TrimSpace(word), "L")
		if word == "" {
			continue
		}
		d, err := strconv.Atoi(word)
		if err != nil || d < 0 {
			return h, fmt.Errorf("the NPY shape (%.40q) is not a list of sizes", shape[1])
		}
		h.dims = append(h.dims, d)
	}
	return h, nil
}

var npyElems = map[string][2]raster.SampleType{ // little-endian, big-endian
	"b1": {raster.Bool, raster.Bool}, "u1": {raster.U8, raster.U8}, "i1": {raster.I8, raster.I8},
	"u2": {raster.U16LE, raster.U16BE}, "i2": {raster.I16LE, raster.I16BE},
	"u4": {raster.U32LE, raster.U32BE}, "i4": {raster.I32LE, raster.I32BE},
	"u8": {raster.U64LE, raster.U64BE}, "i8": {raster.I64LE, raster.I64BE},
	"f2": {raster.F16LE, raster.F16BE}, "f4": {raster.F32LE, raster.F32BE}, "f8": {raster.F64LE, raster.F64BE},
}

func npyElem(descr string) (raster.SampleType, error) {
	if len(descr) == 3 && strings.IndexByte("<>|=", descr[0]) >= 0 {
		if pair, ok := npyElems[descr[1:]]; ok {
			if descr[0] == '>' {
				return pair[1], nil
			}
			return pair[0], nil
		}
	}
	return 0, fmt.Errorf("elements of type %q: convert them to float64 first", descr)
}

// Format is the entry of this format in the table of formats.
var Format = codec.Format{
	Name: "npy", Extensions: []string{".npy"},
	Holds: codec.Holds{
		Reads:  "1 byte to 8, float16 to float64",
		Kind:   raster.Numbers,
		Depths: []int{8, 16, 32, 64},
		Planes: true,
		Batch:  true,

		PlanesLast: true,

		NaN:    true,
		Binary: true,
		Sized:  true,
		Stack:  true,
	},
	Sniff:      codec.Magic(magic),
	Read:       Read,
	NewEncoder: NewEncoder,
}
