package text

import (
	"bufio"
	"encoding/binary"
	"io"
	"math"
	"strconv"

	"github.com/convkit/convkit/internal/imageio/codec"
	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/source"
)

// Words reads words between blanks and ends of lines, one after the other. Formats
// that give the size of their data in a header need no more than that.
type Words struct {
	r       *bufio.Reader
	comment byte // begins a comment up to the end of the line; 0 for none
	word    []byte
	line    int // from 1
	column  int // of what is read next, from 0
	start   int // of the last word, from 1
}

// NewWords reads words of r, whose next byte begins a line of that number.
func NewWords(r *bufio.Reader, line int, comment byte) *Words {
	return &Words{r: r, line: line, comment: comment}
}

// mostWord is more than any number needs.
const mostWord = 400

// Next returns the next word, which stays until the next call, or io.EOF.
func (w *Words) Next() ([]byte, error) {
	c, err := w.skip()
	if err != nil {
		return nil, err
	}
	w.start = w.column
	w.word = append(w.word[:0], c)
	for {
		c, err := w.r.ReadByte()
		if err == io.EOF {
			return w.word, nil
		}
		if err != nil {
			return nil, err
		}
		if codec.IsSpace(c) {
			w.r.UnreadByte()
			return w.word, nil
		}
		if w.column++; len(w.word) == mostWord {
			return nil, w.Bad("%.20q… is no number", w.word)
		}
		w.word = append(w.word, c)
	}
}

// skip returns the first byte that is neither blank nor in a comment.
func (w *Words) skip() (byte, error) {
	inside := false
	for {
		c, err := w.r.ReadByte()
		if err != nil {
			return 0, err
		}
		w.column++
		switch {
		case c == '\n':
			w.line, w.column, inside = w.line+1, 0, false
		case inside || codec.IsSpace(c):
		case c == w.comment && c != 0:
			inside = true
		default:
			return c, nil
		}
	}
}

// Bad returns an error at the last word.
func (w *Words) Bad(format string, args ...any) error {
	return raster.BadText(w.line, w.start, format, args...)
}

// Float returns the next word as a number.
func (w *Words) Float() (float64, error) {
	b, err := w.Next()
	if err != nil {
		return 0, source.CutOff(err)
	}
	if v, n := QuickNumber(b); n == len(b) {
		return v, nil
	}
	v, err := ParseWord(b)
	if err != nil {
		return 0, w.Bad("%w", err)
	}
	return v, nil
}

// Int returns the next word as a whole number from 0 on.
func (w *Words) Int(what string) (int, error) {
	b, err := w.Next()
	if err != nil {
		return 0, source.CutOff(err)
	}
	v, err := strconv.Atoi(string(b))
	if err != nil || v < 0 {
		return 0, w.Bad("the %s is %.40q, not a whole number", what, b)
	}
	return v, nil
}

// End returns an error unless no more words follow.
func (w *Words) End() error {
	b, err := w.Next()
	if err == nil {
		return w.Bad("%.40q follows the last number: is the size in the header right?", b)
	}
	if err == io.EOF {
		return nil
	}
	return err
}

// Floats reads n numbers as float64 with the low byte first. One NaN stands for
// the numbers that blank chooses; nil chooses none. The last number is only given
// when it has turned out that no more follow.
func (w *Words) Floats(n int, blank func(v float64) bool) io.Reader {
	return &floats{w: w, left: n, blank: blank}
}

type floats struct {
	w     *Words
	left  int
	blank func(float64) bool
	part  []byte // of a number that did not fit
	mem   [8]byte
}

func (f *floats) Read(b []byte) (n int, err error) {
	for n < len(b) {
		if len(f.part) == 0 {
			if f.left == 0 {
				return n, io.EOF
			}
			if err := f.next(); err != nil {
				return n, err
			}
		}
		k := copy(b[n:], f.part)
		n, f.part = n+k, f.part[k:]
	}
	return n, nil
}

func (f *floats) next() error {
	v, err := f.w.Float()
	if err != nil {
		return err
	}
	if f.left--; f.left == 0 {
		if err := f.w.End(); err != nil {
			return err
		}
	}
	if f.blank != nil && f.blank(v) {
		v = math.NaN()
	}
	binary.LittleEndian.PutUint64(f.mem[:], math.Float64bits(v))
	f.part = f.mem[:]
	return nil
}
