package imageio

import (
	"bytes"
	"io"
	"os"
	"testing"

	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/tensor"
)

// pump sends every row of src to the sink, band by band, as a run would.
func pump[T tensor.Float](src tensor.Source[T], sink tensor.Sink[T]) error {
	s := src.Shape()
	const rows = 3
	put := func(p, y int) error {
		b := tensor.Band[T]{P: p, Y: y, Rows: min(rows, s.H-y), W: s.W, Stride: s.W}
		for i := range b.Rows {
			row, err := src.Row(p, y+i, make([]T, s.W))
			if err != nil {
				return err
			}
			b.Data = append(b.Data, row...)
		}
		commit, err := sink.Put(b)
		if err != nil || commit == nil {
			return err
		}
		return commit()
	}
	for n := range s.N {
		if order := sink.Order(); order == tensor.RowByRow || order == tensor.BottomUp {
			for y := 0; y < s.H; y += rows {
				y := y
				if order == tensor.BottomUp {
					y = (s.H - 1 - y) / rows * rows
				}
				for c := range s.C {
					if err := put(n*s.C+c, y); err != nil {
						return err
					}
				}
			}
			continue
		}
		for c := range s.C {
			for y := 0; y < s.H; y += rows {
				if err := put(n*s.C+c, y); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// through writes m as it is, in the arithmetic of T, and returns the bytes.
func through[T tensor.Float](t *testing.T, m *raster.Image, o WriteOptions) []byte {
	t.Helper()
	o.Like = m
	var out bytes.Buffer
	w, err := Create("-", &out, m.Shape(), o)
	if err != nil {
		t.Fatal(err)
	}
	if err := pump(raster.Rows[T](m), SinkOf[T](w)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func decode(t *testing.T, data []byte, name string, o raster.ReadOptions) *raster.Image {
	t.Helper()
	m, err := Decode(bytes.NewReader(data), name, o)
	if err == nil {
		err = m.Samples().Wait(m.Samples().H - 1)
	}
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// readFile reads the image of a file.
func readFile(path string, o raster.ReadOptions) (*raster.Image, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	return Decode(f, path, o)
}

// floats reads all numbers of a file.
func floats(t *testing.T, m *raster.Image) []float64 {
	t.Helper()
	d, err := tensor.Collect(raster.Rows[float64](m))
	if err != nil {
		t.Fatal(err)
	}
	return d.Data
}

var errEOF = io.EOF

// pixelsOf and numbersOf make images of memory.
func pixelsOf(mem []byte, h, w, channels, depth int, e raster.SampleType) *raster.Image {
	return raster.NewPixels(mem, h, w, channels, depth, e).View(raster.ReadOptions{})
}

func numbersOf(mem []byte, n, c, h, w int, e raster.SampleType, rank int) *raster.Image {
	return raster.NewNumbers(mem, n, c, h, w, e, rank).View(raster.ReadOptions{})
}

// with returns an image with other options.
func with(m *raster.Image, change func(*raster.ReadOptions)) *raster.Image {
	o := m.Options()
	change(&o)
	return m.Samples().View(o)
}
