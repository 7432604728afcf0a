// Package text reads and writes matrices as text: CSV, TSV, blanks, and sparse
// matrices of Matrix Market. It is written here because encoding/csv splits lines
// into strings, and takes neither blanks between numbers nor planes nor the place
// of an error in a line.
package text

import (
	"bytes"
	"io"
	"slices"
	"unicode/utf8"

	"github.com/convkit/convkit/internal/imageio/codec"
	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/scratch"
	"github.com/convkit/convkit/internal/imageio/source"
)

// Matrix text: numbers between commas, semicolons, tabs or blanks (one kind a
// file, found at the first line with two numbers), '#' for comments, an empty
// line between planes.

// readText reads a text matrix, or planes of one size.
func readText(in *source.Input) (*raster.Picture, error) {
	t := textReader{max: in.Options.PixelLimit(), line: 1}
	if !in.Options.Gray {
		f, at, err := in.OnDisk(LargeText)
		if err != nil {
			return nil, err
		}
		if f != nil {
			return readLargeText(in, f, at)
		}
	}
	if err := t.read(in); err != nil {
		return nil, err
	}
	return t.image(raster.BytesOf(t.values)), nil
}

func (t *textReader) image(mem []byte) *raster.Picture {
	rank := 2
	if t.planes > 1 {
		rank = 3
	}
	return raster.NewNumbers(mem, 1, t.planes, t.height, t.width, raster.Native[float64](), rank)
}

type textReader struct {
	max    int64
	values []float64
	line   int // of the file, from 1
	delim  byte

	width, height, planes int // height is set when the first plane ends
	rows                  int // of the plane being read
	firstLine             int // where the plane being read began

	indexed bool // only the first row is parsed, and blocks are noted
	blocks  []textBlock
	pos     int64 // of the line being read
	long    longLine
	inside  bool // a block of the file is read, which need not hold whole planes
}

// delimBlank stands for any run of blanks and tabs.
const delimBlank = ' '

func (t *textReader) read(r io.Reader) error {
	pooled := scratch.Get()
	defer scratch.Put(pooled)
	buf := scratch.Sized(pooled, 256<<10)
	have, start := 0, !t.inside // start: a byte order mark may come
	for {
		n, err := r.Read(buf[have:])
		have += n
		if start && (have >= 3 || err != nil) {
			start = false
			text := bytes.TrimPrefix(buf[:have], []byte("\xef\xbb\xbf"))
			t.pos = int64(have - len(text))
			have = copy(buf, text)
		}
		whole := bytes.LastIndexByte(buf[:have], '\n') + 1
		if err == io.EOF {
			whole = have
		} else if err != nil {
			return err
		}
		if !start && whole > 0 {
			if err := t.lines(buf[:whole]); err != nil {
				return err
			}
			have = copy(buf, buf[whole:have])
		}
		if err == io.EOF {
			return t.end()
		}
		if have == len(buf) {
			used, err := t.part(buf)
			if err != nil {
				return err
			}
			have = copy(buf, buf[used:])
		}
	}
}

// lines reads whole lines.
func (t *textReader) lines(b []byte) error {
	for len(b) > 0 {
		line, size := b, len(b)
		if i := bytes.IndexByte(b, '\n'); i >= 0 {
			line, size = b[:i], i+1
		}
		if err := t.oneLine(line); err != nil {
			return err
		}
		b = b[size:]
		t.pos += int64(size)
		t.line++
	}
	return nil
}

func (t *textReader) oneLine(line []byte) error {
	if t.long.active {
		return t.endLong(line)
	}
	comment := bytes.IndexByte(line, '#')
	if comment >= 0 {
		line = line[:comment]
	}
	end := len(line)
	for end > 0 && codec.IsSpace(line[end-1]) {
		end--
	}
	line = line[:end]
	if len(bytes.TrimLeft(line, " \t")) == 0 {
		if comment < 0 {
			return t.blankLine()
		}
		return nil
	}
	if t.delim == 0 {
		t.delim = findDelimiter(line)
	}
	if t.indexed && t.width > 0 {
		return t.countRow()
	}
	before := len(t.values)
	if cap(t.values)-before < t.width {
		t.values = slices.Grow(t.values, max(before, t.width))
	}
	if err := t.fields(line); err != nil {
		return err
	}
	return t.endRow(before)
}

// blankLine ends a plane.
func (t *textReader) blankLine() error {
	if t.rows > 0 && !t.inside {
		return t.endPlane()
	}
	return nil
}

// endRow checks the row whose numbers begin at index before of the values.
func (t *textReader) endRow(before int) error {
	if t.indexed && t.width > 0 {
		return t.countRow()
	}
	n := len(t.values) - before
	if t.width == 0 {
		t.width = n
	}
	if n != t.width {
		return raster.BadText(t.line, 1, "ragged: this row has %d numbers, the first has %d", n, t.width)
	}
	return t.countRow()
}

