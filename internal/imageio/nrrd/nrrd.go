// Package nrrd reads and writes nearly raw raster data with its header in the same
// file (teem.sourceforge.net/nrrd/format.html).
package nrrd

import (
	"bytes"
	"compress/bzip2"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/klauspost/compress/gzip"

	"github.com/convkit/convkit/internal/imageio/codec"
	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/source"
	"github.com/convkit/convkit/internal/imageio/text"
)

// types are the words for the samples, those of the standard first. Each has the
// sample with the low byte first, and with the high byte first.
var types = []struct {
	words       []string
	little, big raster.SampleType
}{
	{[]string{"uchar", "unsigned char", "uint8", "uint8_t"}, raster.U8, raster.U8},
	{[]string{"signed char", "int8", "int8_t"}, raster.I8, raster.I8},
	{[]string{"ushort", "unsigned short", "unsigned short int", "uint16", "uint16_t"}, raster.U16LE, raster.U16BE},
	{[]string{"short", "short int", "signed short", "signed short int", "int16", "int16_t"}, raster.I16LE, raster.I16BE},
	{[]string{"uint", "unsigned int", "uint32", "uint32_t"}, raster.U32LE, raster.U32BE},
	{[]string{"int", "signed int", "int32", "int32_t"}, raster.I32LE, raster.I32BE},
	{[]string{"ulonglong", "unsigned long long", "unsigned long long int", "uint64", "uint64_t"}, raster.U64LE, raster.U64BE},
	{[]string{"longlong", "long long", "long long int", "signed long long", "signed long long int", "int64", "int64_t"}, raster.I64LE, raster.I64BE},
	{[]string{"float"}, raster.F32LE, raster.F32BE},
	{[]string{"double"}, raster.F64LE, raster.F64BE},
}

// vectors are the kinds of a first axis that counts the values of a pixel.
var vectors = []string{"vector", "covariant-vector", "normal", "point", "list", "RGB-color", "RGBA-color", "HSV-color", "XYZ-color", "2-vector", "3-color", "3-vector", "4-color", "4-vector", "complex", "stub"}

// read reads an array. The first axis is the fastest: x, or the values of a pixel
// if its kind says so.
func read(in *source.Input) (*raster.Picture, error) {
	h, err := readHeader(in)
	if err != nil {
		return nil, err
	}
	e, err := h.sample()
	if err != nil {
		return nil, err
	}
	dims, err := h.dims()
	if err != nil {
		return nil, err
	}
	interleaved := len(dims) > 2 && slices.Contains(vectors, h.firstKind()) || len(dims) == 3 && in.Options.Layout == "hwc"
	if interleaved { // the fastest axis goes before rows and columns
		k := len(dims)
		dims = append(append(slices.Clone(dims[:k-3]), dims[k-1]), dims[k-3], dims[k-2])
	}
	n, c, height, w, err := raster.ArrayDims(dims, in.Options.PixelLimit())
	if err != nil {
		return nil, err
	}
	mem, e, err := h.data(in, n*c*height*w, e)
	if err != nil {
		return nil, err
	}
	m := raster.NewNumbers(mem, n, c, height, w, e, len(dims))
	if size := e.Size(); interleaved {
		m.StrideC, m.StrideX, m.StrideY = size, size*c, size*c*w
	}
	return m, nil
}

// header is the fields of a header, by their names in small letters.
type header struct {
	fields map[string]string
	lines  int
}

// readHeader reads lines up to an empty one. Those of keys and values say nothing
// about the array.
func readHeader(in *source.Input) (h header, err error) {
	const most = 10000
	h = header{fields: map[string]string{}}
	for h.lines = 1; h.lines <= most; h.lines++ {
		b, err := in.ReadSlice('\n')
		if err != nil {
			return h, source.CutOff(err)
		}
		line := strings.TrimRight(string(b), "\r\n")
		if line == "" {
			return h, nil
		}
		field, value, ok := strings.Cut(line, ": ")
		if !ok || line[0] == '#' || strings.Contains(field, ":=") {
			continue
		}
		field = strings.ReplaceAll(strings.ToLower(field), " ", "")
		if _, twice := h.fields[field]; twice {
			return h, raster.BadText(h.lines, 1, "a second field %q", field)
		}
		h.fields[field] = strings.TrimSpace(value)
	}
	return h, raster.BadData("an NRRD header of more than %d lines", most)
}

