// Package train states the question of a fit: which kernel turned one image into
// another. It has the pairs of images (Pair, Input), what is fitted (Spec), and
// where each unknown stands (Layout). The answer is found in the rooms below.
//
// With a the window of the input that one output sees (its taps in row-major
// order, and a one where there is a bias) and y that output, the loss
//
//	loss(w) = Σ (aᵀw − y)²  =  wᵀ G w − 2 cᵀ w + s      G = Σ a aᵀ   c = Σ a y   s = Σ y²
//
// is a quadratic of the unknowns w. One reading of the images makes the sums G, c
// and s; a second one follows where the fit is nearly exact. All later work is on
// n x n numbers, however large the images are.
//
//	normal      the normal equations: G, its factorisation, eigenvectors, held-out part
//	accumulate  pairs of images -> normal equations, band by band
//	solve       least squares, also under constraints; standard errors
//	descent     gradient descent, momentum, Nesterov, Adam, epoch by epoch
//	robust      fits that outliers do not move
//	vary        kernels that vary over the field
//	detect      which geometry made Y: padding, border, shift, size, bias, linear RGB
//	report      how good and how certain a fit is
//
// No room imports one that stands below it in this list, except that robust and
// detect stand side by side with descent.
package train

import (
	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/enum"
)

// Channels says how the planes of an image share kernels.
type Channels int

const (
	// Shared: one kh x kw kernel, and one bias, for every plane.
	Shared Channels = iota
	// Separate: one kernel and one bias for each plane.
	Separate
	// Mix: O x I x kh x kw taps; each plane of the output is a sum over all
	// planes of the input.
	Mix
)

var channelNames = []string{"shared", "separate", "mix"}

// ChannelNames returns the words that ParseChannels accepts.
func ChannelNames() []string { return channelNames }

// ParseChannels returns the value of a name.
func ParseChannels(s string) (Channels, error) {
	return enum.Parse[Channels](s, channelNames)
}

// String returns the name.
func (c Channels) String() string { return channelNames[c] }

// Spec says what is fitted: the geometry of the operator, the size of the kernel,
// and whether there is a bias.
type Spec struct {
	Options corr.Options
	Kernel  corr.Size
	Bias    bool
	// Background is the degree of a polynomial of the output's position that is
	// added to every output. It includes the bias. 0: none.
	Background int
	Channels   Channels
	Units      Units
	Threads    int // 0: one for each processor; results do not depend on it
}
