package tensor

import "fmt"

// Kernel is the small matrix that slides over an image: kh x kw taps, or
// Out x In x H x W of them where it mixes channels.
type Kernel struct {
	// Mixes tells a rank-4 kernel (Out x In x H x W, one sum over all In
	// planes for each of Out results) from a plain matrix, which is applied to
	// every plane on its own and has Out = In = 1.
	Mixes bool

	Out, In, H, W int

	// Taps in row-major order, index ((o*In+i)*H+u)*W+v.
	Taps []float64

	// Bias is added to each result: empty for none, else one value for each
	// output channel, or one for all.
	Bias []float64

	// StoredBias says that the bias counts pixels as they are stored, whatever
	// their numbers: so do the notations of FFmpeg and libvips.
	StoredBias bool
}

// Matrix returns the plain kernel of h x w taps.
func Matrix(h, w int, taps ...float64) Kernel {
	if len(taps) != h*w {
		panic(fmt.Sprintf("tensor: %d taps do not make a %dx%d kernel", len(taps), h, w))
	}
	return Kernel{Out: 1, In: 1, H: h, W: w, Taps: taps}
}

// At returns the tap of output channel o, input channel i, row u, column v.
func (k Kernel) At(o, i, u, v int) float64 { return k.Taps[((o*k.In+i)*k.H+u)*k.W+v] }

// Flip returns the kernel turned by 180 degrees, so that correlating with the
// one is convolving with the other.
func (k Kernel) Flip() Kernel {
	f := k
	f.Taps = make([]float64, len(k.Taps))
	n := k.H * k.W
	for m := 0; m < len(k.Taps); m += n {
		for i := range n {
			f.Taps[m+i] = k.Taps[m+n-1-i]
		}
	}
	return f
}

// BiasOf returns the bias of output channel o.
func (k Kernel) BiasOf(o int) float64 {
	switch len(k.Bias) {
	case 0:
		return 0
	case 1:
		return k.Bias[0]
	}
	return k.Bias[o]
}

// String gives the size: 3x3, or 2x3x3x3 where the kernel mixes channels.
func (k Kernel) String() string {
	if k.Mixes {
		return fmt.Sprintf("%dx%dx%dx%d", k.Out, k.In, k.H, k.W)
	}
	return fmt.Sprintf("%dx%d", k.H, k.W)
}
