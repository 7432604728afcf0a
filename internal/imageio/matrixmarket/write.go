package matrixmarket

import (
	"bufio"
	"fmt"
	"io"
	"strconv"

	"github.com/convkit/convkit/internal/imageio/text"
)

// Encode writes the entries of a matrix that are not zero, in the
// coordinate format of Matrix Market: a line with the rows, the columns and the
// number of entries, then a line "row column value" for each, counted from 1.
// entries gives those of one row; it is gone through twice, for the number comes
// first.
func Encode(w io.Writer, rows, cols, digits int, entries func(row int, visit func(col int, v float64)) error) error {
	count := 0
	for r := range rows {
		if err := entries(r, func(_ int, v float64) {
			if v != 0 {
				count++
			}
		}); err != nil {
			return err
		}
	}
	b := bufio.NewWriterSize(w, 1<<16)
	fmt.Fprintf(b, "%%%%MatrixMarket matrix coordinate real general\n%d %d %d\n", rows, cols, count)
	var line []byte
	for r := range rows {
		if err := entries(r, func(col int, v float64) {
			if v == 0 {
				return
			}
			line = strconv.AppendInt(line[:0], int64(r+1), 10)
			line = strconv.AppendInt(append(line, ' '), int64(col+1), 10)
			line = text.AppendNumber(append(line, ' '), v, digits)
			b.Write(append(line, '\n')) // a failure comes back from Flush
		}); err != nil {
			return err
		}
	}
	return b.Flush()
}
