// Package json reads and writes nested arrays of numbers, and kernels with a
// bias.
package json

import (
	"bytes"
	"io"
	"slices"
	"unicode/utf8"

	"github.com/convkit/convkit/internal/imageio/codec"
	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/source"
	"github.com/convkit/convkit/internal/imageio/text"
	"github.com/convkit/convkit/internal/memory"
)

// JSON numbers come as a nested array of rank 1 to 4, or as an object
// {"kernel": array, "bias": number or array}.

// readJSON reads the array; a bias has no place in an image.
func readJSON(in *source.Input) (*raster.Picture, error) {
	size := int64(0)
	if f, _, left := in.Regular(); f != nil {
		size = left
	}
	p, err := parseJSON(io.LimitReader(in, source.Room(in.Options.PixelLimit())), size)
	if err != nil {
		return nil, err
	}
	if len(p.bias) > 0 {
		return nil, raster.BadData("a kernel with a bias, not an image")
	}
	return arrayImage(p.dims, p.values, in.Options.PixelLimit())
}

// arrayImage makes an image of an array of rank 1 to 4.
func arrayImage(dims []int, values []float64, max int64) (*raster.Picture, error) {
	n, c, h, w, err := raster.ArrayDims(dims, max)
	if err != nil {
		return nil, err
	}
	return raster.NewNumbers(raster.BytesOf(values), n, c, h, w, raster.Native[float64](), len(dims)), nil
}

type jsonParser struct {
	b    []byte
	i    int
	dims []int
	// values of the array that is being read, row by row
	values, bias []float64
}

// parseJSON reads all of a text, of so many bytes where that is known.
func parseJSON(r io.Reader, size int64) (*jsonParser, error) {
	all, err := memory.ReadAll(r, size)
	if err != nil {
		return nil, err
	}
	// A comma stands between two numbers, and little text grows eightfold.
	if err := memory.Need(8*int64(bytes.Count(all, []byte(","))), "an array of numbers"); err != nil {
		return nil, err
	}
	p := &jsonParser{b: bytes.TrimPrefix(all, []byte("\xef\xbb\xbf"))}
	switch p.next() {
	case '{':
		err = p.object()
	case '[':
		p.dims, p.values, err = p.array()
	default:
		err = p.fail("expected [ or {")
	}
	if err == nil && p.next() != 0 {
		err = p.fail("something follows the end of the array")
	}
	return p, err
}

// next skips blanks and looks at the next byte, 0 at the end.
func (p *jsonParser) next() byte {
	for p.i < len(p.b) && codec.IsSpace(p.b[p.i]) {
		p.i++
	}
	if p.i < len(p.b) {
		return p.b[p.i]
	}
	return 0
}

func (p *jsonParser) fail(format string, args ...any) error {
	if p.i >= len(p.b) {
		format, args = "the text ends too early", nil
	}
	done := p.b[:min(p.i, len(p.b))]
	start := bytes.LastIndexByte(done, '\n') + 1
	return raster.BadText(bytes.Count(done, []byte("\n"))+1, utf8.RuneCount(done[start:])+1, format, args...)
}

// array reads a nested array whose parts all have one shape.
func (p *jsonParser) array() ([]int, []float64, error) {
	a := arrayReader{p: p}
	err := a.level(0)
	return a.dims, a.values, err
}

type arrayReader struct {
	p      *jsonParser
	dims   []int // -1 where the length of a level is not known yet
	leaf   int   // the level of the numbers, from 1
	values []float64
}

// level reads the array that begins here, at the given depth.
func (a *arrayReader) level(depth int) error {
	p := a.p
	if depth == 4 {
		return p.fail("nested deeper than 4 arrays")
	}
	if depth == len(a.dims) {
		if a.leaf > 0 {
			return p.fail("an array where its neighbours are numbers")
		}
		a.dims = append(a.dims, -1)
	}
	begin := p.i
	p.i++
	count := 0
	for {
		if p.next() == '[' {
			if err := a.level(depth + 1); err != nil {
				return err
			}
		} else if err := a.number(depth); err != nil {
			return err
		}
		count++
		c := p.next()
		if c != ',' && c != ']' {
			return p.fail("expected , or ]")
		}
		p.i++
		if c == ']' {
			break
		}
	}
	if a.dims[depth] < 0 {
		a.dims[depth] = count
	}
	if count != a.dims[depth] {
		p.i = begin
		return p.fail("ragged: this array has %d elements, the first of its kind has %d", count, a.dims[depth])
	}
	return nil
}

