package imageio

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/tensor"
)

func TestEvenHalves(t *testing.T) {
	d := tensor.NewDense[float64](tensor.Shape{N: 1, C: 1, H: 1, W: 7})
	s := EvenHalves[float64](d)
	row := []float64{0.5, 1.5, 2.5, -0.5, 2.4999, 7, math.Inf(1)}
	if _, err := s.Put(tensor.Band[float64]{Rows: 1, W: 7, Stride: 7, Data: row}); err != nil {
		t.Fatal(err)
	}
	if want := []float64{0, 2, 2, 0, 2, 7, math.Inf(1)}; !slices.Equal(d.Data, want) {
		t.Errorf("%v, want %v", d.Data, want)
	}
}

func TestStored(t *testing.T) {
	text := "P2\n2 1\n100\n7 50\n"
	img, err := Decode(strings.NewReader(text), "x.pgm", raster.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	s, full, ok := img.Stored()
	if !ok || full != 100 {
		t.Fatalf("full %v, %v", full, ok)
	}
	row, err := raster.Rows[float64](s).Row(0, 0, make([]float64, 2))
	if err != nil || !slices.Equal(row, []float64{7, 50}) {
		t.Errorf("stored %v, %v", row, err)
	}
	if row, _ = raster.Rows[float64](img).Row(0, 0, make([]float64, 2)); row[1] != 0.5 {
		t.Errorf("the image itself has become %v", row)
	}
	for _, o := range []raster.ReadOptions{{Values: raster.RawValues}, {Linear: true}} {
		img, err := Decode(strings.NewReader(text), "x.pgm", o)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, ok := img.Stored(); ok {
			t.Errorf("%+v are not numbers of 0..1", o)
		}
	}
}

func TestMatrixMarket(t *testing.T) {
	var b strings.Builder
	rows := [][]float64{{0, 1.5, 0}, {-2, 0, math.Copysign(0, -1)}}
	err := EncodeMatrixMarket(&b, 2, 3, -1, func(r int, visit func(int, float64)) error {
		for c, v := range rows[r] {
			visit(c, v)
		}
		return nil
	})
	if want := "%%MatrixMarket matrix coordinate real general\n2 3 2\n1 2 1.5\n2 1 -2\n"; err != nil || b.String() != want {
		t.Errorf("%q, %v; want %q", b.String(), err, want)
	}
}
