package train

import (
	"math"
	"sync"

	"github.com/convkit/convkit/internal/srgb"
	"github.com/convkit/convkit/internal/tensor"
)

// LinearRGB gives the rows of a picture in linear RGB. Stored values are taken as sRGB,
// whose curve continues as an odd function below zero.
type LinearRGB struct{ tensor.Source[float64] }

// Row returns row y of plane p, converted into buf.
func (l LinearRGB) Row(p, y int, buf []float64) ([]float64, error) {
	row, err := l.Source.Row(p, y, buf)
	if err != nil {
		return nil, err
	}
	buf = buf[:len(row)]
	for i, v := range row {
		buf[i] = math.Copysign(linearFromStored(math.Abs(v)), v)
	}
	return buf, nil
}

func linearFromStored(v float64) float64 {
	if v >= 0 && v <= 1 {
		if i := math.Round(v * steps16Bit); i/steps16Bit == v {
			return linearTable()[int(i)]
		}
	}
	return srgb.Linear(v)
}

// steps16Bit is the number of steps from black to white of 16-bit pixels. The values
// of 8-bit pixels are among them.
const steps16Bit = 1<<16 - 1

// linearTable has the linear values of all 16-bit pixels: most pictures have no others.
var linearTable = sync.OnceValue(func() *[steps16Bit + 1]float64 {
	table := new([steps16Bit + 1]float64)
	for i := range table {
		table[i] = srgb.Linear(float64(i) / steps16Bit)
	}
	return table
})

// storedFromLinear is the inverse of linearFromStored.
func storedFromLinear(v float64) float64 { return math.Copysign(srgb.Stored(math.Abs(v)), v) }

// InLinearRGB returns the input with both images, and the range of Y, in linear RGB.
func InLinearRGB(in Input) Input {
	open := in.Open
	in.Open = func() (Pair, func(), error) {
		p, done, err := open()
		if err != nil {
			return p, done, err
		}
		p.X, p.Y = LinearRGB{p.X}, LinearRGB{p.Y}
		if r := p.Range; r != nil {
			p.Range = &Range{-linearFromStored(math.Abs(r.Low)), linearFromStored(r.High)}
			if r.Low >= 0 {
				p.Range.Low = linearFromStored(r.Low)
			}
		}
		return p, done, err
	}
	return in
}

// StoredResiduals turns residuals r in linear RGB into residuals of the stored values
// y: y − e(d(y) − r), with d the curve to linear RGB and e its inverse.
func StoredResiduals(r, y []float64) {
	for i, v := range y {
		if r[i] != 0 {
			r[i] = v - storedFromLinear(math.Copysign(linearFromStored(math.Abs(v)), v)-r[i])
		}
	}
}

// InUnitRange reports whether all values of a source lie from 0 to 1, as those of
// pictures do.
func InUnitRange(s tensor.Source[float64]) (bool, error) {
	shape := s.Shape()
	buf := make([]float64, shape.W)
	for p := range shape.Planes() {
		for y := range shape.H {
			row, err := s.Row(p, y, buf)
			if err != nil {
				return false, err
			}
			for _, v := range row {
				if v < 0 || v > 1 {
					return false, nil
				}
			}
		}
	}
	return true, nil
}
