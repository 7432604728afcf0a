package kernel

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/convkit/convkit/internal/tensor"
)

// rounding is some units of the last place of taps around 1: the formulas below
// take the same values in another order of operations.
const rounding = 1e-15

func named(t *testing.T, spec string) tensor.Kernel {
	t.Helper()
	k, err := Parse(spec, nil)
	if err != nil {
		t.Fatalf("%s: %v", spec, err)
	}
	return k
}

func sum(k tensor.Kernel) float64 {
	s := 0.0
	for _, v := range k.Taps {
		s += v
	}
	return s
}

func transpose(k tensor.Kernel) tensor.Kernel {
	t := tensor.Matrix(k.W, k.H, make([]float64, len(k.Taps))...)
	for u := range k.H {
		for v := range k.W {
			t.Taps[v*k.H+u] = k.At(0, 0, u, v)
		}
	}
	return t
}

func TestEveryNameIsDescribedAndBuilds(t *testing.T) {
	seen := map[string]bool{}
	for _, info := range Names() {
		if info.Name == "" || info.Formula == "" || info.Source == "" || info.Summary == "" || seen[info.Name] {
			t.Errorf("%+v: something is missing or given twice", info)
		}
		seen[info.Name] = true
		k := named(t, info.Name)
		if fromFormula, err := parseLiteral(info.Formula); err == nil && !equal(k, fromFormula) {
			t.Errorf("%s is not its own matrix", info.Name)
		}
		for _, p := range info.Parameters {
			if p.Name == "" || p.Meaning == "" {
				t.Errorf("%s: parameter %+v", info.Name, p)
			}
			if p.Default != "" && !equal(k, named(t, info.Name+":"+p.Name+"="+p.Default)) {
				t.Errorf("%s: the default of %s is not what is used", info.Name, p.Name)
			}
		}
	}
	for _, name := range strings.Fields(`identity box gaussian sobel-x sobel-y prewitt-x prewitt-y scharr-x scharr-y roberts-x roberts-y
		diff-x diff-y laplacian laplacian8 log dog sharpen unsharp emboss motion`) {
		if !seen[name] {
			t.Errorf("there is no %s", name)
		}
	}
}

func TestMatrices(t *testing.T) {
	for name, want := range map[string]tensor.Kernel{
		"diff-x":                   tensor.Matrix(1, 2, 1, -1),
		"roberts-x":                tensor.Matrix(2, 2, 1, 0, 0, -1),
		"roberts-y":                tensor.Matrix(2, 2, 0, 1, -1, 0),
		"prewitt-x":                tensor.Matrix(3, 3, -1, 0, 1, -1, 0, 1, -1, 0, 1),
		"sobel-x":                  tensor.Matrix(3, 3, -1, 0, 1, -2, 0, 2, -1, 0, 1),
		"scharr-x":                 tensor.Matrix(3, 3, -3, 0, 3, -10, 0, 10, -3, 0, 3),
		"laplacian":                tensor.Matrix(3, 3, 0, 1, 0, 1, -4, 1, 0, 1, 0),
		"laplacian8":               tensor.Matrix(3, 3, 1, 1, 1, 1, -8, 1, 1, 1, 1),
		"sharpen":                  tensor.Matrix(3, 3, 0, -1, 0, -1, 5, -1, 0, -1, 0),
		"emboss":                   tensor.Matrix(3, 3, -2, -1, 0, -1, 1, 1, 0, 1, 2),
		"identity":                 tensor.Matrix(1, 1, 1),
		"motion:length=3,angle=90": tensor.Matrix(3, 1, 1./3, 1./3, 1./3),
		"motion:length=2":          tensor.Matrix(1, 3, .25, .5, .25),
		"motion:length=1,angle=33": tensor.Matrix(1, 1, 1),
		"identity:size=3x4":        tensor.Matrix(3, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0),
		"box:size=1x2":             tensor.Matrix(1, 2, .5, .5),
	} {
		if got := named(t, name); !equal(got, want) {
			t.Errorf("%s = %v, want %v", name, got, want)
		}
	}
	for _, operator := range []string{"diff", "prewitt", "sobel", "scharr", "farid"} {
		x, y, err := Gradient(operator)
		if err != nil || !equal(transpose(x), y) {
			t.Errorf("%s: %v; y is not the transpose of x", operator, err)
		}
	}
}

