package text

import (
	"bytes"
	"slices"

	"github.com/convkit/convkit/internal/imageio/codec"
)

// advice is what to do about a word that is no number, in the first row or below.
func advice(word []byte, first bool) string {
	digit := len(word) > 0 && word[0]-'0' <= 9
	switch {
	case slices.ContainsFunc(word, IsControl):
		return "control characters are in no text: is the file binary, UTF-16 without a mark at its beginning, or damaged?"
	case digit && bytes.ContainsAny(word, ", "):
		return "write decimals with a point, and one kind of separator"
	case len(word) > 0 && !digit && first:
		return "remove a header line, or begin it with #"
	}
	return ""
}

// isControl tells the bytes that no text has, but for the end that DOS wrote.
func IsControl(c byte) bool { return c < ' ' && !codec.IsSpace(c) && c != 0x1a }
