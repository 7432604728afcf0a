package report

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/convkit/convkit/internal/tensor"
)

// Kernel is a kernel to be drawn.
type Kernel struct {
	Name   string
	Kernel tensor.Kernel
	Errors []float64 // of its taps: nil where unknown, NaN for those that are fixed or undetermined
}

// plane is one matrix of a kernel.
type plane struct {
	title  string
	h, w   int
	taps   []float64
	errors []float64 // nil: unknown
	of     tensor.Kernel
	index  int
}

// mostPlanes is the number of matrices in one figure.
const mostPlanes = 16

// planesOf lists the matrices of all kernels, up to mostPlanes, and how many there are.
func planesOf(list []Kernel) (planes []plane, all int) {
	for _, k := range list {
		n := k.Kernel.H * k.Kernel.W
		for p := range k.Kernel.Out * k.Kernel.In {
			if all++; len(planes) == mostPlanes {
				continue
			}
			one := plane{title: k.Name, h: k.Kernel.H, w: k.Kernel.W, taps: k.Kernel.Taps[p*n : (p+1)*n], of: k.Kernel, index: p}
			if k.Kernel.Out*k.Kernel.In > 1 {
				one.title = fmt.Sprintf("%s, output %d, input %d", k.Name, p/k.Kernel.In, p%k.Kernel.In)
			}
			if k.Errors != nil {
				one.errors = k.Errors[p*n : (p+1)*n]
			}
			planes = append(planes, one)
		}
	}
	return planes, all
}

// Kernels returns a figure of kernels side by side: their taps in common colours, the
// numbers and errors in the cells up to 15x15, their frequency responses, and cuts
// through these.
func Kernels(list []Kernel) *Figure {
	planes, all := planesOf(list)
	top := largest(planes)
	responses := make([]response, len(planes))
	for i, p := range planes {
		responses[i] = responseOf(p.of, p.index)
	}
	low, high := levels(responses)
	var taps, waves, cuts []panel
	for i, p := range planes {
		taps = append(taps, heatMap(p, top, cellSize(planes)))
		waves = append(waves, responseMap(responses[i], low, high))
		cuts = append(cuts, cutsOf(responses[i], low, high))
	}
	taps = append(taps, colourBar(signed(top), "tap", tallest(taps)))
	waves = append(waves, colourBar(rising(low, high), "gain in dB", tallest(waves)))
	f := &Figure{title: "kernels", about: describe(list, all)}
	if len(list) == 1 {
		f.title = "kernel " + list[0].Name
	}
	if len(planes) == 1 {
		f.rows = [][]panel{append(append(taps, waves...), cuts...)}
	} else {
		f.rows = [][]panel{taps, waves, cuts}
	}
	return f
}

// tallest returns the height of a scale beside some panels, which are never too low
// for its labels.
func tallest(row []panel) vg.Length {
	h := vg.Length(100)
	for _, p := range row {
		h = max(h, p.h)
	}
	return h
}

// describe says in words what a figure of kernels shows.
func describe(list []Kernel, planes int) string {
	var parts []string
	for _, k := range list {
		parts = append(parts, fmt.Sprintf("%s, a %v kernel", k.Name, k.Kernel))
	}
	text := "Taps and frequency response of " + strings.Join(parts, "; ") + "."
	if planes > mostPlanes {
		text += fmt.Sprintf(" The first %d of %d matrices are shown.", mostPlanes, planes)
	}
	return text
}

// largest returns the largest absolute tap, at which the colours end; 1 if all are 0.
func largest(planes []plane) float64 {
	top := 0.0
	for _, p := range planes {
		for _, v := range p.taps {
			top = max(top, math.Abs(v))
		}
	}
	if top == 0 {
		return 1
	}
	return top
}

// cellSize returns the side of a cell, common to all kernels of a figure.
func cellSize(planes []plane) vg.Length {
	side := 1
	for _, p := range planes {
		side = max(side, p.h, p.w)
	}
	const page = 330 // points for the largest kernel
	return min(max(page/vg.Length(side), 1), 60)
}

