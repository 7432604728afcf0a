package main

import (
	"flag"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "draw testdata/scene.png again")

var scenePath = filepath.Join("..", "..", "testdata", "scene.png")

// TestScene holds the picture in testdata against the text that draws it, pixel
// by pixel: how well it is packed may change.
func TestScene(t *testing.T) {
	want := scene()
	if *update {
		f, err := os.Create(scenePath)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if err := png.Encode(f, want); err != nil {
			t.Fatal(err)
		}
		return
	}
	f, err := os.Open(scenePath)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	got, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	if got.Bounds() != want.Bounds() {
		t.Fatalf("the picture is %v, not %v", got.Bounds(), want.Bounds())
	}
	for y := range want.Rect.Dy() {
		for x := range want.Rect.Dx() {
			if a, b := color.NRGBAModel.Convert(got.At(x, y)), want.At(x, y); a != b {
				t.Fatalf("pixel (%d, %d) is %v, not %v", x, y, a, b)
			}
		}
	}
}

// scene draws a landscape that has what filters are tried on: a sky that
// shades, a sun, a hill with a sharp edge, a house of straight lines, a fence
// of thin ones, grass of fine texture, and a little noise over all. It
// calculates in whole numbers, so that every machine draws the same.
func scene() *image.NRGBA {
	const w, h = 160, 120
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	seed := uint32(1)
	for y := range h {
		for x := range w {
			hill := 70 + (x-40)*(x-40)/300
			c := [3]int{90 + y, 140 + y, 225}               // sky
			if dx, dy := x-124, y-26; dx*dx+dy*dy < 15*15 { // sun
				c = [3]int{250, 225, 120}
			}
			if y >= hill {
				c = [3]int{50 + 9*(x*y%5), 110 + 9*((x+2*y)%4), 40} // grass
			}
			switch {
			case x >= 30 && x < 66 && y >= 62 && y < 92: // house
				c = [3]int{190, 90, 70}
				if x%12 > 6 && y%14 > 6 {
					c = [3]int{40, 45, 60}
				}
			case y >= 44 && y < 62 && x-48 < y-43 && 48-x < y-43: // roof
				c = [3]int{110, 40, 35}
			case y >= 84 && y < 100 && x >= 84 && (x%7 == 0 || y == 88 || y == 95): // fence
				c = [3]int{235, 235, 225}
			}
			seed = seed*1664525 + 1013904223
			noise := int(seed>>28) - 8
			for i := range c {
				c[i] = min(max(c[i]+noise/2, 0), 255)
			}
			m.SetNRGBA(x, y, color.NRGBA{R: uint8(c[0]), G: uint8(c[1]), B: uint8(c[2]), A: 255})
		}
	}
	return m
}
