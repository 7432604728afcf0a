package imageio

import (
	"math"
	"sync"

	"github.com/convkit/convkit/internal/tensor"
)

// The transfer function of sRGB (IEC 61966-2-1): stored 0..1 to linear light
// and back,
//
//	linear(s) = s/12.92 up to 0.04045, else ((s + 0.055)/1.055)^2.4

func linearLight(s float64) float64 {
	if s <= 0.04045 {
		return s / 12.92
	}
	return math.Pow((s+0.055)/1.055, 2.4)
}

// lights gives the linear light of every sample up to full.
func lights[T tensor.Float](full int) []T {
	t := make([]T, full+1)
	for i := range t {
		t[i] = T(linearLight(float64(i) / float64(full)))
	}
	return t
}

// encoder finds the sample that is nearest to a light, nearest as stored.
type encoder struct {
	from  []float64 // sample k stands for the lights from from[k] to from[k+1]
	first []int32   // where to begin looking, for each of the steps of 0..1
}

// encoderSteps are fine enough that few samples share a step.
const encoderSteps = 1 << 14

func newEncoder(full int) *encoder {
	e := &encoder{from: make([]float64, full+2), first: make([]int32, encoderSteps+1)}
	for k := 1; k <= full; k++ {
		e.from[k] = linearLight((float64(k) - 0.5) / float64(full))
	}
	e.from[full+1] = math.Inf(1)
	k := int32(0)
	for i := range e.first {
		for e.from[k+1] <= float64(i)/encoderSteps {
			k++
		}
		e.first[i] = k
	}
	return e
}

// sample gives the sample of a light of 0..1.
func (e *encoder) sample(v float64) int {
	k := int(e.first[int(v*encoderSteps)])
	for v >= e.from[k+1] {
		k++
	}
	return k
}

var encoders sync.Map // of *encoder, by full scale

func encoderOf(full int) *encoder {
	if e, ok := encoders.Load(full); ok {
		return e.(*encoder)
	}
	e, _ := encoders.LoadOrStore(full, newEncoder(full))
	return e.(*encoder)
}

// linear says whether stored pixels are to be decoded. Numbers are taken for
// linear light already.
func (m *Image) linear() bool { return m.opts.Linear && m.kind == Pixels }
