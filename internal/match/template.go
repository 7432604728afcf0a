package match

import (
	"errors"
	"fmt"

	"github.com/convkit/convkit/internal/tensor"
)

// Template is what is looked for, made ready.
type Template struct {
	c, h, w int
	n       float64   // cells that count, in each channel
	mask    []float64 // 1 for a cell that counts, else 0; nil where all do
	cells   []float64 // as given
	mean    []float64 // of each channel
	dev     []float64 // cells less the mean; 0 where the mask is 0

	variance float64 // Σ(t-m_t)²
	energy   float64 // Σt²
	whole    bool    // all cells are whole numbers
}

// NewTemplate prepares the planes of one image. Of mask, the cells other than 0
// count; its planes, where it has several, all must count. A nil mask counts
// all.
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
				sum += v - first
			}
		}
		if sum-sum != 0 {
			return nil, errors.New("the template holds a NaN or an infinity")
		}
		mean := first + sum/t.n
		t.mean = append(t.mean, mean)
		for i, v := range plane {
			if t.counts(i) {
				d := v - mean
				t.dev[c*size+i] = d
				t.variance += float64(d * d)
				t.energy += float64(v * v)
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
	size := t.h * t.w
	t.mask, t.n = make([]float64, size), 0
	for i := range size {
		t.mask[i] = 1
		for c := range s.C {
			if v := mask.Plane(c)[i]; v == 0 || v != v {
				t.mask[i] = 0
			}
		}
		t.n += t.mask[i]
	}
	if t.n == 0 {
		return errors.New("the mask is 0 everywhere: no cell of the template counts")
	}
	return nil
}

// Opaque is a mask: 1 where the last plane of an image, its opacity, is at least
// one half, else 0.
func Opaque(x *tensor.Dense[float64]) *tensor.Dense[float64] {
	s := x.Shape()
	mask := tensor.NewDense[float64](tensor.Shape{N: 1, C: 1, H: s.H, W: s.W})
	for i, v := range x.Plane(s.Planes() - 1) {
		if v >= 0.5 {
			mask.Data[i] = 1
		}
	}
	return mask
}

// counts tells whether cell i of a plane counts.
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

// allWhole tells whether all elements are whole numbers.
func allWhole[T tensor.Float](v []T) bool {
	for _, x := range v {
		if x != T(int64(x)) {
			return false
		}
	}
	return true
}
