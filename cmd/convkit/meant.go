package main

import (
	"slices"
	"strings"

	"github.com/convkit/convkit/internal/guess"
)

// otherNames are words for ours that people know from elsewhere.
var otherNames = map[string]string{
	"pytorch": "torch", "cv2": "opencv", "cv": "opencv", "scikit-image": "skimage", "fft": "fourier",
}

// didYouMean asks whether one of some words was meant: the one that is called so
// elsewhere, begins so or is spelt nearly so; else it is "".
func didYouMean(typed string, all []string) string {
	typed = strings.ToLower(strings.TrimSpace(typed))
	best, ok := otherNames[typed]
	ok = ok && slices.Contains(all, best)
	for _, w := range all {
		if !ok && len(typed) > 1 && strings.HasPrefix(w, typed) {
			best, ok = w, true
		}
	}
	if !ok {
		best, ok = guess.Nearest(typed, all)
	}
	if !ok {
		return ""
	}
	return "did you mean " + best + "?"
}
