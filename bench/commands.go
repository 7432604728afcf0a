package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/imageio"
	"github.com/convkit/convkit/internal/tensor"
)

// line is a command line of a program; "" where it has none for the task. IN,
// KERNEL, MASK, PATCH and OUT stand for files, PYTHON and CONVKIT for programs.
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
		"unchanged, 4096x4096 PNG",
		"CONVKIT corr IN.png -k identity -o OUT.png",
		"import cv2; cv2.imwrite('OUT.png', cv2.imread('IN.png', 0))",
		"vips copy IN.png OUT.png",
		"convert IN.png OUT.png",
		"gmic IN.png -o OUT.png",
	},
}

func benchCommands(s *sitting) (*table, error) {
	t := &table{task: "command", programs: []string{"convkit", "OpenCV in Python", "libvips", "ImageMagick", "G'MIC"}, unit: 1e-3, memory: true}
	if err := s.files(); err != nil {
		return nil, err
	}
	for _, l := range lines {
		cells := make([]*contestant, 5)
		cells[0] = s.command(strings.Fields(l.convkit))
		if s.python.has("OpenCV") && l.opencv != "" {
			cells[1] = s.command([]string{s.python.path, "-c", l.opencv})
		}
		for i, text := range []string{l.vips, l.magick, l.gmic} {
			words := strings.Fields(text)
			if len(words) == 0 {
				continue
			}
			if words[0] = findCommand(words[0]); words[0] != "" {
				cells[2+i] = s.command(words)
			}
		}
		r, err := s.compete(l.task, 1, cells)
		if err != nil {
			return nil, err
		}
		for i, c := range cells {
			if c != nil {
				r.cells[i].megs = c.megs
			}
		}
		t.rows = append(t.rows, r)
	}
	return t, nil
}

// files writes what the commands read: a picture, and a kernel in two forms.
func (s *sitting) files() error {
	x := picture(4096, 4096)
	p, err := corr.NewPlan[float64](x.Shape(), tensor.Matrix(1, 1, 1), corr.Options{}, corr.Config{})
	if err != nil {
		return err
	}
	w, err := imageio.Create(s.path("IN.png"), nil, x.Shape(), imageio.WriteOptions{Digits: -1})
	if err != nil {
		return err
	}
	defer w.Abort()
	if err := p.Run(context.Background(), x, imageio.SinkOf[float64](w)); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	k := randomKernel(15, 15)
	var csv, mask strings.Builder
	mask.WriteString("15 15\n")
	for i, v := range k.Taps {
		end := ","
		if i%15 == 14 {
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
	if words[0] == "CONVKIT" {
		words[0] = s.convkit
	}
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
