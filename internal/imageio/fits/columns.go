package fits

import (
	"encoding/binary"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/convkit/convkit/internal/imageio/raster"
)

// binaryTable is a table of rows of fixed size, and behind them a heap that has
// arrays of any length (FITS standard 4.0, section 7.3).
type binaryTable struct {
	data    io.ReaderAt // its rows begin at base
	base    int64
	row     int // the bytes of a row
	rows    int
	heap    int64 // where the heap begins, from base
	size    int64 // of rows and heap
	columns map[string]column
}

// column is where a value stands in a row, and what it is.
type column struct {
	at   int
	kind byte // of a value, as TFORM spells it: B, I, J, K, E, D
	wide bool // an array in the heap: P has its size and place as 32 bits each, Q as 64
	far  bool // it is in the heap
}

var columnSizes = map[byte]int{'L': 1, 'B': 1, 'A': 1, 'I': 2, 'J': 4, 'K': 8, 'E': 4, 'D': 8, 'C': 8, 'M': 16, 'P': 8, 'Q': 16}

// table reads the description of a binary table.
func (h fitsCards) table() (*binaryTable, error) {
	t := &binaryTable{columns: map[string]column{}}
	var pcount, fields, heap int
	for _, c := range []struct {
		key string
		to  *int
	}{{"NAXIS1", &t.row}, {"NAXIS2", &t.rows}, {"PCOUNT", &pcount}, {"TFIELDS", &fields}, {"THEAP", &heap}} {
		var err error
		if *c.to, err = h.integer(c.key, 0); err != nil {
			return nil, err
		}
		if *c.to < 0 || *c.to > math.MaxInt32 && c.key != "PCOUNT" && c.key != "THEAP" {
			return nil, raster.BadData("the FITS card %s is %d", c.key, *c.to)
		}
	}
	fixed := int64(t.row) * int64(t.rows)
	t.size, t.heap = fixed+int64(pcount), fixed
	if _, ok := h["THEAP"]; ok {
		t.heap = int64(heap)
	}
	if t.size < fixed || t.heap < fixed || t.heap > t.size || fields > 999 {
		return nil, raster.BadData("the sizes of a FITS table do not fit together")
	}
	at := 0
	for i := 1; i <= fields; i++ {
		c, size, err := parseForm(unquote(h["TFORM"+strconv.Itoa(i)]))
		if err != nil {
			return nil, err
		}
		if c.at = at; at+size > t.row {
			return nil, raster.BadData("a row of a FITS table is longer than NAXIS1 = %d", t.row)
		}
		at += size
		t.columns[unquote(h["TTYPE"+strconv.Itoa(i)])] = c
	}
	return t, nil
}

// parseForm reads a TFORM: a count, the kind of value and, of P and Q, that of the
// elements in the heap. size is its bytes in a row.
func parseForm(form string) (c column, size int, err error) {
	digits := len(form) - len(strings.TrimLeft(form, "0123456789"))
	count := 1
	if digits > 0 {
		count, err = strconv.Atoi(form[:digits])
	}
	kind := byte(0)
	if digits < len(form) {
		kind = form[digits]
	}
	each, ok := columnSizes[kind]
	if err != nil || !ok && kind != 'X' || count > 1<<26 {
		return c, 0, raster.BadData("the column format %.20q is not known", form)
	}
	if c.kind = kind; kind == 'X' { // bits
		return c, (count + 7) / 8, nil
	}
	if kind == 'P' || kind == 'Q' {
		c.far, c.wide, c.kind = true, kind == 'Q', 'B'
		if digits+1 < len(form) {
			c.kind = form[digits+1]
		}
	}
	return c, count * each, nil
}

// unquote returns the text of a card's value.
func unquote(value string) string { return strings.TrimSpace(strings.Trim(value, "' ")) }

// value returns a number of a row.
func (c column) value(row []byte) float64 {
	b := row[c.at:]
	switch c.kind {
	case 'B', 'L':
		return float64(b[0])
	case 'I':
		return float64(int16(binary.BigEndian.Uint16(b)))
	case 'J':
		return float64(int32(binary.BigEndian.Uint32(b)))
	case 'K':
		return float64(int64(binary.BigEndian.Uint64(b)))
	case 'E':
		return float64(math.Float32frombits(binary.BigEndian.Uint32(b)))
	case 'D':
		return math.Float64frombits(binary.BigEndian.Uint64(b))
	}
	return math.NaN()
}

// array returns the bytes of an array in the heap, at most most of them; none if
// the table has no such column.
func (t *binaryTable) array(row []byte, name string, most int64) ([]byte, error) {
	c, ok := t.columns[name]
	if !ok || !c.far {
		return nil, nil
	}
	var n, at uint64
	if c.wide {
		n, at = binary.BigEndian.Uint64(row[c.at:]), binary.BigEndian.Uint64(row[c.at+8:])
	} else {
		n, at = uint64(binary.BigEndian.Uint32(row[c.at:])), uint64(binary.BigEndian.Uint32(row[c.at+4:]))
	}
	size, room := uint64(columnSizes[c.kind]), uint64(t.size-t.heap)
	if n > room || at > room || n*size > room-at {
		return nil, raster.BadData("a tile lies outside its FITS table")
	}
	if n*size > uint64(most) {
		return nil, raster.BadData("a tile takes %d bytes, more than it can need", n*size)
	}
	b := make([]byte, n*size)
	if n == 0 {
		return nil, nil
	}
	_, err := t.data.ReadAt(b, t.base+t.heap+int64(at))
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return b, err
}
