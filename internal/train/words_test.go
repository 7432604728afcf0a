package train

import (
	"strings"
	"testing"

	"github.com/convkit/convkit/internal/corr"
)

func TestReportWords(t *testing.T) {
	s := Spec{Kernel: corr.Size{H: 2, W: 2}, Bias: true}
	x := texture(30, 30)
	y := noisy(t, x, truth(s), s, 0.02, 8)
	for i, v := range y.Data {
		y.Data[i] = max(v, 0.6)
	}
	set, err := GatherSet(t.Context(), []Input{One(Pair{X: x, Y: y, Range: &Range{0.6, 9}})}, s, SetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := SolveRobust(t.Context(), set, Huber, Shape{}, Sum)
	if err != nil {
		t.Fatal(err)
	}
	rep, err := set.Report(t.Context(), r, ReportOptions{Quantum: 0.001})
	if err != nil {
		t.Fatal(err)
	}
	words := strings.Join(rep.Words(), "\n")
	for _, part := range []string{"windows of 841; left out: ", " saturated", "RMS residual 0.0", "something else differs", "robust (huber): σ 0.0", "of the bias 0.0", "rank 5 of 5"} {
		if !strings.Contains(words, part) {
			t.Errorf("%q lacks %q", words, part)
		}
	}
	rep, err = set.Report(t.Context(), Solve(set.Statistics, Sum), ReportOptions{Quantum: 0.1})
	if err != nil {
		t.Fatal(err)
	}
	words = strings.Join(rep.Words(), "\n")
	for _, part := range []string{"held-out windows RMS residual 0.0", "nothing else is left to explain"} {
		if !strings.Contains(words, part) {
			t.Errorf("%q lacks %q", words, part)
		}
	}
}
