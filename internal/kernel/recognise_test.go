package kernel

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/convkit/convkit/internal/tensor"
)

// TestRecogniseNames: every name is known again, times a ratio and with the
// dust that a fit leaves.
func TestRecogniseNames(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for spec, want := range map[string]string{
		"identity:size=5": "identity", "motion:length=9": "box:size=1x9", "diff-x": "", "diff-y": "", "roberts-x": "", "roberts-y": "", "prewitt-x": "", "prewitt-y": "", "sobel-x": "",
		"sobel-y": "", "scharr-x": "", "scharr-y": "", "farid-x": "", "farid-y": "", "derivative-x:order=3": "", "derivative-y:order=2": "",
		"laplacian": "", "laplacian8": "", "sharpen": "", "emboss": "", "box:size=3": "", "box:size=5x2": "", "gaussian:sigma=1": "", "gaussian:sigma=1.5,size=5": "",
		"gaussian:sigma=2x0.7": "", "gaussian:sigma=0.8,size=4": "", "log:sigma=1.4": "", "dog:sigma1=1,sigma2=2": "", "unsharp:sigma=1.5,amount=0.7": "",
		"motion:length=9,angle=30": "",
	} {
		if want == "" {
			want = spec
		}
		k := named(t, spec)
		for _, ratio := range [][2]int{{1, 1}, {-1, 1}, {1, 8}, {-3, 2}} {
			scaled := tensor.Matrix(k.H, k.W, make([]float64, len(k.Taps))...)
			for i, v := range k.Taps {
				scaled.Taps[i] = v*float64(ratio[0])/float64(ratio[1]) + 1e-11*random.NormFloat64()
			}
			m := Recognize(scaled, nil)
			if m.Name != want || m.Num != ratio[0] || m.Den != ratio[1] || m.Difference > 1e-9 || m.Difference == 0 || m.ShiftX != 0 || m.ShiftY != 0 {
				t.Errorf("%s * %d/%d: %+v", spec, ratio[0], ratio[1], m)
			}
		}
	}
}

func TestRecogniseWords(t *testing.T) {
	within := func(spec string, h, w, top, left int) tensor.Kernel {
		return tensor.Matrix(h, w, placed(named(t, spec), h, w, top, left)...)
	}
	eighth := named(t, "-1 0 1; -2 0 2; -1 0 1.000000024 / 8")
	biased := tensor.Kernel{Mixes: true, Out: 2, In: 1, H: 1, W: 1, Taps: []float64{1, 2}}
	for _, c := range []struct {
		k    tensor.Kernel
		want string
	}{
		{eighth, "sobel-x / 8 (largest difference 3e-09)|separable: a column times a row|sums to 3e-09"},
		{tensor.Matrix(1, 2, 1.0009, -.9739), "diff-x (largest difference 0.03)|separable: a column times a row|sums to 0.027"},
		{within("sobel-x", 5, 5, 2, 0), "sobel-x, 1 row below and 1 column left of the middle (largest difference 0)|" +
			"separable: a column times a row|sums to 0|reads 1 row below and 1 column left of its middle"},
		{within("identity", 3, 4, 0, 2), "identity, 1 row above and 0.5 columns right of the middle (largest difference 0)|separable: a column times a row|sums to 1|" +
			"centre of mass at row 0, column 2, counted from 0|reads 1 row above and 0.5 columns right of its middle"},
		{within("log:sigma=1.4", 7, 7, -3, -3), "log:sigma=1.4, cut to the size (largest difference 0)|of rank 2, not separable; the nearest separable kernel holds 93.5508 % of its square|" +
			"sums to -0.0821416|centre of mass at row 3, column 3, counted from 0"},
		{named(t, "1 2 1; 2 4 2; 1 2 1 / 16"), `"1 2 1; 2 4 2; 1 2 1 / 16" (largest difference 0)|separable: a column times a row|sums to 1|centre of mass at row 1, column 1, counted from 0`},
		{tensor.Matrix(1, 2, 0, 0), "no kernel that has a name|sums to 0"},
		{tensor.Matrix(1, 2, math.NaN(), 0), "no kernel that has a name|sums to NaN"},
		{tensor.Matrix(2, 2, 1, 0, 0, 1), `"1 0; 0 1" (largest difference 0)|of rank 2, not separable; the nearest separable kernel holds 50 % of its square|sums to 2|` +
			"centre of mass at row 0.5, column 0.5, counted from 0"},
		{biased, "no kernel that has a name|sums to 3"},
	} {
		m := Recognize(c.k, nil)
		if got := strings.Join(append([]string{m.String()}, m.Describe()...), "|"); got != c.want {
			t.Errorf("%v:\n%s\nwant\n%s", c.k.Taps, got, c.want)
		}
	}
}

