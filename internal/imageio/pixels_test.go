package imageio

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"slices"
	"testing"

	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/tensor"
)

// picture makes a test picture that holds every 8-bit value, and many of 16
// bits, in each channel.
func picture(channels, depth int) *raster.Image {
	const h, w = 16, 16
	mem := make([]byte, h*w*channels*depth/8)
	for i := range mem {
		mem[i] = byte(i*7 + i/256*13 + i%channels*50)
	}
	e := raster.U8
	if depth == 16 {
		e = raster.U16BE
	}
	m := pixelsOf(mem, h, w, channels, depth, e)
	m.Samples().Format = "png"
	return m
}

// TestIdentity: every value of every depth and colour stays, in both
// arithmetics, as 0..1 and raw, through every format that can hold it.
func TestIdentity(t *testing.T) {
	for _, f := range Formats() {
		if !f.CanWrite() || f.Kind != raster.Pixels || f.Name == "jpg" {
			continue
		}
		for _, channels := range []int{1, 2, 3, 4} {
			for _, depth := range []int{8, 16} {
				if channels >= 3 && !f.Colour || channels%2 == 0 && !f.Alpha {
					continue
				}
				for _, values := range []raster.Values{raster.UnitValues, raster.RawValues} {
					t.Run(fmt.Sprint(f.Name, channels, depth, values), func(t *testing.T) {
						m := picture(channels, depth)
						m = with(m, func(o *raster.ReadOptions) { o.Values = values })
						for _, out := range [][]byte{
							through[float32](t, m, WriteOptions{Format: f.Name}),
							through[float64](t, m, WriteOptions{Format: f.Name}),
						} {
							again := decode(t, out, "x", raster.ReadOptions{Values: values})
							samplesEqual(t, m, again)
						}
					})
				}
			}
		}
	}
}

// samplesEqual compares every stored sample, alpha among them.
func samplesEqual(t *testing.T, a, b *raster.Image) {
	t.Helper()
	if a.Shape() != b.Shape() || a.Samples().Depth != b.Samples().Depth || a.Samples().Alpha != b.Samples().Alpha {
		t.Fatalf("%v %d bits alpha %v became %v %d bits alpha %v", a.Shape(), a.Samples().Depth, a.Samples().Alpha, b.Shape(), b.Samples().Depth, b.Samples().Alpha)
	}
	planes := a.Samples().Colours
	if a.Samples().Alpha {
		planes++
	}
	for c := range planes {
		for y := range a.Samples().H {
			for x := range a.Samples().W {
				p := a.Samples().Sample(a.Samples().Offset+c*a.Samples().StrideC+y*a.Samples().StrideY+x*a.Samples().StrideX, c)
				q := b.Samples().Sample(b.Samples().Offset+c*b.Samples().StrideC+y*b.Samples().StrideY+x*b.Samples().StrideX, c)
				if p != q {
					t.Fatalf("plane %d (%d, %d): %v became %v", c, y, x, p, q)
				}
			}
		}
	}
}

