package report

import (
	"bufio"
	"fmt"
	"image/color"
	"io"
	"math"
	"strings"

	"gonum.org/v1/plot/palette"

	"github.com/convkit/convkit/internal/enum"
)

// Colours says what a terminal can show.
type Colours int

// None are plain characters.
const (
	None Colours = iota
	Colours256
	Colours24Bit
)

// ColourNames are the words of Colours.
var ColourNames = []string{"none", "256", "24bit"}

// ParseColours returns the Colours of a word.
func ParseColours(s string) (Colours, error) { return enum.Parse[Colours](s, ColourNames) }

// screen draws on a terminal of some columns.
type screen struct {
	*bufio.Writer
	width   int
	colours Colours
}

// KernelsText draws kernels and their frequency responses for a terminal that is width
// columns wide. Without colours, taps are digits: tenths of the largest one.
func KernelsText(w io.Writer, list []Kernel, width int, colours Colours) error {
	s := &screen{bufio.NewWriter(w), width, colours}
	planes, all := planesOf(list)
	top := largest(planes)
	for i, p := range planes {
		if i > 0 {
			s.WriteByte('\n')
		}
		s.taps(p, top)
		s.response(responseOf(p.of, p.index))
	}
	if all > len(planes) {
		fmt.Fprintf(s, "\n%d of %d matrices are shown\n", len(planes), all)
	}
	return s.Flush()
}

// taps prints numbers on coloured ground, or coloured cells where the numbers do not fit.
func (s *screen) taps(p plane, top float64) {
	n := notationOf(p.taps)
	fmt.Fprintf(s, "%s%s\n", p.title, n.unit())
	colours := signed(top)
	texts, longest := make([]string, len(p.taps)), 0
	for i, v := range p.taps {
		texts[i] = n.number(v)
		if p.errors != nil {
			texts[i] += n.err(p.errors[i])
		}
		longest = max(longest, len([]rune(texts[i])))
	}
	if (longest+2)*p.w > s.width {
		s.cells(p.h, p.w, func(r, c int) float64 { return p.taps[r*p.w+c] }, colours, func(v float64) byte { return signedDigit(v / top) })
		fmt.Fprintf(s, "colours from %.3g to %.3g\n", -top, top)
		return
	}
	for r := range p.h {
		for c := range p.w {
			i := r*p.w + c
			text := strings.Repeat(" ", 1+longest-len([]rune(texts[i]))) + texts[i] + " "
			ground := colourOf(colours, p.taps[i])
			s.paint(text, inkOn(ground), ground)
		}
		s.WriteByte('\n')
	}
}

// signedDigit writes a share of −1 to 1 as tenths: digits, and letters from a for
// numbers below 0.
func signedDigit(share float64) byte {
	n := min(int(math.Abs(share)*10), 9)
	switch {
	case math.IsNaN(share):
		return '?'
	case share < 0:
		return byte('a' + n)
	}
	return byte('0' + n)
}

// response draws the plane of frequencies, half as fine as the figure's.
func (s *screen) response(r response) {
	low, high := levels([]response{r})
	const step = 4
	n := (r.n-1)/step + 1
	fmt.Fprintln(s, "frequency response, -0.5 to 0.5 cycles per pixel, along x to the right and along y down")
	s.cells(n, n, func(y, x int) float64 { return decibels(r.gain[y*step*r.n+x*step], low) }, rising(low, high), func(v float64) byte {
		return "0123456789"[min(int((v-low)/(high-low)*10), 9)]
	})
	fmt.Fprintf(s, "colours from %.3g to %.3g dB\n", low, high)
}

// cells draws a grid in half blocks, two rows a line. Without colours each cell is a
// character. What is wider than the terminal is thinned out, and that is said.
func (s *screen) cells(h, w int, at func(r, c int) float64, colours palette.ColorMap, plain func(float64) byte) {
	step := max(1, (w+s.width-1)/s.width)
	if step > 1 {
		fmt.Fprintf(s, "every %d-th row and column of %dx%d\n", step, h, w)
	}
	rows := step
	if s.colours != None {
		rows *= 2
	}
	for r := 0; r < h; r += rows {
		for c := 0; c < w; c += step {
			switch {
			case s.colours == None:
				s.WriteByte(plain(at(r, c)))
			case r+step < h:
				s.paint("▀", colourOf(colours, at(r, c)), colourOf(colours, at(r+step, c)))
			default:
				s.halfPaint("▀", colourOf(colours, at(r, c)))
			}
		}
		s.WriteByte('\n')
	}
}

// paint writes text in a colour on a ground.
func (s *screen) paint(text string, ink, ground color.RGBA) {
	if s.colours == None {
		s.WriteString(text)
		return
	}
	fmt.Fprintf(s, "\x1b[38;%s;48;%sm%s\x1b[0m", s.code(ink), s.code(ground), text)
}

// halfPaint writes text in a colour on the terminal's own ground.
func (s *screen) halfPaint(text string, ink color.RGBA) {
	fmt.Fprintf(s, "\x1b[38;%sm%s\x1b[0m", s.code(ink), text)
}

// code returns the parameters of a colour: direct, or the nearest of the cube of 6x6x6
// that begins at 16, with levels 0, 95, 135, … 255.
func (s *screen) code(c color.RGBA) string {
	if s.colours == Colours24Bit {
		return fmt.Sprintf("2;%d;%d;%d", c.R, c.G, c.B)
	}
	level := func(v uint8) int {
		if v < 48 {
			return 0
		}
		return max(1, (int(v)-35)/40)
	}
	return fmt.Sprintf("5;%d", 16+36*level(c.R)+6*level(c.G)+level(c.B))
}
