package codec

import (
	"slices"

	"github.com/convkit/convkit/internal/imageio/raster"
)

// ArrayPages returns the encoder of a file that holds one array: all pages one
// after the other, behind one header. array describes the whole file.
func ArrayPages(r Result, array func(bits int) Array) Encoder { return arrayPage(r, array, 0) }

func arrayPage(r Result, array func(bits int) Array, k int) Encoder {
	e := Encoder{Array: func(bits int) Array {
		a := array(bits)
		if k > 0 {
			a.Header = nil
		}
		if k < r.Pages-1 {
			a.Fill = 0
		}
		return a
	}}
	if k >= r.Pages-1 {
		return e
	}
	e.Next = func(next Result) (Encoder, error) {
		if !slices.Equal(r.Dims, next.Dims) || r.Depth != next.Depth {
			return Encoder{}, raster.BadOption("tif holds pages of any size", "pages of one array have one size: page %d is %v, and page 0 is %v", k+1, next.Dims, r.Dims)
		}
		return arrayPage(r, array, k+1), nil
	}
	return e
}

// AllDims returns the sizes of the array of all pages.
func (r Result) AllDims() []int {
	if r.Pages > 1 {
		return append([]int{r.Pages}, r.Dims...)
	}
	return r.Dims
}
