package vec

import (
	"fmt"
	"sync/atomic"
	"unsafe"
)

// correlator is the signature of Correlate.
type correlator[T Float] func(y []T, ys int, x []T, xs int, k *Taps[T], dx, rows, cols int, bias T, mode Mode)

// implementation is one row of the table of ways to run the loops.
type implementation struct {
	name string
	f32  correlator[float32]
	f64  correlator[float64]
	// look32 and look64 are nil in plain Go.
	look32 *looks[float32]
	look64 *looks[float64]
	// mix computes rows of 2, 3 and 4 channels.
	mix32 [MostChannels - 1]mixFunc[float32]
	mix64 [MostChannels - 1]mixFunc[float64]
	// peak runs n rounds of independent vector FMAs, as many as there are chains.
	peak32, peak64 func(n int)
	chains         int
	width          int // bytes in a vector
	across         int // vectors side by side in a tile
}

// portable runs everywhere.
var portable = implementation{name: "go", f32: correlateGo[float32], f64: correlateGo[float64]}

// available are the implementations that this processor can run, the fastest
// first, portable last.
var available = append(processor(), &portable)

// active is the implementation in use.
var active atomic.Pointer[implementation]

func init() { active.Store(available[0]) }

func pick[T Float](im *implementation) correlator[T] {
	if f, ok := any(im.f32).(correlator[T]); ok {
		return f
	}
	return any(im.f64).(correlator[T])
}

// Implementations names the ways this processor can run the loops, the fastest,
// which is the one used, first.
func Implementations() []string {
	names := make([]string, len(available))
	for i, im := range available {
		names[i] = im.name
	}
	return names
}

// Name is the implementation in use.
func Name() string { return active.Load().name }

// Tile is the block of output rows and columns that rests in registers while the
// implementation in use sums its taps; plain Go has none, which is 0.
func Tile[T Float]() (rows, cols int) {
	im := active.Load()
	if im.across == 0 {
		return 0, 0
	}
	var t T
	return stripRows, im.across * im.width / int(unsafe.Sizeof(t))
}

// stripRows is the number of output rows that are computed together.
const stripRows = 4

// Use switches to an implementation, for tests and benchmarks, and returns a
// function that switches back.
func Use(name string) (restore func()) {
	for _, im := range available {
		if im.name == name {
			before := active.Swap(im)
			return func() { active.Store(before) }
		}
	}
	panic(fmt.Sprintf("vec: no implementation %q on this processor", name))
}
