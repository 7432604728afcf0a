// Package pnm reads and writes the portable anymaps and float maps, which the Go
// standard library does not have.
package pnm

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/convkit/convkit/internal/imageio/codec"
	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/source"
)

// The portable anymaps: P1 to P6 with any maximum, which means 1, and the
// float maps PF and Pf, whose rows go from the bottom up.

// readPNM reads a bit, grey or colour map, as text or as bytes.
func readPNM(in *source.Input) (*raster.Picture, error) {
	p, h, w, err := header(in)
	if err != nil {
		return nil, err
	}
	bitmap := p.kind == '1' || p.kind == '4'
	full := 1
	if !bitmap {
		if full, err = p.integer("maximum", 65535); err != nil {
			return nil, err
		}
		if full == 0 {
			return nil, raster.BadData("the maximum is 0")
		}
	}
	channels := 1
	if p.kind == '3' || p.kind == '6' {
		channels = 3
	}
	depth, e := 8, raster.U8
	if full > 255 {
		depth, e = 16, raster.U16BE
	}
	n := h * w * channels
	var mem []byte
	if p.kind <= '4' {
		p.w, p.full = w, full
		mem, err = in.Gather(&p, n*e.Size())
	} else {
		mem, err = in.Body(n * e.Size())
	}
	if err != nil {
		return nil, err
	}
	m := raster.NewPixels(mem, h, w, channels, depth, e)
	m.Full = float64(full)
	if bitmap {
		m.Bits = 1
	}
	if isPNM("123456")(in.After(n * e.Size())) {
		m.Pictures = raster.SeveralPictures
	}
	return m, nil
}

// header reads what all maps begin with: P, the kind, the width and the height.
func header(in *source.Input) (p pnmReader, h, w int, err error) {
	var magic [2]byte
	if _, err := io.ReadFull(in, magic[:]); err != nil {
		return p, 0, 0, err
	}
	p = pnmReader{in: in, kind: magic[1]}
	if w, err = p.integer("width", math.MaxInt32); err != nil {
		return p, 0, 0, err
	}
	if h, err = p.integer("height", math.MaxInt32); err != nil {
		return p, 0, 0, err
	}
	return p, h, w, raster.CheckSize(in.Options.PixelLimit(), int64(h), int64(w))
}

type pnmReader struct {
	in   *source.Input
	kind byte // '1' to '6'

	w, full int  // of samples that are read by Read
	x       int  // in P4, the place in its row of the sample to come
	bits    byte // and the byte that holds it
	half    bool // the first byte of a sample is read, and not
	low     byte // the second
}

// integer reads a decimal number after blanks and comments, and the one blank
// that ends it.
func (p *pnmReader) integer(what string, max int) (int, error) {
	c, err := p.in.ReadByte()
	for err == nil && (codec.IsSpace(c) || c == '#') {
		if c == '#' {
			for err == nil && c != '\n' {
				c, err = p.in.ReadByte()
			}
			continue
		}
		c, err = p.in.ReadByte()
	}
	v, digits := 0, 0
	for err == nil && c >= '0' && c <= '9' && v <= max {
		v, digits = v*10+int(c-'0'), digits+1
		if p.kind == '1' && what == "sample" {
			return v, nil // the bits of a plain bitmap need no blanks
		}
		c, err = p.in.ReadByte()
	}
	if err != nil && !(err == io.EOF && what == "sample" && digits > 0) {
		return 0, err
	}
	if digits == 0 || v > max || err == nil && !codec.IsSpace(c) {
		return 0, raster.BadData("the %s is not a whole number up to %d", what, max)
	}
	return v, nil
}

// Read gives samples as a byte map would hold them, of those written as decimal
// numbers or, in P4, as bits, each row of which begins at a byte. In bitmaps 1 is
// black.
func (p *pnmReader) Read(b []byte) (n int, err error) {
	for ; n < len(b); n++ {
		if p.half { // of a sample of two bytes
			b[n], p.half = p.low, false
			continue
		}
		v := 0
		if p.kind == '4' {
			v, err = p.bit()
		} else {
			v, err = p.integer("sample", p.full)
		}
		if err != nil {
			return n, err
		}
		switch {
		case p.kind == '1' || p.kind == '4':
			b[n] = byte(1 - v)
		case p.full > 255:
			b[n], p.low, p.half = byte(v>>8), byte(v), true
		default:
			b[n] = byte(v)
		}
	}
	return n, nil
}

// bit is the next one of P4.
func (p *pnmReader) bit() (v int, err error) {
	if p.x%8 == 0 {
		if p.bits, err = p.in.ReadByte(); err != nil {
			return 0, err
		}
	}
	v = int(p.bits >> (7 - p.x%8) & 1)
	if p.x++; p.x == p.w {
		p.x = 0
	}
	return v, nil
}

