package guess

import "testing"

func TestNearest(t *testing.T) {
	all := []string{"padding", "border", "sobel"}
	for word, want := range map[string]string{"paddin": "padding", "soble": "sobel", "bodrer": "border", "kernel": "", "": ""} {
		if got, ok := Nearest(word, all); got != want || ok != (want != "") {
			t.Errorf("Nearest(%q) = %q, %v; want %q", word, got, ok, want)
		}
	}
}
