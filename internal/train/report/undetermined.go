package report

import (
	"fmt"
	"math"
	"strings"

	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/normal"
	"github.com/convkit/convkit/internal/train/numeric"
	"gonum.org/v1/gonum/floats"
)

// sameShare is the share of two taps' sums of squares below which their difference
// counts as rounding: they see the same values.
const sameShare = 1e-13

// Undetermined says in words what the images do not determine; nil if they determine
// every tap.
func Undetermined(s *normal.Equations) []string { return undetermined(s, Options{}.fate()) }

// undetermined also says which values the fit gave to the rest.
func undetermined(s *normal.Equations, f fate) []string {
	var words []string
	for i := range s.Systems() {
		sys := &s.Systems()[i]
		if sys.Rank() == sys.N() {
			continue
		}
		d := describer{l: s.Layout(), sys: sys, fate: f}
		lines := d.describe()
		if len(s.Systems()) > 1 {
			for j := range lines {
				lines[j] = fmt.Sprintf("plane %d: %s", i, lines[j])
			}
		}
		words = append(words, lines...)
	}
	return words
}

// describer puts into words what a singular system does not determine.
type describer struct {
	l         train.Layout
	sys       *normal.System
	fate      fate
	accounted int // combinations accounted for
}

func (d *describer) describe() []string {
	missing := d.sys.N() - d.sys.Rank()
	if d.sys.Trace() == 0 {
		return []string{"X is zero in every window: no tap is determined; all are " + d.fate.zeroOnly}
	}
	groups := d.groups()
	var lines []string
	if dead := groups[0]; len(dead) > 0 {
		d.accounted += len(dead)
		sees := " sees only zeros: "
		if len(dead) > 1 {
			sees = " see only zeros: "
		}
		lines = append(lines, d.names(dead)+sees+d.fate.zeroOnly)
	}
	for _, g := range groups[1:] {
		if line := d.group(g); line != "" {
			lines = append(lines, line)
		}
	}
	if n := missing - d.accounted; n > 0 {
		lines = append(lines, d.combinations(n))
	}
	return append(lines, fmt.Sprintf("%d of %d unknowns are determined; %s", d.sys.Rank(), d.sys.N(), d.fate.rest))
}

// groups returns the sets of unknowns that see multiples of the same values. The first
// set has those that see only zeros.
func (d *describer) groups() [][]int {
	n, g := d.sys.N(), d.sys.Matrix()
	most := 0.0
	for i := range n {
		most = math.Max(most, g[i*n+i])
	}
	groups := [][]int{nil}
	done := make([]bool, n)
	for i := range n {
		if g[i*n+i] <= sameShare*most {
			groups[0] = append(groups[0], i)
			done[i] = true
		}
	}
	for i := range n {
		if done[i] {
			continue
		}
		group := []int{i}
		for j := i + 1; j < n; j++ {
			// Cauchy and Schwarz: equal for multiples of each other.
			both := g[i*n+i] * g[j*n+j]
			if !done[j] && both-g[i*n+j]*g[i*n+j] <= sameShare*both*float64(n) {
				done[j] = true
				group = append(group, j)
			}
		}
		groups = append(groups, group)
	}
	return groups
}

// group describes one of the groups.
func (d *describer) group(g []int) string {
	if len(g) < 2 {
		return ""
	}
	d.accounted += len(g) - 1
	last := g[len(g)-1]
	switch {
	case last >= d.l.Taps() && len(g) == 2:
		return d.names(g[:1]) + " sees a constant, like the bias: only their combination is determined"
	case last >= d.l.Taps():
		return d.names(g[:len(g)-1]) + " see a constant, like the bias: only the combination of their sum and the bias is determined"
	}
	for _, t := range g {
		if v, first := d.sys.Matrix()[t*d.sys.N()+t], d.sys.Matrix()[g[0]*d.sys.N()+g[0]]; math.Abs(v-first) > 1e-9*first {
			return d.names(g) + " see multiples of the same values: only a weighted sum of them is determined"
		}
	}
	return d.names(g) + " see the same values: only their sum is determined"
}