// TestRecogniseNoise: with standard errors, what lies within them does not count.
func TestRecogniseNoise(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	k := named(t, "gaussian:sigma=1.5,size=7")
	se := make([]float64, len(k.Taps))
	for i := range se {
		se[i] = 3e-4
		k.Taps[i] += se[i] * random.NormFloat64()
	}
	m := Recognize(k, se)
	if m.Name != "gaussian:sigma=1.5,size=7" || m.Rank != 1 || m.Errors < 1 || m.Errors > 5 || m.Num != 1 || m.Den != 1 {
		t.Errorf("%+v", m)
	}
	if m := Recognize(k, nil); m.Rank != 7 {
		t.Errorf("without errors the rank is %d", m.Rank)
	}
}

// TestRecogniseHolds: a likeness, laid out again by its own words, is as near
// to the kernel as it says.
func TestRecogniseHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h, w := rapid.IntRange(1, 5).Draw(t, "h"), rapid.IntRange(1, 5).Draw(t, "w")
		k := tensor.Matrix(h, w, rapid.SliceOfN(rapid.Float64Range(-4, 4), h*w, h*w).Draw(t, "taps")...)
		m := Recognize(k, nil)
		if m.Name == "" {
			return
		}
		n, err := Parse(strings.Trim(m.Name, `"`), nil)
		if err != nil {
			t.Fatal(err)
		}
		top := int(math.Round(m.ShiftY - float64(n.H-h)/2))
		left := int(math.Round(m.ShiftX - float64(n.W-w)/2))
		worst := 0.0
		for i, v := range placed(n, h, w, top, left) {
			worst = math.Max(worst, math.Abs(k.Taps[i]-m.Scale*v))
		}
		if worst != m.Difference {
			t.Fatalf("%v is %v away, not %v", m, worst, m.Difference)
		}
	})
}

// The rank of a large kernel, which would take long, is left out.
func TestFactsOfLargeKernels(t *testing.T) {
	k := tensor.Matrix(rankedSide+1, rankedSide+2, make([]float64, (rankedSide+1)*(rankedSide+2))...)
	k.Taps[0] = 3
	if f := factsOf(k, nil); f.Sum != 3 || f.Rank != 0 || f.Share != 0 || !f.HasCentre {
		t.Errorf("facts %+v", f)
	}
	k.H, k.Taps = rankedSide, k.Taps[:rankedSide*k.W]
	if f := factsOf(k, nil); f.Rank != 1 || f.Share != 1 {
		t.Errorf("facts %+v", f)
	}
}

// TestRecogniseOnlyWithin: kernels that lie many of their errors from a name get none,
// and random ones neither; those within their errors keep it.
func TestRecogniseOnlyWithin(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	names := []string{"sharpen", "sobel-x", "box:size=3", "laplacian", "gaussian:sigma=1,size=5", "1 2 1; 2 4 2; 1 2 1 / 16", "emboss", "prewitt-y"}
	lost := 0
	for _, name := range names {
		for range 8 {
			k := named(t, name)
			largest := 0.0
			for _, v := range k.Taps {
				largest = math.Max(largest, math.Abs(v))
			}
			se := make([]float64, len(k.Taps))
			near, far := tensor.Matrix(k.H, k.W, slices.Clone(k.Taps)...), tensor.Matrix(k.H, k.W, slices.Clone(k.Taps)...)
			for i := range se {
				se[i] = 0.0005 * largest
				noise := se[i] * random.NormFloat64()
				near.Taps[i] += noise
				far.Taps[i] += noise + 0.08*largest*(2*random.Float64()-1)
			}
			if Recognize(near, se).Name == "" {
				lost++
			}
			if m := Recognize(far, se); m.Name != "" {
				t.Errorf("%s perturbed by 8 %% looks like %v", name, m)
			}
			for i := range far.Taps {
				far.Taps[i] = random.Float64()
			}
			if m := Recognize(far, se); m.Name != "" {
				t.Errorf("random taps look like %v", m)
			}
		}
	}
	if lost > 0 {
		t.Errorf("%d of %d true names are lost", lost, 8*len(names))
	}
}
