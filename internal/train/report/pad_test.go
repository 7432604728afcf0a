package report

import (
	"encoding/json"
	"testing"
)

// TestPad: the zeros of a shift stand around the errors, and have none.
func TestPad(t *testing.T) {
	for _, c := range []struct {
		errors any
		want   string
	}{
		{[][]Number{{1, 2}}, "[[null,null,null,null],[null,null,null,null],[1,2,null,null]]"},
		{[][][][]Number{{{{3}}, {{4}}}}, "[[[[null,null,null],[null,null,null],[3,null,null]],[[null,null,null],[null,null,null],[4,null,null]]]]"},
	} {
		rep := &Report{StandardError: c.errors}
		rep.Pad(1, 1, 1, -1)
		got, err := json.Marshal(rep.StandardError)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}