// names lists taps; a whole row or column by its number.
func (d *describer) names(g []int) string {
	k := d.l.Spec.Kernel
	plane := k.H * k.W
	switch {
	case len(g) == d.l.Taps() && len(g) > 1:
		return "all taps"
	case len(g) == k.W && k.W > 1 && g[0]%k.W == 0 && g[len(g)-1] == g[0]+k.W-1:
		_, u, _ := d.position(g[0])
		return d.channel(g[0]) + fmt.Sprintf("the taps of row %d", u)
	case len(g) == k.H && k.H > 1 && g[0]%plane < k.W && g[len(g)-1] == g[0]+plane-k.W && evenly(g, k.W):
		_, _, v := d.position(g[0])
		return d.channel(g[0]) + fmt.Sprintf("the taps of column %d", v)
	}
	var names []string
	for i, t := range g {
		if i == maxNames && len(g) > maxNames+1 {
			return "the taps " + strings.Join(names, ", ") + fmt.Sprintf(" and %d more", len(g)-i)
		}
		names = append(names, d.name(t))
	}
	if len(g) == 1 {
		return "the tap " + names[0]
	}
	return "the taps " + strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// maxNames bounds how many taps are named one by one.
const maxNames = 8

func evenly(g []int, step int) bool {
	for i := 1; i < len(g); i++ {
		if g[i]-g[i-1] != step {
			return false
		}
	}
	return true
}

func (d *describer) channel(t int) string {
	if d.l.Inputs() == 1 {
		return ""
	}
	return fmt.Sprintf("in plane %d ", t/(d.l.Spec.Kernel.H*d.l.Spec.Kernel.W))
}

// position returns a tap's input plane, row and column in the kernel that is given,
// which is flipped with Convolve.
func (d *describer) position(t int) (i, u, v int) {
	k := d.l.Spec.Kernel
	i, u, v = t/(k.H*k.W), t%(k.H*k.W)/k.W, t%k.W
	if d.l.Spec.Options.Convolve {
		u, v = k.H-1-u, k.W-1-v
	}
	return i, u, v
}

// name returns a tap's row and column, from 0.
func (d *describer) name(t int) string {
	i, u, v := d.position(t)
	switch {
	case t == d.l.Taps():
		return "bias"
	case t > d.l.Taps():
		order := train.NewBasis(d.l.Spec.Background).Orders[t-d.l.Taps()]
		return fmt.Sprintf("background [%d,%d]", order[0], order[1])
	case d.l.Inputs() > 1:
		return fmt.Sprintf("[%d][%d][%d]", i, u, v)
	}
	return fmt.Sprintf("[%d][%d]", u, v)
}

// combinations describes combinations that are not plain sums, by an example with few
// taps.
func (d *describer) combinations(count int) string {
	combination := d.combination()
	var terms []string
	for t, f := range combination {
		if f == 0 {
			continue
		}
		sign := " + "
		if f < 0 {
			sign = " - "
		}
		terms = append(terms, sign, fmt.Sprintf("%.4g %s", math.Abs(f), d.name(t)))
	}
	word := fmt.Sprintf("%d combination of taps does", count)
	if count > 1 {
		word = fmt.Sprintf("%d combinations of taps do", count)
	}
	if len(terms) == 0 || len(terms) > 4*maxNames {
		return word + " not change the output and cannot be determined"
	}
	return word + " not change the output, so it cannot be determined; for example " + strings.TrimPrefix(strings.TrimPrefix(strings.Join(terms, ""), " + "), " ")
}

// combination returns a sparse undetermined direction. The directions are eliminated
// from the last unknowns on, so that the first one left has few entries.
func (d *describer) combination() []float64 {
	e := d.sys.Eigen()
	var rows [][]float64
	for i, l := range e.Values() {
		if l > 0 {
			continue
		}
		row := make([]float64, e.N())
		for j := range row {
			row[j] = e.Vectors()[j*e.N()+i]
		}
		rows = append(rows, row)
	}
	for column := e.N() - 1; column >= 0 && len(rows) > 1; column-- {
		best := 0
		for i := range rows {
			if math.Abs(rows[i][column]) > math.Abs(rows[best][column]) {
				best = i
			}
		}
		pivot := rows[best]
		if math.Abs(pivot[column]) < 1e-6 {
			continue
		}
		rows = append(rows[:best], rows[best+1:]...)
		for _, row := range rows {
			f := row[column] / pivot[column]
			for j := range row {
				row[j] -= f * pivot[j]
			}
			floats.Scale(1/math.Sqrt(numeric.Dot(row, row)), row)
		}
	}
	row := rows[0]
	least := math.Inf(1)
	for j, v := range row {
		if math.Abs(v) < 1e-6 {
			row[j] = 0
		} else {
			least = math.Min(least, math.Abs(v))
		}
	}
	first := 1.0
	for _, v := range row {
		if v != 0 {
			first = math.Copysign(1, v)
			break
		}
	}
	floats.Scale(first/least, row)
	return row
}
