package predict

import (
	"math"

	"github.com/convkit/convkit/internal/tensor"
)

// Cell has the figures of a difference in a part of the field.
type Cell struct {
	Row     int `json:"row"` // of the cell, counted from 0
	Column  int `json:"column"`
	Outputs int `json:"outputs"` // finite ones of finite variance
	// RMS of the difference without outliers, in its own units.
	RMS float64 `json:"rms"`
	// RMSOverNoise is the root of the mean of d²/variance without outliers, and Chi2 that
	// mean with them. They are NaN if the variance is not known.
	RMSOverNoise float64 `json:"rms_over_noise"`
	Chi2         float64 `json:"chi2"`
	Outliers     int     `json:"outliers"` // |d| beyond outlier σ
}

// outlier is the size of an outlier, in σ: that of Tukey's estimate.
const outlier = 4.685

// Cells returns the figures of a difference in rows x columns cells of each plane, plane
// after plane. variances may be nil: then there are no outliers.
func Cells(d, variances *Map, rows, columns int) []Cell {
	s := d.Shape()
	var list []Cell
	for p := range s.Planes() {
		for i := range rows {
			for j := range columns {
				c := Cell{Row: i, Column: j}
				c.sum(d, variances, p, [2]int{i * s.H / rows, (i + 1) * s.H / rows}, [2]int{j * s.W / columns, (j + 1) * s.W / columns})
				list = append(list, c)
			}
		}
	}
	return list
}

// sum sets the figures from rows y and columns x of plane p.
func (c *Cell) sum(d, variances *Map, p int, y, x [2]int) {
	var squares, relative, all float64
	for row := y[0]; row < y[1]; row++ {
		values := d.row(p, row)[x[0]:x[1]]
		for i, v := range values {
			square, size := float64(v)*float64(v), math.NaN()
			if variances != nil {
				size = square / float64(variances.row(p, row)[x[0]+i])
			}
			if square != square || variances != nil && (size != size || math.IsInf(float64(variances.row(p, row)[x[0]+i]), 0)) {
				continue
			}
			c.Outputs++
			all += size
			if size > outlier*outlier {
				c.Outliers++
				continue
			}
			squares, relative = squares+square, relative+size
		}
	}
	inliers := float64(c.Outputs - c.Outliers)
	c.RMS, c.RMSOverNoise, c.Chi2 = math.Sqrt(squares/inliers), math.Sqrt(relative/inliers), all/float64(c.Outputs)
}

// Single returns the rows of a map as they are stored.
func (m *Map) Single() tensor.Source[float32] { return singleRows{m} }

type singleRows struct{ m *Map }

func (s singleRows) Shape() tensor.Shape { return s.m.shape }

func (s singleRows) Row(p, y int, _ []float32) ([]float32, error) { return s.m.row(p, y), nil }

// Median returns the median of the finite values of a map; NaN if there are none.
func (m *Map) Median() float64 {
	list := make([]float64, 0, len(m.data))
	for _, v := range m.data {
		if v := float64(v); !math.IsNaN(v) && !math.IsInf(v, 0) {
			list = append(list, v)
		}
	}
	return median(list)
}
