package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"os"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// fitsFile FROM TO makes a FITS of a text: a card a line, and a line "data: 1 2 3"
// with the bytes that follow the header.
func fitsFile(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: fits FROM TO")
	}
	const block = 2880
	var b bytes.Buffer
	fill := func(c byte) {
		for b.Len()%block != 0 {
			b.WriteByte(c)
		}
	}
	for line := range strings.Lines(ts.ReadFile(args[0])) {
		line = strings.TrimRight(line, "\n")
		data, ok := strings.CutPrefix(line, "data:")
		if !ok {
			fmt.Fprintf(&b, "%-80s", line)
			continue
		}
		fmt.Fprintf(&b, "%-80s", "END")
		fill(' ')
		for _, word := range strings.Fields(data) {
			v, err := strconv.ParseUint(word, 10, 8)
			ts.Check(err)
			b.WriteByte(byte(v))
		}
		fill(0)
	}
	file := ts.MkAbs(args[1])
	ts.Check(os.WriteFile(file, b.Bytes(), 0o666))
}

// movingGIF returns a GIF of three frames of 3x2 grey pixels: 10, 20 and 30.
func movingGIF() ([]byte, error) {
	g := &gif.GIF{}
	for i := range 3 {
		p := image.NewPaletted(image.Rect(0, 0, 3, 2), color.Palette{color.Gray{10}, color.Gray{20}, color.Gray{30}})
		for k := range p.Pix {
			p.Pix[k] = uint8(i)
		}
		g.Image, g.Delay = append(g.Image, p), append(g.Delay, 5)
	}
	var b bytes.Buffer
	err := gif.EncodeAll(&b, g)
	return b.Bytes(), err
}
