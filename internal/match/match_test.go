package match

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
)

// How far a score may be from the reference, relative to the largest score (1
// where scores are normalised): what the levels aim at, with room for the
// roundings of the last steps.
const (
	near32 = 5e-6
	near64 = 2e-8
)

// kinds of images: what makes sums lose digits.
var kinds = map[string]func(r *rand.Rand, y, x int) float64{
	"bytes":    func(r *rand.Rand, y, x int) float64 { return float64(r.IntN(256)) },
	"noise":    func(r *rand.Rand, y, x int) float64 { return r.NormFloat64() },
	"offset":   func(r *rand.Rand, y, x int) float64 { return 1000 + r.NormFloat64() },
	"flat":     func(r *rand.Rand, y, x int) float64 { return flat(y, x, 0.1, 0.7*r.Float64()) },
	"faint":    func(r *rand.Rand, y, x int) float64 { return flat(y, x, 0.1+1e-4*r.Float64(), 50*r.Float64()) },
	"words":    func(r *rand.Rand, y, x int) float64 { return flat(y, x, 7, float64(r.IntN(65536))) },
	"few":      func(r *rand.Rand, y, x int) float64 { return float64(r.IntN(40) / 39) },
	"constant": func(r *rand.Rand, y, x int) float64 { return 0.3 },
}

// flat is one value in a part of the image and another elsewhere.
func flat(y, x int, here, there float64) float64 {
	if x > 20 && y > 4 {
		return here
	}
	return there
}

func draw(kind string, seed uint64, s tensor.Shape) *tensor.Dense[float64] {
	r := rand.New(rand.NewPCG(seed, 1))
	d := tensor.NewDense[float64](s)
	for i := range d.Data {
		d.Data[i] = float64(float32(kinds[kind](r, i/s.W%s.H, i%s.W)))
	}
	return d
}

func cut(x *tensor.Dense[float64], y0, x0, h, w int) *tensor.Dense[float64] {
	d := tensor.NewDense[float64](tensor.Shape{N: 1, C: x.Shape().C, H: h, W: w})
	for i := range d.Data {
		d.Data[i] = x.Plane(i / (h * w))[(y0+i/w%h)*x.Shape().W+x0+i%w]
	}
	return d
}

// Every method gives the reference's scores: for every score, kind of image,
// number of channels, mask and padding.
func TestMethodsEqualReference(t *testing.T) {
	for kind := range kinds {
		for i, score := range []Score{NCC, ZeroMean, Cosine, Product, SSD, NSSD} {
			for _, channels := range []int{1, 3} {
				for _, masked := range []string{"all", "some", "weights"} {
					name := fmt.Sprintf("%s/%v/%d/%v", kind, score, channels, masked)
					t.Run(name, func(t *testing.T) {
						t.Parallel()
						x := draw(kind, uint64(i), tensor.Shape{N: 1, C: channels, H: 41, W: 77})
						h, w := 5+i, 9-i
						cells := cut(x, 2, 12, h, w)
						var mask *tensor.Dense[float64]
						if masked != "all" {
							mask = tensor.NewDense[float64](tensor.Shape{N: 1, C: 1, H: h, W: w})
							r := rand.New(rand.NewPCG(uint64(i), 3))
							for i := range mask.Data {
								if mask.Data[i] = float64(r.IntN(2)); masked == "weights" {
									mask.Data[i] *= r.Float64()
								}
							}
						}
						tpl, err := NewTemplate(cells, mask)
						if err != nil {
							t.Fatal(err)
						}
						o := Options{Score: score, Same: i%2 == 1, Border: corr.Border{Mode: corr.Reflect}}
						compare(t, x, tpl, o)
					})
				}
			}
		}
	}
}

