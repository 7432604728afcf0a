package method

import (
	"math"

	"github.com/convkit/convkit/internal/corr/fft"
	"github.com/convkit/convkit/internal/corr/vec"
	"github.com/convkit/convkit/internal/tensor"
)

// buried is the part of u·rms·‖k‖ up to which an output of a tile may be an error of
// its spectra: such errors were seen to reach 43 times that, and 2^7 times as much
// leaves an output the 2^-7 of Σ|x||k| that are promised beside large values.
const buried = 1 << 13

// mendRows is how many rows of outputs are computed together, as many as the direct
// method keeps in registers.
const mendRows = 4

// mend computes outputs of a tile anew where spectra may have left them nothing but
// an error. Without negative taps and elements an output is Σ|x||k| itself, so those
// are the small outputs: beside a source of 1e9 the sky would else be negative.
// Windows of zeros give the bias, the others go through the direct method. size is
// the root mean square of the tile or of its partner, whichever is larger.
func (w *fourierWorker[T]) mend(dst, src fft.Window[T], size float64) {
	limit := T(buried * tensor.Roundoff[T]() * size * w.f.size)
	if !w.f.positive || w.f.bias != 0 || !(limit*limit > 0) ||
		vec.Small(dst.Data, dst.Stride, dst.Rows, dst.Cols, limit*limit) == 0 || !nonNegativeIn(src) {
		return
	}
	reach := w.f.g.Reach()
	filled := extents(src)
	for y := 0; y < dst.Rows; y += mendRows {
		rows := min(mendRows, dst.Rows-y)
		for x := 0; x < dst.Cols; {
			if !smallAt(dst, y, rows, x, limit) {
				x++
				continue
			}
			from := x
			for x++; x < dst.Cols && smallAt(dst, y, rows, x, limit); x++ {
			}
			part := tensor.View[T]{Data: dst.Data[y*dst.Stride+from:], Stride: dst.Stride}
			if emptyIn(filled[y:y+rows+reach.H-1], from, x+reach.W-1) {
				for r := range rows {
					clear(part.Row(r, x-from))
				}
				continue
			}
			w.f.direct().run(&w.scratch, part, tensor.View[T]{Data: src.Data[y*src.Stride+from:], Stride: src.Stride}, rows, x-from, 0, 0)
		}
	}
}

// smallAt reports whether an output of column x in some rows is below limit.
func smallAt[T tensor.Float](dst fft.Window[T], y, rows, x int, limit T) bool {
	for r := range rows {
		if dst.Data[(y+r)*dst.Stride+x] < limit {
			return true
		}
	}
	return false
}

// extent is where a row has its first element that is not 0, and the end of its last.
type extent struct{ from, to int }

func extents[T tensor.Float](src fft.Window[T]) []extent {
	list := make([]extent, src.Rows)
	for r := range list {
		row := src.Data[r*src.Stride:][:src.Cols]
		e := extent{len(row), 0}
		for i, v := range row {
			if v != 0 {
				e.from, e.to = min(e.from, i), i+1
			}
		}
		list[r] = e
	}
	return list
}

// emptyIn reports whether columns from to to of some rows are all 0.
func emptyIn(rows []extent, from, to int) bool {
	for _, e := range rows {
		if e.from < to && from < e.to {
			return false
		}
	}
	return true
}

func nonNegative(list []float64) bool {
	for _, v := range list {
		if !(v >= 0) {
			return false
		}
	}
	return true
}

func nonNegativeIn[T tensor.Float](src fft.Window[T]) bool {
	for r := range src.Rows {
		for _, v := range src.Data[r*src.Stride:][:src.Cols] {
			if v < 0 {
				return false
			}
		}
	}
	return !math.IsNaN(float64(src.Data[0]))
}
