// Package train finds the kernel that turned one image into another.
//
// With a the window of the input that one output sees (its taps in row-major
// order, and a one where there is a bias) and y that output, the loss
//
//	loss(w) = Σ (aᵀw − y)²  =  wᵀ G w − 2 cᵀ w + s      G = Σ a aᵀ   c = Σ a y   s = Σ y²
//
// is a quadratic of the taps w. The images are read once, or twice where the fit
// is nearly exact, and only these sums are kept; all else is work on n x n
// numbers, however large the images were.
//
//	GatherSet, Gather      pairs of images -> Statistics, band by band
//	KernelSize, ChooseSize the size of the kernel, from sizes or held-out error
//	Detect                 which padding, border, shift, bias and light it was
//	Descend                gd, momentum, nesterov, adam; exact
//	Solve, SolveShaped     the best fit, also with what is known beforehand
//	SolveRobust            one that outliers do not move
//	Report                 how good and how sure the result is
//
// The losses and kernels of Descend are those of a plain training loop over all
// windows with the update rules of PyTorch's optimisers. An epoch costs n
// operations in the eigenvectors of G, or n² in taps.
//
// G comes from sums by lag (lag.go) where stride and dilation are 1, else from
// the windows one by one (window.go). About which point the loss is expanded,
// and why, stands at Statistics.
package train

import (
	"fmt"
	"slices"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
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

// ChannelNames are the words that ParseChannels knows.
func ChannelNames() []string { return channelNames }

// ParseChannels reads a name.
func ParseChannels(s string) (Channels, error) {
	i, err := parseName("channels", s, channelNames)
	return Channels(i), err
}

// String gives the name.
func (c Channels) String() string { return channelNames[c] }

// Spec is what is fitted: the operator's geometry, the size of the kernel, and
// whether there is a bias.
type Spec struct {
	Options corr.Options
	Kernel  corr.Size
	Bias    bool
	// Background is the degree of a slow polynomial of the place that is added
	// to every output, and includes the bias. 0: none.
	Background int
	Channels   Channels
	Units      Units
	Threads    int // 0: one for each processor; no result depends on it
}

// layout is a Spec together with the channels of a pair: how many taps there
// are and where each stands.
type layout struct {
	spec      Spec
	inC, outC int
}

func newLayout(s Spec, x, y tensor.Shape) (layout, error) {
	l := layout{spec: s, inC: x.C, outC: y.C}
	if x.N != y.N {
		return l, fmt.Errorf("x (%v) holds %s, y (%v) %d: give as many of both", x, count(x.N, "image"), y, y.N)
	}
	if s.Channels != Mix && x.C != y.C {
		return l, fmt.Errorf("x (%v) has %s an image, y (%v) %d: only channels mix can go from the one to the other", x, count(x.C, "plane"), y, y.C)
	}
	if s.Channels == Shared {
		l.inC, l.outC = 1, 1
	}
	return l, nil
}

// systems is the number of separate normal equations.
func (l layout) systems() int {
	if l.spec.Channels == Separate {
		return l.outC
	}
	return 1
}

// outputs is the number of right-hand sides of each.
func (l layout) outputs() int { return l.outC / l.systems() }

// inputs is the number of planes that one output sees.
func (l layout) inputs() int {
	if l.spec.Channels == Mix {
		return l.inC
	}
	return 1
}

// taps is the number of taps of one output.
func (l layout) taps() int { return l.inputs() * l.spec.Kernel.H * l.spec.Kernel.W }

// unknowns is taps and background.
func (l layout) unknowns() int { return l.taps() + l.background() }

// kernel builds the kernel from one vector of unknowns for each output
// channel. With Convolve it is turned to the one that is convolved with. The
// separate kernels of several planes become one that mixes them by nothing:
// zeros stand off its diagonal.
func (l layout) kernel(w [][]float64) tensor.Kernel {
	size := l.spec.Kernel
	k := tensor.Kernel{Out: 1, In: 1, H: size.H, W: size.W}
	if l.spec.Channels == Mix || l.outC > 1 {
		k.Mixes, k.Out, k.In = true, l.outC, l.inC
	}
	m := l.taps()
	k.Taps = make([]float64, k.Out*k.In*size.H*size.W)
	for o, v := range w {
		v = l.fromUnits(v)
		at := o * m
		if l.spec.Channels == Separate {
			at = (o*k.In + o) * m
		}
		copy(k.Taps[at:at+m], v[:m])
		if l.background() > 0 {
			k.Bias = append(k.Bias, v[m])
		}
	}
	if l.spec.Options.Convolve {
		k = k.Flip()
	}
	return k
}

// vectors is the inverse of kernel. A plain matrix serves every plane.
func (l layout) vectors(k tensor.Kernel) ([][]float64, error) {
	if k.H != l.spec.Kernel.H || k.W != l.spec.Kernel.W {
		return nil, fmt.Errorf("the initial kernel is %v, but a %v kernel is learned", k, l.spec.Kernel)
	}
	if k.Mixes && (k.Out != l.outC || k.In != l.inC) {
		return nil, fmt.Errorf("the initial kernel is %v, but %d x %d channels are learned", k, l.outC, l.inC)
	}
	if !k.Mixes && l.inputs() > 1 {
		return nil, fmt.Errorf("the initial kernel is %v, but %s are mixed: give an OxIxHxW kernel", k, count(l.inC, "channel"))
	}
	if l.background() == 0 && slices.ContainsFunc(k.Bias, func(b float64) bool { return b != 0 }) {
		return nil, fmt.Errorf("the initial kernel has a bias, but none is learned")
	}
	if l.spec.Options.Convolve {
		k = k.Flip()
	}
	m := l.taps()
	w := make([][]float64, l.outC)
	for o := range w {
		at := 0
		switch {
		case k.Mixes && l.spec.Channels == Separate:
			at = (o*k.In + o) * m
		case k.Mixes:
			at = o * m
		}
		w[o] = vector(l.unknowns())
		copy(w[o], k.Taps[at:at+m])
		if l.background() > 0 {
			w[o][m] = k.BiasOf(o)
		}
	}
	return w, nil
}

func parseName(what, s string, names []string) (int, error) {
	for i, n := range names {
		if n == s {
			return i, nil
		}
	}
	return 0, fmt.Errorf("%s %q: must be %s", what, s, oneOf(names))
}

func oneOf(names []string) string {
	s := ""
	for i, n := range names {
		switch {
		case i == 0:
		case i == len(names)-1:
			s += " or "
		default:
			s += ", "
		}
		s += n
	}
	return s
}
