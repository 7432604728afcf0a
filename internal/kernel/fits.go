package kernel

import (
	"math"
	"strconv"
	"strings"
)

// mostFitted bounds the taps of a kernel whose likeness is searched among the
// kernels with parameters: some thousand of them are made and compared.
const mostFitted = 4096

// family is a kernel whose free numbers are to be found.
type family struct {
	weight float64
	// spec names the kernel with these numbers.
	spec func(p []float64) string
	// starts are where the search begins, the best of them wins.
	starts [][]float64
	// most bounds the numbers.
	most float64
	// whole gives all numbers where spec finds some of them by itself; nil if not.
	whole func(p []float64) []float64
}

// fittedLikes are gaussian, log, dog, unsharp and motion with the parameters that
// come nearest to the target.
func (t *target) fittedLikes() []like {
	if t.H*t.W > mostFitted || t.H*t.W < 3 {
		return nil
	}
	var likes []like
	for _, f := range t.families() {
		if l, ok := t.fit(f); ok {
			likes = append(likes, l)
		}
	}
	return likes
}

func (t *target) families() []family {
	reach := float64(max(t.H, t.W))
	var one, two, lines [][]float64
	for s := 0.3; s < reach; s *= 1.25 {
		one = append(one, []float64{s})
		for r := 0.3; r < reach; r *= 1.25 {
			two = append(two, []float64{s, r})
		}
	}
	for length := 2.0; length <= math.Hypot(float64(t.H), float64(t.W)); length += 1 + length/16 {
		for angle := 0.0; angle < 180; angle += 7.5 {
			lines = append(lines, []float64{length, angle})
		}
	}
	num := func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
	size := ""
	if y, x := t.shift(); y == 0 && x == 0 {
		size = ",size=" + sizeText(t.H, t.W)
	}
	// A Gaussian much wider than the target is flat within it.
	wide := 4 * reach
	var fs []family
	if t.positive() {
		fs = append(fs,
			family{2, func(p []float64) string { return "gaussian:sigma=" + num(p[0]) + size }, one, wide, nil},
			family{3, func(p []float64) string { return "motion:length=" + num(p[0]) + ",angle=" + num(p[1]) }, lines, 2000, nil})
		if t.H > 1 && t.W > 1 {
			fs = append(fs, family{3, func(p []float64) string { return "gaussian:sigma=" + num(p[0]) + "x" + num(p[1]) + size }, two, wide, nil})
		}
	}
	if t.H > 1 && t.W > 1 && t.mixed() {
		fs = append(fs,
			family{2, func(p []float64) string { return "log:sigma=" + num(p[0]) }, one, wide, nil},
			family{3, func(p []float64) string { return "dog:sigma1=" + num(p[0]) + ",sigma2=" + num(p[1]) }, two, wide, nil},
			family{3, func(p []float64) string {
				if len(p) == 1 {
					p = []float64{p[0], t.amount(p[0])}
				}
				return "unsharp:sigma=" + num(p[0]) + ",amount=" + num(p[1])
			}, one, wide, func(p []float64) []float64 { return []float64{p[0], t.amount(p[0])} }})
	}
	return fs
}

// positive reports whether all taps that count have one sign.
func (t *target) positive() bool {
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range t.Taps {
		low, high = math.Min(low, v), math.Max(high, v)
	}
	return low > -tooFar*t.largest || high < tooFar*t.largest
}

// mixed reports whether there are taps of both signs beyond the noise.
func (t *target) mixed() bool {
	low, high := 0.0, 0.0
	for _, v := range t.Taps {
		low, high = math.Min(low, v), math.Max(high, v)
	}
	least := math.Max(negligible*t.largest, 3*t.noise)
	return low < -least && high > least
}

// shift is the centre of mass in whole taps, for kernels that are larger than
// the target and so cannot be moved about within it.
func (t *target) shift() (y, x int) {
	y, x = int(math.Round(t.shiftY)), int(math.Round(t.shiftX))
	if max(y, -y) > t.H/2 || max(x, -x) > t.W/2 {
		return 0, 0 // far from where the taps are: the sum is nearly zero
	}
	return y, x
}

