package kernel

import (
	"fmt"
	"math"
	"strconv"

	"github.com/convkit/convkit/internal/tensor"
)

// Match says what a kernel looks like: k is Name times Scale, to Difference.
type Match struct {
	// Name is what -k takes for the likeness: a name with its parameters, or a
	// literal of small whole numbers; "" if there is none.
	Name string

	// Scale is the factor, which is Num/Den where that is a ratio of small whole
	// numbers; else both are 0.
	Scale    float64
	Num, Den int

	// Difference is the largest |tap - scale*name|, and Errors the same in
	// standard errors of its tap: 0 where none are given.
	Difference, Errors float64

	// Cut tells that the named kernel is larger and was cut to the size of k.
	Cut bool

	// ShiftY and ShiftX are how many rows below and columns to the right of the
	// middle of k the likeness has its own; without a likeness, the centre of mass.
	ShiftY, ShiftX float64

	Facts
}

// tooFar bounds what is called a likeness: the largest difference, over the
// largest tap. A fit of ten epochs may be 8 per cent away from its target.
const tooFar = 0.1

// mostErrors bounds the distance of a tap from that of a likeness, in standard errors.
// A true name is lost in one fit of thousands, whatever the correlation of the errors.
// fitRounding allows for a fit in float64, as a share of the largest tap.
const (
	mostErrors  = 4.5
	fitRounding = 1e-8
)

// exact is the difference, over the largest tap, below which no likeness is
// better than another: the rounding of a fit in float64.
const exact = 1e-9

// Recognize compares k, of one plane, with every named kernel, at every place
// within k, times any factor; fits the parameters of those that have some; and
// tries small whole numbers over a common divisor. se are the standard errors of
// the taps, or nil. Of the likenesses the one with the smallest difference is
// taken, where one with more parameters must be better by a factor of 2 to 4
// for them, and differences below the noise count as none. With standard errors, no tap
// may lie more than 4.5 of them away, so a kernel that only resembles gets no name.
func Recognize(k tensor.Kernel, se []float64) Match {
	m := Match{Facts: factsOf(k, se)}
	largest, noise := 0.0, 0.0
	for i, v := range k.Taps {
		largest = math.Max(largest, math.Abs(v))
		if i < len(se) && se[i] > noise {
			noise = se[i]
		}
	}
	if k.Out*k.In != 1 || largest == 0 || notFinite(largest) || notFinite(m.Sum) {
		return m
	}
	if m.HasCentre {
		m.ShiftY, m.ShiftX = m.CentreY-float64(k.H-1)/2, m.CentreX-float64(k.W-1)/2
	}
	t := target{Kernel: k, se: se, largest: largest, noise: noise, shiftY: m.ShiftY, shiftX: m.ShiftX}
	floor := math.Max(exact, noise/largest)
	best := math.Inf(1)
	consider := func(likes []like) {
		for _, c := range likes {
			l, ok := t.compare(c)
			cost := c.weight * math.Max(l.Difference/largest, floor)
			if l.Den == 0 {
				cost *= 2
			}
			if ok && cost < best {
				best = cost
				l.Facts = m.Facts
				m = l
			}
		}
	}
	consider(t.fixedLikes())
	consider(t.wholeLikes())
	// The search costs more than all before it, and could only win a worse place.
	if best > 2*floor {
		consider(t.fittedLikes())
	}
	return m
}

// target is the kernel to recognise.
type target struct {
	tensor.Kernel
	se             []float64
	largest, noise float64
	shiftY, shiftX float64 // from the centre of mass
}

// like is a candidate: a kernel with its name, what its parameters cost, and
// where its upper left tap lies within the target.
type like struct {
	name      string
	k         tensor.Kernel
	weight    float64
	top, left int
}

