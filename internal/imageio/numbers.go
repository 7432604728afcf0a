package imageio

import (
	"bytes"
	"io"

	"github.com/convkit/convkit/internal/imageio/atomicfile"
	"github.com/convkit/convkit/internal/imageio/json"
	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/source"
	"github.com/convkit/convkit/internal/tensor"
)

// Unpacked returns the content of r, unpacked if it is packed as a whole.
func Unpacked(r io.Reader) io.Reader {
	in := source.New(r, "", raster.ReadOptions{})
	in.Unpack()
	return in
}

// DecodeNumbers reads a small array, a kernel, of any format that can be read:
// its size as the file has it, its numbers row by row, and the bias that JSON
// may hold beside it. Pixels count 0..1. sel chooses a picture of a file with
// several.
func DecodeNumbers(data []byte, name string, sel Selection) (dims []int, values, bias []float64, err error) {
	if !sel.Given() && json.Sniff(data[:min(len(data), source.HeadLen)]) {
		dims, values, bias, err := json.ParseArray(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return nil, nil, nil, source.New(nil, name, raster.ReadOptions{Format: "json"}).Explain(err)
		}
		return dims, values, bias, nil
	}
	m, err := Decode(bytes.NewReader(data), name, raster.ReadOptions{Alpha: raster.AlphaDrop, Select: sel})
	if err != nil {
		return nil, nil, nil, err
	}
	d, err := tensor.Collect(raster.Rows[float64](m))
	if err != nil {
		return nil, nil, nil, err
	}
	s := m.Shape()
	dims = []int{s.N, s.C, s.H, s.W}
	return dims[4-m.Rank():], d.Data, nil, nil
}

// EncodeNumbers writes a small array in the format csv, tsv, txt, json or npy.
// Text has no place for a bias or for rank 4, NPY none for a bias.
func EncodeNumbers(w io.Writer, format string, dims []int, values, bias []float64, digits int) error {
	f, ok := lookup(format)
	if !ok || !f.CanWrite() || f.Kind != raster.Numbers {
		return raster.BadOption("csv, json and npy hold numbers", "%s is not a format for numbers", format)
	}
	if f.Name == "json" {
		return json.Encode(w, dims, values, bias, digits)
	}
	if len(bias) > 0 {
		return raster.BadOption("json holds a kernel with its bias", "%s has no place for a bias", f.Name)
	}
	if f.Name != "npy" && len(dims) > 3 {
		return raster.BadOption("json and npy hold it", "%s has no place for an array of rank %d", f.Name, len(dims))
	}
	n, c, h, width, err := raster.ArrayDims(dims, raster.DefaultMaxPixels)
	if err != nil {
		return err
	}
	out := &Writer{format: f, next: f.NewEncoder, shape: tensor.Shape{N: n, C: c, H: h, W: width}, o: WriteOptions{Digits: digits}, out: atomicfile.Stream(w)}
	out.o.Like = (&raster.Picture{Rank: len(dims), Kind: raster.Numbers}).View(raster.ReadOptions{})
	if err := out.newEncoder(); err != nil {
		return err
	}
	d := tensor.FromData(out.shape, values)
	sink := SinkOf[float64](out)
	for p := range n * c {
		commit, err := sink.Put(tensor.Band[float64]{P: p, Rows: h, W: width, Stride: width, Data: d.Plane(p)})
		if err != nil {
			return err
		}
		if err := commit(); err != nil {
			return err
		}
	}
	return out.Close()
}