// countRow counts a row that was read, or that will be read later.
func (t *textReader) countRow() error {
	row := t.planes*t.height + t.rows
	if k := len(t.blocks) - 1; t.indexed && (k < 0 || t.pos-t.blocks[k].off >= textBlockBytes) {
		t.blocks = append(t.blocks, textBlock{t.pos, t.line, row})
	}
	if t.rows == 0 {
		t.firstLine = t.line
	}
	t.rows++
	if t.planes > 0 && t.rows > t.height && !t.inside {
		return raster.BadText(t.line, 1, "plane %d has more than the %d rows of the first (an empty line begins a new plane)", t.planes+1, t.height)
	}
	if int64(row+1)*int64(t.width) > t.max {
		return t.tooMany()
	}
	return nil
}

func (t *textReader) tooMany() error {
	e := raster.BadText(t.line, 1, "more than %d numbers", t.max).(*raster.DataError)
	e.Hint = "--max-pixels N raises the limit"
	return e
}

// findDelimiter looks at a line; 0 means that it holds one number and does not tell.
func findDelimiter(line []byte) byte {
	for _, d := range []byte{';', ',', '\t'} {
		if bytes.IndexByte(bytes.Trim(line, " \t"), d) >= 0 {
			if d == '\t' && bytes.IndexByte(bytes.Trim(line, " \t"), ' ') >= 0 {
				return delimBlank
			}
			return d
		}
	}
	if bytes.IndexByte(bytes.TrimLeft(line, " \t"), ' ') >= 0 {
		return delimBlank
	}
	return 0
}

// fields adds the numbers of a line.
func (t *textReader) fields(line []byte) error {
	i := 0
	for {
		for i < len(line) && (line[i] == ' ' || line[i] == '\t' && t.delim != '\t') {
			i++
		}
		if v, n := QuickNumber(line[i:]); n > 0 && t.ends(line, i+n) {
			t.values = append(t.values, v)
			i += n
		} else {
			j := i
			for j < len(line) && !t.isDelim(line[j]) {
				j++
			}
			v, err := ParseWord(bytes.TrimRight(line[i:j], " \t\r"))
			if err != nil {
				e := raster.BadText(t.line, t.long.column+column(line, i), "%v", err).(*raster.DataError)
				e.Hint = advice(line[i:j], t.rows == 0 && t.planes == 0)
				return e
			}
			t.values = append(t.values, v)
			i = j
		}
		for i < len(line) && (line[i] == ' ' || line[i] == '\t' && t.delim != '\t') {
			i++
		}
		if i >= len(line) {
			return nil
		}
		if t.delim != delimBlank {
			i++ // the delimiter: a number follows it
		}
	}
}

func (t *textReader) isDelim(c byte) bool {
	if t.delim == delimBlank || t.delim == 0 {
		return c == ' ' || c == '\t'
	}
	return c == t.delim
}

// ends reports whether a number may end before line[i], or before the blanks there.
func (t *textReader) ends(line []byte, i int) bool {
	if i < len(line) && t.isDelim(line[i]) || i == len(line) {
		return true
	}
	for i < len(line) && (line[i] == ' ' || line[i] == '\t') {
		i++
	}
	return i == len(line) || t.isDelim(line[i])
}

// column counts characters, not bytes, from 1.
func column(line []byte, i int) int { return utf8.RuneCount(line[:i]) + 1 }

func (t *textReader) endPlane() error {
	if t.planes == 0 {
		t.height = t.rows
	}
	if t.rows != t.height {
		return raster.BadText(t.firstLine, 1, "plane %d has %d rows, the first has %d (an empty line begins a new plane)", t.planes+1, t.rows, t.height)
	}
	t.planes++
	t.rows = 0
	return nil
}

func (t *textReader) end() error {
	if t.long.active {
		if err := t.endLong(nil); err != nil {
			return err
		}
	}
	if t.rows > 0 {
		if err := t.endPlane(); err != nil {
			return err
		}
	}
	if t.planes == 0 {
		return raster.BadData("no numbers in it")
	}
	return nil
}

// CSV is the line of the table of formats.
var CSV = codec.Format{
	Name: "csv", Extensions: []string{".csv"},
	Holds: codec.Holds{
		Reads:  "text",
		Kind:   raster.Numbers,
		Planes: true,
		NaN:    true,
	},
	Read:       readText,
	NewEncoder: textEncoder(','),
}

// TSV is the line of the table of formats.
var TSV = codec.Format{
	Name: "tsv", Extensions: []string{".tsv", ".tab"},
	Holds: codec.Holds{
		Reads:  "text",
		Kind:   raster.Numbers,
		Planes: true,
		NaN:    true,
	},
	Read:       readText,
	NewEncoder: textEncoder('\t'),
}

// TXT is the line of the table of formats.
var TXT = codec.Format{
	Name: "txt", Extensions: []string{".txt", ".dat"},
	Holds: codec.Holds{
		Reads:  "text",
		Kind:   raster.Numbers,
		Planes: true,
		NaN:    true,
	},
	Read:       readText,
	NewEncoder: textEncoder(' '),
}