func TestGradient(t *testing.T) {
	for _, operator := range Operators() {
		x, y, err := Gradient(operator)
		if err != nil || math.Abs(sum(x)) > rounding || math.Abs(sum(y)) > rounding {
			t.Errorf("%s: sums %v and %v, %v", operator, sum(x), sum(y), err)
		}
	}
	_, _, err := Gradient("sobbel")
	var e *SpecError
	if !errors.As(err, &e) || !strings.Contains(e.Hint, "did you mean sobel?") {
		t.Errorf("sobbel: %v", err)
	}
}

// TestGaussian compares with the two-dimensional formula, normalised as a whole.
func TestGaussian(t *testing.T) {
	for spec, p := range map[string]struct {
		h, w   int
		sy, sx float64
	}{
		"gaussian":                    {9, 9, 1, 1},
		"gaussian:sigma=1.5":          {13, 13, 1.5, 1.5},
		"gaussian:sigma=1.5,size=5":   {5, 5, 1.5, 1.5},
		"gaussian:sigma=2,size=4x7":   {4, 7, 2, 2},
		"gaussian:sigma=2x0.5":        {17, 5, 2, .5},
		"gaussian:sigma=1,truncate=3": {7, 7, 1, 1},
	} {
		k := named(t, spec)
		if k.H != p.h || k.W != p.w {
			t.Errorf("%s is %v, want %dx%d", spec, k, p.h, p.w)
			continue
		}
		f := func(u, v int) float64 {
			y, x := float64(u)-float64(p.h-1)/2, float64(v)-float64(p.w-1)/2
			return math.Exp(-y*y/(2*p.sy*p.sy) - x*x/(2*p.sx*p.sx))
		}
		total := 0.0
		for i := range k.Taps {
			total += f(i/k.W, i%k.W)
		}
		for i, v := range k.Taps {
			if want := f(i/k.W, i%k.W) / total; math.Abs(v-want) > rounding {
				t.Errorf("%s, tap %d: %v, want %v", spec, i, v, want)
			}
		}
	}
	// The limit of a vanishing sigma is the tap, or the four taps, in the middle.
	if k := named(t, "gaussian:sigma=1e-300"); !equal(k, tensor.Matrix(1, 1, 1)) {
		t.Errorf("a vanishing sigma gives %v", k.Taps)
	}
	if k := named(t, "gaussian:sigma=1e-300,size=2"); !equal(k, tensor.Matrix(2, 2, .25, .25, .25, .25)) {
		t.Errorf("a vanishing sigma gives %v", k.Taps)
	}
}

// TestScaleSpaceKernels compares with the formulas; the sum of log is that of
// SciPy 1.10's gaussian_laplace of a unit impulse.
func TestScaleSpaceKernels(t *testing.T) {
	log := named(t, "log:sigma=1.4")
	if log.H != 13 || log.W != 13 {
		t.Fatalf("log:sigma=1.4 is %v", log)
	}
	g := named(t, "gaussian:sigma=1.4")
	for i, v := range log.Taps {
		y, x := float64(i/13-6), float64(i%13-6)
		if want := ((x*x+y*y)/math.Pow(1.4, 4) - 2/(1.4*1.4)) * g.Taps[i]; math.Abs(v-want) > rounding {
			t.Errorf("log, tap %d: %v, want %v", i, v, want)
		}
	}
	if s := sum(named(t, "log")); math.Abs(s+0.000144) > 1e-8 {
		t.Errorf("log sums to %v", s)
	}
	if s := sum(named(t, "log:balance=mean")); math.Abs(s) > rounding {
		t.Errorf("balanced log sums to %v", s)
	}
	dog, wide := named(t, "dog:sigma1=1,sigma2=2"), named(t, "gaussian:sigma=2")
	narrow := named(t, "gaussian:sigma=1")
	for i, v := range dog.Taps {
		y, x := i/17-4, i%17-4
		want := -wide.Taps[i]
		if y >= 0 && y < 9 && x >= 0 && x < 9 {
			want += narrow.Taps[y*9+x]
		}
		if math.Abs(v-want) > rounding {
			t.Errorf("dog, tap %d: %v, want %v", i, v, want)
		}
	}
	u := named(t, "unsharp:sigma=2,amount=0.5")
	if s := sum(u); math.Abs(s-1) > rounding || math.Abs(u.At(0, 0, 8, 8)-(1.5-.5*wide.At(0, 0, 8, 8))) > rounding {
		t.Errorf("unsharp sums to %v, centre %v", s, u.At(0, 0, 8, 8))
	}
}

