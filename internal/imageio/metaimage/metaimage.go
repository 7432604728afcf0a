// Package metaimage reads and writes MetaImage files whose data is in the same file
// (.mha; itk.org, MetaIO).
package metaimage

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/klauspost/compress/zlib"

	"github.com/convkit/convkit/internal/imageio/codec"
	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/source"
	"github.com/convkit/convkit/internal/imageio/text"
)

// types are the words for the samples, with the low byte first and with the high
// byte first. MetaIO's long has four bytes.
var types = []struct {
	word        string
	little, big raster.SampleType
}{
	{"MET_UCHAR", raster.U8, raster.U8}, {"MET_CHAR", raster.I8, raster.I8},
	{"MET_USHORT", raster.U16LE, raster.U16BE}, {"MET_SHORT", raster.I16LE, raster.I16BE},
	{"MET_UINT", raster.U32LE, raster.U32BE}, {"MET_INT", raster.I32LE, raster.I32BE},
	{"MET_ULONG", raster.U32LE, raster.U32BE}, {"MET_LONG", raster.I32LE, raster.I32BE},
	{"MET_ULONG_LONG", raster.U64LE, raster.U64BE}, {"MET_LONG_LONG", raster.I64LE, raster.I64BE},
	{"MET_FLOAT", raster.F32LE, raster.F32BE}, {"MET_DOUBLE", raster.F64LE, raster.F64BE},
}

// header is the lines "Key = value".
type header struct {
	fields map[string]string
	lines  int
}

// read reads an array, the values of a pixel side by side.
func read(in *source.Input) (*raster.Picture, error) {
	h, err := readHeader(in)
	if err != nil {
		return nil, err
	}
	dims, err := h.dims()
	if err != nil {
		return nil, err
	}
	channels, err := h.number("ElementNumberOfChannels", 1)
	if err != nil {
		return nil, err
	}
	interleaved := channels > 1
	if k := len(dims); interleaved {
		if k < 2 {
			return nil, raster.BadData("pixels of %d values in one dimension", channels)
		}
		dims = append(append(slices.Clone(dims[:k-2]), channels), dims[k-2:]...)
	}
	n, c, height, w, err := raster.ArrayDims(dims, in.Options.PixelLimit())
	if err != nil {
		return nil, err
	}
	mem, e, err := h.data(in, n*c*height*w)
	if err != nil {
		return nil, err
	}
	m := raster.NewNumbers(mem, n, c, height, w, e, len(dims))
	if size := e.Size(); interleaved {
		m.StrideC, m.StrideX, m.StrideY = size, size*c, size*c*w
	}
	return m, nil
}

// readHeader reads lines up to ElementDataFile, which is the last.
func readHeader(in *source.Input) (h header, err error) {
	const most = 10000
	h = header{fields: map[string]string{}}
	for h.lines = 1; h.lines <= most; h.lines++ {
		b, err := in.ReadSlice('\n')
		if err != nil {
			return h, source.CutOff(err)
		}
		key, value, ok := strings.Cut(string(b), "=")
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		if !ok {
			return h, raster.BadText(h.lines, 1, "the line %.40q is not like NDims = 2", strings.TrimSpace(string(b)))
		}
		h.fields[key] = value
		if key == "ElementDataFile" {
			return h, h.check()
		}
	}
	return h, raster.BadData("a MetaImage header of more than %d lines", most)
}

// check refuses what is not read.
func (h header) check() error {
	if file := h.fields["ElementDataFile"]; !strings.EqualFold(file, "LOCAL") {
		e := raster.BadData("its numbers are in another file (%.80s)", file).(*raster.DataError)
		e.Hint = `save it as .mha, which has them inside: in Python, SimpleITK.WriteImage(SimpleITK.ReadImage("FILE.mhd"), "FILE.mha")`
		return e
	}
	if kind, ok := h.fields["ObjectType"]; ok && kind != "Image" {
		return raster.BadData("an object of the type %.40q is no image", kind)
	}
	if size, ok := h.fields["HeaderSize"]; ok && size != "0" {
		return raster.BadData("HeaderSize is %.40q; data behind the header is read", size)
	}
	return nil
}

