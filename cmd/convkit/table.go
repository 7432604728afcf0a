package main

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// tableFormats are what places and shifts are printed as.
var tableFormats = []string{"csv", "tsv", "json"}

// printTable prints lines of numbers under the names of their columns, as csv or
// tsv.
func (a *app) printTable(format string, names []string, lines ...[]json.Number) error {
	comma := byte(',')
	if format == "tsv" {
		comma = '\t'
	}
	var b bytes.Buffer
	for i, name := range names {
		if i > 0 {
			b.WriteByte(comma)
		}
		b.WriteString(name)
	}
	b.WriteByte('\n')
	for _, line := range lines {
		for i, v := range line {
			if i > 0 {
				b.WriteByte(comma)
			}
			b.WriteString(v.String())
		}
		b.WriteByte('\n')
	}
	_, err := a.stdout.Write(b.Bytes())
	return err
}

// rounded is shortest for distances and shares, of which nothing is left below
// the last decimal.
func rounded(v float64, decimals, digits int) json.Number {
	if digits < 0 {
		scale := math.Pow10(decimals)
		v = math.Round(v*scale) / scale
	}
	return shortest(v, decimals, digits)
}

// shortest writes v with so many digits or, where that is negative, rounded to
// some decimals and without trailing zeros; a number that would vanish keeps its
// own.
func shortest(v float64, decimals, digits int) json.Number {
	format := func(verb byte, digits int) json.Number {
		return json.Number(strconv.FormatFloat(v, verb, digits, 64))
	}
	if digits >= 0 {
		text := format('f', digits)
		if strings.Trim(string(text), "-0.") == "" {
			text = json.Number(strings.TrimPrefix(string(text), "-")) // no negative zero
		}
		return text
	}
	scale := math.Pow10(decimals)
	if r := math.Round(v*scale) / scale; math.Abs(v) < 1e9 && (r != 0 || math.Abs(v) < 1e-9) {
		v = r
	}
	if v == 0 {
		v = 0 // no negative zero
	}
	if a := math.Abs(v); a == 0 || 1e-4 <= a && a < 1e15 {
		return format('f', -1)
	}
	return format('g', -1)
}
