package raster

import (
	"math"
	"sync"

	"github.com/convkit/convkit/internal/srgb"
	"github.com/convkit/convkit/internal/tensor"
)

// lights returns the linear light of every sample from 0 to full.
func lights[T tensor.Float](full int) []T {
	t := make([]T, full+1)
	for i := range t {
		t[i] = T(srgb.Linear(float64(i) / float64(full)))
	}
	return t
}

// LightEncoder finds the stored sample nearest to a linear light; nearest among
// stored values, not among lights.
type LightEncoder struct {
	from  []float64 // sample k stands for the lights from from[k] to from[k+1]
	first []int32   // where to begin looking, for each of the steps of 0..1
}

// encoderSteps are fine enough that few samples share a step.
const encoderSteps = 1 << 14

func newLightEncoder(full int) *LightEncoder {
	e := &LightEncoder{from: make([]float64, full+2), first: make([]int32, encoderSteps+1)}
	for k := 1; k <= full; k++ {
		e.from[k] = srgb.Linear((float64(k) - 0.5) / float64(full))
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

// Sample returns the sample for a light v of 0..1.
func (e *LightEncoder) Sample(v float64) int {
	k := int(e.first[int(v*encoderSteps)])
	for v >= e.from[k+1] {
		k++
	}
	return k
}

var encoders sync.Map // of *encoder, by full scale

// LightEncoderOf returns the encoder for samples from 0 to full.
func LightEncoderOf(full int) *LightEncoder {
	if e, ok := encoders.Load(full); ok {
		return e.(*LightEncoder)
	}
	e, _ := encoders.LoadOrStore(full, newLightEncoder(full))
	return e.(*LightEncoder)
}

// Linear reports whether stored pixels are decoded to linear light. Numbers count
// as linear light already.
func (m *Image) Linear() bool { return m.opts.Linear && m.pic.Kind == Pixels }