func TestMotion(t *testing.T) {
	for _, spec := range []string{"motion", "motion:length=15,angle=30", "motion:length=7.5,angle=-100", "motion:length=20,angle=45"} {
		k := named(t, spec)
		if s := sum(k); math.Abs(s-1) > rounding {
			t.Errorf("%s sums to %v", spec, s)
		}
		flipped := k.Flip()
		for i := range k.Taps {
			if math.Abs(k.Taps[i]-flipped.Taps[i]) > rounding {
				t.Fatalf("%s is not symmetric about its centre", spec)
			}
		}
		edge := 0.0
		for v := range k.W {
			edge += k.At(0, 0, 0, v)
		}
		if edge == 0 {
			t.Errorf("%s: the first row is empty", spec)
		}
	}
	// Counter-clockwise: at 45 degrees the upper right corner is on the line.
	if k := named(t, "motion:angle=45"); k.At(0, 0, 0, k.W-1) == 0 || k.At(0, 0, 0, 0) != 0 {
		t.Error("motion:angle=45 falls where it should rise")
	}
}

func TestBadParameters(t *testing.T) {
	for _, spec := range []string{
		"gaussian:sigma=0", "gaussian:sigma=-1", "gaussian:sigma=nan", "gaussian:sigma=inf", "gaussian:sigma=1e9", "gaussian:sigma=", "gaussian:sigma=1,sigma=2",
		"gaussian:size=0", "gaussian:size=3x", "gaussian:size=99999", "gaussian:truncate=0", "gaussian:sigma=400,truncate=40", "gaussian:sigma=1x2x3",
		"box:size=-1", "box:size=1.5", "box:size=9999999999999999999", "box:size=4611686018427387904x4", "identity:size=x", "log:sigma=0", "log:balance=sum",
		"dog:sigma1=2,sigma2=1", "dog:sigma1=500,sigma2=500", "unsharp:amount=-1", "unsharp:amount=nan", "motion:length=0", "motion:length=1e9", "motion:angle=inf",
		"prewitt-x:size=3", "sobel-x:size=4", "sobel-y:size=9", "laplacian:size=2", "gaussian:1.5", "derivative-x:order=0", "derivative-x:order=1.5", "derivative-y:order=51",
	} {
		_, err := Parse(spec, nil)
		var e *SpecError
		if !errors.As(err, &e) {
			t.Errorf("%s: %v", spec, err)
		}
	}
}

// TestDerivatives: order d of x^d is d!, of any lower power 0.
func TestDerivatives(t *testing.T) {
	factorial := 1.0
	for d := 1; d <= 8; d++ {
		factorial *= float64(d)
		k := named(t, "derivative-x:order="+strconv.Itoa(d))
		for power := range d + 1 {
			got, want := 0.0, 0.0
			for v, tap := range k.Taps {
				got += tap * math.Pow(float64(v), float64(power))
			}
			if power == d {
				want = factorial
			}
			if got != want {
				t.Errorf("order %d of x^%d is %v, want %v", d, power, got, want)
			}
		}
	}
}

// TestFarid has what scikit-image 0.19's farid_v gives on a ramp of slope 1, and
// its corner tap.
func TestFarid(t *testing.T) {
	k := named(t, "farid-x")
	ramp := 0.0
	for i, tap := range k.Taps {
		ramp += tap * float64(i%5)
	}
	if math.Abs(ramp-0.991797028751) > 1e-10 || math.Abs(k.At(0, 0, 0, 4)-0.00412760287) > 1e-10 {
		t.Errorf("ramp %.12f, corner %.12f", ramp, k.At(0, 0, 0, 4))
	}
}
