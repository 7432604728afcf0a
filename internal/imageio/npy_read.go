package imageio

import (
	"encoding/binary"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
)

// readNPY reads NumPy's format, versions 1 to 3: booleans, whole numbers and
// floats of both byte orders, in C and in Fortran order. The bytes stay as they
// are; order and type are only a way to look at them. But the rows of a large array
// in Fortran order are gathered (see columns).
func readNPY(in *input) (*Image, error) {
	h, err := npyHeader(in)
	if err != nil {
		return nil, err
	}
	if in.o.Layout == "hwc" && len(h.dims) == 4 {
		return nil, badOption("np.moveaxis(a, -1, 1) puts the planes of each image first; leave --layout away then", "%s: --layout hwc is for arrays of rank 3, not for a batch of rank 4", in.name)
	}
	interleaved := in.o.Layout == "hwc" && len(h.dims) == 3
	if interleaved {
		h.dims[0], h.dims[1], h.dims[2] = h.dims[2], h.dims[0], h.dims[1]
	}
	n, c, height, w, err := arrayDims(h.dims, in.o.maxPixels())
	if err != nil {
		return nil, err
	}
	size := h.elem.size()
	mem, err := in.body(n * c * height * w * size)
	if err != nil {
		return nil, err
	}
	m := newNumbers(mem, n, c, height, w, h.elem, len(h.dims))
	switch {
	case h.fortran && in.file != nil: // a row lies all over the file
		whole := columns{planes: 1, h: height, w: w, n: n * c * size}
		if interleaved {
			whole.planes, whole.n = c, size
		} else {
			m.sn, m.sc, m.sx, m.sy = size, size*n, size*n*c, size*n*c*w
		}
		in.file, err = whole.byRows(in)
		in.base = 0
	case h.fortran && interleaved:
		m.sy, m.sx, m.sc = size, size*height, size*height*w
	case interleaved:
		m.sc, m.sx, m.sy = size, size*c, size*c*w
	case h.fortran:
		m.sn, m.sc, m.sy, m.sx = size, size*n, size*n*c, size*n*c*height
	}
	return m, err
}

type npyDescription struct {
	elem    elem
	fortran bool
	dims    []int
}

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
	h.fortran = fortran[1] == "True"
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

var npyElems = map[string][2]elem{ // little-endian, big-endian
	"b1": {elemBool, elemBool}, "u1": {elemU8, elemU8}, "i1": {elemI8, elemI8},
	"u2": {elemU16LE, elemU16BE}, "i2": {elemI16LE, elemI16BE},
	"u4": {elemU32LE, elemU32BE}, "i4": {elemI32LE, elemI32BE},
	"u8": {elemU64LE, elemU64BE}, "i8": {elemI64LE, elemI64BE},
	"f2": {elemF16LE, elemF16BE}, "f4": {elemF32LE, elemF32BE}, "f8": {elemF64LE, elemF64BE},
}

func npyElem(descr string) (elem, error) {
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