func (h header) sample() (raster.SampleType, error) {
	word, endian := strings.ToLower(h.fields["type"]), strings.ToLower(h.fields["endian"])
	for _, t := range types {
		if !slices.Contains(t.words, word) {
			continue
		}
		text := slices.Contains([]string{"ascii", "text", "txt"}, strings.ToLower(h.fields["encoding"]))
		switch {
		case endian == "big":
			return t.big, nil
		case endian != "little" && t.little.Size() > 1 && !text:
			return 0, raster.BadData("the endian is %.40q, neither little nor big", endian)
		}
		return t.little, nil
	}
	return 0, raster.BadData("samples of the type %.40q are not read", word)
}

// dims returns the sizes, the fastest last.
func (h header) dims() (dims []int, err error) {
	for _, word := range strings.Fields(h.fields["sizes"]) {
		n, err := strconv.Atoi(word)
		if err != nil || n < 1 {
			return nil, raster.BadData("the sizes are %.40q, no whole numbers from 1", h.fields["sizes"])
		}
		dims = append([]int{n}, dims...)
	}
	if want := h.fields["dimension"]; want != strconv.Itoa(len(dims)) {
		return nil, raster.BadData("the dimension is %.20q, and there are %d sizes", want, len(dims))
	}
	return dims, nil
}

func (h header) firstKind() string {
	words := strings.Fields(h.fields["kinds"])
	if len(words) == 0 {
		return ""
	}
	return words[0]
}

// data reads the samples, and returns their type in memory.
func (h header) data(in *source.Input, n int, e raster.SampleType) (mem []byte, as raster.SampleType, err error) {
	if file, ok := h.fields["datafile"]; ok {
		bad := raster.BadData("its numbers are in another file (%.80s)", file).(*raster.DataError)
		bad.Hint = "join them first: unu save -f nrrd -i FILE.nhdr -o FILE.nrrd"
		return nil, e, bad
	}
	if err := h.skip(in); err != nil {
		return nil, e, err
	}
	size := n * e.Size()
	switch encoding := strings.ToLower(h.fields["encoding"]); encoding {
	case "raw":
		mem, err = in.Body(size)
	case "ascii", "text", "txt":
		mem, err = in.Gather(text.NewWords(in.Reader, h.lines+1, 0).Floats(n, nil), 8*n)
		e = raster.F64LE
	case "gzip", "gz":
		var z *gzip.Reader
		if z, err = gzip.NewReader(in); err == nil {
			mem, err = in.Gather(source.Ending(z, size), size)
		}
	case "bzip2", "bz2":
		mem, err = in.Gather(source.Ending(bzip2.NewReader(in), size), size)
	default:
		err = raster.BadData("the encoding %.40q is not read; raw, ascii, gzip and bzip2 are", encoding)
	}
	return mem, e, err
}

// skip passes over the lines and bytes before the data.
func (h header) skip(in *source.Input) error {
	for _, field := range []string{"lineskip", "byteskip"} {
		word, ok := h.fields[field]
		if !ok {
			continue
		}
		n, err := strconv.Atoi(word)
		if err != nil || n < 0 {
			return raster.BadData("the %s is %.40q, not a whole number from 0", field, word)
		}
		if field == "byteskip" {
			_, err = io.CopyN(io.Discard, in, int64(n))
		}
		for range n {
			if field == "byteskip" || err != nil {
				break
			}
			if _, err = in.ReadSlice('\n'); err != nil {
				break
			}
		}
		if err != nil {
			return source.CutOff(err)
		}
	}
	return nil
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
	sizes, kinds := "", ""
	for i := range r.Dims {
		sizes += fmt.Sprintf(" %d", r.Dims[len(r.Dims)-1-i])
	}
	if r.Interleaved {
		kinds = "kinds: vector domain domain\n"
	}
	word := ""
	for _, t := range types {
		if t.little == e {
			word = t.words[0]
		}
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "NRRD0004\ntype: %s\ndimension: %d\nsizes:%s\n%sencoding: raw\nendian: little\n\n", word, len(r.Dims), sizes, kinds)
	return b.Bytes()
}

// Format is the entry of this format in the table of formats.
var Format = codec.Format{
	Name: "nrrd", Extensions: []string{".nrrd"},
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
	Sniff:      codec.Magic("NRRD000"),
	Read:       read,
	NewEncoder: newEncoder,
}
