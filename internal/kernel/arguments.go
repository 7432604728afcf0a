package kernel

import (
	"math"
	"strconv"
	"strings"

	"github.com/convkit/convkit/internal/guess"
)

// arguments reads the parameters of a named kernel and keeps the first error,
// so that a kernel's maker need not look after each of them.
type arguments struct {
	entry
	given map[string]string
	err   error
}

func (a *arguments) note(err error) {
	if a.err == nil {
		a.err = err
	}
}

func (a *arguments) fail(key, want string) {
	a.note(specError(usage(a.Name), "kernel %s: %s %q: %s", a.Name, key, a.text(key), want))
}

// known notes an error for a parameter that the kernel does not take.
func (a *arguments) known(key string) {
	var all []string
	for _, p := range a.Parameters {
		if p.Name == key {
			return
		}
		all = append(all, p.Name)
	}
	advice := usage(a.Name)
	if best, ok := guess.Nearest(key, all); ok {
		advice = "did you mean " + best + "? " + advice
	}
	a.note(specError(advice, "kernel %s has no parameter %q", a.Name, key))
}

// text is the parameter as given, or its default.
func (a *arguments) text(key string) string {
	if s, ok := a.given[key]; ok {
		return s
	}
	for _, p := range a.Parameters {
		if p.Name == key {
			return p.Default
		}
	}
	return ""
}

// number reads a finite number in [low, high].
func (a *arguments) number(key string, low, high float64) float64 {
	v, ok := fraction(a.text(key))
	if !ok || !(v >= low && v <= high) {
		a.fail(key, "must be a number from "+format(low)+" to "+format(high))
		return low
	}
	return v
}

// positive reads a number above zero and at most high.
func (a *arguments) positive(key string, high float64) float64 {
	v, ok := fraction(a.text(key))
	if !ok || !(v > 0 && v <= high) {
		a.fail(key, "must be a number above 0, at most "+format(high))
		return 1
	}
	return v
}

// pair reads "V" (both) or "VxW" (vertical, horizontal), each above zero.
func (a *arguments) pair(key string, high float64) (y, x float64) {
	first, second, two := strings.Cut(a.text(key), "x")
	if !two {
		second = first
	}
	y, okY := fraction(first)
	x, okX := fraction(second)
	if !okY || !okX || !(y > 0 && y <= high) || !(x > 0 && x <= high) {
		a.fail(key, "must be a number above 0, at most "+format(high)+", or two of them as HxW")
		return 1, 1
	}
	return y, x
}

// size reads "N" or "HxW"; no text at all gives 0, 0.
func (a *arguments) size(key string) (h, w int) {
	s := a.text(key)
	if s == "" {
		return 0, 0
	}
	first, second, two := strings.Cut(strings.ToLower(s), "x")
	if !two {
		second = first
	}
	h, errH := strconv.Atoi(first)
	w, errW := strconv.Atoi(second)
	if errH != nil || errW != nil || h < 1 || w < 1 || w > maxTaps/h {
		a.fail(key, "must be a whole number of taps from 1, or two as HxW, with no more than 2^24 taps in all")
		return 1, 1
	}
	return h, w
}

func format(v float64) string {
	if v == math.Trunc(v) && math.Abs(v) < 1e6 {
		return strconv.Itoa(int(v))
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}