// amount is that of the unsharp mask nearest to the target at sigma: with
// k = a identity + b gaussian by least squares, the factor is a+b, and
// amount -b/(a+b).
func (t *target) amount(sigma float64) float64 {
	one, ok1 := t.at("identity")
	blur, ok2 := t.at("gaussian:sigma=" + strconv.FormatFloat(sigma, 'g', -1, 64))
	if !ok1 || !ok2 {
		return 1
	}
	i, g := placed(one.k, t.H, t.W, one.top, one.left), placed(blur.k, t.H, t.W, blur.top, blur.left)
	var ig, gg, ik, gk float64 // the identity's own square is 1
	for j, v := range t.Taps {
		ig, gg, ik, gk = ig+i[j]*g[j], gg+g[j]*g[j], ik+i[j]*v, gk+g[j]*v
	}
	b := (gk - ig*ik) / (gg - ig*ig)
	a := ik - ig*b
	if amount := -b / (a + b); amount > 0 && amount <= 1e6 {
		return amount
	}
	return 1
}

// at makes the kernel of that name and lays it on the target's middle, or where
// its centre of mass is; where the sides differ by an odd number there is no such place.
func (t *target) at(spec string) (like, bool) {
	k, err := Parse(spec, nil)
	if err != nil || (k.H-t.H)%2 != 0 || (k.W-t.W)%2 != 0 {
		return like{}, false
	}
	y, x := t.shift()
	return like{name: spec, k: k, top: (t.H-k.H)/2 + y, left: (t.W-k.W)/2 + x}, true
}

// miss is the part of the target's square that the kernel, times any factor,
// leaves over: 1 - <t,n>²/(|t|²|n|²).
func (t *target) miss(spec string) float64 {
	l, ok := t.at(spec)
	if !ok {
		return math.Inf(1)
	}
	var dot, nn, tt float64
	for i, v := range placed(l.k, t.H, t.W, l.top, l.left) {
		dot, nn, tt = dot+v*t.Taps[i], nn+v*v, tt+t.Taps[i]*t.Taps[i]
	}
	if nn == 0 {
		return math.Inf(1)
	}
	// The residual itself rather than the difference of two nearly equal numbers.
	rest := 0.0
	for i, v := range placed(l.k, t.H, t.W, l.top, l.left) {
		d := t.Taps[i] - dot/nn*v
		rest += d * d
	}
	return rest / tt
}

// fit searches the parameters: from the best start along each of them by steps
// that halve when none helps. Then it takes the roundest parameters that do as
// well as the best.
func (t *target) fit(f family) (like, bool) {
	var best []float64
	least := math.Inf(1)
	for _, p := range f.starts {
		if m := t.miss(f.spec(p)); m < least {
			least, best = m, p
		}
	}
	// Far from any likeness the search is not worth its time.
	if best == nil || least > 0.25 {
		return like{}, false
	}
	// 400 steps are several times what a search takes that has a goal; a sigma that
	// shrinks towards a single tap has none.
	step := 0.125
	for range 400 {
		if step < 1e-10 {
			break
		}
		moved := false
		for i := range best {
			for _, factor := range []float64{1 + step, 1 - step} {
				p := append([]float64(nil), best...)
				if p[i] *= factor; p[i] > f.most {
					continue
				}
				if m := t.miss(f.spec(p)); m < least {
					least, best, moved = m, p, true
				}
			}
		}
		if !moved {
			step /= 2
		}
	}
	if f.whole != nil {
		best = f.whole(best)
	}
	best, round := t.roundest(f, best)
	l, ok := t.at(f.spec(best))
	l.weight = f.weight
	if !round {
		l.weight *= 2
	}
	// A size that the name has by itself need not be said.
	if short, sized := strings.CutSuffix(l.name, ",size="+sizeText(t.H, t.W)); sized {
		if s, ok := t.at(short); ok && s.k.H == t.H && s.k.W == t.W {
			l.name = short
		}
	}
	return l, ok
}

// roundest returns p with as few digits as leave the difference where it is, if
// six are enough.
func (t *target) roundest(f family, p []float64) (q []float64, round bool) {
	differs := func(p []float64) float64 {
		l, ok := t.at(f.spec(p))
		if !ok {
			return math.Inf(1)
		}
		l.name = ""
		m, _ := t.compare(l)
		if m.Scale == 0 {
			return math.Inf(1)
		}
		return m.Difference
	}
	enough := 1.5*differs(p) + math.Max(exact*t.largest, t.noise)
	for digits := 1; digits <= 6; digits++ {
		q = make([]float64, len(p))
		for i, v := range p {
			q[i], _ = strconv.ParseFloat(strconv.FormatFloat(v, 'g', digits, 64), 64)
		}
		if differs(q) <= enough {
			return q, true
		}
	}
	return p, false
}
