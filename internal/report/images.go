package report

import (
	"bufio"
	"context"
	"fmt"
	"image"
	"image/color"
	"io"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/palette"
	"gonum.org/v1/plot/palette/moreland"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/convkit/convkit/internal/tensor"
)

// Image is an image to be drawn.
type Image struct {
	Name   string
	Rows   tensor.Source[float64]
	Colour bool    // its three planes are red, green and blue
	Full   float64 // white, for pixels; 0 for numbers
	Pixel  string  // the size of a pixel, with its unit; "" if unknown
}

// reduced is an image as it is drawn: planes of h x w means of blocks.
type reduced struct {
	Image
	planes [][]float64
	h, w   int
	block  int // side of the blocks
}

// reduce reads an image, with the mean of block x block values for each one drawn, so
// that no side is longer than most. NaN spread to the whole block.
func reduce(ctx context.Context, m Image, most int) (r reduced, err error) {
	s := m.Rows.Shape()
	r = reduced{Image: m, block: max(1, (max(s.H, s.W)+most-1)/most)}
	r.h, r.w = (s.H+r.block-1)/r.block, (s.W+r.block-1)/r.block
	buf := make([]float64, s.W)
	for p := range min(s.Planes(), mostPlanes) {
		plane := make([]float64, r.h*r.w)
		for y := range s.H {
			if y%64 == 0 && ctx.Err() != nil {
				return r, ctx.Err()
			}
			row, err := m.Rows.Row(p, y, buf)
			if err != nil {
				return r, err
			}
			rows := min(r.block, s.H-y/r.block*r.block)
			for x, v := range row {
				count := rows * min(r.block, s.W-x/r.block*r.block)
				plane[y/r.block*r.w+x/r.block] += v / float64(count)
			}
		}
		r.planes = append(r.planes, plane)
	}
	return r, nil
}

// title names the image, and its scale where pixels were averaged.
func (r reduced) title() string {
	if r.block == 1 {
		return r.Name
	}
	return fmt.Sprintf("%s (means of %dx%d pixels)", r.Name, r.block, r.block)
}

// grey returns levels from black to white.
func grey(low, high float64) palette.ColorMap {
	m, err := moreland.NewLuminance([]color.Color{color.Gray{Y: 0}, color.Gray{Y: 255}})
	if err != nil {
		panic(err) // the colours are constants
	}
	m.SetMin(low)
	m.SetMax(high)
	return m
}

// shade returns the grey of a level, and a colour of its own for NaN.
func shade(level float64) color.RGBA {
	if math.IsNaN(level) {
		return color.RGBA{0xd5, 0x5e, 0x00, 0xff}
	}
	v := uint8(math.Round(255 * min(max(level, 0), 1)))
	return color.RGBA{v, v, v, 0xff}
}

// largestSide is the number of rows or columns of pixels in a figure.
const largestSide = 1024

// Images returns a figure of images side by side, each plane of arrays on its own, with
// the values of the grey levels.
func Images(ctx context.Context, list []Image, stretch Stretch) (*Figure, error) {
	f := &Figure{title: "images", about: "Images, stretch " + StretchNames[stretch] + ":"}
	var row []panel
	for _, m := range list {
		r, err := reduce(ctx, m, largestSide)
		if err != nil {
			return nil, err
		}
		f.about += " " + r.title() + "."
		if r.Colour {
			s := r.scale(concat(r.planes), stretch)
			row = append(row, r.panel(r.title(), func(i int) color.RGBA {
				return color.RGBA{shade(s.level(r.planes[0][i])).R, shade(s.level(r.planes[1][i])).R, shade(s.level(r.planes[2][i])).R, 0xff}
			}))
			continue
		}
		for p, plane := range r.planes {
			title := r.title()
			if len(r.planes) > 1 {
				title = fmt.Sprintf("%s, plane %d", title, p)
			}
			s := r.scale(plane, stretch)
			row = append(row, r.panel(title, func(i int) color.RGBA { return shade(s.level(plane[i])) }))
			row = append(row, s.bar(row[len(row)-1].h))
		}
	}
	for len(row) > 8 { // four images a row
		f.rows = append(f.rows, row[:8])
		row = row[8:]
	}
	f.rows = append(f.rows, row)
	return f, nil
}

