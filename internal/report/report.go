// Package report draws kernels, images and fits, for files and for terminals.
//
// A Figure is rows of panels, which gonum.org/v1/plot draws as SVG, PNG or PDF. One tap
// of a kernel is one cell, and cells are squares. Colours keep their order for
// colour-blind readers and in grey: see colours.go.
package report

import (
	"bytes"
	"fmt"
	"html"
	"io"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgpdf"
	"gonum.org/v1/plot/vg/vgsvg"

	"github.com/convkit/convkit/internal/enum"
)

// Format is the format of a figure's file.
type Format int

// The formats. SVG and PDF keep text as text and lines as lines.
const (
	SVG Format = iota
	PNG
	PDF
)

// FormatNames are the words of the formats, which are also the extensions of files.
var FormatNames = []string{"svg", "png", "pdf"}

// ParseFormat returns the format of a word or an extension.
func ParseFormat(s string) (Format, error) { return enum.Parse[Format](s, FormatNames) }

// Figure is one page of panels.
type Figure struct {
	title, about string // for readers who do not see the panels
	rows         [][]panel
}

// panel is a plot whose data take w x h on the page.
type panel struct {
	*plot.Plot
	w, h vg.Length
}

const (
	margin = 10 * vg.Length(1) // around the page, and between panels
	dpi    = 192               // of PNG: twice that of screens
)

// size returns what a panel takes with its axes and titles, whose margins do not
// depend on the size of the data.
func (p panel) size() (w, h vg.Length) {
	const probe = 1000
	da := draw.NewCanvas(vgsvg.New(probe, probe), probe, probe)
	data := p.DataCanvas(da)
	return p.w + probe - (data.Max.X - data.Min.X), p.h + probe - (data.Max.Y - data.Min.Y)
}

// layout returns the size of the page and where each panel lies on it, from the top
// left corner. Panels of one column begin at the same place.
func (f *Figure) layout() (w, h vg.Length, at [][]vg.Rectangle) {
	var widths, heights []vg.Length
	sizes := make([][]vg.Point, len(f.rows))
	for i, row := range f.rows {
		heights = append(heights, 0)
		for j, p := range row {
			if j == len(widths) {
				widths = append(widths, 0)
			}
			pw, ph := p.size()
			sizes[i] = append(sizes[i], vg.Point{X: pw, Y: ph})
			widths[j], heights[i] = max(widths[j], pw), max(heights[i], ph)
		}
	}
	h = margin
	for i, row := range sizes {
		x := vg.Length(margin)
		var boxes []vg.Rectangle
		for j, size := range row {
			boxes = append(boxes, vg.Rectangle{Min: vg.Point{X: x, Y: h}, Max: vg.Point{X: x + size.X, Y: h + size.Y}})
			x += widths[j] + margin
		}
		w = max(w, x)
		h += heights[i] + margin
		at = append(at, boxes)
	}
	return w, h, at
}

// Write draws the figure.
func (f *Figure) Write(to io.Writer, format Format) error {
	w, h, at := f.layout()
	var c vg.CanvasWriterTo
	switch format {
	case SVG:
		c = vgsvg.New(w, h)
	case PNG:
		c = vgimg.PngCanvas{Canvas: vgimg.NewWith(vgimg.UseWH(w, h), vgimg.UseDPI(dpi))}
	default:
		c = vgpdf.New(w, h)
	}
	page := draw.NewCanvas(c, w, h)
	for i, row := range f.rows {
		for j, p := range row {
			box := at[i][j]
			p.Draw(draw.Canvas{Canvas: page.Canvas, Rectangle: vg.Rectangle{
				Min: vg.Point{X: box.Min.X, Y: h - box.Max.Y},
				Max: vg.Point{X: box.Max.X, Y: h - box.Min.Y},
			}})
		}
	}
	if format != SVG {
		_, err := c.WriteTo(to)
		return err
	}
	var b bytes.Buffer
	if _, err := c.WriteTo(&b); err != nil {
		return err
	}
	_, err := to.Write(f.described(b.Bytes()))
	return err
}

// described adds a title and a description for screen readers, a white ground for dark
// pages, and typefaces for machines without the first one.
func (f *Figure) described(svg []byte) []byte {
	i := bytes.Index(svg, []byte("<svg"))
	j := i + bytes.IndexByte(svg[i:], '>')
	var b bytes.Buffer
	b.Write(svg[:j])
	b.WriteString(` role="img" aria-labelledby="title about"`)
	fmt.Fprintf(&b, ">\n<title id=\"title\">%s</title>\n<desc id=\"about\">%s</desc>\n", html.EscapeString(f.title), html.EscapeString(f.about))
	b.WriteString("<rect width=\"100%\" height=\"100%\" fill=\"#FFFFFF\"/>")
	// The metrics are those of Arial, which more machines have. Pictures fill their places
	// although their own shape may be another: a scale is one pixel wide.
	b.WriteString(strings.NewReplacer(
		"font-family:Liberation Sans;", "font-family:'Liberation Sans',Arial,Helvetica,sans-serif;",
		"<image ", `<image preserveAspectRatio="none" `,
	).Replace(string(svg[j+1:])))
	return b.Bytes()
}
