package kernel

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/convkit/convkit/internal/tensor"
)

// maxBytes bounds a kernel file: maxTaps numbers of some 24 characters.
const maxBytes = 24 * maxTaps

// Decode reads a kernel file; name is what errors call it.
func Decode(r io.Reader, name string) (tensor.Kernel, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	switch {
	case err != nil:
		return tensor.Kernel{}, fmt.Errorf("%s: %w", name, err)
	case len(data) > maxBytes:
		return tensor.Kernel{}, fmt.Errorf("%s: too large for a kernel (more than %d bytes)", name, maxBytes)
	}
	var lines []string
	for line := range strings.Lines(string(data)) {
		line, _, _ = strings.Cut(line, "#")
		lines = append(lines, strings.TrimSpace(line))
	}
	k, err := parseRows(strings.TrimSpace(strings.Join(lines, "\n")))
	if err != nil {
		return k, fmt.Errorf("%s: %w", name, err)
	}
	return k, check(k, name)
}

// Encode writes k as rows of numbers with commas. digits fixes the decimals; below 0
// each number has the shortest form that reads back to the same value.
func Encode(w io.Writer, k tensor.Kernel, format string, digits int) error {
	if k.Mixes || len(k.Bias) > 0 || format != "csv" {
		return fmt.Errorf("a %v kernel cannot be written as %s", k, format)
	}
	form := byte('g')
	if digits >= 0 {
		form = 'f'
	}
	for u := range k.H {
		row := make([]string, k.W)
		for v := range row {
			row[v] = strconv.FormatFloat(k.At(0, 0, u, v)+0, form, digits, 64)
		}
		if _, err := fmt.Fprintln(w, strings.Join(row, ",")); err != nil {
			return err
		}
	}
	return nil
}