// readPFM reads float32 rows, the last row first. The scale's sign tells the
// order of the bytes; its size is a unit of light and changes no number.
func readPFM(in *source.Input) (*raster.Picture, error) {
	p, h, w, err := header(in)
	if err != nil {
		return nil, err
	}
	scale, err := pfmScale(in.Reader)
	if err != nil {
		return nil, err
	}
	channels, e := 1, raster.F32BE
	if p.kind == 'F' {
		channels = 3
	}
	if scale < 0 {
		e = raster.F32LE
	}
	mem, err := in.Body(h * w * channels * 4)
	if err != nil {
		return nil, err
	}
	rank := 2
	if channels == 3 {
		rank = 3
	}
	m := raster.NewNumbers(mem, 1, channels, h, w, e, rank)
	m.StrideC, m.StrideX, m.StrideY = 4, 4*channels, -4*channels*w
	m.Offset = (h - 1) * w * channels * 4
	return m, nil
}

func pfmScale(r *bufio.Reader) (float64, error) {
	var word []byte
	for {
		c, err := r.ReadByte()
		if err != nil {
			return 0, source.CutOff(err)
		}
		if codec.IsSpace(c) && len(word) > 0 {
			break
		}
		if !codec.IsSpace(c) {
			word = append(word, c)
		}
		if len(word) > 40 {
			break
		}
	}
	v, err := strconv.ParseFloat(string(word), 64)
	if err != nil || v == 0 || v != v || math.IsInf(v, 0) {
		return 0, raster.BadData("the scale %.40q is not a number other than 0", word)
	}
	return v, nil
}

// pnmPacker writes a grey map (P5) or a colour map (P6): rows as they are.
type pnmEncoder struct{ codec.Result }

func (p *pnmEncoder) Begin(w io.Writer) error {
	kind := 5
	if p.Channels == 3 {
		kind = 6
	}
	_, err := fmt.Fprintf(w, "P%d\n%d %d\n%d\n", kind, p.W, p.H, int(p.Full))
	return err
}

func (p *pnmEncoder) Pack(_, _ int, rows []byte) (*codec.Segment, error) {
	return &codec.Segment{Data: rows}, nil
}

func (p *pnmEncoder) Add(w io.Writer, rows *codec.Segment) error {
	_, err := w.Write(rows.Data)
	return err
}

func (p *pnmEncoder) End(io.Writer) error { return nil }

// pfmHead is the header of a float map whose low bytes come first.
func pfmHead(r codec.Result) []byte {
	kind := "Pf"
	if r.Channels == 3 {
		kind = "PF"
	}
	return fmt.Appendf(nil, "%s\n%d %d\n-1.0\n", kind, r.W, r.H)
}

func newPNMEncoder(r codec.Result) (codec.Encoder, error) {
	return codec.Encoder{Segments: &pnmEncoder{r}, Rows: r.SegmentRows()}, nil
}

func newPFMEncoder(r codec.Result) (codec.Encoder, error) {
	a := codec.Array{Type: raster.F32LE, Header: pfmHead(r), Interleaved: true, BottomUp: true}
	return codec.Encoder{Array: func(int) codec.Array { return a }}, nil
}

// PGM is the line of the table of formats.
var PGM = codec.Format{
	Name: "pgm", Extensions: []string{".pgm"},
	Holds: codec.Holds{
		Reads:  "1 to 16 bits",
		Depths: []int{8, 16},
		AnyMax: true,
		Binary: true,
		Sized:  true,
	},
	Sniff:      isPNM("25"),
	Read:       readPNM,
	NewEncoder: newPNMEncoder,
}

// PBM is the line of the table of formats.
var PBM = codec.Format{
	Name: "pbm", Extensions: []string{".pbm"},
	Holds: codec.Holds{
		Reads:  "1 bit",
		Binary: true,
		Sized:  true,
	},
	Sniff: isPNM("14"),
	Read:  readPNM,
}

// PPM is the line of the table of formats.
var PPM = codec.Format{
	Name: "ppm", Extensions: []string{".ppm", ".pnm"},
	Holds: codec.Holds{
		Reads:  "1 to 16 bits",
		Depths: []int{8, 16},
		Colour: true,
		AnyMax: true,
		Binary: true,
		Sized:  true,
	},
	Sniff:      isPNM("36"),
	Read:       readPNM,
	NewEncoder: newPNMEncoder,
}

// PFM is the line of the table of formats.
var PFM = codec.Format{
	Name: "pfm", Extensions: []string{".pfm"},
	Holds: codec.Holds{
		Reads:  "float32",
		Kind:   raster.Numbers,
		Depths: []int{32},
		Colour: true,
		NaN:    true,
		Binary: true,
		Sized:  true,
	},
	Sniff:      isPNM("Ff"),
	Read:       readPFM,
	NewEncoder: newPFMEncoder,
}

// isPNM wants the blank after P5 too: text may begin with a P.
func isPNM(letters string) func([]byte) bool {
	return func(head []byte) bool {
		return len(head) > 2 && head[0] == 'P' && strings.IndexByte(letters, head[1]) >= 0 && codec.IsSpace(head[2])
	}
}
