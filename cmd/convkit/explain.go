package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/corr/operator"
	"github.com/convkit/convkit/internal/imageio"
	"github.com/convkit/convkit/internal/tensor"
)

// explainOne prints the window, the kernel and the sum of one output element, in
// each plane of the result. Of several kernels it explains the last, whose image
// is what those before it give.
func (c *correlator) explainOne(ctx context.Context, inputs []string) error {
	y, x, err := position(c.explain)
	if err != nil {
		return usage("", "--explain: %w", err)
	}
	img, err := c.single(ctx, "--explain", inputs)
	if err != nil {
		return err
	}
	c.filter = c.inUnits(img)
	src, err := c.before(ctx, img)
	if err != nil {
		return err
	}
	k := c.kernels[len(c.kernels)-1]
	p, err := corr.NewPlan[float64](src.Shape(), k, c.geometry, corr.Config{})
	if err != nil {
		return err
	}
	if err := c.checkSize(p.Out()); err != nil {
		return err
	}
	if g := p.Geometry(); y >= g.OutH || x >= g.OutW {
		return badData("", "the result is %dx%d: it has no element %d,%d", g.OutH, g.OutW, y, x)
	}
	e := explanation{k: k, g: p.Geometry(), y: y, x: x, digits: c.write.Digits, title: "kernel"}
	if c.geometry.Convolve {
		e.k, e.title = k.Flip(), "kernel, flipped"
	}
	var b strings.Builder
	if n := len(c.kernels); n > 1 {
		fmt.Fprintf(&b, "kernel %d of %d, on the result of those before\n", n, n)
	}
	for plane := range p.Out().Planes() {
		if err := e.print(&b, src, plane, p.Out()); err != nil {
			return err
		}
	}
	_, err = io.WriteString(c.stdout, b.String())
	return err
}

// before is the image that the last kernel is applied to.
func (c *correlator) before(ctx context.Context, img *imageio.Image) (tensor.Source[float64], error) {
	src, n := imageio.Rows[float64](img), len(c.kernels)-1
	if n == 0 {
		return src, nil
	}
	chain, err := operator.NewChain[float64](img.Shape(), c.kernels[:n], c.geometry, corr.Config{Threads: c.threads})
	if err != nil {
		return nil, err
	}
	for _, s := range append(chain.Between(), chain.Out()) {
		if err := c.checkSize(s); err != nil {
			return nil, err
		}
	}
	between := tensor.NewDense[float64](chain.Out())
	return between, chain.Run(ctx, src, between)
}

// explanation is one output element and the numbers that make it.
type explanation struct {
	k      tensor.Kernel
	g      corr.Geometry
	y, x   int
	digits int
	title  string // what the kernel is called
}

// print writes the arithmetic of one plane of the result.
func (e explanation) print(w *strings.Builder, src tensor.Source[float64], plane int, out tensor.Shape) error {
	in := src.Shape()
	var terms []string
	o, sum := 0, 0.0
	first, planes := plane, 1
	if e.k.Mixes {
		o = plane % out.C
		first, planes = plane/out.C*in.C, in.C
	}
	if out.Planes() > 1 {
		fmt.Fprintf(w, "plane %d of the result\n", plane)
	}
	for i := range planes {
		window, err := e.window(src, first+i)
		if err != nil {
			return err
		}
		taps := e.k.Taps[(o*e.k.In+i)*e.k.H*e.k.W:][:e.k.H*e.k.W]
		of := ""
		if planes > 1 {
			of = fmt.Sprintf(" of plane %d", first+i)
		}
		fmt.Fprintf(w, "window%s\n%s%s%s\n%s", of, e.matrix(window, e.beyond()), e.title, of, e.matrix(taps, nil))
		for j, v := range window {
			terms = append(terms, e.factor(v)+"*"+e.factor(taps[j]))
			sum += v * taps[j]
		}
	}
	line := strings.Join(terms, " + ")
	if len(e.k.Bias) > 0 {
		b := e.k.BiasOf(o)
		line += " + " + e.factor(b)
		sum += b
	}
	fmt.Fprintf(w, "%s = %s\n", line, e.number(sum))
	return nil
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

// beyond tells which elements of the window lie beyond the edge of the image.
func (e explanation) beyond() []bool {
	outside := make([]bool, 0, e.g.KH*e.g.KW)
	for u := range e.g.KH {
		y := e.y*e.g.Stride.H + u*e.g.Dilation.H - e.g.Top
		for v := range e.g.KW {
			x := e.x*e.g.Stride.W + v*e.g.Dilation.W - e.g.Left
			outside = append(outside, y < 0 || y >= e.g.InH || x < 0 || x >= e.g.InW)
		}
	}
	return outside
}

// matrix lays numbers out in columns; those beyond the edge stand in brackets.
func (e explanation) matrix(v []float64, beyond []bool) string {
	words, widest := make([]string, len(v)), 0
	for i, x := range v {
		words[i] = e.number(x)
		if beyond != nil && beyond[i] {
			words[i] = "[" + words[i] + "]"
		}
		widest = max(widest, len(words[i]))
	}
	var s strings.Builder
	for i, word := range words {
		end := byte(' ')
		if (i+1)%e.g.KW == 0 {
			end = '\n'
		}
		fmt.Fprintf(&s, "%*s%c", widest, word, end)
	}
	return s.String()
}

// factor is a number within a sum: one below zero stands in brackets.
func (e explanation) factor(v float64) string {
	s := e.number(v)
	if strings.HasPrefix(s, "-") {
		return "(" + s + ")"
	}
	return s
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
