package report

import (
	"bytes"
	"fmt"
	"image/color"
	"strings"
	"testing"

	"github.com/convkit/convkit/internal/tensor"
)

func text(t *testing.T, list []Kernel, width int, colours Colours) string {
	t.Helper()
	var b bytes.Buffer
	if err := KernelsText(&b, list, width, colours); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestNumbersInTheTerminal(t *testing.T) {
	got := text(t, []Kernel{{"sobel-x", sobel, nil}}, 80, None)
	if want := "sobel-x\n -1   0   1 \n -2   0   2 \n -1   0   1 \n"; !strings.HasPrefix(got, want) {
		t.Errorf("got %q", got)
	}
	if strings.Contains(got, "\x1b") {
		t.Error("colours, though none are asked for")
	}
}

// What is too wide for numbers is cells; without colours these are tenths.
func TestCellsInTheTerminal(t *testing.T) {
	k := tensor.Matrix(2, 4, -1, -.5, 0, .25, .5, .75, .99, 1)
	if got := text(t, []Kernel{{"k", k, nil}}, 10, None); !strings.HasPrefix(got, "k\njf02\n5799\ncolours from -1 to 1\n") {
		t.Errorf("got %q", got)
	}
	// A line of half blocks shows two rows.
	got := strings.Split(text(t, []Kernel{{"k", k, nil}}, 10, Colours24Bit), "\n")
	if n := strings.Count(got[1], "▀"); n != 4 || !strings.HasPrefix(got[2], "colours") {
		t.Errorf("%d cells in %q", n, got[1])
	}
	first := colourOf(signed(1), -1)
	if want := fmt.Sprintf("\x1b[38;2;%d;%d;%d;48;2;", first.R, first.G, first.B); !strings.HasPrefix(got[1], want) {
		t.Errorf("begins with %q, want %q", got[1], want)
	}
}

// Wider than the terminal: thinned out, and said.
func TestNarrowTerminal(t *testing.T) {
	k := tensor.Matrix(1, 100, make([]float64, 100)...)
	got := strings.Split(text(t, []Kernel{{"k", k, nil}}, 30, None), "\n")
	if got[1] != "every 4-th row and column of 1x100" || len(got[2]) != 25 {
		t.Errorf("got %q", got[:3])
	}
}

// The cube of 256 colours has its own levels: the nearest is taken.
func TestColours256(t *testing.T) {
	s := &screen{colours: Colours256}
	for c, want := range map[[3]uint8]string{{0, 0, 0}: "5;16", {255, 255, 255}: "5;231", {255, 0, 0}: "5;196", {95, 135, 175}: "5;67", {90, 140, 170}: "5;67"} {
		got := s.code(color.RGBA{c[0], c[1], c[2], 0xff})
		if got != want {
			t.Errorf("%v: %s, want %s", c, got, want)
		}
	}
}
