package imageio

import (
	"math"

	"github.com/convkit/convkit/internal/imageio/codec"
	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/tensor"
)

// textEncoder returns the encoder of matrix text with a separator between the
// numbers of a row, and an empty line between planes.
func textEncoder(sep byte) func(codec.Result) (codec.Encoder, error) {
	return func(r codec.Result) (codec.Encoder, error) {
		return codec.Encoder{Text: &codec.Text{Row32: plainRow[float32](sep, r.Digits), Row64: plainRow[float64](sep, r.Digits)}}, nil
	}
}

// plainRow returns a function that appends a row.
func plainRow[T tensor.Float](sep byte, digits int) func([]byte, int, int, []T) ([]byte, error) {
	return func(b []byte, p, y int, row []T) ([]byte, error) {
		if y == 0 && p > 0 {
			b = append(b, '\n')
		}
		return append(appendRow(b, row, sep, digits), '\n'), nil
	}
}

func appendRow[T tensor.Float](b []byte, row []T, sep byte, digits int) []byte {
	for i, v := range row {
		if i > 0 {
			b = append(b, sep)
		}
		b = appendNumber(b, v, digits)
	}
	return b
}

// jsonRow formats a row of a nested array, with the brackets that open before
// it and close after it.
func jsonRow[T tensor.Float](r codec.Result) func([]byte, int, int, []T) ([]byte, error) {
	return func(b []byte, p, y int, row []T) ([]byte, error) {
		return appendJSONRow(b, r.Dims, p*r.H+y, row, r.Digits)
	}
}

// appendJSONRow writes row number at of an array of the given size.
func appendJSONRow[T tensor.Float](b []byte, dims []int, at int, row []T, digits int) ([]byte, error) {
	for _, v := range row {
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return nil, raster.BadOption("csv and npy do", "the result has a %v, and json has no NaN or Inf", v)
		}
	}
	levels := dims[:len(dims)-1]
	for range edges(levels, at) {
		b = append(b, '[')
	}
	b = append(appendRow(append(b, '['), row, ',', digits), ']')
	closing := edges(levels, at+1)
	for range closing {
		b = append(b, ']')
	}
	if closing < len(levels) {
		b = append(b, ',')
	}
	return append(b, '\n'), nil
}

// edges counts the arrays of rows that begin at, or end before, row number at.
func edges(levels []int, at int) int {
	n, size := 0, 1
	for i := len(levels) - 1; i >= 0; i-- {
		size *= levels[i]
		if at%size != 0 {
			break
		}
		n++
	}
	return n
}

func newJSONEncoder(r codec.Result) (codec.Encoder, error) {
	return codec.Encoder{Text: &codec.Text{Row32: jsonRow[float32](r), Row64: jsonRow[float64](r)}}, nil
}
