package memory

import (
	"fmt"
	"strconv"
	"strings"
)

// The bounds of a size: less is no memory to work with, more is no machine.
const (
	Least = 1 << 20
	Most  = 1 << 60
)

// units are the powers that a size may have, as in GNU's tools: K, M, G and KiB,
// MiB, GiB are powers of 1024, KB, MB, GB powers of 1000.
var units = func() map[string]float64 {
	u := map[string]float64{"": 1, "b": 1}
	binary, decimal := 1.0, 1.0
	for _, letter := range []string{"k", "m", "g", "t", "p"} {
		binary, decimal = binary*1024, decimal*1000
		u[letter], u[letter+"ib"], u[letter+"b"] = binary, binary, decimal
	}
	return u
}()

// ParseSize reads a size in bytes: 512MiB, 2GB, 1.5G or a plain number.
func ParseSize(s string) (int64, error) {
	text := strings.TrimSpace(s)
	end := strings.LastIndexAny(text, "0123456789.") + 1
	unit, ok := units[strings.ToLower(strings.TrimSpace(text[end:]))]
	v, err := strconv.ParseFloat(text[:end], 64)
	if !ok || err != nil || strings.ContainsAny(text[:end], "xXeEpP_+-") {
		return 0, fmt.Errorf("%q is not a size like 512MiB, 2GB or 1.5G", s)
	}
	if v *= unit; v < Least || v > Most {
		return 0, fmt.Errorf("%q is not between %s and %s", s, Format(Least), Format(Most))
	}
	return int64(v), nil
}
