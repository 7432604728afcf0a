package main

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"convkit": main})
}

// TestScripts runs the built command as its users do: one behaviour a script.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:   filepath.Join("testdata", "script"),
		Setup: setup,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":    exits,
			"fits":     fitsFile,
			"pixels":   pixels,
			"truncate": truncate,
		},
	})
}

// setup gives each script a home without a configuration file and the pictures
// that text cannot hold.
func setup(env *testscript.Env) error {
	env.Setenv("HOME", env.WorkDir)
	env.Setenv("XDG_CONFIG_HOME", filepath.Join(env.WorkDir, ".config"))
	rect := image.Rect(0, 0, 3, 2)
	grey16, rgba, rgba16 := image.NewGray16(rect), image.NewNRGBA(rect), image.NewNRGBA64(rect)
	colours := color.Palette{color.NRGBA{A: 255}, color.NRGBA{R: 255, A: 255}, color.NRGBA{G: 128, B: 7, A: 255}}
	palette := image.NewPaletted(rect, colours)
	for y := range 2 {
		for x := range 3 {
			i := 3*y + x
			grey16.SetGray16(x, y, color.Gray16{Y: uint16(10007*i + 1)})
			rgba.SetNRGBA(x, y, color.NRGBA{R: uint8(10 * i), G: uint8(200 - 7*i), B: uint8(3 + i), A: uint8(50 * i)})
			rgba16.SetNRGBA64(x, y, color.NRGBA64{R: uint16(3 * i), G: uint16(60000 - i), B: uint16(257*i + 1), A: uint16(13000*i + 1)})
			palette.SetColorIndex(x, y, uint8(i%3))
		}
	}
	for name, m := range map[string]image.Image{"grey16.png": grey16, "rgba.png": rgba, "rgba16.png": rgba16, "palette.png": palette} {
		var b bytes.Buffer
		if err := png.Encode(&b, m); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(env.WorkDir, name), b.Bytes(), 0o666); err != nil {
			return err
		}
	}
	moving, err := movingGIF()
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(env.WorkDir, "moving.gif"), moving, 0o666)
}

// exits N ARG… runs convkit, which must end with code N. Unless that is 0, the
// error must have its form, and nothing unfinished may be left behind.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: exits CODE ARG...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	code := 0
	if err := ts.Exec("convkit", args[1:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		code = exit.ExitCode()
	}
	text := ts.ReadFile("stderr")
	if code != want {
		ts.Fatalf("exit code %d, not %d; standard error:\n%s", code, want, text)
	}
	if want == 0 {
		return
	}
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if n := len(lines); n > 1 && strings.HasPrefix(lines[n-1], "convkit: hint: ") {
		lines = lines[:n-1]
	}
	last := lines[len(lines)-1]
	if strings.Count(text, "convkit: error: ") != 1 || !strings.HasPrefix(last, "convkit: error: ") || strings.HasSuffix(last, ".") {
		ts.Fatalf("not an error line and a hint line:\n%s", text)
	}
	ts.Check(filepath.WalkDir(ts.Getenv("WORK"), func(path string, _ os.DirEntry, err error) error {
		if strings.HasSuffix(path, ".tmp") && filepath.Base(path) != ".tmp" {
			ts.Fatalf("left behind: %s", path)
		}
		return err
	}))
}

// pixels A B compares two pictures sample by sample, and their kinds.
func pixels(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: pixels FILE FILE")
	}
	var m [2]image.Image
	for i, name := range args {
		f, err := os.Open(ts.MkAbs(name))
		ts.Check(err)
		m[i], err = png.Decode(f)
		f.Close()
		ts.Check(err)
	}
	same := m[0].Bounds() == m[1].Bounds() && depth(m[0]) == depth(m[1])
	for y := 0; same && y < m[0].Bounds().Dy(); y++ {
		for x := range m[0].Bounds().Dx() {
			same = same && exact(m[0].At(x, y)) == exact(m[1].At(x, y))
		}
	}
	if same == neg {
		ts.Fatalf("%s and %s: same %v (%T %v, %T %v)", args[0], args[1], same, m[0], m[0].Bounds(), m[1], m[1].Bounds())
	}
}

// depth is the number of bits that a sample of a decoded PNG has.
func depth(m image.Image) int {
	switch m.(type) {
	case *image.Gray16, *image.NRGBA64, *image.RGBA64:
		return 16
	}
	return 8
}

// exact gives a colour's samples without multiplying alpha in.
func exact(c color.Color) color.NRGBA64 {
	switch c := c.(type) {
	case color.NRGBA64:
		return c
	case color.NRGBA:
		return color.NRGBA64{R: 257 * uint16(c.R), G: 257 * uint16(c.G), B: 257 * uint16(c.B), A: 257 * uint16(c.A)}
	}
	r, g, b, a := c.RGBA()
	return color.NRGBA64{R: uint16(r), G: uint16(g), B: uint16(b), A: uint16(a)}
}

// truncate FILE N keeps the first N bytes.
func truncate(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: truncate FILE N")
	}
	n, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	ts.Check(os.Truncate(ts.MkAbs(args[0]), n))
}
