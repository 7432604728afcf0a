// Package enum parses values that are one of some words.
package enum

import (
	"fmt"
	"slices"
	"strings"
)

// Parse returns the value whose word is s, in any case: the index of s among words. The
// error lists the words.
func Parse[T ~int](s string, words []string) (T, error) {
	if i := slices.Index(words, strings.ToLower(s)); i >= 0 {
		return T(i), nil
	}
	return 0, fmt.Errorf("%q is not one of %s", s, strings.Join(words, ", "))
}
