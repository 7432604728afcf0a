package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/imageio"
	"github.com/convkit/convkit/internal/tensor"
)

// explainOne prints the window, the kernel and the sum of one output element.
func explainOne(ctx context.Context, f *filter, inputs []string, where string) error {
	y, x, err := position(where)
	if err != nil {
		return usage("", "--explain: %w", err)
	}
	if len(inputs) > 1 {
		return usage("", "--explain takes one image, not %d", len(inputs))
	}
	name := "-"
	if len(inputs) == 1 {
		name = inputs[0]
	}
	img, err := f.readImage(ctx, name, f.read)
	if err != nil {
		return err
	}
	p, err := corr.NewPlan[float64](img.Shape(), f.kernel, f.geometry, corr.Config{})
	if err != nil {
		return err
	}
	if g := p.Geometry(); y >= g.OutH || x >= g.OutW {
		return badData("", "the result is %dx%d: it has no element %d,%d", g.OutH, g.OutW, y, x)
	}
	e := explanation{k: f.kernel, g: p.Geometry(), y: y, x: x, digits: f.write.Digits}
	if f.geometry.Convolve {
		e.k = e.k.Flip()
	}
	src := imageio.Rows[float64](img)
	for plane := range p.Out().Planes() {
		if err := e.print(f.stdout, src, plane, p.Out()); err != nil {
			return err
		}
	}
	return nil
}

// explanation is one output element and the numbers that make it.
type explanation struct {
	k      tensor.Kernel
	g      corr.Geometry
	y, x   int
	digits int
}

// print writes the arithmetic of one plane of the result.
func (e explanation) print(w io.Writer, src tensor.Source[float64], plane int, out tensor.Shape) error {
	in := src.Shape()
	var terms []string
	o, sum := 0, 0.0
	first, planes := plane, 1
	if e.k.Mixes {
		o = plane % out.C
		first, planes = plane/out.C*in.C, in.C
	}
	if out.Planes() > 1 {
		fmt.Fprintf(w, "plane %d\n", plane)
	}
	for i := range planes {
		window, err := e.window(src, first+i)
		if err != nil {
			return err
		}
		taps := e.k.Taps[(o*e.k.In+i)*e.k.H*e.k.W:][:e.k.H*e.k.W]
		fmt.Fprintf(w, "window\n%skernel\n%s", e.matrix(window), e.matrix(taps))
		for j, v := range window {
			terms = append(terms, e.number(v)+"*"+e.number(taps[j]))
			sum += v * taps[j]
		}
	}
	line := strings.Join(terms, " + ")
	if len(e.k.Bias) > 0 {
		b := e.k.BiasOf(o)
		line += " + " + e.number(b)
		sum += b
	}
	_, err := fmt.Fprintf(w, "%s = %s\n", line, e.number(sum))
	return err
}

// window reads the elements of a plane that the output sees.
func (e explanation) window(src tensor.Source[float64], plane int) ([]float64, error) {
	r := corr.NewReader(src, e.g)
	row := make([]float64, e.g.PadW())
	var window []float64
	for u := range e.g.KH {
		if err := r.Row(plane, e.y*e.g.Stride.H+u*e.g.Dilation.H, row); err != nil {
			return nil, err
		}
		for v := range e.g.KW {
			window = append(window, row[e.x*e.g.Stride.W+v*e.g.Dilation.W])
		}
	}
	return window, nil
}

func (e explanation) matrix(v []float64) string {
	var s strings.Builder
	for i, x := range v {
		s.WriteString(e.number(x))
		if (i+1)%e.g.KW == 0 {
			s.WriteByte('\n')
		} else {
			s.WriteByte(' ')
		}
	}
	return s.String()
}

func (e explanation) number(v float64) string {
	if v == 0 {
		v = 0 // no negative zero
	}
	if e.digits >= 0 {
		return strconv.FormatFloat(v, 'f', e.digits, 64)
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}
