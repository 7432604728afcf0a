package main

import (
	"context"
	"math"
	"strconv"
	"strings"

	"github.com/convkit/convkit/internal/imageio"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/spf13/cobra"
)

// calibration is what is done to an image before the kernel: less a dark frame, then
// over a flat field,
//
//	x' = (x − subtract) / divide
//
// each a number or a map of the image's size, in the image's unit (0..1 for pixels,
// unless --values raw). A division by 0 gives NaN.
type calibration struct {
	subtract, divide string // "": none

	maps map[string]*tensor.Dense[float64] // those that were read
}

func addCalibration(cmd *cobra.Command, c *calibration) {
	fs := cmd.Flags()
	define(fs, &c.subtract, "subtract", "", "", "FILE|V", "subtract a map of the image's size, such as a dark frame, or a number, before the kernel", anyText).namesFiles(namesMap)
	define(fs, &c.divide, "divide", "", "", "FILE|V", "divide by a map of the image's size, such as a flat field, or by a number, after --subtract. A division by 0 gives NaN", anyText).namesFiles(namesMap)
	must(cmd.MarkFlagFilename("subtract"))
	must(cmd.MarkFlagFilename("divide"))
}

// namesMap reports whether a value is a file, not a number.
func namesMap(s string) bool {
	_, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	return s != "" && err != nil
}

// given reports whether anything is done to the image.
func (c *calibration) given() bool { return c.subtract != "" || c.divide != "" }

// files are the maps that are read.
func (c *calibration) files() []string {
	var list []string
	for _, s := range []string{c.subtract, c.divide} {
		if namesMap(s) {
			list = append(list, s)
		}
	}
	return list
}

// readMaps reads the maps, once for all images of a batch.
func (f *filter) readMaps(ctx context.Context) error {
	for _, path := range f.calibration.files() {
		if f.calibration.maps[path] != nil {
			continue
		}
		o := f.read
		o.Alpha = imageio.AlphaDrop
		img, err := f.readImage(ctx, path, o)
		if err != nil {
			return err
		}
		m, err := tensor.Collect(imageio.Rows[float64](img))
		if err != nil {
			return err
		}
		if f.calibration.maps == nil {
			f.calibration.maps = map[string]*tensor.Dense[float64]{}
		}
		f.calibration.maps[path] = m
	}
	return nil
}

// operand is a number, or a map with one plane or as many as the image.
type operand struct {
	number float64
	values *tensor.Dense[float64]
}

// operandFor returns what a flag stands for, for images of one shape.
func (c *calibration) operandFor(flag, s string, image tensor.Shape) (operand, error) {
	m := c.maps[s]
	if m == nil {
		v, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
		if err == nil && (math.IsNaN(v) || math.IsInf(v, 0)) {
			err = strconv.ErrRange
		}
		if err != nil {
			return operand{}, usage("give a file or a finite number", "--%s: %q is neither", flag, s)
		}
		return operand{number: v}, nil
	}
	if t := m.Shape(); t.H != image.H || t.W != image.W || t.Planes() != 1 && t.Planes() != image.Planes() {
		return operand{}, badData("give a map of the image's size, with one plane or as many as the image", "--%s: %s is %v, and the image %v", flag, s, m.Shape(), image)
	}
	return operand{values: m}, nil
}

// row returns the operand's row, or nil for a number.
func (o operand) row(plane, y int) []float64 {
	if o.values == nil {
		return nil
	}
	s := o.values.Shape()
	return o.values.Plane(plane % s.Planes())[y*s.W : (y+1)*s.W]
}

// calibrated is an image with the arithmetic done to its rows.
type calibrated[T tensor.Float] struct {
	tensor.Source[T]
	subtract, divide *operand // nil: none
}

// Row fills buf with a row of the calibrated image.
func (c calibrated[T]) Row(plane, y int, buf []T) ([]T, error) {
	row, err := c.Source.Row(plane, y, buf)
	if err != nil {
		return nil, err
	}
	buf = buf[:len(row)]
	var dark, flat []float64
	if c.subtract != nil {
		dark = c.subtract.row(plane, y)
	}
	if c.divide != nil {
		flat = c.divide.row(plane, y)
	}
	for i, x := range row {
		v := float64(x)
		switch {
		case dark != nil:
			v -= dark[i]
		case c.subtract != nil:
			v -= c.subtract.number
		}
		if c.divide != nil {
			by := c.divide.number
			if flat != nil {
				by = flat[i]
			}
			if v /= by; by == 0 {
				v = math.NaN()
			}
		}
		buf[i] = T(v)
	}
	return buf, nil
}

// calibrate returns the source of an image after --subtract and --divide.
func calibrate[T tensor.Float](c *calibration, src tensor.Source[T]) (tensor.Source[T], error) {
	if !c.given() {
		return src, nil
	}
	out := calibrated[T]{Source: src}
	for _, o := range []struct {
		flag, text string
		to         **operand
	}{{"subtract", c.subtract, &out.subtract}, {"divide", c.divide, &out.divide}} {
		if o.text == "" {
			continue
		}
		v, err := c.operandFor(o.flag, o.text, src.Shape())
		if err != nil {
			return nil, err
		}
		*o.to = &v
	}
	return out, nil
}
