package report

import "math"

// Pad gives the standard errors the shape of a kernel with so many more rows above and
// below, and columns left and right, in which the taps stand further down and right. The
// zeros around them have no error.
func (rep *Report) Pad(rows, columns, down, right int) {
	switch m := rep.StandardError.(type) {
	case [][]Number:
		rep.StandardError = padded(m, rows, columns, down, right)
	case [][][][]Number:
		for _, out := range m {
			for i := range out {
				out[i] = padded(out[i], rows, columns, down, right)
			}
		}
	}
}

func padded(m [][]Number, rows, columns, down, right int) [][]Number {
	wide := make([][]Number, len(m)+2*rows)
	for u := range wide {
		wide[u] = make([]Number, len(m[0])+2*columns)
		for v := range wide[u] {
			wide[u][v] = Number(math.NaN())
		}
	}
	for u, row := range m {
		copy(wide[u+rows+down][columns+right:], row)
	}
	return wide
}