// numberedSide is the side up to which cells hold numbers: beyond it they would be
// too small to read.
const numberedSide = 15

// heatMap draws the taps.
func heatMap(p plane, top float64, cell vg.Length) panel {
	numbered := max(p.h, p.w) <= numberedSide
	if numbered {
		cell = max(cell, 34) // room for six digits of 8 points
	}
	g := &grid{h: p.h, w: p.w, at: func(r, c int) float64 { return p.taps[r*p.w+c] }, colours: signed(top), size: min(cell*0.25, 11)}
	title := p.title
	if numbered {
		n := notationOf(p.taps)
		title += n.unit()
		g.text = func(r, c int) []string {
			lines := []string{n.number(p.taps[r*p.w+c])}
			if p.errors != nil {
				lines = append(lines, n.err(p.errors[r*p.w+c]))
			}
			return lines
		}
	}
	q := newPlot(title)
	downward(q)
	q.Add(g)
	q.X.Label.Text, q.Y.Label.Text = "column", "row"
	q.X.Tick.Marker, q.Y.Tick.Marker = counted(p.w), counted(p.h)
	return panel{q, cell * vg.Length(p.w), cell * vg.Length(p.h)}
}

// responseMap draws the magnitude over the plane of frequencies.
func responseMap(r response, low, high float64) panel {
	g := &grid{h: r.n, w: r.n, at: func(y, x int) float64 { return decibels(r.gain[y*r.n+x], low) }, colours: rising(low, high)}
	p := newPlot("frequency response")
	downward(p)
	p.Add(g)
	p.X.Label.Text, p.Y.Label.Text = "along x, cycles per pixel", "along y, cycles per pixel"
	ticks := plot.TickerFunc(func(float64, float64) []plot.Tick {
		var list []plot.Tick
		for i, label := range []string{"-0.5", "-0.25", "0", "0.25", "0.5"} {
			list = append(list, plot.Tick{Value: float64(i*(r.n-1)) / 4, Label: label})
		}
		return list
	})
	p.X.Tick.Marker, p.Y.Tick.Marker = ticks, ticks
	return panel{p, 200, 200}
}

// cutsOf draws the magnitude along x, along y and along the diagonal.
func cutsOf(r response, low, high float64) panel {
	p := newPlot("cuts")
	middle := r.n / 2
	for i, cut := range []struct {
		name string
		at   func(j int) float64
	}{
		{"along x", func(j int) float64 { return r.gain[middle*r.n+middle+j] }},
		{"along y", func(j int) float64 { return r.gain[(middle+j)*r.n+middle] }},
		{"diagonal", func(j int) float64 { return r.gain[(middle+j)*r.n+middle+j] }},
	} {
		var points plotter.XYs
		for j := range middle + 1 {
			points = append(points, plotter.XY{X: float64(j) / float64(r.n-1), Y: decibels(cut.at(j), low)})
		}
		line := &plotter.Line{XYs: points, LineStyle: lineStyle(i)}
		p.Add(line)
		p.Legend.Add(cut.name, line)
	}
	p.X.Label.Text, p.Y.Label.Text = "cycles per pixel, along each axis", "gain in dB"
	p.X.Min, p.X.Max = 0, 0.5
	p.Y.Min, p.Y.Max = low, high+(high-low)/4 // room for the legend
	p.X.Tick.Marker, p.Y.Tick.Marker = steps(5), steps(6)
	p.Legend.Top, p.Legend.Padding = true, 2
	p.Legend.ThumbnailWidth = 30
	return panel{p, 240, 200}
}

// lineStyle returns the colour and the dashes of the i-th line of a plot.
func lineStyle(i int) draw.LineStyle {
	dashes := [][]vg.Length{nil, {6, 3}, {1.5, 2}, {8, 3, 2, 3}}
	return draw.LineStyle{Color: lineColours[i%len(lineColours)], Width: 1.5, Dashes: dashes[i%len(dashes)]}
}
