//go:build faults

package main

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/convkit/convkit/internal/exit"
	"github.com/convkit/convkit/internal/faults"
	"github.com/convkit/convkit/internal/imageio/source"
	"github.com/convkit/convkit/internal/memory"
)

// A command is run again and again. In run n its n-th operation on a file or its
// n-th request for memory fails, until a run passes through. After each run every
// output is the old file or the whole new one, no temporary file is left, and the
// exit code says what happened.

// anomaly is a command with its outputs.
type anomaly struct {
	args    string
	stdin   string   // a file
	outputs []string // those of one run, which are all old or all new
	several bool     // a batch, whose outputs are old or new each by itself
}

var anomalies = []anomaly{
	{args: "corr x.csv -k k.csv", stdin: ""},
	{args: "corr x.csv -k k.csv -o out.png", outputs: []string{"out.png"}},
	{args: "corr g.png -k box:size=3 --padding same -o out.png", outputs: []string{"out.png"}},
	{args: "corr - -k 1 -o out.npy", stdin: "g.pgm", outputs: []string{"out.npy"}},
	{args: "corr c.png -k sobel-x -o out.tif --map signed", outputs: []string{"out.tif"}},
	{args: "corr c.png -k 1 -o out.jpg", outputs: []string{"out.jpg"}},
	{args: "corr c.png -k 1 -o out.json", outputs: []string{"out.json"}},
	{args: "corr g.pgm -k 1 -o out.fits --map rescale --depth 16", outputs: []string{"out.fits"}},
	{args: "corr m.gif -k 1 --page 1 -o out.pgm", outputs: []string{"out.pgm"}},
	{args: "corr x.csv -k 1,2 --unroll image -o out.mtx", outputs: []string{"out.mtx"}},
	{args: "corr x.csv -k 1,2 --unroll kernel -o out.npy", outputs: []string{"out.npy"}},
	{args: "corr g.png c.png x.csv -k 1 -o out", outputs: []string{"out/g.png", "out/c.png", "out/x.csv"}, several: true},
	{args: "corr --files-from list -k 1 -o out --keep-going", outputs: []string{"out/g.png", "out/c.png"}, several: true},
	{args: "edges g.png -o out.png", outputs: []string{"out.png"}},
	{args: "edges g.png --operator canny -o out.pgm", outputs: []string{"out.pgm"}},
	{args: "match g.png t.csv", stdin: ""},
	{args: "match g.png g.pgm -o out.npy --draw out.png", outputs: []string{"out.npy", "out.png"}},
	{args: "align g.png g.pgm -o out.png", outputs: []string{"out.png"}},
	{args: "learn --epochs 5 -o out.csv --report out.json --log out.log", outputs: []string{"out.csv", "out.json", "out.log"}},
	{args: "learn g.png g.pgm --kernel-size 3 --padding same --optimizer exact -o out.json --report r.json", outputs: []string{"out.json", "r.json"}},
	{args: "learn --pairs pairs.csv --optimizer exact -o out.npy", outputs: []string{"out.npy"}},
	{args: "learn x.csv --target k.csv --epochs 3", stdin: ""},
	{args: "kernels k.csv --to opencv"},
}

func TestAnomalies(t *testing.T) {
	for _, size := range []int{source.TempFileSize, 64} {
		old := source.TempFileSize
		source.TempFileSize = size
		for _, a := range anomalies {
			if size == 64 && a.stdin == "" {
				continue // the size is that of what comes from a pipe
			}
			t.Run(a.args, func(t *testing.T) { a.test(t) })
		}
		source.TempFileSize = old
	}
	memory.SetLimit(0)
}

// test lets each operation fail once, and then so that the disk stays full.
func (a anomaly) test(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	t.Setenv("TMPDIR", filepath.Join(dir, "tmp"))
	inputs(t)
	faults.Set(0, false)
	whole := a.run(t)
	if whole.code != exit.Done {
		t.Fatalf("without a fault: exit code %d, %s", whole.code, whole.stderr)
	}
	old := map[string]string{}
	for i, name := range a.outputs {
		if i%2 == 0 { // others are not there at first
			old[name] = "the old " + name
		}
	}
	for _, full := range []bool{false, true} {
		for n := 1; ; n++ {
			for _, name := range a.outputs {
				os.Remove(name)
			}
			for name, text := range old {
				must(os.WriteFile(name, []byte(text), 0o640))
			}
			faults.Set(n, full)
			got := a.run(t)
			op, fired := faults.Fired()
			if !fired {
				if n < 3 || got.code != exit.Done {
					t.Errorf("operation %d, the last: exit code %d", n, got.code)
				}
				break
			}
			if t.Failed() || !a.check(t, old, whole, got) {
				t.Fatalf("operation %d (%v, disk full %v) failed: exit code %d, %s", n, op, full, got.code, got.stderr)
			}
		}
	}
	faults.Set(0, false)
}

