package main

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/convkit/convkit/internal/exit"
)

var picturePath = filepath.Join(root, "docs", "overview.png")

// TestPicture holds the picture of the README against what convkit makes now: the
// scene, its edges, the scene blurred, and the kernel learned from the two. With
// -update it draws the picture. Instruction sets round differently, so a colour
// may differ by one level.
func TestPicture(t *testing.T) {
	got := overview(t)
	if *update {
		var b bytes.Buffer
		if err := png.Encode(&b, got); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(picturePath, b.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	want := readPNG(t, picturePath)
	if want.Bounds() != got.Bounds() {
		t.Fatalf("the picture is %v, not %v", want.Bounds(), got.Bounds())
	}
	for y := range got.Rect.Dy() {
		for x := range got.Rect.Dx() {
			a, b := color.NRGBAModel.Convert(want.At(x, y)).(color.NRGBA), got.NRGBAAt(x, y)
			if far(a.R, b.R) || far(a.G, b.G) || far(a.B, b.B) {
				t.Fatalf("pixel (%d, %d) is %v, want %v", x, y, a, b)
			}
		}
	}
}

func far(a, b uint8) bool { return max(a, b)-min(a, b) > 1 }

// overview runs the commands and puts what they give side by side.
func overview(t *testing.T) *image.NRGBA {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	runs(t, "edges", scenePath, "--gray", "--operator", "sobel", "--direction", "both",
		"--padding", "same", "--border", "replicate", "-o", in("edges.png"))
	geometry := []string{"--padding", "same", "--border", "replicate"}
	runs(t, append([]string{"corr", scenePath, "-k", "motion:length=9,angle=30", "-o", in("blurred.png")}, geometry...)...)
	runs(t, append([]string{"learn", scenePath, in("blurred.png"), "--kernel-size", "9", "--optimizer", "exact",
		"-q", "-o", in("kernel.json")}, geometry...)...)

	const zoom, gap = 2, 16
	panel := readPNG(t, scenePath).Bounds()
	w, h := zoom*panel.Dx(), zoom*panel.Dy()
	all := image.NewNRGBA(image.Rect(0, 0, 4*w+3*gap, h))
	draw.Draw(all, all.Rect, image.White, image.Point{}, draw.Src)
	for i, name := range []string{scenePath, in("edges.png"), in("blurred.png")} {
		enlarge(all, image.Pt(i*(w+gap), 0), readPNG(t, name), zoom)
	}
	taps := heatMap(t, in("kernel.json"))
	size := h / taps.Rect.Dy()
	corner := image.Pt(3*(w+gap)+(w-size*taps.Rect.Dx())/2, (h-size*taps.Rect.Dy())/2)
	frame := image.Rectangle{Min: corner, Max: corner.Add(taps.Rect.Size().Mul(size))}.Inset(-1)
	draw.Draw(all, frame, image.NewUniform(color.Gray{Y: 160}), image.Point{}, draw.Src)
	enlarge(all, corner, taps, size)
	return all
}

// runs executes one command line of convkit without an environment.
func runs(t *testing.T, args ...string) {
	t.Helper()
	var problems strings.Builder
	if code := run(args, strings.NewReader(""), &problems, &problems, nil); code != exit.Done {
		t.Fatalf("convkit %s: exit code %d: %s", strings.Join(args, " "), code, problems.String())
	}
}

// enlarge draws m at p, each pixel as a square of n.
func enlarge(onto *image.NRGBA, p image.Point, m image.Image, n int) {
	b := m.Bounds()
	for y := range n * b.Dy() {
		for x := range n * b.Dx() {
			onto.Set(p.X+x, p.Y+y, m.At(b.Min.X+x/n, b.Min.Y+y/n))
		}
	}
}

// heatMap has a pixel for each tap of a kernel: white for 0, dark blue for the
// largest tap, red for what is below 0.
func heatMap(t *testing.T, file string) *image.NRGBA {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var taps [][]float64
	if err := json.Unmarshal(data, &taps); err != nil {
		t.Fatal(err)
	}
	largest := 0.0
	for _, row := range taps {
		for _, v := range row {
			largest = max(largest, v, -v)
		}
	}
	m := image.NewNRGBA(image.Rect(0, 0, len(taps[0]), len(taps)))
	for y, row := range taps {
		for x, v := range row {
			part := v / largest
			c := color.NRGBA{R: level(1 - part), G: level(1 - 0.8*part), B: level(1 - 0.4*part), A: 255}
			if part < 0 {
				c = color.NRGBA{R: 255, G: level(1 + part), B: level(1 + part), A: 255}
			}
			m.SetNRGBA(x, y, c)
		}
	}
	return m
}

func level(v float64) uint8 { return uint8(255*v + 0.5) }

func readPNG(t *testing.T, path string) image.Image {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return m
}
