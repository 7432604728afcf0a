// Package asciigrid reads grids of numbers as ESRI's ASCII raster format has them:
// sizes and a place in the world, then all numbers as text, the northern row first.
package asciigrid

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/convkit/convkit/internal/imageio/codec"
	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/source"
	"github.com/convkit/convkit/internal/imageio/text"
)

// keys are the words of the header. Only the sizes and the value without data
// change what is read.
var keys = []string{"ncols", "nrows", "xllcorner", "yllcorner", "xllcenter", "yllcenter", "cellsize", "dx", "dy", "nodata_value"}

// read reads a grid as float64. A number that equals NODATA_value is NaN.
func read(in *source.Input) (*raster.Picture, error) {
	h, line, err := readHeader(in)
	if err != nil {
		return nil, err
	}
	var sizes [2]int
	for i, key := range []string{"nrows", "ncols"} {
		if sizes[i], err = strconv.Atoi(h[key]); err != nil {
			return nil, raster.BadData("%s is %.40q, not a whole number", key, h[key])
		}
	}
	if err := raster.CheckSize(in.Options.PixelLimit(), int64(sizes[0]), int64(sizes[1])); err != nil {
		return nil, err
	}
	var blank func(float64) bool
	if word, ok := h["nodata_value"]; ok {
		v, err := text.ParseWord([]byte(word))
		if err != nil {
			return nil, raster.BadData("NODATA_value: %w", err)
		}
		blank = func(x float64) bool { return x == v }
	}
	n := sizes[0] * sizes[1]
	mem, err := in.Gather(text.NewWords(in.Reader, line, 0).Floats(n, blank), 8*n)
	if err != nil {
		return nil, err
	}
	return raster.NewNumbers(mem, 1, 1, sizes[0], sizes[1], raster.F64LE, 2), nil
}

// readHeader reads lines of a word and a value, up to the first that begins with
// something else, which is line number line.
func readHeader(in *source.Input) (h map[string]string, line int, err error) {
	h = map[string]string{}
	for line = 1; ; line++ {
		head, err := in.Peek(256)
		if len(head) == 0 {
			return nil, 0, source.CutOff(err)
		}
		key, value, ok := headerLine(head)
		if !ok {
			return h, line, nil
		}
		if _, twice := h[key]; twice {
			return nil, 0, raster.BadText(line, 1, "a second %s", key)
		}
		h[key] = value
		if _, err := in.ReadSlice('\n'); err != nil {
			return nil, 0, source.CutOff(err)
		}
	}
}

// headerLine returns the word and the value of a line of the header.
func headerLine(head []byte) (key, value string, ok bool) {
	line, _, _ := bytes.Cut(head, []byte("\n"))
	words := strings.Fields(string(line))
	if len(words) != 2 {
		return "", "", false
	}
	for _, k := range keys {
		if strings.EqualFold(k, words[0]) {
			return k, words[1], true
		}
	}
	return "", "", false
}

// sniff wants both sizes, in either order.
func sniff(head []byte) bool {
	first, _, ok := headerLine(head)
	if !ok || first != "ncols" && first != "nrows" {
		return false
	}
	_, rest, _ := bytes.Cut(head, []byte("\n"))
	second, _, ok := headerLine(rest)
	return ok && second != first && (second == "ncols" || second == "nrows")
}

// Format is the entry of this format in the table of formats.
var Format = codec.Format{
	Name: "asc", Extensions: []string{".asc"},
	Holds: codec.Holds{
		Reads: "text",
		Kind:  raster.Numbers,
		NaN:   true,
	},
	Sniff: sniff,
	Read:  read,
}