// remains is what a run leaves behind.
type remains struct {
	code           int
	stdout, stderr string
	files          map[string]string
}

func (a anomaly) run(t *testing.T) (o remains) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	stdin := &bytes.Buffer{}
	if a.stdin != "" {
		text, err := os.ReadFile(a.stdin)
		must(err)
		stdin.Write(text)
	}
	env := []string{"HOME=" + t.TempDir()}
	o.code = run(strings.Fields(a.args), stdin, &stdout, &stderr, env)
	o.stdout, o.stderr, o.files = stdout.String(), stderr.String(), map[string]string{}
	for _, name := range a.outputs {
		if b, err := os.ReadFile(name); err == nil {
			o.files[name] = string(b)
		}
	}
	return o
}

// check compares what a run with a fault left with the old files and the whole.
func (a anomaly) check(t *testing.T, old map[string]string, whole, got remains) bool {
	t.Helper()
	new := 0
	for _, name := range a.outputs {
		switch text, there := got.files[name]; {
		case there && text == whole.files[name]:
			new++
		case there && text == old[name], !there && old[name] == "":
		default:
			t.Errorf("%s is neither old nor new", name)
		}
	}
	switch {
	case got.code != exit.Done && got.code != exit.Failed:
		t.Errorf("exit code %d", got.code)
	case got.code == exit.Done && (new != len(a.outputs) || got.stdout != whole.stdout):
		t.Errorf("exit code 0, and %d of %d outputs are new", new, len(a.outputs))
	case got.code == exit.Failed && !strings.Contains(got.stderr, "error: "):
		t.Errorf("no error is told")
	case !a.several && new != 0 && new != len(a.outputs):
		t.Errorf("%d of %d outputs are new", new, len(a.outputs))
	}
	for _, dir := range []string{".", "out", "tmp"} {
		list, _ := os.ReadDir(dir)
		for _, e := range list {
			if strings.HasSuffix(e.Name(), ".tmp") || dir == "tmp" {
				t.Errorf("left behind: %s", filepath.Join(dir, e.Name()))
			}
		}
	}
	return !t.Failed()
}

// inputs writes small files of several formats.
func inputs(t *testing.T) {
	t.Helper()
	grey, colour := image.NewGray(image.Rect(0, 0, 16, 12)), image.NewNRGBA(image.Rect(0, 0, 16, 12))
	pgm := []byte("P5 16 12 255\n")
	for y := range 12 {
		for x := range 16 {
			v := uint8(x*x*7 + y*31 + x*y*y)
			grey.SetGray(x, y, color.Gray{Y: v})
			colour.SetNRGBA(x, y, color.NRGBA{R: v, G: 255 - v, B: uint8(17 * x), A: uint8(100 + x)})
			pgm = append(pgm, v)
		}
	}
	frame := image.NewPaletted(image.Rect(0, 0, 8, 8), color.Palette{color.Black, color.White})
	frame.Pix[9] = 1
	var g, c, m bytes.Buffer
	must(png.Encode(&g, grey))
	must(png.Encode(&c, colour))
	must(gif.EncodeAll(&m, &gif.GIF{Image: []*image.Paletted{frame, frame}, Delay: []int{1, 1}}))
	files := map[string]string{
		"g.png": g.String(), "c.png": c.String(), "m.gif": m.String(), "g.pgm": string(pgm),
		"x.csv": "1,2,4\n3,7,6\n", "y.csv": "-1,-2\n-4,1\n", "k.csv": "1,-1\n", "t.csv": "0.1,0.3\n0.7,0.2\n",
		"list": "g.png\nc.png\n", "pairs.csv": "x,y\nx.csv,y.csv\nx.csv,y.csv\n",
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		must(os.WriteFile(name, []byte(files[name]), 0o644))
	}
	must(os.Mkdir("out", 0o755))
	must(os.Mkdir("tmp", 0o755))
}
