package main

import "testing"

// An abbreviation does not end the line of a flag in a short help.
func TestFirstSentence(t *testing.T) {
	for text, want := range map[string]string{
		"match the luma (Rec. 601), not the channels": "match the luma (Rec. 601), not the channels",
		"write to FILE. It is made whole":             "write to FILE",
		"arithmetic. auto is float32 for pixels":      "arithmetic",
		"rows":                                        "rows",
	} {
		if got := firstSentence(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
