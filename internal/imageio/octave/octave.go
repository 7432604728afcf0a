// Package octave reads the text files of GNU Octave's save: a matrix, dense or
// sparse, or an array of up to four dimensions.
package octave

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/convkit/convkit/internal/imageio/codec"
	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/source"
	"github.com/convkit/convkit/internal/imageio/text"
	"github.com/convkit/convkit/internal/memory"
)

// header is the lines "# key: value" before the data of a variable.
type header map[string]string

// read reads the only variable of a file.
func read(in *source.Input) (*raster.Picture, error) {
	h, line, err := readHeader(in)
	if err != nil {
		return nil, err
	}
	w := &variable{Words: text.NewWords(in.Reader, line, 0), header: h, name: h["name"]}
	switch kind := strings.TrimPrefix(h["type"], "global "); kind {
	case "scalar", "float scalar", "bool":
		return w.dense(in, 1, 1)
	case "matrix", "float matrix", "bool matrix",
		"int8 matrix", "int16 matrix", "int32 matrix", "int64 matrix", "uint8 matrix", "uint16 matrix", "uint32 matrix", "uint64 matrix":
		if _, ok := h["ndims"]; ok {
			return w.array(in)
		}
		rows, columns, err := w.sizes(in)
		if err != nil {
			return nil, err
		}
		return w.dense(in, rows, columns)
	case "sparse matrix", "sparse bool matrix":
		return w.sparse(in)
	default:
		e := raster.BadData("%s is an Octave %s, which is not read", w.name, kind).(*raster.DataError)
		e.Hint = `save a matrix of real numbers in Octave: save("-text", "FILE", "x")`
		return nil, e
	}
}

// readHeader reads lines of "# key: value", up to the first line of data.
func readHeader(in *source.Input) (h header, line int, err error) {
	const most = 64
	h = header{}
	for line = 1; line <= most; line++ {
		next, err := in.Peek(1)
		if err != nil {
			return nil, 0, source.CutOff(err)
		}
		if next[0] != '#' && next[0] != '\n' && next[0] != '\r' {
			return h, line, nil
		}
		b, err := in.ReadSlice('\n')
		if err != nil {
			return nil, 0, source.CutOff(err)
		}
		key, value, ok := strings.Cut(strings.Trim(string(b), "# \r\n"), ":")
		if _, twice := h[key]; ok && !twice {
			h[key] = strings.TrimSpace(value)
		} else if twice {
			return nil, 0, raster.BadText(line, 1, "a second %q before the data", key)
		}
	}
	return nil, 0, raster.BadData("an Octave header of more than %d lines", most)
}

// variable reads the numbers of one variable.
type variable struct {
	*text.Words
	header header
	name   string
}

// number reads a whole number of the header.
func (v *variable) number(key string) (int, error) {
	n, err := strconv.Atoi(v.header[key])
	if err != nil || n < 0 {
		return 0, raster.BadData("the header of %s has %.40q as its number of %s", v.name, v.header[key], key)
	}
	return n, nil
}

// sizes reads rows and columns and compares them with the limit.
func (v *variable) sizes(in *source.Input) (rows, columns int, err error) {
	if rows, err = v.number("rows"); err != nil {
		return 0, 0, err
	}
	if columns, err = v.number("columns"); err != nil {
		return 0, 0, err
	}
	return rows, columns, raster.CheckSize(in.Options.PixelLimit(), int64(rows), int64(columns))
}

// end explains what follows the numbers: most often another variable.
func (v *variable) end(err error) error {
	if bad, ok := err.(*raster.DataError); ok && strings.Contains(err.Error(), `"#"`) {
		bad.Err = fmt.Errorf("another variable follows %s; one is read", v.name)
		bad.Hint = `save one in Octave: save("-text", "FILE", "x")`
	}
	return err
}

// dense reads a matrix row after row.
func (v *variable) dense(in *source.Input, rows, columns int) (*raster.Picture, error) {
	mem, err := in.Gather(v.Floats(rows*columns, nil), rows*columns*8)
	if err != nil {
		return nil, v.end(err)
	}
	return raster.NewNumbers(mem, 1, 1, rows, columns, raster.F64LE, 2), nil
}

// array reads an array of several dimensions, the first of which, the rows, is the
// fastest. The third counts planes, the fourth images.
func (v *variable) array(in *source.Input) (*raster.Picture, error) {
	rank, err := v.number("ndims")
	if err != nil {
		return nil, err
	}
	if rank < 2 || rank > 4 {
		return nil, raster.BadData("%s has %d dimensions; images have 2 to 4", v.name, rank)
	}
	dims, sizes := [4]int{1, 1, 1, 1}, []int64{1, 1, 1, 1}
	for i := range rank {
		if dims[i], err = v.Int("size"); err != nil {
			return nil, err
		}
		sizes[i] = int64(dims[i])
	}
	if err := raster.CheckSize(in.Options.PixelLimit(), sizes...); err != nil {
		return nil, err
	}
	h, w, c, n := dims[0], dims[1], dims[2], dims[3]
	mem, err := in.Gather(v.Floats(n*c*h*w, nil), n*c*h*w*8)
	if err != nil {
		return nil, v.end(err)
	}
	p := raster.NewNumbers(mem, n, c, h, w, raster.F64LE, rank)
	if in.File == nil {
		p.StrideY, p.StrideX = 8, 8*h
		return p, nil
	}
	in.File, err = source.Columns{Planes: n * c, H: h, W: w, Size: 8}.ByRows(in)
	in.Base = 0
	return p, err
}

// sparse reads the row, column and value of each entry that is not 0.
func (v *variable) sparse(in *source.Input) (*raster.Picture, error) {
	rows, columns, err := v.sizes(in)
	if err != nil {
		return nil, err
	}
	entries, err := v.number("nnz")
	if err != nil {
		return nil, err
	}
	if err := memory.Need(memory.Times(rows, columns, 8), "a matrix of %dx%d", rows, columns); err != nil {
		return nil, err
	}
	values := make([]float64, rows*columns)
	for range entries {
		var at [2]int
		for i, n := range []int{rows, columns} {
			if at[i], err = v.Int("place of an entry"); err != nil {
				return nil, err
			}
			if at[i] < 1 || at[i] > n {
				return nil, v.Bad("the place %d is not between 1 and %d", at[i], n)
			}
		}
		if values[(at[0]-1)*columns+at[1]-1], err = v.Float(); err != nil {
			return nil, err
		}
	}
	if err := v.end(v.End()); err != nil {
		return nil, err
	}
	return raster.NewNumbers(raster.BytesOf(values), 1, 1, rows, columns, raster.Native[float64](), 2), nil
}

// sniff looks for the lines "# name:" and "# type:", behind the line that says
// when Octave made the file.
func sniff(head []byte) bool {
	if !bytes.HasPrefix(head, []byte("# ")) {
		return false
	}
	if line, rest, ok := bytes.Cut(head, []byte("\n")); ok && bytes.HasPrefix(line, []byte("# Created by Octave")) {
		head = rest
	}
	name, rest, ok := bytes.Cut(head, []byte("\n"))
	return ok && bytes.HasPrefix(name, []byte("# name: ")) && bytes.HasPrefix(rest, []byte("# type: "))
}

// Format is the entry of this format in the table of formats.
var Format = codec.Format{
	Name: "octave", Extensions: []string{".octave"},
	Holds: codec.Holds{
		Reads:  "text, dense or sparse",
		Kind:   raster.Numbers,
		Planes: true,
		Batch:  true,
		NaN:    true,
	},
	Sniff: sniff,
	Read:  read,
}