// TestMapping follows single numbers into pixels.
func TestMapping(t *testing.T) {
	in := []float64{-2, -0.25, 0, 0.1, 0.5, 1, 1.001, 3, math.NaN(), math.Inf(1), math.Inf(-1)}
	for _, c := range []struct {
		m       raster.Mapping
		depth   int
		want    []float64
		clipped int64
	}{
		{raster.MapClip, 8, []float64{0, 0, 0, 26, 128, 255, 255, 255, 0, 255, 0}, 6},
		{raster.MapClip, 16, []float64{0, 0, 0, 6554, 32768, 65535, 65535, 65535, 0, 65535, 0}, 7},
		{raster.MapAbs, 8, []float64{255, 64, 0, 26, 128, 255, 255, 255, 0, 255, 255}, 5},
		{raster.MapSigned, 8, []float64{0, 96, 128, 140, 191, 255, 255, 255, 0, 255, 0}, 5},
		{raster.MapRescale, 8, []float64{0, 89, 102, 107, 128, 153, 153, 255, 0, 255, 0}, 3},
	} {
		t.Run(fmt.Sprint(c.m, c.depth), func(t *testing.T) {
			var out bytes.Buffer
			shape := tensor.Shape{N: 1, C: 1, H: 1, W: len(in)}
			w, err := Create("-", &out, shape, WriteOptions{Format: "png", Map: c.m, Depth: c.depth})
			if err != nil {
				t.Fatal(err)
			}
			if w.NeedsRange() != (c.m == raster.MapRescale) {
				t.Error("NeedsRange is wrong")
			}
			w.SetRange(-2, 3)
			if err := pump(tensor.Source[float64](tensor.FromData(shape, in)), SinkOf[float64](w)); err != nil {
				t.Fatal(err)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			got := floats(t, decode(t, out.Bytes(), "x", raster.ReadOptions{Values: raster.RawValues}))
			if changed, total := w.Clipped(); !slices.Equal(got, c.want) || changed != c.clipped || total != int64(len(in)) {
				t.Errorf("got %v, %d of %d clipped, want %v, %d", got, changed, total, c.want, c.clipped)
			}
		})
	}
}

// TestRawNumbers: without an input picture, raw numbers are samples.
func TestRawNumbers(t *testing.T) {
	m := decode(t, []byte("0,1,254.5,300"), "x.csv", raster.ReadOptions{Values: raster.RawValues})
	got := floats(t, decode(t, through[float64](t, m, WriteOptions{Format: "pgm"}), "x", raster.ReadOptions{Values: raster.RawValues}))
	if !slices.Equal(got, []float64{0, 1, 255, 255}) {
		t.Errorf("got %v", got)
	}
}

// TestDepths: 8 bits to 16 and back, and the alpha with them.
func TestDepths(t *testing.T) {
	m := picture(4, 8)
	wide := decode(t, through[float32](t, m, WriteOptions{Format: "png", Depth: 16}), "x", raster.ReadOptions{})
	if wide.Depth() != 16 || wide.Samples().Sample(0, 0) != 257*m.Samples().Sample(0, 0) || wide.Samples().Sample(wide.Samples().StrideC*3, 3) != 257*m.Samples().Sample(3, 3) {
		t.Errorf("%d bits, %v", wide.Depth(), wide.Samples().Mem[:8])
	}
	samplesEqual(t, m, decode(t, through[float32](t, wide, WriteOptions{Format: "png", Depth: 8}), "x", raster.ReadOptions{}))
	if _, err := Create("-", nil, m.Shape(), WriteOptions{Format: "jpg", Depth: 16}); err == nil {
		t.Error("jpg took 16 bits")
	}
	// The depth is only a wish where it comes from the input.
	if w, err := Create("-", nil, m.Shape(), WriteOptions{Format: "jpg", Like: wide}); err != nil || w.Depth() != 8 {
		t.Errorf("a 16-bit picture cannot become a jpg: %v", err)
	}
}

func TestGray(t *testing.T) {
	m := pixelsOf([]byte{10, 20, 30, 200, 200, 200}, 1, 2, 3, 8, raster.U8)
	m = m.Samples().View(raster.ReadOptions{Gray: true, Values: raster.RawValues})
	want := []float64{(299*10 + 587*20 + 114*30) / 1000., 200}
	if got := floats(t, m); m.Shape().C != 1 || !slices.Equal(got, want) {
		t.Errorf("%v: %v, want %v", m.Shape(), got, want)
	}
	m = with(m, func(o *raster.ReadOptions) { o.Values = raster.UnitValues })
	if got := floats(t, m); got[1] != 200./255 {
		t.Errorf("grey is %v, want %v", got[1], 200./255)
	}
}

// TestAlphaModes: kept untouched, dropped, or filtered with the colours.
func TestAlphaModes(t *testing.T) {
	src := image.NewNRGBA(image.Rect(0, 0, 2, 1))
	src.SetNRGBA(0, 0, color.NRGBA{200, 100, 50, 128})
	src.SetNRGBA(1, 0, color.NRGBA{10, 20, 30, 0})
	var b bytes.Buffer
	if err := png.Encode(&b, src); err != nil {
		t.Fatal(err)
	}
	keep := decode(t, b.Bytes(), "x", raster.ReadOptions{Values: raster.RawValues})
	if got := floats(t, keep); !slices.Equal(got, []float64{200, 10, 100, 20, 50, 30}) {
		t.Errorf("keep: %v", got)
	}
	drop := decode(t, b.Bytes(), "x", raster.ReadOptions{Alpha: raster.AlphaDrop})
	if again := decode(t, through[float32](t, drop, WriteOptions{Format: "png"}), "x", raster.ReadOptions{}); again.HasAlpha() || again.Shape().C != 3 {
		t.Error("drop: alpha is still there")
	}
	filter := decode(t, b.Bytes(), "x", raster.ReadOptions{Alpha: raster.AlphaFilter, Values: raster.RawValues})
	if got := floats(t, filter); filter.Shape().C != 4 || got[0] != 200*(128./255) || got[1] != 0 || got[6] != 128 || got[7] != 0 {
		t.Errorf("filter: %v", got)
	}
	again := decode(t, through[float64](t, filter, WriteOptions{Format: "png"}), "x", raster.ReadOptions{})
	if !bytes.Equal(again.Samples().Mem[:8], []byte{200, 100, 50, 128, 0, 0, 0, 0}) {
		t.Errorf("filter and back: %v", again.Samples().Mem[:8])
	}
	// A format without alpha takes the colours.
	if ppm := decode(t, through[float64](t, filter, WriteOptions{Format: "ppm"}), "x", raster.ReadOptions{}); !bytes.Equal(ppm.Samples().Mem, []byte{200, 100, 50, 0, 0, 0}) {
		t.Errorf("filter to ppm: %v", ppm.Samples().Mem)
	}
}

// TestAlphaWindow: a result of another size takes the alpha of its windows' centres.
func TestAlphaWindow(t *testing.T) {
	m := picture(2, 8)
	var out bytes.Buffer
	w, err := Create("-", &out, tensor.Shape{N: 1, C: 1, H: 8, W: 20}, WriteOptions{Format: "png", Like: m, AlphaAt: raster.AlphaWindow{Top: 1, Left: -2, StrideH: 2, StrideW: 1}})
	if err != nil {
		t.Fatal(err)
	}
	zeros := tensor.NewDense[float32](tensor.Shape{N: 1, C: 1, H: 8, W: 20})
	if err := pump(tensor.Source[float32](zeros), SinkOf[float32](w)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	got := decode(t, out.Bytes(), "x", raster.ReadOptions{})
	for y := range 8 {
		for x := range 20 {
			want := m.Samples().Mem[((2*y+1)*16+min(max(x-2, 0), 15))*2+1]
			if a := got.Samples().Sample(got.Samples().Offset+got.Samples().StrideC+y*got.Samples().StrideY+x*got.Samples().StrideX, 1); a != float64(want) {
				t.Fatalf("(%d, %d): %v, want %d", y, x, a, want)
			}
		}
	}
}

// TestShapes: what a format cannot hold is refused before anything is created.
func TestShapes(t *testing.T) {
	for _, c := range []struct {
		format string
		s      tensor.Shape
		ok     bool
	}{
		{"png", tensor.Shape{N: 1, C: 3, H: 2, W: 2}, true},
		{"png", tensor.Shape{N: 1, C: 2, H: 2, W: 2}, false},
		{"png", tensor.Shape{N: 2, C: 1, H: 2, W: 2}, false},
		{"pgm", tensor.Shape{N: 1, C: 3, H: 2, W: 2}, false},
		{"pfm", tensor.Shape{N: 1, C: 2, H: 2, W: 2}, false},
		{"npy", tensor.Shape{N: 2, C: 7, H: 2, W: 2}, true},
		{"csv", tensor.Shape{N: 2, C: 7, H: 2, W: 2}, true},
	} {
		path := t.TempDir() + "/out." + c.format
		w, err := Create(path, nil, c.s, WriteOptions{})
		if (err == nil) != c.ok {
			t.Errorf("%s %v: %v", c.format, c.s, err)
		}
		if w != nil {
			w.Abort()
		}
	}
}
