package match

import (
	"errors"
	"fmt"
	"math"

	"github.com/convkit/convkit/internal/tensor"
)

// Template is what is looked for, made ready.
type Template struct {
	c, h, w int
	n       float64   // sum of the weights, the same in each channel
	mask    []float64 // weight of a cell, 0 to 1; nil where all are 1
	soft    bool      // some weight lies between 0 and 1
	cells   []float64 // as given
	mean    []float64 // of each channel, weighted
	dev     []float64 // weights times the cells less the mean

	variance float64 // Σw(t-m_t)²
	energy   float64 // Σwt²
	whole    bool    // all cells are whole numbers, and all weights 0 or 1
}

// NewTemplate prepares the planes of one image. A mask has the weights of the cells,
// from 0 to 1, for all channels; of several planes the product counts. A mask with
// larger values is divided by its largest, NaN weighs 0, and a nil mask weighs all
// cells alike. It fails for a batch, a mask of another size, without any weight or
// with a negative one, and for a cell with a weight that is not finite.
func NewTemplate(cells, mask *tensor.Dense[float64]) (*Template, error) {
	s := cells.Shape()
	if s.N != 1 {
		return nil, fmt.Errorf("the template (%v) is a batch; match takes one image", s)
	}
	size := s.H * s.W
	t := &Template{c: s.C, h: s.H, w: s.W, n: float64(size), cells: cells.Data, dev: make([]float64, s.Len()), whole: allWhole(cells.Data)}
	if mask != nil {
		if err := t.setMask(mask); err != nil {
			return nil, err
		}
	}
	for c := range s.C {
		plane := cells.Plane(c)
		first, sum := plane[t.first()], 0.0
		for i, v := range plane {
			if t.counts(i) {
				sum += float64(t.weight(i) * (v - first))
			}
		}
		if sum-sum != 0 {
			return nil, errors.New("the template holds a NaN or an infinity")
		}
		mean := first + sum/t.n
		t.mean = append(t.mean, mean)
		for i, v := range plane {
			if t.counts(i) {
				w, d := t.weight(i), v-mean
				t.dev[c*size+i] = w * d
				t.variance += float64(w * d * d)
				t.energy += float64(w * v * v)
			}
		}
	}
	return t, nil
}

func (t *Template) setMask(mask *tensor.Dense[float64]) error {
	s := mask.Shape()
	if s.H != t.h || s.W != t.w || s.N != 1 {
		return fmt.Errorf("the mask (%v) has not the size of the template (%dx%d)", s, t.h, t.w)
	}
	size, largest := t.h*t.w, 1.0
	t.mask = make([]float64, size)
	for i := range size {
		t.mask[i] = 1
		for c := range s.C {
			switch v := mask.Plane(c)[i]; {
			case v < 0:
				return fmt.Errorf("the mask has %v at row %d, column %d: weights are between 0 and 1", v, i/t.w, i%t.w)
			case math.IsInf(v, 1):
				return fmt.Errorf("the mask is infinite at row %d, column %d: weights are between 0 and 1", i/t.w, i%t.w)
			case v != v:
				t.mask[i] = 0
			default:
				t.mask[i] *= v
			}
		}
		largest = max(largest, t.mask[i])
	}
	t.n = 0
	for i := range t.mask {
		t.mask[i] /= largest
		t.n += t.mask[i]
		t.soft = t.soft || t.mask[i] != 0 && t.mask[i] != 1
	}
	if t.n == 0 {
		return errors.New("the mask is 0 everywhere: no cell of the template counts")
	}
	t.whole = t.whole && !t.soft
	return nil
}

// Opaque is a mask of weights: the last plane of an image, its opacity.
func Opaque(x *tensor.Dense[float64]) *tensor.Dense[float64] {
	s := x.Shape()
	return tensor.FromData(tensor.Shape{N: 1, C: 1, H: s.H, W: s.W}, x.Plane(s.Planes()-1))
}

// weight is that of cell i of a plane.
func (t *Template) weight(i int) float64 {
	if t.mask == nil {
		return 1
	}
	return t.mask[i]
}

// counts reports whether cell i of a plane counts.
func (t *Template) counts(i int) bool { return t.mask == nil || t.mask[i] != 0 }

// first is the first cell that counts.
func (t *Template) first() int {
	i := 0
	for !t.counts(i) {
		i++
	}
	return i
}

// Size is the template's height and width.
func (t *Template) Size() (h, w int) { return t.h, t.w }

// Constant tells that no cell differs from another in its channel, so that ncc
// is 0 everywhere.
func (t *Template) Constant() bool { return t.variance == 0 }

// plane gives a channel's deviations from its mean.
func (t *Template) plane(c int) []float64 { return t.dev[c*t.h*t.w:][:t.h*t.w] }

// allWhole reports whether all elements are whole numbers.
func allWhole[T tensor.Float](v []T) bool {
	for _, x := range v {
		if x != T(int64(x)) {
			return false
		}
	}
	return true
}
