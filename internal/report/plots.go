package report

import (
	"image"
	"image/color"
	"math"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/palette"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/convkit/convkit/internal/srgb"
)

// luminance returns the relative luminance of a colour, from 0 to 1.
func luminance(c color.RGBA) float64 {
	of := func(v uint8) float64 { return srgb.Linear(float64(v) / 255) }
	return 0.2126*of(c.R) + 0.7152*of(c.G) + 0.0722*of(c.B)
}

// newPlot returns an empty plot in a plain typeface.
func newPlot(title string) *plot.Plot {
	p := plot.New()
	p.Title.Text = title
	p.Title.Padding = 5
	for _, f := range []*font.Font{
		&p.Title.TextStyle.Font, &p.X.Label.TextStyle.Font, &p.Y.Label.TextStyle.Font,
		&p.X.Tick.Label.Font, &p.Y.Tick.Label.Font, &p.Legend.TextStyle.Font,
	} {
		f.Variant = "Sans"
		f.Size = 10
	}
	p.Title.TextStyle.Font.Size = 12
	p.X.Padding, p.Y.Padding = 3, 3
	return p
}

// downward lets rows be counted from the top.
func downward(p *plot.Plot) { p.Y.Scale = plot.InvertedScale{Normalizer: plot.LinearScale{}} }

// grid draws h x w cells in colours, with lines of text in them.
type grid struct {
	h, w    int
	at      func(r, c int) float64
	colours palette.ColorMap
	text    func(r, c int) []string // nil: none
	size    vg.Length               // of the text
}

// DataRange is that of the cells, whose centres have whole coordinates.
func (g *grid) DataRange() (xmin, xmax, ymin, ymax float64) {
	return -0.5, float64(g.w) - 0.5, -0.5, float64(g.h) - 0.5
}

// mostCells is the number of cells that are drawn one by one. Larger grids become a
// picture of whole pixels, which keeps files small.
const mostCells = 4096

// Plot draws the cells.
func (g *grid) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	if g.h*g.w > mostCells {
		c.DrawImage(c.Rectangle, g.picture())
		return
	}
	for r := range g.h {
		for k := range g.w {
			ground := colourOf(g.colours, g.at(r, k))
			x0, x1 := x(float64(k)-0.5), x(float64(k)+0.5)
			y0, y1 := y(float64(r)-0.5), y(float64(r)+0.5)
			cell := []vg.Point{{X: x0, Y: y0}, {X: x1, Y: y0}, {X: x1, Y: y1}, {X: x0, Y: y1}, {X: x0, Y: y0}}
			c.FillPolygon(ground, cell)
			// A line of the same colour covers the seams that viewers leave.
			c.StrokeLines(draw.LineStyle{Color: ground, Width: 0.3}, cell)
			if g.text != nil {
				g.write(c, g.text(r, k), vg.Point{X: (x0 + x1) / 2, Y: (y0 + y1) / 2}, inkOn(ground), p)
			}
		}
	}
}

// write centres lines of text at a point. The first one is larger.
func (g *grid) write(c draw.Canvas, lines []string, at vg.Point, ink color.Color, p *plot.Plot) {
	style := p.X.Tick.Label
	style.Color, style.XAlign, style.YAlign = ink, draw.XCenter, draw.YCenter
	top := at.Y + g.size*0.6*vg.Length(len(lines)-1)
	for i, line := range lines {
		style.Font.Size = g.size
		if i > 0 {
			style.Font.Size = g.size * 0.85
		}
		c.FillText(style, vg.Point{X: at.X, Y: top - g.size*1.2*vg.Length(i)}, line)
	}
}

// picture returns the cells as squares of whole pixels, so that no viewer blurs them.
func (g *grid) picture() image.Image {
	k := max(1, 1024/max(g.h, g.w))
	img := image.NewRGBA(image.Rect(0, 0, g.w*k, g.h*k))
	for r := range g.h {
		for c := range g.w {
			colour := colourOf(g.colours, g.at(r, c))
			for i := range k * k {
				img.SetRGBA(c*k+i%k, r*k+i/k, colour)
			}
		}
	}
	return img
}

// colourBar returns the scale of some colours, as high as the panel beside it.
func colourBar(m palette.ColorMap, label string, h vg.Length) panel {
	p := newPlot(" ") // of the height of the titles beside it
	p.Add(&plotter.ColorBar{ColorMap: m, Vertical: true, Colors: 256})
	p.HideX()
	p.Y.Label.Text = label
	p.Y.Tick.Marker = steps(max(2, min(8, int(h/30))))
	return panel{p, 14, h}
}

// steps puts ticks at multiples of 1, 2 or 5 times a power of ten, about n of them.
func steps(n int) plot.Ticker {
	return plot.TickerFunc(func(low, high float64) []plot.Tick {
		power := math.Pow10(int(math.Floor(math.Log10((high - low) / float64(n)))))
		step := power
		for _, k := range []float64{2, 5, 10} {
			if (high-low)/step > float64(n) {
				step = k * power
			}
		}
		var ticks []plot.Tick
		for i := math.Ceil(low / step); i*step <= high; i++ {
			ticks = append(ticks, plot.Tick{Value: i * step, Label: strconv.FormatFloat(roundTo(i*step, step), 'g', -1, 64)})
		}
		return ticks
	})
}

// roundTo rounds v to a thousandth of a step.
func roundTo(v, step float64) float64 {
	text := strconv.FormatFloat(v, 'e', max(0, int(math.Ceil(math.Log10(math.Abs(v)/step)))+3), 64)
	if r, err := strconv.ParseFloat(text, 64); err == nil && v != 0 {
		return r
	}
	return 0
}

// counted puts ticks on whole numbers from 0: every 1, 2, 5, 10, … so that at most
// ten have a label.
func counted(n int) plot.Ticker {
	step := 1
	for i := 0; (n-1)/step >= 10; i++ {
		step = []int{2, 5, 10}[i%3] * int(math.Pow10(i/3))
	}
	return plot.TickerFunc(func(float64, float64) []plot.Tick {
		var ticks []plot.Tick
		for i := 0; i < n; i += step {
			ticks = append(ticks, plot.Tick{Value: float64(i), Label: strconv.Itoa(i)})
		}
		return ticks
	})
}
