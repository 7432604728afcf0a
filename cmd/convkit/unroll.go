package main

import (
	"context"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/convkit/convkit/internal/corr/operator"
	"github.com/convkit/convkit/internal/imageio"
)

// unrollWords are what --unroll takes: which of the two factors of the
// correlation becomes a matrix.
var unrollWords = []string{"image", "kernel"}

// unrollWord takes the word of --unroll from among the inputs, where a blank and
// not = stands before it, unless it is the name of a file.
func (c *correlator) unrollWord(inputs []string) []string {
	i := slices.IndexFunc(inputs, func(s string) bool { return slices.Contains(unrollWords, s) })
	if c.matrix == "" || i < 0 {
		return inputs
	}
	if _, err := os.Stat(inputs[i]); err == nil {
		return inputs
	}
	c.matrix = inputs[i]
	return slices.Delete(slices.Clone(inputs), i, i+1)
}

// unroll writes the correlation as a matrix.
func (c *correlator) unroll(ctx context.Context, inputs []string) error {
	img, err := c.single(ctx, "--unroll", inputs)
	if err != nil {
		return err
	}
	k := c.kernels[0]
	var m *operator.Matrix
	if c.matrix == "image" {
		m, err = operator.Windows(imageio.Rows[float64](img), k, c.geometry)
	} else {
		m, err = operator.Operator(img.Shape(), k, c.geometry)
		if len(k.Bias) > 0 || c.geometry.Border.Value != 0 {
			c.note("the matrix leaves out what the bias and the border's constant add to the result")
		}
	}
	if err != nil {
		return asData(err)
	}
	to := c.output
	if to == "" {
		to = "-"
	}
	if err := c.mayWrite(to); err != nil {
		return err
	}
	c.logVerbose("plan %s of %dx%d, unrolled to %dx%d", c.matrix, img.Shape().H, img.Shape().W, m.Rows, m.Cols)
	if c.sparse || strings.HasSuffix(strings.ToLower(to), ".mtx") {
		return c.writeSparse(ctx, m, to)
	}
	return c.writeDense(ctx, m, to)
}

// checkEntries refuses a matrix of more numbers than --max-pixels allows.
func (c *correlator) checkEntries(m *operator.Matrix, perRow int) error {
	if float64(m.Rows)*float64(perRow) > float64(c.maxPixels) {
		return badData("take a smaller image, raise --max-pixels, or write only what is not zero: -o FILE.mtx", "the %dx%d matrix has more than %d numbers", m.Rows, m.Cols, c.maxPixels)
	}
	return nil
}

func (c *correlator) writeSparse(ctx context.Context, m *operator.Matrix, to string) error {
	if err := c.checkEntries(m, m.PerRow); err != nil {
		return err
	}
	write := func(w io.Writer) error {
		return imageio.EncodeMatrixMarket(w, m.Rows, m.Cols, c.write.Digits, func(row int, visit func(int, float64)) error {
			if row%1024 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			return m.Entries(row, visit)
		})
	}
	if to == "-" {
		return write(c.stdout)
	}
	if err := c.files.Write(to, write); err != nil {
		return err
	}
	return c.files.Commit()
}

// writeDense writes all numbers.
func (c *correlator) writeDense(ctx context.Context, m *operator.Matrix, to string) error {
	if err := c.checkEntries(m, m.Cols); err != nil {
		return err
	}
	if imageio.MakesPixels(to, c.write.Format, 0) {
		return usage("write it as .csv, .npy, .json or .mtx", "--unroll gives a matrix of numbers, not a picture")
	}
	if err := emit[float64](ctx, c.app, m, to, imageio.WriteOptions{Format: c.write.Format, Digits: c.write.Digits}); err != nil {
		return err
	}
	return c.files.Commit()
}

// single reads the one image that an option takes.
func (c *correlator) single(ctx context.Context, option string, inputs []string) (*imageio.Image, error) {
	if len(inputs) > 1 || c.batch.list != "" {
		return nil, usage("", "%s takes one image", option)
	}
	name := "-"
	if len(inputs) == 1 {
		name = inputs[0]
	}
	img, err := c.readImage(ctx, name, c.read)
	if err != nil {
		return nil, err
	}
	return img, nil
}
