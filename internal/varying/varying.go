// Package varying has kernels that vary over the field of an image: with (y, x) the place
// of an output,
//
//	K(u, v; y, x) = Σ_p K_p(u, v) P_p(y, x)
//
// and P_p the polynomials of package legendre over the H x W outputs.
package varying

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/convkit/convkit/internal/legendre"
	"github.com/convkit/convkit/internal/tensor"
)

// Kernel is a kernel that varies.
type Kernel struct {
	Field legendre.Field // H x W is the size of the result
	H, W  int            // of the kernel
	Taps  [][]float64    // K_p, by term
	Bias  *float64       // added everywhere; nil: none
	// Background has the coefficients of a polynomial background, by
	// legendre.Orders(BackgroundDegree): Bias is the first of them. It is not part of the
	// kernel.
	Background       []float64
	BackgroundDegree int
}

// At returns the kernel at output (y, x).
func (k *Kernel) At(y, x int) tensor.Kernel {
	sum := make([]float64, k.H*k.W)
	for p, f := range k.Field.At(y, x) {
		for i, v := range k.Taps[p] {
			sum[i] += float64(f * v)
		}
	}
	r := tensor.Matrix(k.H, k.W, sum...)
	if k.Bias != nil {
		r.Bias = []float64{*k.Bias}
	}
	return r
}

// Flip turns all kernels by 180 degrees.
func (k *Kernel) Flip() *Kernel {
	f := *k
	f.Taps = make([][]float64, len(k.Taps))
	for p, taps := range k.Taps {
		f.Taps[p] = slices.Clone(taps)
		slices.Reverse(f.Taps[p])
	}
	return &f
}

// file is how a kernel is written.
type file struct {
	Varying *struct {
		Functions string   `json:"functions"`
		Degree    int      `json:"degree"`
		Orders    [][2]int `json:"orders"`
		Height    int      `json:"height"`
		Width     int      `json:"width"`
	} `json:"varying"`
	Kernels    [][][]float64 `json:"kernels"`
	Bias       *float64      `json:"bias,omitempty"`
	Background *background   `json:"background,omitempty"`
}

type background struct {
	Degree       int       `json:"degree"`
	Orders       [][2]int  `json:"orders"`
	Coefficients []float64 `json:"coefficients"`
}

// functions says in the file what the orders mean.
const functions = "K = sum of kernels[t] P_i((2x+1)/width - 1) P_j((2y+1)/height - 1), (i, j) = orders[t]: Legendre polynomials of column x and row y of the result, counted from 0"

// Encode writes a kernel as JSON.
func Encode(w io.Writer, k *Kernel) error {
	f := file{Bias: k.Bias}
	f.Varying = new(struct {
		Functions string   `json:"functions"`
		Degree    int      `json:"degree"`
		Orders    [][2]int `json:"orders"`
		Height    int      `json:"height"`
		Width     int      `json:"width"`
	})
	f.Varying.Functions, f.Varying.Degree, f.Varying.Orders = functions, k.Field.Degree, legendre.Orders(k.Field.Degree)
	f.Varying.Height, f.Varying.Width = k.Field.H, k.Field.W
	for _, taps := range k.Taps {
		f.Kernels = append(f.Kernels, slices.Collect(slices.Chunk(taps, k.W)))
	}
	if k.BackgroundDegree > 0 {
		f.Background = &background{k.BackgroundDegree, legendre.Orders(k.BackgroundDegree), k.Background}
	}
	return json.NewEncoder(w).Encode(f)
}

// Most of what a file may hold.
const (
	mostDegree = 20
	mostTaps   = 1 << 24
	mostSide   = 1 << 30
)

// Is reports whether JSON is a kernel that varies.
func Is(data []byte) bool {
	var f struct {
		Varying json.RawMessage `json:"varying"`
	}
	return json.Unmarshal(data, &f) == nil && f.Varying != nil
}

// Decode reads what Encode wrote. The errors say what is wrong with it.
func Decode(data []byte) (*Kernel, error) {
	var f file
	if err := json.Unmarshal(data, &f); err != nil {
		return nil, fmt.Errorf("a kernel that varies: %w", err)
	}
	v := f.Varying
	switch {
	case v == nil:
		return nil, errors.New(`no kernel that varies: "varying" is missing`)
	case v.Degree < 0 || v.Degree > mostDegree:
		return nil, fmt.Errorf("the degree %d is not from 0 to %d", v.Degree, mostDegree)
	case v.Height < 1 || v.Width < 1 || v.Height > mostSide || v.Width > mostSide:
		return nil, fmt.Errorf("a field of %dx%d is no size", v.Height, v.Width)
	case !slices.Equal(v.Orders, legendre.Orders(v.Degree)):
		return nil, fmt.Errorf("the orders of degree %d are %v, not %v", v.Degree, legendre.Orders(v.Degree), v.Orders)
	case len(f.Kernels) != len(v.Orders):
		return nil, fmt.Errorf("%d kernels for %d polynomials: give one for each", len(f.Kernels), len(v.Orders))
	}
	k := &Kernel{Field: legendre.Field{Degree: v.Degree, H: v.Height, W: v.Width}, Bias: f.Bias}
	for p, rows := range f.Kernels {
		if p == 0 && len(rows) > 0 {
			k.H, k.W = len(rows), len(rows[0])
		}
		if len(rows) != k.H || k.H == 0 || k.W == 0 || k.H*k.W > mostTaps {
			return nil, fmt.Errorf("kernel %d is no %dx%d matrix", p+1, k.H, k.W)
		}
		var taps []float64
		for _, row := range rows {
			if len(row) != k.W {
				return nil, fmt.Errorf("kernel %d is no %dx%d matrix", p+1, k.H, k.W)
			}
			taps = append(taps, row...)
		}
		k.Taps = append(k.Taps, taps)
	}
	if b := f.Background; b != nil {
		k.Background, k.BackgroundDegree = b.Coefficients, b.Degree
	}
	return k, nil
}

// Finite reports whether all taps and the bias are finite.
func (k *Kernel) Finite() bool {
	all := slices.Concat(k.Taps...)
	if k.Bias != nil {
		all = append(all, *k.Bias)
	}
	return !slices.ContainsFunc(all, func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) })
}
