package json

import (
	"bytes"
	"io"
	"math"

	"github.com/convkit/convkit/internal/imageio/codec"
	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/text"
	"github.com/convkit/convkit/internal/tensor"
)

// encodeJSON writes the bare array, or an object where there is a bias: one
// number for one output, else a list.
func Encode(w io.Writer, dims []int, values, bias []float64, digits int) error {
	var b []byte
	var err error
	if len(bias) > 0 {
		b = append(b, "{\"kernel\": "...)
	}
	width := dims[len(dims)-1]
	for at := range len(values) / width {
		if b, err = appendJSONRow(b, dims, at, values[at*width:(at+1)*width], digits); err != nil {
			return err
		}
	}
	if len(bias) > 0 {
		b = append(bytes.TrimRight(b, "\n"), ",\n\"bias\": "...)
		if b, err = appendJSONBias(b, bias, digits); err != nil {
			return err
		}
		b = append(b, "}\n"...)
	}
	_, err = w.Write(b)
	return err
}

func appendJSONBias(b []byte, bias []float64, digits int) ([]byte, error) {
	row, err := appendJSONRow(nil, []int{len(bias)}, 0, bias, digits)
	row = bytes.TrimRight(row, "\n")
	if len(bias) == 1 {
		row = bytes.Trim(row, "[]")
	}
	return append(b, row...), err
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
	b = append(text.AppendRow(append(b, '['), row, ',', digits), ']')
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