func compare(t *testing.T, x *tensor.Dense[float64], tpl *Template, o Options) {
	t.Helper()
	want, err := Reference(x, tpl, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []method{direct, tiles, planes} {
		check[float32](t, x, tpl, o, m, want, near32)
		check[float64](t, x, tpl, o, m, want, near64)
	}
}

func check[T tensor.Float](t *testing.T, x *tensor.Dense[float64], tpl *Template, o Options, m method, want *tensor.Dense[float64], near float64) {
	t.Helper()
	src := tensor.NewDense[T](x.Shape())
	for i, v := range x.Data {
		src.Data[i] = T(v)
	}
	got := run(t, src, tpl, o, m, 2)
	largest := 1.0
	if o.Score != NCC && o.Score != Cosine {
		for _, v := range want.Data {
			if v == v {
				largest = max(largest, math.Abs(v))
			}
		}
	}
	switch o.Score {
	case ZeroMean, Product, SSD:
		largest = max(largest, tpl.energy)
	}
	for i, v := range got.Data {
		if d := math.Abs(float64(v) - want.Data[i]); !(d <= near*largest) && !(v != v && want.Data[i] != want.Data[i]) {
			w := want.Shape().W
			t.Fatalf("method %d, %T: score %d,%d is %v, not %v (off by %g)", m, v, i/w, i%w, v, want.Data[i], d/largest)
		}
	}
}

// run matches with a method, in units small enough that there are several.
func run[T tensor.Float](t *testing.T, x *tensor.Dense[T], tpl *Template, o Options, m method, threads int) *tensor.Dense[T] {
	t.Helper()
	p, err := NewPlan[T](x.Shape(), tpl, o, threads)
	if err != nil {
		t.Fatal(err)
	}
	p.useTiles(64, ceil(tpl.h, 50), ceil(tpl.w, 60))
	if p.method = m; m != tiles {
		p.rows, p.cols = 19, 31
	}
	got, err := p.Run(context.Background(), x)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// Templates that are large for tiles come in blocks.
func TestLarge(t *testing.T) {
	for _, kind := range []string{"bytes", "faint"} {
		x := draw(kind, 4, tensor.Shape{N: 1, C: 2, H: 90, W: 190})
		mask := tensor.NewDense[float64](tensor.Shape{N: 1, C: 1, H: 70, W: 121})
		for i := range mask.Data {
			mask.Data[i] = float64(i % 3)
		}
		for _, m := range []*tensor.Dense[float64]{nil, mask} {
			tpl, err := NewTemplate(cut(x, 12, 30, 70, 121), m)
			if err != nil {
				t.Fatal(err)
			}
			compare(t, x, tpl, Options{})
		}
	}
}

// A window that holds a NaN or an infinity scores NaN, and no other does.
func TestHoles(t *testing.T) {
	x := draw("noise", 1, tensor.Shape{N: 1, C: 1, H: 30, W: 50})
	x.Data[7*50+20], x.Data[25*50+3] = math.NaN(), math.Inf(1)
	mask := tensor.NewDense[float64](tensor.Shape{N: 1, C: 1, H: 4, W: 5})
	for i := range mask.Data {
		mask.Data[i] = float64(i % 2)
	}
	for _, m := range []*tensor.Dense[float64]{nil, mask} {
		tpl, err := NewTemplate(cut(x, 12, 30, 4, 5), m)
		if err != nil {
			t.Fatal(err)
		}
		compare(t, x, tpl, Options{})
	}
}

// The same scores, bit by bit, whatever the threads.
func TestThreads(t *testing.T) {
	x := draw("bytes", 1, tensor.Shape{N: 1, C: 1, H: 150, W: 200})
	single := tensor.NewDense[float32](x.Shape())
	for i, v := range x.Data {
		single.Data[i] = float32(v)
	}
	tpl, err := NewTemplate(cut(x, 12, 30, 14, 25), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []method{direct, tiles, planes} {
		want := run(t, single, tpl, Options{}, m, 1)
		for _, threads := range []int{2, 5} {
			got := run(t, single, tpl, Options{}, m, threads)
			for i, v := range got.Data {
				if v != want.Data[i] {
					t.Fatalf("method %d, %d threads: score %d differs", m, threads, i)
				}
			}
		}
	}
}

// The published example of match_template.
func TestPublished(t *testing.T) {
	x := tensor.NewDense[float64](tensor.Shape{N: 1, C: 1, H: 6, W: 6})
	x.Data[1*6+1], x.Data[4*6+4] = 1, -1
	cells := tensor.NewDense[float64](tensor.Shape{N: 1, C: 1, H: 3, W: 3})
	cells.Data[4] = 1
	tpl, err := NewTemplate(cells, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []float64{1, -.125, 0, 0, -.125, -.125, 0, 0, 0, 0, .125, .125, 0, 0, .125, -1}
	got := run(t, x, tpl, Options{}, direct, 1)
	for i, v := range got.Data {
		if v != want[i] {
			t.Errorf("score %d is %v, not %v", i, v, want[i])
		}
	}
}

// A mask of weights gives the weighted correlation coefficient, whatever its scale
// above 1.
func TestWeights(t *testing.T) {
	x := tensor.FromData(tensor.Shape{N: 1, C: 1, H: 1, W: 3}, []float64{1, 2, 4})
	cells := tensor.FromData(x.Shape(), []float64{1, 3, 4})
	for _, weights := range [][]float64{{1, 0.5, 0.25}, {4, 2, 1}} {
		tpl, err := NewTemplate(cells, tensor.FromData(x.Shape(), weights))
		if err != nil {
			t.Fatal(err)
		}
		got, err := Reference(x, tpl, Options{})
		if err != nil {
			t.Fatal(err)
		}
		// Σw = 7/4, Σwx = 3, Σwt = 7/2, Σwxt = 8, Σwx² = 7, Σwt² = 19/2.
		want := (8 - 3*3.5/1.75) / math.Sqrt((7-9/1.75)*(9.5-12.25/1.75))
		if math.Abs(got.Data[0]-want) > near64 {
			t.Errorf("weights %v: %v, not %v", weights, got.Data[0], want)
		}
	}
	for _, bad := range [][]float64{{1, -1, 1}, {0, 0, math.NaN()}, {1, math.Inf(1), 1}} {
		if _, err := NewTemplate(cells, tensor.FromData(x.Shape(), bad)); err == nil {
			t.Errorf("the mask %v was taken", bad)
		}
	}
}
