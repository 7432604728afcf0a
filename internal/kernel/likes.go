package kernel

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/convkit/convkit/internal/tensor"
)

// fixedLikes are the kernels without free numbers, each at its best place: those
// without parameters, the identity, boxes, and derivatives of higher order.
func (t *target) fixedLikes() []like {
	var likes []like
	add := func(name string, weight float64) {
		if k, err := Parse(name, nil); err == nil && k.H <= t.H && k.W <= t.W {
			top, left := t.bestPlace(k)
			likes = append(likes, like{name, k, weight, top, left})
		}
	}
	for _, e := range entries() {
		if len(e.Parameters) == 0 || e.sizes != nil {
			add(e.Name, 1)
		}
		for _, n := range e.sizes[min(1, len(e.sizes)):] {
			add(fmt.Sprintf("%s:%s=%d", e.Name, sizeName, n), 1)
		}
	}
	add("identity", 1)
	for order := 2; order <= 8; order++ {
		add(fmt.Sprintf("derivative-x:order=%d", order), 1.5)
		add(fmt.Sprintf("derivative-y:order=%d", order), 1.5)
	}
	if _, _, h, w := t.support(0.5); h*w > 1 {
		add("box:size="+sizeText(h, w), 1)
	}
	return likes
}

// bestPlace returns where k has the largest correlation with the target.
func (t *target) bestPlace(k tensor.Kernel) (top, left int) {
	best := -1.0
	for y := range t.H - k.H + 1 {
		for x := range t.W - k.W + 1 {
			dot := 0.0
			for u := range k.H {
				for v, tap := range k.Taps[u*k.W : (u+1)*k.W] {
					dot += tap * t.Taps[(y+u)*t.W+x+v]
				}
			}
			if math.Abs(dot) > best {
				best, top, left = math.Abs(dot), y, x
			}
		}
	}
	return top, left
}

// support is the smallest rectangle that holds every tap larger than share of
// the largest one.
func (t *target) support(share float64) (top, left, h, w int) {
	top, left = t.H, t.W
	bottom, right := -1, -1
	for i, v := range t.Taps {
		if math.Abs(v) > share*t.largest {
			y, x := i/t.W, i%t.W
			top, bottom = min(top, y), max(bottom, y)
			left, right = min(left, x), max(right, x)
		}
	}
	return top, left, bottom - top + 1, right - left + 1
}

func sizeText(h, w int) string {
	if h == w {
		return strconv.Itoa(h)
	}
	return fmt.Sprintf("%dx%d", h, w)
}

// wholeLikes is the target itself as small whole numbers over the smallest
// divisor up to 1024 that explains it, if that is no accident: taps drawn at
// random lie within reach of whole numbers over d with probability
// (2 reach d)^taps, and d divisors were tried.
func (t *target) wholeLikes() []like {
	reach := math.Max(negligible*t.largest, 3*t.noise)
	n := len(t.Taps)
	if n > 81 || 999/t.largest < 1 {
		return nil
	}
	whole := make([]float64, n)
	for d := 1; d <= 1024 && float64(d)*t.largest <= 999; d++ {
		if 2*reach*float64(d) >= 1 || float64(d)*math.Pow(2*reach*float64(d), float64(n)) > 0.01 {
			return nil
		}
		fits := true
		for i, v := range t.Taps {
			whole[i] = math.Round(v * float64(d))
			if fits = math.Abs(whole[i]/float64(d)-v) <= reach; !fits {
				break
			}
		}
		if !fits {
			continue
		}
		var b strings.Builder
		after := ""
		if d > 1 {
			after = " / " + strconv.Itoa(d)
		}
		k := tensor.Matrix(t.H, t.W, whole...)
		matrix(&b, k, "", " ", "; ", after, func(v float64) string { return decimal(v, -1) })
		k, err := parseRows(b.String())
		if err != nil {
			return nil
		}
		return []like{{strconv.Quote(b.String()), k, 1.5, 0, 0}}
	}
	return nil
}