func (a *arrayReader) number(depth int) error {
	if a.leaf == 0 && depth == len(a.dims)-1 {
		a.leaf = depth + 1
	}
	if a.leaf != depth+1 {
		return a.p.fail("a number where its neighbours are arrays")
	}
	v, err := a.p.number()
	if len(a.values) == cap(a.values) {
		a.values = slices.Grow(a.values, a.more())
	}
	a.values = append(a.values, v)
	return err
}

// more guesses how many numbers follow, by the text that those so far took, and
// a little more: large arrays would be copied five times otherwise.
func (a *arrayReader) more() int {
	n := float64(len(a.values))
	if n < 1024 {
		return max(64, len(a.values))
	}
	all := n * float64(len(a.p.b)) / float64(a.p.i)
	return int(all-n+all/16) + 64
}

// number reads a JSON number, or NaN and Infinity as Python writes them.
func (p *jsonParser) number() (float64, error) {
	start := p.i
	v, n := text.QuickNumber(p.b[start:])
	if end := start + n; n > 0 && end < len(p.b) && (p.b[end] == ',' || p.b[end] == ']') {
		p.i = end
		return v, nil
	}
	end := start
	for end < len(p.b) && !codec.IsSpace(p.b[end]) && !isPunctuation(p.b[end]) {
		end++
	}
	if end == start {
		return 0, p.fail("expected a number")
	}
	v, err := text.ParseWord(p.b[start:end])
	if err != nil {
		return 0, p.fail("%v", err)
	}
	p.i = end
	return v, nil
}

func isPunctuation(c byte) bool { return c == ',' || c == ']' || c == '}' || c == '[' || c == '{' }

// object reads {"kernel": …, "bias": …}.
func (p *jsonParser) object() error {
	for first := true; ; first = false {
		p.i++ // { or ,
		if first && p.next() == '}' {
			return p.fail(`no "kernel" in the object`)
		}
		key, err := p.key()
		if err != nil {
			return err
		}
		if err := p.member(key); err != nil {
			return err
		}
		c := p.next()
		if c == '}' {
			p.i++
			break
		}
		if c != ',' {
			return p.fail("expected , or }")
		}
	}
	if p.dims == nil {
		return raster.BadData(`no "kernel" in the object`)
	}
	return nil
}

// key reads a plain string and the colon after it.
func (p *jsonParser) key() (string, error) {
	if p.next() != '"' {
		return "", p.fail("expected a key in quotes")
	}
	end := bytes.IndexByte(p.b[p.i+1:], '"')
	if end < 0 {
		p.i = len(p.b)
		return "", p.fail("")
	}
	key := string(p.b[p.i+1 : p.i+1+end])
	if key != "kernel" && key != "bias" {
		return "", p.fail("unknown key %q: known are kernel and bias", key)
	}
	if key == "kernel" && p.dims != nil || key == "bias" && p.bias != nil {
		return "", p.fail("%q stands here twice", key)
	}
	p.i += end + 2
	if p.next() != ':' {
		return "", p.fail("expected a colon")
	}
	p.i++
	return key, nil
}

func (p *jsonParser) member(key string) error {
	c := p.next()
	if key == "kernel" {
		if c != '[' {
			return p.fail("a kernel is an array")
		}
		var err error
		p.dims, p.values, err = p.array()
		return err
	}
	if c != '[' {
		v, err := p.number()
		p.bias = []float64{v}
		return err
	}
	dims, bias, err := p.array()
	if err == nil && len(dims) != 1 {
		err = p.fail("a bias is a number or a flat array of them")
	}
	p.bias = bias
	return err
}

// Format is the entry of this format in the table of formats.
var Format = codec.Format{
	Name: "json", Extensions: []string{".json"},
	Holds: codec.Holds{
		Reads:  "text",
		Kind:   raster.Numbers,
		Planes: true,
		Batch:  true,
	},
	Sniff:      Sniff,
	Read:       readJSON,
	NewEncoder: newJSONEncoder,
}

func Sniff(head []byte) bool {
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	return len(head) > 0 && (head[0] == '[' || head[0] == '{')
}

// parseArray returns the array of a text, its sizes and its numbers row by row, and
// the bias of a kernel. size is the length of the text, 0 if it is not known.
func ParseArray(r io.Reader, size int64) (dims []int, values, bias []float64, err error) {
	p, err := parseJSON(r, size)
	if err != nil {
		return nil, nil, nil, err
	}
	return p.dims, p.values, p.bias, nil
}
