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

// suggest returns the question whether the nearest of some words was meant, or "". It
// takes another tool's name for one of the words first, then one that begins so, then
// one that is spelt nearly so.
func suggest(typed string, all []string) string {
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
