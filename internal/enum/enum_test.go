package enum_test

import (
	"testing"

	"github.com/convkit/convkit/internal/enum"
)

type colour int

func TestParse(t *testing.T) {
	words := []string{"red", "green"}
	for s, want := range map[string]colour{"red": 0, "green": 1, "GREEN": 1} {
		if got, err := enum.Parse[colour](s, words); got != want || err != nil {
			t.Errorf("%s: %d, %v", s, got, err)
		}
	}
	for _, s := range []string{"", "blue", "red "} {
		want := `"` + s + `" is not one of red, green`
		if _, err := enum.Parse[colour](s, words); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", s, err, want)
		}
	}
}
