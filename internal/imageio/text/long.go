package text

import (
	"bytes"
	"unicode/utf8"

	"github.com/convkit/convkit/internal/imageio/raster"
)

// A line that fills the reader's buffer is read in parts, so that its length
// takes no memory beyond its numbers, and a line that never ends is found out
// at its first word that is no number or by the limit of numbers.

// longLine is how far such a line has been read.
type longLine struct {
	active  bool
	start   int  // the number of values before it
	bytes   int  // that have been read
	column  int  // characters before what is read next
	pending int  // delimiters (but blanks) after the last number
	seen    bool // it has something that is neither blank nor comment
	comment bool // the rest of it is a comment
}

const blanks = " \t\r\v\f"

// part reads what it can of a line whose end has not come yet, and returns how
// many bytes that were. It is at least one.
func (t *textReader) part(b []byte) (int, error) {
	l := &t.long
	if !l.active {
		*l = longLine{active: true, start: len(t.values)}
	}
	used := len(b)
	if i := bytes.IndexByte(b, '#'); i >= 0 && !l.comment {
		if err := t.piece(b[:i]); err != nil {
			return 0, err
		}
		l.comment = true
	}
	if !l.comment {
		if used = t.cut(b); used == 0 {
			return 0, raster.BadText(t.line, l.column+1, "%.40q… is not a number: it goes on for more than %d bytes", b[:min(40, len(b))], len(b))
		}
		if err := t.piece(b[:used]); err != nil {
			return 0, err
		}
	}
	l.bytes += used
	l.column += utf8.RuneCount(b[:used])
	if int64(len(t.values)) > t.max {
		return 0, t.tooMany()
	}
	return used, nil
}

// cut tells how much of an unfinished line can be read: up to the last
// delimiter, or up to the word that follows blanks.
func (t *textReader) cut(b []byte) int {
	if t.delim == 0 {
		t.delim = findDelimiter(b)
	}
	for i := len(b); i > 0; i-- {
		if t.isDelim(b[i-1]) {
			return i
		}
	}
	return len(b) - len(bytes.TrimLeft(b, " \t"))
}

// piece adds the numbers of a part of a line that ends behind a delimiter, in
// blanks, or where the line ends.
func (t *textReader) piece(b []byte) error {
	l := &t.long
	text := bytes.TrimRight(b, blanks)
	visible := t.delim != 0 && t.delim != delimBlank
	behind := 0 // delimiters at the end of it
	switch n := len(text) - 1; {
	case t.delim == '\t':
		behind = bytes.Count(b[n+1:], []byte("\t"))
	case visible && n >= 0 && text[n] == t.delim:
		text, behind = text[:n], 1
	}
	if len(text) == 0 && (behind == 0 || t.delim == '\t') {
		l.pending += behind
		return nil
	}
	if l.seen != (l.pending == 1) && visible {
		text = nil // there is one delimiter between two numbers, and none before the first
	}
	l.seen, l.pending = true, behind
	if t.indexed && t.width > 0 {
		return nil
	}
	return t.fields(text)
}

// endLong reads the last part of a long line.
func (t *textReader) endLong(line []byte) error {
	l := &t.long
	if i := bytes.IndexByte(line, '#'); i >= 0 && !l.comment {
		line, l.comment = line[:i], true
	} else if l.comment {
		line = nil
	}
	if t.delim == 0 {
		t.delim = findDelimiter(line)
	}
	if err := t.piece(line); err != nil {
		return err
	}
	if l.pending > 0 && t.delim != '\t' { // tabs at the end are blanks
		return t.fields(nil)
	}
	ended := *l
	*l = longLine{}
	var err error
	if ended.seen {
		err = t.endRow(ended.start)
	} else if !ended.comment {
		err = t.blankLine()
	}
	t.pos += int64(ended.bytes)
	return err
}
