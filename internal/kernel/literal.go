package kernel

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/convkit/convkit/internal/tensor"
)

const literalAdvice = `write rows like "1 0 -1; 2 0 -2; 1 0 -1"; a file with such a name needs ./ in front`

// isLiteral decides rule 2 of Parse.
func isLiteral(s string) bool {
	c := s[0]
	if c == '[' || c == '{' || c == ',' || c == ';' {
		return true
	}
	first := strings.TrimLeft(s, "+-")
	begins := first != "" && (first[0] >= '0' && first[0] <= '9' || first[0] == '.' && len(first) > 1 && first[1] >= '0' && first[1] <= '9')
	if begins && strings.ContainsAny(s, ",;") {
		return true
	}
	word := s
	if i := strings.IndexAny(s, ",; \t\r\n"); i >= 0 {
		word = s[:i]
	}
	_, ok := fraction(word)
	return ok
}

// fraction reads a number, or two with a slash between them. The division is
// one rounding of the exact quotient.
func fraction(word string) (float64, bool) {
	a, b, divided := strings.Cut(word, "/")
	v, err := strconv.ParseFloat(a, 64)
	if err != nil && !math.IsInf(v, 0) {
		return 0, false
	}
	if !divided {
		return v, true
	}
	d, err := strconv.ParseFloat(b, 64)
	if err != nil && !math.IsInf(d, 0) {
		return 0, false
	}
	return v / d, true
}

// literal is the state of reading one: where it stands and what it has.
type literal struct {
	text   string // the whole spec, for columns
	rows   [][]float64
	commas bool
}

// parseLiteral reads rows that semicolons or line ends part, of numbers that
// commas or blanks part. A number may be a fraction without blanks (1/9). A slash
// with a blank at either side, after the last number, divides every tap:
// "1 1 1; 1 1 1; 1 1 1 / 9". A literal with a bracket or brace is JSON.
func parseLiteral(spec string) (tensor.Kernel, error) {
	if c := strings.TrimSpace(spec)[0]; c == '[' || c == '{' {
		k, err := Decode(bytes.NewReader([]byte(spec)), "kernel")
		if err != nil {
			return k, specError(`JSON looks like [[1, 0, -1], [2, 0, -2], [1, 0, -1]]`, "%v", err)
		}
		return k, nil
	}
	return parseRows(spec)
}

// parseRows reads a literal that is not JSON.
func parseRows(spec string) (tensor.Kernel, error) {
	l := literal{text: spec, commas: strings.Contains(spec, ",")}
	body, divisor, err := l.splitDivisor()
	if err != nil {
		return tensor.Kernel{}, err
	}
	if err := l.readRows(body); err != nil {
		return tensor.Kernel{}, err
	}
	var taps []float64
	for _, row := range l.rows {
		taps = append(taps, row...)
	}
	for i := range taps {
		taps[i] /= divisor
		if math.IsInf(taps[i], 0) {
			return tensor.Kernel{}, specError("", "kernel %q: divided by %v, tap %d is not finite", spec, divisor, i+1)
		}
	}
	k := tensor.Matrix(len(l.rows), len(l.rows[0]), taps...)
	if err := check(k); tooLarge(err) {
		return tensor.Kernel{}, err
	} else if err != nil {
		return tensor.Kernel{}, specError("", "%v", err)
	}
	return k, nil
}

// fail makes the error for the byte offset at of the text; columns count
// characters from 1.
func (l *literal) fail(at int, format string, args ...any) error {
	column := utf8.RuneCountInString(l.text[:min(at, len(l.text))]) + 1
	return specError(literalAdvice, "kernel %q, column %d: "+format, append([]any{l.text, column}, args...)...)
}

// splitDivisor takes the trailing "/ v" off.
func (l *literal) splitDivisor() (body string, divisor float64, err error) {
	for i := range len(l.text) {
		if l.text[i] != '/' || !blankAt(l.text, i-1) && !blankAt(l.text, i+1) {
			continue
		}
		word := strings.TrimSpace(l.text[i+1:])
		v, ok := fraction(word)
		switch {
		case word == "":
			return "", 0, l.fail(i, "a number is missing after the slash")
		case !ok:
			return "", 0, l.fail(i, "a slash with blanks divides all taps and comes last, with one number after it, not %q; write a fraction without blanks, like 1/9", word)
		case v == 0 || notFinite(v):
			return "", 0, l.fail(i, "the taps cannot be divided by %s", word)
		}
		return l.text[:i], v, nil
	}
	return l.text, 1, nil
}

// blankAt reports whether byte i is a blank; so is what lies beyond the ends.
func blankAt(s string, i int) bool {
	return i < 0 || i >= len(s) || s[i] == ' ' || s[i] == '\t' || s[i] == '\n' || s[i] == '\r'
}

// readRows reads all rows of body, which is the beginning of the text.
func (l *literal) readRows(body string) error {
	at := 0
	for len(body) > at {
		end := strings.IndexAny(body[at:], ";\n")
		if end < 0 {
			end = len(body) - at
		}
		lineEnd := at+end == len(body) || body[at+end] == '\n'
		row, err := l.readRow(at, body[at:at+end])
		switch {
		case err != nil:
			return err
		case len(row) > 0:
			if len(l.rows) > 0 && len(row) != len(l.rows[0]) {
				return l.fail(at+len(body[at:at+end])-len(strings.TrimLeft(body[at:at+end], " \t")),
					"row %d has %s, row 1 has %d", len(l.rows)+1, numbers(len(row)), len(l.rows[0]))
			}
			l.rows = append(l.rows, row)
		case !lineEnd:
			return l.fail(at+end, "a row is empty")
		}
		at += end + 1
	}
	if len(l.rows) == 0 {
		return l.fail(0, "there are no numbers")
	}
	return nil
}

// readRow reads one row, which begins at byte at of the text.
func (l *literal) readRow(at int, row string) ([]float64, error) {
	if strings.TrimSpace(row) == "" {
		return nil, nil
	}
	isSeparator := unicode.IsSpace
	if l.commas {
		isSeparator = func(r rune) bool { return r == ',' }
	}
	var out []float64
	for begin := 0; begin <= len(row); {
		end := strings.IndexFunc(row[begin:], isSeparator)
		if end < 0 {
			end = len(row) - begin
		}
		field := row[begin : begin+end]
		word := strings.TrimSpace(field)
		start := at + begin + len(field) - len(strings.TrimLeftFunc(field, unicode.IsSpace))
		begin += end + 1
		if word == "" {
			if l.commas {
				return nil, l.fail(start, "a number is missing")
			}
			continue
		}
		v, err := l.number(start, word)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

func (l *literal) number(start int, word string) (float64, error) {
	v, ok := fraction(word)
	switch {
	case !ok && strings.ContainsFunc(word, unicode.IsSpace):
		return 0, l.fail(start, "%q is not a number: where there are commas, each number needs one", word)
	case !ok:
		return 0, l.fail(start, "%q is not a number", word)
	case notFinite(v):
		return 0, l.fail(start, "%s is not finite: a kernel needs finite numbers", word)
	}
	return v, nil
}

func numbers(n int) string {
	if n == 1 {
		return "1 number"
	}
	return strconv.Itoa(n) + " numbers"
}