func (h header) number(key string, otherwise int) (int, error) {
	word, ok := h.fields[key]
	if !ok {
		return otherwise, nil
	}
	n, err := strconv.Atoi(word)
	if err != nil || n < 1 {
		return 0, raster.BadData("%s is %.40q, not a whole number from 1", key, word)
	}
	return n, nil
}

// dims returns the sizes, the fastest last.
func (h header) dims() (dims []int, err error) {
	for _, word := range strings.Fields(h.fields["DimSize"]) {
		n, err := strconv.Atoi(word)
		if err != nil || n < 1 {
			return nil, raster.BadData("DimSize is %.40q, no whole numbers from 1", h.fields["DimSize"])
		}
		dims = append([]int{n}, dims...)
	}
	if want := h.fields["NDims"]; want != strconv.Itoa(len(dims)) {
		return nil, raster.BadData("NDims is %.20q, and DimSize has %d sizes", want, len(dims))
	}
	return dims, nil
}

func (h header) is(key string) bool { return strings.EqualFold(h.fields[key], "true") }

// data reads n samples: raw, packed by zlib, or as text.
func (h header) data(in *source.Input, n int) (mem []byte, e raster.SampleType, err error) {
	word := strings.TrimSuffix(h.fields["ElementType"], "_ARRAY")
	known := false
	for _, t := range types {
		if t.word == word {
			known, e = true, t.little
			if h.is("BinaryDataByteOrderMSB") || h.is("ElementByteOrderMSB") {
				e = t.big
			}
		}
	}
	if !known {
		return nil, e, raster.BadData("samples of the type %.40q are not read", word)
	}
	size := n * e.Size()
	switch {
	case h.fields["BinaryData"] != "" && !h.is("BinaryData"):
		mem, err = in.Gather(text.NewWords(in.Reader, h.lines+1, 0).Floats(n, nil), 8*n)
		return mem, raster.F64LE, err
	case h.is("CompressedData"):
		z, err := zlib.NewReader(in)
		if err != nil {
			return nil, e, err
		}
		mem, err = in.Gather(source.Ending(z, size), size)
		return mem, e, err
	}
	mem, err = in.Body(size)
	return mem, e, err
}

// newEncoder writes raw samples with the low byte first.
func newEncoder(r codec.Result) (codec.Encoder, error) {
	return codec.Encoder{Array: func(bits int) codec.Array {
		float := raster.F64LE
		if bits == 32 {
			float = raster.F32LE
		}
		t := r.SampleType(float, raster.U16LE)
		return codec.Array{Type: t, Header: head(r, t), Interleaved: r.Interleaved}
	}}, nil
}

func head(r codec.Result, e raster.SampleType) []byte {
	dims, channels := r.Dims, ""
	if r.Interleaved {
		channels = fmt.Sprintf("ElementNumberOfChannels = %d\n", r.Channels)
		dims = dims[:len(dims)-1]
	}
	sizes, word := "", ""
	for i := range dims {
		sizes += fmt.Sprintf(" %d", dims[len(dims)-1-i])
	}
	for _, t := range types {
		if t.little == e && word == "" {
			word = t.word
		}
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "ObjectType = Image\nNDims = %d\nBinaryData = True\nBinaryDataByteOrderMSB = False\nCompressedData = False\nDimSize =%s\n%sElementType = %s\nElementDataFile = LOCAL\n", len(dims), sizes, channels, word)
	return b.Bytes()
}

// sniff looks for the first key.
func sniff(head []byte) bool {
	for _, key := range []string{"ObjectType", "NDims"} {
		if rest, ok := bytes.CutPrefix(head, []byte(key)); ok && bytes.HasPrefix(bytes.TrimLeft(rest, " \t"), []byte("=")) {
			return true
		}
	}
	return false
}

// Format is the entry of this format in the table of formats.
var Format = codec.Format{
	Name: "mha", Extensions: []string{".mha"},
	Holds: codec.Holds{
		Reads:  "8 16 32 64 bits, float32, float64",
		Kind:   raster.Numbers,
		Depths: []int{8, 16, 32, 64},
		Planes: true,
		Batch:  true,

		PlanesLast: true,

		NaN:    true,
		Binary: true,
		Sized:  true,
	},
	Sniff:      sniff,
	Read:       read,
	NewEncoder: newEncoder,
}
