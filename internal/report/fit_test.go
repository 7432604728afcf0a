package report

import (
	"math"
	"testing"

	"github.com/convkit/convkit/internal/tensor"
)

func TestParseFit(t *testing.T) {
	fit, ok, err := ParseFit([]byte(`{"windows": 9, "loss": 1, "standard_error": [[0.5, null], [1, 2]]}`))
	if !ok || err != nil {
		t.Fatal(ok, err)
	}
	e, err := fit.ErrorsOf(tensor.Matrix(2, 2, 1, 2, 3, 4))
	if err != nil || e[0] != 0.5 || !math.IsNaN(e[1]) || e[3] != 2 {
		t.Errorf("%v, %v", e, err)
	}
	if _, err := fit.ErrorsOf(tensor.Matrix(1, 4, 1, 2, 3, 4)); err == nil {
		t.Error("errors of another shape are taken")
	}
	for _, other := range []string{"", "[[1]]", `{"kernel": [[1]]}`, `{"windows": "many"}`, "{"} {
		if _, ok, err := ParseFit([]byte(other)); ok || err != nil {
			t.Errorf("%q: %v, %v", other, ok, err)
		}
	}
	for _, bad := range []string{"null", `"x"`, "[[1], [1, 2]]", "[[]]", "[[[[[1]]]]]", "[[1], 2]", "[[true]]"} {
		fit, ok, err := ParseFit([]byte(`{"windows": 9, "loss": 1, "standard_error": ` + bad + `}`))
		if err == nil && ok {
			_, err = fit.ErrorsOf(tensor.Matrix(1, 2, 1, 2))
		}
		if !ok || err == nil {
			t.Errorf("%s is taken: %v", bad, fit)
		}
	}
}
