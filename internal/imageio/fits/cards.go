package fits

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/convkit/convkit/internal/imageio/codec"
	"github.com/convkit/convkit/internal/imageio/raster"
)

// lazy compiles an expression when it is needed first: most runs read no FITS, and
// these took a third of a millisecond of every start.
func lazy(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}

// structural are the cards that describe the array itself, or sums of its
// bytes: what is written has its own.
var structural = lazy(`^(SIMPLE|XTENSION|BITPIX|NAXIS\d*|EXTEND|PCOUNT|GCOUNT|GROUPS|INHERIT|BSCALE|BZERO|BLANK|DATAMIN|DATAMAX|CHECKSUM|DATASUM) *$`)

// tableCards are the further cards of an image that is compressed tile by tile.
var tableCards = lazy(`^(Z(IMAGE|TENSION|SIMPLE|BITPIX|NAXIS\d*|TILE\d+|CMPTYPE|NAME\d+|VAL\d+|QUANTIZ|DITHER0|BLANK|SCALE|ZERO|PCOUNT|GCOUNT|EXTEND|HECKSUM|DATASUM|MASKCMP)|TFIELDS|THEAP|T(TYPE|FORM|UNIT|NULL|SCAL|ZERO|DISP|DIM)\d+) *$`)

// descriptive are the cards about what the image shows, blank ones and those
// that no FITS may have left out.
func descriptive(cards []string, tiled bool) (kept []string) {
	for _, c := range cards {
		if tiled && (tableCards().MatchString(c[:8]) || strings.Contains(c, "'COMPRESSED_IMAGE'")) {
			continue
		}
		foreign := strings.ContainsFunc(c, func(r rune) bool { return r < ' ' || r > '~' })
		if !foreign && strings.TrimSpace(c) != "" && !structural().MatchString(c[:8]) {
			kept = append(kept, c)
		}
	}
	return kept
}

// referencePixel is the card of the pixel, counted from 1, that world
// coordinates are given for; a letter tells further systems of coordinates.
var referencePixel = lazy(`^(CRPIX([12])[A-Z]?) *= *([^ /]+)(.*)$`)

// extensionName is the card that names a part.
var extensionName = lazy(`^(EXTNAME|EXTVER|EXTLEVEL) *$`)

// fitsHead is the header of an image: the first of a file, or a part with a name. FITS
// has no unsigned 16 bits: they are stored less 32768, which BZERO adds again.
func fitsHead(name string, dims []int, e raster.SampleType, cards []string) []byte {
	var b strings.Builder
	card := func(key, value string) { fmt.Fprintf(&b, "%-8s= %20s%50s", key, value, "") }
	if name == "" {
		card("SIMPLE", "T")
	} else {
		fmt.Fprintf(&b, "%-8s= %-70s", "XTENSION", "'IMAGE   '")
	}
	bits := 8 * e.Size()
	if e >= raster.F32LE {
		bits = -bits
	}
	card("BITPIX", strconv.Itoa(bits))
	card("NAXIS", strconv.Itoa(len(dims)))
	for i := range dims {
		card("NAXIS"+strconv.Itoa(i+1), strconv.Itoa(dims[len(dims)-1-i]))
	}
	if name != "" {
		card("PCOUNT", "0")
		card("GCOUNT", "1")
		fmt.Fprintf(&b, "%-8s= %-70s", "EXTNAME", "'"+name+"'")
	}
	if e == raster.I16BE {
		card("BZERO", "32768")
		card("BSCALE", "1")
	}
	for _, c := range cards {
		if name == "" || !extensionName().MatchString(c[:8]) {
			b.WriteString(c)
		}
	}
	fmt.Fprintf(&b, "%-80s", "END")
	return append([]byte(b.String()), strings.Repeat(" ", fitsFill(b.Len()))...)
}

// moved returns the cards of an input whose first pixel in the output is at
// (y, x): its world coordinates begin there.
func moved(cards []string, y, x float64) []string {
	out := make([]string, 0, len(cards))
	for _, c := range cards {
		first := map[string]float64{"1": x, "2": y}
		if m := referencePixel().FindStringSubmatch(c); m != nil && first[m[2]] != 0 {
			if at, err := (fitsCards{m[1]: m[3]}).float(m[1], 0); err == nil {
				rest := strings.TrimRight(m[4], " ")
				c = fmt.Sprintf("%-8s= %20s%s", m[1], strconv.FormatFloat(at-first[m[2]], 'G', -1, 64), rest)
				c = fmt.Sprintf("%-80.80s", c)
			}
		}
		out = append(out, c)
	}
	return out
}

// newFITSEncoder writes an image, and further parts behind it. A stack is a cube, whose
// last axis counts pages.
func newFITSEncoder(r codec.Result) (codec.Encoder, error) { return newPart("", r.Parts, r), nil }

// newPart writes an image, and then the parts with the names that follow.
func newPart(name string, following []string, r codec.Result) codec.Encoder {
	e := codec.ArrayPages(r, func(bits int) codec.Array {
		float := raster.F64BE
		if bits == 32 {
			float = raster.F32BE
		}
		t, dims, n := r.SampleType(float, raster.I16BE), r.AllDims(), 1
		for _, d := range dims {
			n *= d
		}
		return codec.Array{Type: t, Header: fitsHead(name, dims, t, moved(r.Header, r.Origin.Y, r.Origin.X)), Fill: fitsFill(n * t.Size())}
	})
	if len(following) > 0 {
		e.Next = func(r codec.Result) (codec.Encoder, error) { return newPart(following[0], following[1:], r), nil }
	}
	return e
}