// scale returns the scale of some values. Linear shows pixels from black to white.
func (r reduced) scale(values []float64, stretch Stretch) scale {
	if stretch == Linear && r.Full > 0 {
		return scale{0, r.Full, 0}
	}
	return scaleOf(values, stretch)
}

func concat(planes [][]float64) (all []float64) {
	for _, p := range planes {
		all = append(all, p...)
	}
	return all
}

// bar returns the scale beside an image, with the values at their levels.
func (s scale) bar(h vg.Length) panel {
	b := colourBar(grey(0, 1), "value", max(h, 60))
	b.Y.Tick.Marker = plot.TickerFunc(func(float64, float64) []plot.Tick {
		var ticks []plot.Tick
		if s.soft > 0 {
			for i := range 6 { // equal distances are unequal steps
				v := s.low + s.soft*math.Sinh(float64(i)/5*math.Asinh((s.high-s.low)/s.soft))
				ticks = append(ticks, plot.Tick{Value: float64(i) / 5, Label: fmt.Sprintf("%.4g", v)})
			}
			return ticks
		}
		for _, t := range steps(6).Ticks(s.low, s.high) {
			ticks = append(ticks, plot.Tick{Value: s.level(t.Value), Label: t.Label})
		}
		return ticks
	})
	return b
}

// raster draws pixels as they are: each is a square of whole points of the picture.
type raster struct {
	h, w, block int
	at          func(i int) color.RGBA
}

// DataRange counts the pixels of the file.
func (r *raster) DataRange() (xmin, xmax, ymin, ymax float64) {
	return -0.5, float64(r.w*r.block) - 0.5, -0.5, float64(r.h*r.block) - 0.5
}

// Plot draws the picture.
func (r *raster) Plot(c draw.Canvas, _ *plot.Plot) {
	k := max(1, largestSide/max(r.h, r.w))
	img := image.NewRGBA(image.Rect(0, 0, r.w*k, r.h*k))
	for y := range r.h * k {
		for x := range r.w * k {
			img.SetRGBA(x, y, r.at(y/k*r.w+x/k))
		}
	}
	c.DrawImage(c.Rectangle, img)
}

// panel returns the picture with its axes.
func (r reduced) panel(title string, at func(i int) color.RGBA) panel {
	p := newPlot(title)
	downward(p)
	p.Add(&raster{r.h, r.w, r.block, at})
	p.X.Label.Text, p.Y.Label.Text = "column", "row"
	if r.Pixel != "" {
		p.X.Label.Text = "column, a pixel is " + r.Pixel
	}
	p.X.Tick.Marker, p.Y.Tick.Marker = counted(r.w*r.block), counted(r.h*r.block)
	side := 360 / vg.Length(max(r.h, r.w))
	return panel{p, side * vg.Length(r.w), side * vg.Length(r.h)}
}

// ImagesText draws images for a terminal, one value a cell.
func ImagesText(ctx context.Context, w io.Writer, list []Image, stretch Stretch, width int, colours Colours) error {
	s := &screen{bufio.NewWriter(w), width, colours}
	for _, m := range list {
		r, err := reduce(ctx, m, max(8, min(width, 96)))
		if err != nil {
			return err
		}
		for p, plane := range r.planes {
			title := r.title()
			if len(r.planes) > 1 {
				title = fmt.Sprintf("%s, plane %d", title, p)
			}
			fmt.Fprintln(s, title)
			levels := r.scale(plane, stretch)
			s.cells(r.h, r.w, func(y, x int) float64 { return levels.level(plane[y*r.w+x]) }, grey(0, 1), func(level float64) byte {
				if math.IsNaN(level) {
					return '?'
				}
				return " .:-=+*#%@"[int(min(max(level, 0), 0.99)*10)]
			})
			fmt.Fprintf(s, "from %.4g to %.4g\n", levels.low, levels.high)
		}
	}
	return s.Flush()
}
