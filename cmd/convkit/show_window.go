package main

import (
	"context"
	"fmt"
	"io"

	"github.com/convkit/convkit/internal/imageio"
	"github.com/convkit/convkit/internal/report"
	"github.com/convkit/convkit/internal/tensor"
)

// writeWindow writes the interactive page.
func (s *shower) writeWindow(ctx context.Context) error {
	// The textbook's first example.
	x, k := [][]float64{{0, 1, 2}, {3, 4, 5}, {6, 7, 8}}, tensor.Matrix(2, 2, 0, 1, 2, 3)
	if len(s.inputs) == 2 {
		var err error
		if x, err = s.windowImage(ctx, s.inputs[0]); err != nil {
			return err
		}
		if k, err = s.readKernel(ctx, s.inputs[1]); err != nil {
			return err
		}
		if k.Out*k.In != 1 || max(k.H, k.W) > report.MaxWindowSide {
			return badData(fmt.Sprintf("give a matrix of up to %d rows and columns", report.MaxWindowSide), "the page cannot show a %v kernel", k)
		}
	} else {
		s.note("no X and KERNEL: the textbook's example, 0 1 2; 3 4 5; 6 7 8 with the kernel 0 1; 2 3")
	}
	write := func(w io.Writer) error { return asData(report.Window(w, x, k)) }
	if s.output == "-" {
		return write(s.stdout)
	}
	if err := s.files.Write(s.output, write); err != nil {
		return err
	}
	return s.files.Commit()
}

// windowImage reads an image of one small plane.
func (s *shower) windowImage(ctx context.Context, name string) ([][]float64, error) {
	img, err := s.readImage(ctx, name, imageio.ReadOptions{Alpha: imageio.AlphaDrop})
	if err != nil {
		return nil, err
	}
	shape := img.Shape()
	if shape.Planes() != 1 || max(shape.H, shape.W) > report.MaxWindowSide {
		return nil, badData(fmt.Sprintf("give a grey image of up to %d rows and columns", report.MaxWindowSide), "%s: the page cannot show %d planes of %dx%d", name, shape.Planes(), shape.H, shape.W)
	}
	rows := make([][]float64, shape.H)
	src := imageio.Rows[float64](img)
	for y := range rows {
		row, err := src.Row(0, y, make([]float64, shape.W))
		if err != nil {
			return nil, err
		}
		rows[y] = append([]float64(nil), row...)
	}
	return rows, nil
}
