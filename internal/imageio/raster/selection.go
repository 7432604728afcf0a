package raster

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Selection chooses pictures of a file that may hold several: by number, by name,
// or as a range. The zero value chooses nothing; the file must then hold only one
// picture, or a stack that is read whole.
type Selection struct {
	text string
	kind selectionKind

	number  int    // of the picture; negative numbers count from the end
	name    string // in capitals
	version int    // of several pictures of one name; 0 for the first

	from, to, step int // as in Python; see Range
	open           struct{ from, to bool }
}

type selectionKind uint8

const (
	selectNothing selectionKind = iota
	selectNumber
	selectName
	selectRange
)

// ParseSelection reads a selection: a number (from 0, or from -1 backwards), a
// range FROM:TO or FROM:TO:STEP as in Python, * for all pictures, or a name, with
// ",VERSION" for one of several of that name.
func ParseSelection(s string) (Selection, error) {
	text := strings.TrimSpace(s)
	sel := Selection{text: text}
	if text == "" {
		return Selection{}, fmt.Errorf("the selection is empty; give a number, a name, a range like 2:9, or *")
	}
	if text == "*" {
		text = ":"
	}
	if n, err := strconv.Atoi(text); err == nil {
		sel.kind, sel.number = selectNumber, n
		return sel, nil
	}
	if parts := strings.Split(text, ":"); len(parts) > 1 {
		return sel.parseRange(parts)
	}
	name, version, versioned := strings.Cut(text, ",")
	sel.kind, sel.name = selectName, strings.ToUpper(strings.TrimSpace(name))
	if versioned {
		n, err := strconv.Atoi(strings.TrimSpace(version))
		if err != nil || n < 1 {
			return Selection{}, fmt.Errorf("%q: the version after the comma is a number from 1", s)
		}
		sel.version = n
	}
	return sel, nil
}

func (sel Selection) parseRange(parts []string) (Selection, error) {
	bad := fmt.Errorf("%q is not a range like 2:9, 5: or ::2", sel.text)
	if len(parts) > 3 {
		return Selection{}, bad
	}
	sel.kind, sel.step = selectRange, 1
	sel.open.from, sel.open.to = true, true
	for i, p := range parts {
		if p = strings.TrimSpace(p); p == "" {
			continue
		}
		n, err := strconv.Atoi(p)
		if err != nil || i == 2 && n == 0 || n == math.MinInt {
			return Selection{}, bad
		}
		switch i {
		case 0:
			sel.from, sel.open.from = n, false
		case 1:
			sel.to, sel.open.to = n, false
		case 2:
			sel.step = n
		}
	}
	return sel, nil
}

// Number returns the selection of one picture by its number.
func Number(k int) Selection { return Selection{text: strconv.Itoa(k), kind: selectNumber, number: k} }

// Given reports whether something is chosen.
func (sel Selection) Given() bool { return sel.kind != selectNothing }

// One reports whether one picture is chosen, by number or by name.
func (sel Selection) One() bool { return sel.kind == selectNumber || sel.kind == selectName }

// String returns the selection as it was typed.
func (sel Selection) String() string { return sel.text }

// Named returns the name that is chosen, in capitals, and its version, 0 for the
// first. ok is false if the choice is by number.
func (sel Selection) Named() (name string, version int, ok bool) {
	return sel.name, sel.version, sel.kind == selectName
}

// Of returns the chosen numbers of n pictures. ok is false if a single number is
// out of range; a range may reach beyond both ends, as in Python.
func (sel Selection) Of(n int) (list []int, ok bool) {
	if sel.kind == selectNumber {
		k := sel.number
		if k < 0 {
			k += n
		}
		return []int{k}, k >= 0 && k < n
	}
	from, to := sel.bounds(n)
	for k := from; sel.step > 0 && k < to || sel.step < 0 && k > to; k += sel.step {
		list = append(list, k)
	}
	return list, true
}

// bounds returns the first number of a range of n pictures, and that after the
// last: the rules of Python's slices.
func (sel Selection) bounds(n int) (from, to int) {
	lo, hi := 0, n
	if sel.step < 0 {
		lo, hi = -1, n-1
	}
	bound := func(v int, open bool, otherwise int) int {
		if open {
			return otherwise
		}
		if v < 0 {
			v += n
		}
		return min(max(v, lo), hi)
	}
	if sel.step < 0 {
		return bound(sel.from, sel.open.from, hi), bound(sel.to, sel.open.to, lo)
	}
	return bound(sel.from, sel.open.from, lo), bound(sel.to, sel.open.to, hi)
}
