package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/convkit/convkit/internal/tensor"
)

// line is a task, and the command line of each program that can do it. They run
// in the sitting's folder; CONVKIT stands for the command.
type line struct{ task, convkit, opencv, vips, magick, gmic string }

var lines = []line{
	{
		"Sobel, 4096x4096 PNG",
		"CONVKIT edges IN.png --operator sobel --padding same --border reflect -o OUT.png",
		"import cv2; x = cv2.imread('IN.png', 0); cv2.imwrite('OUT.png', cv2.convertScaleAbs(cv2.Sobel(x, cv2.CV_16S, 1, 0)))",
		"",
		"convert IN.png -morphology Convolve Sobel OUT.png",
		"gmic IN.png (1,0,-1;2,0,-2;1,0,-1) convolve[0] [1] keep[0] abs cut 0,255 -o OUT.png",
	},
	{
		"15x15 float kernel, 4096x4096 PNG",
		"CONVKIT corr IN.png -k KERNEL.csv --padding same --border replicate -o OUT.png",
		"import cv2, numpy; x = cv2.imread('IN.png', 0); k = numpy.loadtxt('KERNEL.csv', delimiter=','); cv2.imwrite('OUT.png', cv2.filter2D(x, -1, k))",
		"vips conv IN.png OUT.png MASK.mat --precision float",
		"", "",
	},
	{
		"Canny, 4096x4096 PNG",
		"CONVKIT edges IN.png --operator canny --like opencv --low 100 --high 200 -o OUT.png",
		"import cv2; x = cv2.imread('IN.png', 0); cv2.imwrite('OUT.png', cv2.Canny(x, 100, 200, L2gradient=True))",
		"", "", "",
	},
	{
		"find a 64x64 template, 4096x4096 PNG",
		"CONVKIT match IN.png PATCH.png",
		"import cv2; x = cv2.imread('IN.png', 0); t = cv2.imread('PATCH.png', 0); print(cv2.minMaxLoc(cv2.matchTemplate(x, t, cv2.TM_CCOEFF_NORMED)))",
		"", "", "",
	},
	{
		"unchanged, 4096x4096 PNG",
		"CONVKIT corr IN.png -k identity -o OUT.png",
		"import cv2; cv2.imwrite('OUT.png', cv2.imread('IN.png', 0))",
		"vips copy IN.png OUT.png",
		"convert IN.png OUT.png",
		"gmic IN.png -o OUT.png",
	},
}

func benchCommands(s *sitting) (*table, error) {
	if err := s.files(); err != nil {
		return nil, err
	}
	t := &table{task: "command", programs: []string{"convkit", "OpenCV in Python", "libvips", "ImageMagick", "G'MIC"}}
	for _, l := range lines {
		if err := s.race(t, l.task, l.convkit, l.opencv, l.vips, l.magick, l.gmic); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// race adds a row to a table of whole commands: the task, and the command of
// each program, "" where it has none and Python's without the interpreter.
func (s *sitting) race(t *table, task string, texts ...string) error {
	t.unit, t.memory = 1e-3, true
	cells := make([]*contestant, len(texts))
	for i, text := range texts {
		words := strings.Fields(text)
		switch {
		case len(words) == 0:
		case words[0] == "CONVKIT":
			cells[i] = s.command(append([]string{s.convkit}, words[1:]...))
		case words[0] == "import":
			if s.python.has("OpenCV") {
				cells[i] = s.command([]string{s.python.path, "-c", text})
			}
		default:
			if words[0] = findCommand(words[0]); words[0] != "" {
				cells[i] = s.command(words)
			}
		}
	}
	r, err := s.compete(task, cells)
	if err != nil {
		return err
	}
	for i, c := range cells {
		if c != nil {
			r.cells[i].megs = c.megs
		}
	}
	t.rows = append(t.rows, r)
	return nil
}

// files writes what the commands read: a picture, a piece of it, and a kernel in
// two forms.
func (s *sitting) files() error {
	x := picture(4096, 4096)
	if err := save(s.path("IN.png"), x, "png"); err != nil {
		return err
	}
	piece := tensor.NewDense[float64](tensor.Shape{N: 1, C: 1, H: 64, W: 64})
	for y := range 64 {
		copy(piece.Data[64*y:][:64], x.Data[(1000+y)*4096+2000:])
	}
	if err := save(s.path("PATCH.png"), piece, "png"); err != nil {
		return err
	}
	return s.kernelFiles(randomKernel(15, 15))
}

// kernelFiles writes a kernel as text, KERNEL.csv, and as libvips wants it, MASK.mat.
func (s *sitting) kernelFiles(k tensor.Kernel) error {
	var csv, mask strings.Builder
	fmt.Fprintf(&mask, "%d %d\n", k.W, k.H)
	for i, v := range k.Taps {
		end := ","
		if i%k.W == k.W-1 {
			end = "\n"
		}
		fmt.Fprintf(&csv, "%v%s", v, end)
		fmt.Fprintf(&mask, "%v%s", v, strings.ReplaceAll(end, ",", " "))
	}
	if err := os.WriteFile(s.path("KERNEL.csv"), []byte(csv.String()), 0o666); err != nil {
		return err
	}
	return os.WriteFile(s.path("MASK.mat"), []byte(mask.String()), 0o666)
}

// command runs a program in the sitting's folder.
func (s *sitting) command(words []string) *contestant {
	c := &contestant{}
	c.once = func(int, string) (float64, error) {
		self, err := os.Executable()
		if err != nil {
			return 0, err
		}
		cmd := exec.Command(self, append([]string{spawnWord}, words...)...)
		cmd.Dir = s.dir
		out, err := cmd.Output()
		if err != nil {
			return 0, err
		}
		var p spawned
		if err := json.Unmarshal(out, &p); err != nil {
			return 0, err
		}
		if p.Error != "" {
			return 0, fmt.Errorf("%s: %s", strings.Join(words, " "), p.Error)
		}
		c.megs = max(c.megs, p.Megs)
		return p.Seconds, nil
	}
	return c
}
