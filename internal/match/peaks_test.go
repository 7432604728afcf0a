package match

import (
	"math"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
)

func scores(h, w int, data ...float64) *tensor.Dense[float64] {
	return tensor.FromData(tensor.Shape{N: 1, C: 1, H: h, W: w}, data)
}

func places(found []Peak) [][2]int {
	var list [][2]int
	for _, p := range found {
		list = append(list, [2]int{p.Row, p.Col})
	}
	return list
}

func TestPeaks(t *testing.T) {
	nan := math.NaN()
	x := scores(4, 6,
		1, 2, 1, 0, 0, 5,
		0, 0, 0, 0, 0, 0,
		0, 9, 9, nan, 0, 3,
		0, 8, 0, nan, 0, 3)
	half := 2.5
	for _, c := range []struct {
		name  string
		s     Search
		score Score
		want  [][2]int
	}{
		{"best", Search{Count: 1}, NCC, [][2]int{{2, 1}}},
		{"all", Search{}, NCC, [][2]int{{2, 1}, {0, 5}, {2, 5}, {0, 1}}},
		{"limit", Search{Limit: &half}, NCC, [][2]int{{2, 1}, {0, 5}, {2, 5}}},
		{"distance", Search{Distance: corr.Size{H: 3, W: 3}}, NCC, [][2]int{{2, 1}, {0, 5}}},
		{"one direction is enough", Search{Distance: corr.Size{H: 2, W: 9}}, NCC, [][2]int{{2, 1}, {0, 5}}},
		{"low is good", Search{Count: 1, Limit: &half}, SSD, [][2]int{{0, 3}}},
	} {
		got := places(peaks(x, c.score, c.s, 2))
		if len(got) != len(c.want) {
			t.Errorf("%s: %v, not %v", c.name, got, c.want)
			continue
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%s: %v, not %v", c.name, got, c.want)
				break
			}
		}
	}
}

// The top of a paraboloid is found exactly, whatever its axes.
func TestRefine(t *testing.T) {
	for _, sign := range []float64{1, -1} {
		x := tensor.NewDense[float64](tensor.Shape{N: 1, C: 1, H: 5, W: 5})
		for i := range x.Data {
			dy, dx := float64(i/5)-2.3, float64(i%5)-1.8
			x.Data[i] = sign * (0.9 - 0.1*dy*dy - 0.05*dx*dx + 0.03*dy*dx)
		}
		score := NCC
		if sign < 0 {
			score = SSD
		}
		p := refine(x, score, Peak{Row: 2, Col: 2, Y: 2, X: 2, Score: 0.9})
		if math.Abs(p.Y-2.3) > 1e-12 || math.Abs(p.X-1.8) > 1e-12 {
			t.Errorf("the top is at %v,%v", p.Y, p.X)
		}
		for _, p := range []Peak{{Row: 2, Col: 2, Y: 2, X: 2, Score: 1}, {Row: 0, Col: 2, X: 2, Score: 0.5}} {
			if q := refine(x, NCC, p); q != p {
				t.Errorf("%v was moved to %v", p, q)
			}
		}
	}
}

func TestBoxes(t *testing.T) {
	x := tensor.NewDense[float64](tensor.Shape{N: 1, C: 1, H: 5, W: 6})
	b := &Boxes[float64]{Image: x, H: 2, W: 3, Places: [][2]int{{1, 1}}, Colour: [3]float64{1, 2, 3}}
	d, err := tensor.Collect[float64](b)
	if err != nil {
		t.Fatal(err)
	}
	want := []float64{
		1, 1, 1, 1, 1, 0,
		1, 0, 0, 0, 1, 0,
		1, 0, 0, 0, 1, 0,
		1, 1, 1, 1, 1, 0,
		0, 0, 0, 0, 0, 0}
	for p := range 3 {
		for i, v := range d.Plane(p) {
			if v != want[i]*float64(p+1) {
				t.Fatalf("plane %d, element %d is %v", p, i, v)
			}
		}
	}
}
