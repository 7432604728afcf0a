// Package corr is the operator of convkit: two-dimensional cross-correlation
// of images with small kernels,
//
//	Y[o][y][x] = bias[o] + Σ_i Σ_u Σ_v X[i][y*sy + u*dy - top][x*sx + v*dx - left] * K[o][i][u][v]
//
// with strides (sy, sx), dilations (dy, dx), and an image that continues beyond
// its edges as the border says. A plain kernel (a matrix) is applied to every
// plane on its own; a kernel that mixes channels (Out x In x kh x kw) sums over
// all planes of an image for each plane of the result. The words and their
// meaning are those of PyTorch's conv2d, which is a cross-correlation too.
//
// Reference is that definition as plain loops. Plan chooses a fast way that
// gives the same numbers within the stated bounds and runs it over bands of
// rows: no image is ever whole in floating point.
package corr

import (
	"fmt"

	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/tensor"
)

// Reference computes the definition with plain loops in float64: it is what
// every faster way is tested against. The cost is Out*In*kh*kw multiplications
// for each output element.
func Reference(x *tensor.Dense[float64], k tensor.Kernel, o Options) (*tensor.Dense[float64], error) {
	in := x.Shape()
	g, err := geometry.New(in.H, in.W, Size{H: k.H, W: k.W}, o)
	if err != nil {
		return nil, err
	}
	out, err := OutShape(in, k, g)
	if err != nil {
		return nil, err
	}
	if o.Convolve {
		k = k.Flip()
	}
	y := tensor.NewDense[float64](out)
	for p := range out.Planes() {
		n, c := p/out.C, p%out.C
		for oy := range out.H {
			for ox := range out.W {
				sum := 0.0
				for i := range k.In {
					plane, o := p, 0
					if k.Mixes {
						plane, o = n*in.C+i, c
					}
					for u := range k.H {
						for v := range k.W {
							sum += float64(at(g, x.Plane(plane), oy*g.Stride.H+u*g.Dilation.H-g.Top, ox*g.Stride.W+v*g.Dilation.W-g.Left) * k.At(o, i, u, v))
						}
					}
				}
				y.Plane(p)[oy*out.W+ox] = k.BiasOf(biasIndex(k, c)) + sum
			}
		}
	}
	return y, nil
}

// at returns element (y, x) of a plane that continues beyond its edges: both may
// lie outside.
func at(g Geometry, plane []float64, y, x int) float64 {
	y, x = g.Border.Fold(y, g.InH), g.Border.Fold(x, g.InW)
	if y < 0 || x < 0 {
		return g.Border.Value
	}
	return plane[y*g.InW+x]
}

// biasIndex is the place of channel c's bias in the kernel: a plain kernel has
// one bias for all planes.
func biasIndex(k tensor.Kernel, c int) int {
	if k.Mixes {
		return c
	}
	return 0
}

// OutShape is the shape of the result: the planes of the input for a plain
// kernel, else the output channels of the kernel.
func OutShape(in tensor.Shape, k tensor.Kernel, g Geometry) (tensor.Shape, error) {
	out := tensor.Shape{N: in.N, C: in.C, H: g.OutH, W: g.OutW}
	if k.Mixes {
		if k.In != in.C {
			return out, &ChannelsError{Kernel: k, Image: in}
		}
		out.C = k.Out
	}
	if n := len(k.Bias); n > 1 && n != k.Out {
		return out, fmt.Errorf("the kernel (%v) has %d output channels, but %d biases", k, k.Out, n)
	}
	return out, nil
}
