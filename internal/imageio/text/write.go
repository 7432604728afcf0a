package text

import (
	"github.com/convkit/convkit/internal/imageio/codec"
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
		return append(AppendRow(b, row, sep, digits), '\n'), nil
	}
}

func AppendRow[T tensor.Float](b []byte, row []T, sep byte, digits int) []byte {
	for i, v := range row {
		if i > 0 {
			b = append(b, sep)
		}
		b = AppendNumber(b, v, digits)
	}
	return b
}
