package kernel

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/convkit/convkit/internal/imageio"
	"github.com/convkit/convkit/internal/tensor"
)

// npy makes a file of version 1 with little-endian float64.
func npy(shape string, values ...float64) string {
	header := fmt.Sprintf("{'descr': '<f8', 'fortran_order': False, 'shape': %s, }\n", shape)
	var b bytes.Buffer
	b.WriteString("\x93NUMPY\x01\x00")
	_ = binary.Write(&b, binary.LittleEndian, uint16(len(header)))
	b.WriteString(header)
	_ = binary.Write(&b, binary.LittleEndian, values)
	return b.String()
}

func TestDecode(t *testing.T) {
	mix := func(out, in, h, w int, taps ...float64) tensor.Kernel {
		return tensor.Kernel{Mixes: true, Out: out, In: in, H: h, W: w, Taps: taps}
	}
	biased := mix(2, 1, 1, 1, 3, 4)
	biased.Bias = []float64{5, 6}
	for text, want := range map[string]tensor.Kernel{
		"1,-1\n": tensor.Matrix(1, 2, 1, -1),
		"# epoch 2, loss 6.422\n# epoch 4, loss 1.225\n1.0009,-0.9739\n": tensor.Matrix(1, 2, 1.0009, -.9739),
		"1\t2\r\n3\t4\r\n\r\n":                           tensor.Matrix(2, 2, 1, 2, 3, 4),
		"[[1, 2], [3, 4]]":                               tensor.Matrix(2, 2, 1, 2, 3, 4),
		`{"kernel": [[[[3]]], [[[4]]]], "bias": [5, 6]}`: biased,
		npy("(2,)", 1, 2):                                tensor.Matrix(1, 2, 1, 2),
		npy("(2, 1)", 1, 2):                              tensor.Matrix(2, 1, 1, 2),
		npy("(2, 1, 2)", 1, 2, 3, 4):                     mix(1, 2, 1, 2, 1, 2, 3, 4),
		npy("(2, 1, 1, 2)", 1, 2, 3, 4):                  mix(2, 1, 1, 2, 1, 2, 3, 4),
	} {
		k, err := Decode(strings.NewReader(text), "k")
		if err != nil || !equal(k, want) {
			t.Errorf("%q: %v %v, %v; want %v %v", text, k, k.Taps, err, want, want.Taps)
		}
	}
}

func TestDecodeErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":                                  "k.csv",
		"1,2\n3\n":                          "k.csv:2",
		"1,x\n":                             "k.csv:1:3",
		"1,nan\n":                           "row 1, column 2",
		"1,2\n-inf,4\n":                     "row 2, column 1",
		npy("(1,)", math.NaN()):             "row 1, column 1",
		npy("(1, 2, 1, 1)", 1, math.Inf(1)): "output channel 1, input channel 2, row 1, column 1",
		npy("(2, 2)", 1, 2):                 "k.csv",
		npy("(1, 1, 1, 1, 1)", 1):           "k.csv",
		npy("(0,)"):                         "k.csv",
		`{"kernel": [[1]], "bias": [1, 2]}`: "2 biases for 1 output",
	} {
		_, err := Decode(strings.NewReader(text), "k.csv")
		var data *imageio.DataError
		if !errors.As(err, &data) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", text, err, want)
		}
	}
}

// TestEncodeDecode: what is written reads back to the same taps, bit for bit.
func TestEncodeDecode(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := tensor.Kernel{Out: 1, In: 1, H: rapid.IntRange(1, 5).Draw(t, "h"), W: rapid.IntRange(1, 5).Draw(t, "w")}
		forms := []string{"csv", "tsv", "json", "npy"}
		if k.Mixes = rapid.Bool().Draw(t, "mixes"); k.Mixes {
			k.Out, k.In = rapid.IntRange(1, 3).Draw(t, "out"), rapid.IntRange(1, 3).Draw(t, "in")
			forms = []string{"json", "npy"}
		}
		finite := rapid.Float64Range(-math.MaxFloat64, math.MaxFloat64)
		n := k.Out * k.In * k.H * k.W
		k.Taps = rapid.SliceOfN(finite, n, n).Draw(t, "taps")
		if rapid.Bool().Draw(t, "biased") {
			k.Bias = rapid.SliceOfN(finite, k.Out, k.Out).Draw(t, "bias")
			forms = []string{"json"}
		}
		form := rapid.SampledFrom(forms).Draw(t, "format")
		var b bytes.Buffer
		if err := Encode(&b, k, form, -1); err != nil {
			t.Fatal(err)
		}
		back, err := Decode(&b, "k")
		if err != nil || !equal(k, back) {
			t.Fatalf("%v %v %v came back as %v %v %v, %v", k, k.Taps, k.Bias, back, back.Taps, back.Bias, err)
		}
	})
}

func TestEncodeDigits(t *testing.T) {
	var b strings.Builder
	if err := Encode(&b, tensor.Matrix(1, 3, 1./3, -1e-9, 2), "csv", 3); err != nil || b.String() != "0.333,0.000,2.000\n" {
		t.Errorf("%q, %v", b.String(), err)
	}
	biased := tensor.Matrix(1, 1, 1)
	biased.Bias = []float64{2}
	if err := Encode(&b, biased, "csv", -1); err == nil {
		t.Error("text took a bias")
	}
}
