package main

import (
	"fmt"
	"math"
	"strings"
)

// table has a row for each task, and in it a cell for each program. The first
// program is convkit.
type table struct {
	task     string
	programs []string
	rows     []row
	unit     float64 // seconds
	memory   bool    // cells have a peak memory
}

type row struct {
	task  string
	cells []cell
}

// cell is how a program did; seconds is NaN where it did not take part.
type cell struct {
	seconds float64
	megs    float64 // peak memory
	apart   float64 // largest difference from convkit's result over its largest value; NaN: not compared
}

var absent = cell{seconds: math.NaN(), apart: math.NaN()}

func (t *table) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "| %s |", t.task)
	for i, p := range t.programs {
		fmt.Fprintf(&b, " %s |", p)
		if i > 0 {
			b.WriteString(" ratio |")
		}
	}
	fmt.Fprintf(&b, "\n|---|%s\n", strings.Repeat("---:|", 2*len(t.programs)-1))
	for _, r := range t.rows {
		fmt.Fprintf(&b, "| %s |", r.task)
		for i, c := range r.cells {
			fmt.Fprintf(&b, " %s |", t.text(c))
			if i > 0 {
				fmt.Fprintf(&b, " %s |", ratio(c.seconds/r.cells[0].seconds))
			}
		}
		b.WriteByte('\n')
	}
	if worst := t.apart(); worst > 0 {
		fmt.Fprintf(&b, "\nLargest difference between two results: %.1g of the largest value.\n", worst)
	}
	return b.String()
}

func (t *table) text(c cell) string {
	if math.IsNaN(c.seconds) {
		return ""
	}
	s := figure(c.seconds / t.unit)
	if t.memory {
		s += fmt.Sprintf(" (%.0f MB)", c.megs)
	}
	return s
}

// apart is the largest difference in the table.
func (t *table) apart() float64 {
	worst := 0.0
	for _, r := range t.rows {
		for _, c := range r.cells {
			if c.apart > worst {
				worst = c.apart
			}
		}
	}
	return worst
}

func ratio(v float64) string {
	if math.IsNaN(v) {
		return ""
	}
	return "**" + figure(v) + "**"
}

// figure writes three digits.
func figure(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}
