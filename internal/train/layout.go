package train

import (
	"fmt"
	"slices"

	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train/lagvec"
)

// SystemOf returns the number of the system that has output channel c, and the
// channel's number among the outputs of that system.
func (l Layout) SystemOf(c int) (sys, k int) {
	if l.Spec.Channels == Separate {
		return c, 0
	}
	return 0, c
}

// Layout is a Spec with the channels of a pair. It says how many unknowns there are
// and where each stands: the taps of an output in row-major order (input plane, row,
// column), then the background.
type Layout struct {
	Spec                          Spec
	InputChannels, OutputChannels int
}

// NewLayout returns the layout for images of shapes x and y. The error says which numbers
// of images or planes do not match.
func NewLayout(s Spec, x, y tensor.Shape) (Layout, error) {
	l := Layout{Spec: s, InputChannels: x.C, OutputChannels: y.C}
	if x.N != y.N {
		return l, fmt.Errorf("shapes differ: X (%v) has %s, Y (%v) has %d: give equal numbers", x, Plural(x.N, "image"), y, y.N)
	}
	if s.Channels != Mix && x.C != y.C {
		return l, fmt.Errorf("shapes differ: X (%v) has %s per image, Y (%v) has %d: use channels mix", x, Plural(x.C, "plane"), y, y.C)
	}
	if s.Channels == Shared {
		l.InputChannels, l.OutputChannels = 1, 1
	}
	return l, nil
}

// Systems returns the number of separate systems of normal equations.
func (l Layout) Systems() int {
	if l.Spec.Channels == Separate {
		return l.OutputChannels
	}
	return 1
}

// Outputs returns the number of right-hand sides of each system.
func (l Layout) Outputs() int { return l.OutputChannels / l.Systems() }

// Inputs returns the number of input planes that one output sees.
func (l Layout) Inputs() int {
	if l.Spec.Channels == Mix {
		return l.InputChannels
	}
	return 1
}

// Taps returns the number of taps of one output.
func (l Layout) Taps() int { return l.Inputs() * l.Spec.Kernel.H * l.Spec.Kernel.W }

// Unknowns returns the number of unknowns of one output: taps and background.
func (l Layout) Unknowns() int { return l.Taps() + l.BackgroundTerms() }

// Kernel returns the kernel of given unknowns, one vector for each output channel.
// With Convolve it is flipped, so that convolution gives the same outputs. The
// separate kernels of several planes become a mixing kernel with zeros off its
// diagonal.
func (l Layout) Kernel(w [][]float64) tensor.Kernel {
	size := l.Spec.Kernel
	k := tensor.Kernel{Out: 1, In: 1, H: size.H, W: size.W}
	if l.Spec.Channels == Mix || l.OutputChannels > 1 {
		k.Mixes, k.Out, k.In = true, l.OutputChannels, l.InputChannels
	}
	m := l.Taps()
	k.Taps = make([]float64, k.Out*k.In*size.H*size.W)
	for o, v := range w {
		v = l.FromUnits(v)
		at := o * m
		if l.Spec.Channels == Separate {
			at = (o*k.In + o) * m
		}
		copy(k.Taps[at:at+m], v[:m])
		if l.BackgroundTerms() > 0 {
			k.Bias = append(k.Bias, v[m])
		}
	}
	if l.Spec.Options.Convolve {
		k = k.Flip()
	}
	return k
}

// Vectors is the inverse of Kernel. A kernel that does not mix channels serves every
// output. Errors name the size or channels that do not match.
func (l Layout) Vectors(k tensor.Kernel) ([][]float64, error) {
	if k.H != l.Spec.Kernel.H || k.W != l.Spec.Kernel.W {
		return nil, fmt.Errorf("the initial kernel is %v, but a %v kernel is learned", k, l.Spec.Kernel)
	}
	if k.Mixes && (k.Out != l.OutputChannels || k.In != l.InputChannels) {
		return nil, fmt.Errorf("the initial kernel is %v, but %d x %d channels are learned", k, l.OutputChannels, l.InputChannels)
	}
	if !k.Mixes && l.Inputs() > 1 {
		return nil, fmt.Errorf("the initial kernel is %v, but %s are mixed: give an OxIxHxW kernel", k, Plural(l.InputChannels, "channel"))
	}
	if l.BackgroundTerms() == 0 && slices.ContainsFunc(k.Bias, func(b float64) bool { return b != 0 }) {
		return nil, fmt.Errorf("the initial kernel has a bias, but none is learned")
	}
	if l.Spec.Options.Convolve {
		k = k.Flip()
	}
	m := l.Taps()
	w := make([][]float64, l.OutputChannels)
	for o := range w {
		at := 0
		switch {
		case k.Mixes && l.Spec.Channels == Separate:
			at = (o*k.In + o) * m
		case k.Mixes:
			at = o * m
		}
		w[o] = lagvec.NewVector(l.Unknowns())
		copy(w[o], k.Taps[at:at+m])
		if l.BackgroundTerms() > 0 {
			w[o][m] = k.BiasOf(o)
		}
	}
	return w, nil
}