// compare finds the factor of a candidate and how far the target is from it.
func (t *target) compare(c like) (Match, bool) {
	n := placed(c.k, t.H, t.W, c.top, c.left)
	dot, square, peak := 0.0, 0.0, 0.0
	for i, v := range n {
		dot += v * t.Taps[i]
		square += v * v
		peak = math.Max(peak, math.Abs(v))
	}
	if dot == 0 || square == 0 {
		return Match{}, false
	}
	m := Match{Name: c.name, Scale: dot / square}
	free := t.difference(n, m.Scale)
	// The plainest ratio may be as far again from the taps as the best factor.
	slack := 2*free + math.Max(1e-7*t.largest, t.noise)
	if num, den, ok := plainRatio(m.Scale, slack/peak); ok {
		if v := float64(num) / float64(den); t.difference(n, v) <= slack && (t.within(n, v) || !t.within(n, m.Scale)) {
			m.Num, m.Den, m.Scale = num, den, v
		}
	}
	m.Difference, m.Errors = t.difference(n, m.Scale), t.errors(n, m.Scale)
	m.Cut = c.k.H > t.H || c.k.W > t.W
	m.ShiftY = float64(c.top) + float64(c.k.H-t.H)/2
	m.ShiftX = float64(c.left) + float64(c.k.W-t.W)/2
	return m, m.Difference <= tooFar*t.largest && t.within(n, m.Scale)
}

// errors returns the largest difference in standard errors; 0 without them.
func (t *target) errors(n []float64, scale float64) float64 {
	most := 0.0
	for i, v := range n {
		if i < len(t.se) && t.se[i] > 0 {
			most = math.Max(most, math.Abs(t.Taps[i]-scale*v)/t.se[i])
		}
	}
	return most
}

// within reports whether no tap is farther away than its standard error allows.
func (t *target) within(n []float64, scale float64) bool {
	for i, v := range n {
		if i < len(t.se) && math.Abs(t.Taps[i]-scale*v) > mostErrors*t.se[i]+fitRounding*t.largest {
			return false
		}
	}
	return true
}

func (t *target) difference(n []float64, scale float64) float64 {
	d := 0.0
	for i, v := range n {
		d = math.Max(d, math.Abs(t.Taps[i]-scale*v))
	}
	return d
}

// placed returns the h x w taps of k with its upper left tap at (top, left), zeros
// around it, and what lies outside cut off.
func placed(k tensor.Kernel, h, w, top, left int) []float64 {
	n := make([]float64, h*w)
	for u := max(0, -top); u < k.H && u+top < h; u++ {
		for v := max(0, -left); v < k.W && v+left < w; v++ {
			n[(u+top)*w+v+left] = k.Taps[u*k.W+v]
		}
	}
	return n
}

// plainRatio returns the ratio num/den within reach of v that has the smallest
// sum of num and den, if one has num and den up to 64, or num 1 and den to 1024.
func plainRatio(v, reach float64) (num, den int, ok bool) {
	for sum := 2; sum <= 1025; sum++ {
		for num := 1; num < sum && num <= 64; num++ {
			den := sum - num
			if (num == 1 || den <= 64) && math.Abs(float64(num)/float64(den)-math.Abs(v)) <= reach {
				return int(math.Copysign(float64(num), v)), den, true
			}
		}
	}
	return 0, 0, false
}

// String gives the likeness in words: sobel-x / 8 (largest difference 3e-09).
func (m Match) String() string {
	if m.Name == "" {
		return "no kernel that has a name"
	}
	s := m.Name
	switch {
	case m.Den == 0:
		s += " * " + strconv.FormatFloat(m.Scale, 'g', 6, 64)
	case m.Num == -1 && m.Den == 1:
		s += " * -1"
	default:
		if m.Num != 1 {
			s += " * " + strconv.Itoa(m.Num)
		}
		if m.Den != 1 {
			s += " / " + strconv.Itoa(m.Den)
		}
	}
	if m.Cut {
		s += ", cut to the size"
	}
	if shift := shiftText(m.ShiftY, m.ShiftX); shift != "" {
		s += ", " + shift + " the middle"
	}
	return s + fmt.Sprintf(" (largest difference %.1g)", m.Difference)
}
