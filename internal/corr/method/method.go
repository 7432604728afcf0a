// Package method has the ways to compute a correlation of one kernel with one
// geometry (direct, separable, fourier) and chooses among them by expected cost.
//
// An Implementation computes bands: it is given the padded rows and columns that
// outputs see, and knows nothing of images, sources and sinks. Package corr reads
// the image, makes the bands and runs them on goroutines.
package method

import (
	"fmt"

	"github.com/convkit/convkit/internal/enum"
	"github.com/convkit/convkit/internal/exit"
	"github.com/convkit/convkit/internal/tensor"
)

// Method is a way to compute a correlation.
type Method int

const (
	// Auto lets the plan choose.
	Auto Method = iota
	// Direct sums the taps of each output.
	Direct
	// Separable runs pairs of one-dimensional passes.
	Separable
	// Fourier multiplies spectra, tile by tile.
	Fourier
)

// Names returns the words that Parse accepts, in the order of the constants.
func Names() []string { return []string{"auto", "direct", "separable", "fourier"} }

// Parse returns the method of that name, in any case of letters. It returns an error for any other word.
func Parse(s string) (Method, error) {
	return enum.Parse[Method](s, Names())
}

// String gives the name.
func (m Method) String() string { return Names()[m] }

// Error says that the method that was asked for cannot compute this
// correlation; another can.
type Error struct {
	Method Method
	Takes  string // what the method takes, and what it was given
}

// ExitCode is that of wrong usage.
func (e *Error) ExitCode() int { return exit.Usage }

// Advice leaves the choice to Auto.
func (e *Error) Advice() string {
	return "leave --method out: convkit then chooses the fastest one that fits"
}

func (e *Error) Error() string { return fmt.Sprintf("the %v method takes %s", e.Method, e.Takes) }

// Implementation is a way to compute a correlation, made ready for one kernel and one
// geometry.
type Implementation[T tensor.Float] interface {
	Describe() string
	Rows() int // output rows in a band; 0 for any number
	// Separates reports whether outputs depend on nothing but what they see, so that
	// some columns may be computed without the others.
	Separates() bool
	NewWorker() Worker[T]
}

// Worker computes bands with the memory of one goroutine.
type Worker[T tensor.Float] interface {
	// Correlate computes rows x cols outputs of the channels o, o+1, … into the
	// views dst, from the padded rows and columns they see of the plane they come
	// from or, for a kernel that mixes channels, of all planes of the image.
	// With stream, dst outgrows the cache and is not read soon.
	Correlate(dst []tensor.View[T], o, rows, cols int, in []tensor.View[T], stream bool)
}

// StreamBytes is the size of a result from which stores around the cache pay:
// half of a shared cache of 32 MiB.
const StreamBytes = 16 << 20
