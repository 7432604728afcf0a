package pnm

import (
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/convkit/convkit/internal/imageio/codec"
	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/source"
)

// tuples are the kinds of pixels that a PAM may name, and their channels.
var tuples = map[string]int{
	"BLACKANDWHITE": 1, "GRAYSCALE": 1, "RGB": 3,
	"BLACKANDWHITE_ALPHA": 2, "GRAYSCALE_ALPHA": 2, "RGB_ALPHA": 4,
}

// pamHeader is what the lines before ENDHDR say.
type pamHeader struct{ w, h, channels, full int }

// readPAM reads grey or colours, with or without alpha, of any maximum. What is
// not named has alpha where it has two or four channels.
func readPAM(in *source.Input) (*raster.Picture, error) {
	h, err := readPAMHeader(in)
	if err != nil {
		return nil, err
	}
	if err := raster.CheckSize(in.Options.PixelLimit(), int64(h.h), int64(h.w)); err != nil {
		return nil, err
	}
	depth, e := 8, raster.U8
	if h.full > 255 {
		depth, e = 16, raster.U16BE
	}
	n := h.h * h.w * h.channels * e.Size()
	var mem []byte
	if h.channels%2 == 0 { // alpha is held in memory
		mem, err = source.ReadBytes(in, n)
	} else {
		mem, err = in.Body(n)
	}
	if err != nil {
		return nil, err
	}
	m := raster.NewPixels(mem, h.h, h.w, h.channels, depth, e)
	m.Full = float64(h.full)
	if h.full == 1 {
		m.Bits = 1
	}
	if codec.Magic("P7\n")(in.After(n)) {
		m.Pictures = raster.SeveralPictures
	}
	return m, nil
}

func readPAMHeader(in *source.Input) (h pamHeader, err error) {
	kind := ""
	fields := map[string]struct {
		to   *int
		most int
	}{"WIDTH": {&h.w, math.MaxInt32}, "HEIGHT": {&h.h, math.MaxInt32}, "DEPTH": {&h.channels, math.MaxInt32}, "MAXVAL": {&h.full, 65535}}
	const most = 1000
	for n := range most {
		b, err := in.ReadSlice('\n')
		if err != nil {
			return h, source.CutOff(err)
		}
		line := strings.TrimSpace(string(b))
		key, value, _ := strings.Cut(line, " ")
		value = strings.TrimSpace(value)
		switch f, known := fields[key]; {
		case n == 0 || line == "" || line[0] == '#': // P7
		case key == "ENDHDR":
			return h, h.check(kind)
		case key == "TUPLTYPE":
			kind = strings.TrimSpace(kind + " " + value)
		case known:
			if *f.to, err = strconv.Atoi(value); err != nil || *f.to < 1 || *f.to > f.most {
				return h, raster.BadData("%s is %.40q, not a whole number from 1 to %d", key, value, f.most)
			}
		default:
			return h, raster.BadData("the line %.40q of the header is not known", line)
		}
	}
	return h, raster.BadData("a PAM header of more than %d lines", most)
}

func (h pamHeader) check(kind string) error {
	if h.w == 0 || h.h == 0 || h.channels == 0 || h.full == 0 {
		return raster.BadData("the header lacks WIDTH, HEIGHT, DEPTH or MAXVAL")
	}
	want, known := tuples[kind]
	switch {
	case kind == "" && h.channels > 4:
		return raster.BadData("DEPTH is %d; pictures have 1 to 4 channels", h.channels)
	case kind == "":
	case !known:
		e := raster.BadData("pixels of the kind %.40q are not read", kind).(*raster.DataError)
		e.Hint = "read are " + strings.Join(slices.Sorted(maps.Keys(tuples)), ", ")
		return e
	case want != h.channels:
		return raster.BadData("DEPTH is %d, but %s has %d channels", h.channels, kind, want)
	}
	return nil
}

// pamEncoder writes rows as they are.
type pamEncoder struct{ pnmEncoder }

func (p *pamEncoder) Begin(w io.Writer) error {
	kind := map[int]string{1: "GRAYSCALE", 2: "GRAYSCALE_ALPHA", 3: "RGB", 4: "RGB_ALPHA"}[p.Channels]
	_, err := fmt.Fprintf(w, "P7\nWIDTH %d\nHEIGHT %d\nDEPTH %d\nMAXVAL %d\nTUPLTYPE %s\nENDHDR\n", p.W, p.H, p.Channels, int(p.Full), kind)
	return err
}

func newPAMEncoder(r codec.Result) (codec.Encoder, error) {
	return codec.Encoder{Segments: &pamEncoder{pnmEncoder{r}}, Rows: r.SegmentRows()}, nil
}

// PAM is the line of the table of formats.
var PAM = codec.Format{
	Name: "pam", Extensions: []string{".pam"},
	Holds: codec.Holds{
		Reads:  "1 to 16 bits",
		Depths: []int{8, 16},
		Colour: true,
		Alpha:  true,
		AnyMax: true,
		Binary: true,
		Sized:  true,
	},
	Sniff:      codec.Magic("P7\n"),
	Read:       readPAM,
	NewEncoder: newPAMEncoder,
}
