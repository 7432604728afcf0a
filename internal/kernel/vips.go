package kernel

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/convkit/convkit/internal/tensor"
)

// parseVips reads a matrix file of libvips: a line "width height [scale
// [offset]]", then height lines of width numbers. Taps are divided by scale;
// offset is the bias, in units of the stored values. known is false where the
// text is no such file: its first line would be a row of a plain matrix too,
// unless the file has another number of columns, or is named .mat, or has all
// four numbers in its first line.
func parseVips(text, name string) (k tensor.Kernel, known bool, err error) {
	var rows [][]string
	for line := range strings.Lines(text) {
		if fields := strings.Fields(strings.NewReplacer(",", " ", ";", " ").Replace(line)); len(fields) > 0 {
			rows = append(rows, fields)
		}
	}
	if len(rows) < 2 || len(rows[0]) < 2 || len(rows[0]) > 4 {
		return k, false, nil
	}
	head := [4]float64{0, 0, 1, 0}
	for i, f := range rows[0] {
		if head[i], err = strconv.ParseFloat(f, 64); err != nil {
			return k, false, nil
		}
	}
	w, h := len(rows[1]), len(rows)-1
	ambiguous := len(rows[0]) == w && len(rows[0]) < 4
	if head[0] != float64(w) || head[1] != float64(h) || ambiguous && !strings.HasSuffix(strings.ToLower(name), ".mat") {
		return k, false, nil
	}
	if head[2] == 0 || notFinite(head[2]) || notFinite(head[3]) {
		return k, true, fmt.Errorf("line 1: a scale of %v and an offset of %v make no kernel", head[2], head[3])
	}
	taps := make([]float64, 0, w*h)
	for y, row := range rows[1:] {
		if len(row) != w {
			return k, true, fmt.Errorf("row %d has %s, and the first line says %d", y+1, numbers(len(row)), w)
		}
		for x, f := range row {
			v, err := strconv.ParseFloat(f, 64)
			if err != nil {
				return k, true, fmt.Errorf("row %d, column %d: %q is not a number", y+1, x+1, f)
			}
			taps = append(taps, v/head[2])
		}
	}
	k = tensor.Matrix(h, w, taps...)
	if head[3] != 0 {
		k.Bias, k.StoredBias = []float64{head[3]}, true
	}
	return k, true, check(k)
}
