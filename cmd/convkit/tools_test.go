package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The kernels that other tools are given: odd, even and rectangular, with whole
// taps, whose results on the picture of TestTools are whole and at most 255. Those
// for FFmpeg sum to 0, because FFmpeg 5.1 divides by any other sum, whatever it is
// told.
var (
	toolKernels = []string{"1 2 1; 2 4 2; 1 2 0", "1 0; 2 3", "1 2 3 1", "0 1; 2 0; 1 1; 0 3"}
	zeroKernels = []string{"0 0 1; 0 2 0; -3 0 0", "1 -1", "2 0; 0 -1; -1 1; -1 0"}
)

// tool is another program and what of convkit corr is the same.
type tool struct {
	name    string
	kernels []string
	words   []string // options of corr
	reads   bool     // -k reads the notation
	edge    int      // rows and columns at the end that the tool makes otherwise
	around  int      // rows and columns on all sides that the tool makes otherwise
	run     func(t *testing.T, dir string, texts []string) [][][]float64
}

// TestTools has kernels printed for other tools, lets the tools that are
// installed filter a picture with them, and filters it here: with the kernel and,
// where -k reads it, with what was printed.
func TestTools(t *testing.T) {
	replicate := []string{"--padding", "same", "--border", "replicate"}
	reflect := []string{"--padding", "same", "--border", "reflect"}
	for _, tool := range []tool{
		{"imagemagick", toolKernels, replicate, true, 0, 0, runMagick},
		{"gmic", toolKernels, replicate, true, 0, 0, runGmic},
		{"vips", toolKernels, []string{"--like", "opencv", "--border", "replicate"}, true, 0, 0, runVips},
		{"ffmpeg", zeroKernels, reflect, true, 3, 0, runFFmpeg},
		{"opencv", toolKernels, reflect, false, 0, 0, runOpenCV},
		{"numpy", toolKernels, []string{"--like", "ndimage"}, false, 0, 0, runNumPy},
		{"c", toolKernels, nil, false, 0, 0, runC},
		{"graphicsmagick", []string{"0 1 0; 0 0 0; 0 0 0", "0 0; 1 0", "1 0 -1"}, replicate, false, 0, 0, runGraphicsMagick},
		{"pnmconvol", toolKernels, replicate, false, 0, 2, runPnmconvol},
		{"pillow", toolKernels, replicate, false, 0, 2, runPillow},
		{"gdal", toolKernels, replicate, false, 0, 0, runGDAL},
		{"opencv-yaml", []string{"1 2 1; 2 4 2; 1 2 0", "1 2 3"}, reflect, false, 0, 0, runOpenCVYAML},
	} {
		t.Run(tool.name, func(t *testing.T) { compareTool(t, tool) })
	}
}

func compareTool(t *testing.T, tool tool) {
	dir := t.TempDir()
	picture := []byte("P5\n13 11\n255\n")
	for i := range 11 * 13 {
		picture = append(picture, byte(i*i%15))
	}
	if err := os.WriteFile(filepath.Join(dir, "x.pgm"), picture, 0o666); err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, k := range tool.kernels {
		texts = append(texts, convkit(t, "kernels", "-q", "--to", tool.name, "--", k))
	}
	for i, theirs := range tool.run(t, dir, texts) {
		specs := []string{tool.kernels[i]}
		if tool.reads {
			file := filepath.Join(dir, "kernel.mat")
			if err := os.WriteFile(file, []byte(texts[i]), 0o666); err != nil {
				t.Fatal(err)
			}
			specs = append(specs, file)
		}
		for _, spec := range specs {
			args := append([]string{"corr", filepath.Join(dir, "x.pgm"), "-k", spec, "--values", "raw", "-q"}, tool.words...)
			ours := numbers(t, convkit(t, args...))
			if len(ours) != len(theirs) {
				t.Fatalf("kernel %s: %d rows, and here %d", spec, len(theirs), len(ours))
			}
			for y, row := range ours[:len(ours)-tool.edge] {
				if y < tool.around || y >= len(ours)-tool.around {
					continue
				}
				n := len(row) - tool.edge - tool.around
				if tool.edge > 0 || tool.name == "graphicsmagick" {
					for i, v := range row {
						row[i] = max(v, 0) // a picture holds nothing below
					}
				}
				if !slices.Equal(theirs[y][tool.around:n], row[tool.around:n]) {
					t.Fatalf("kernel %s: row %d is\n%v, and here\n%v", spec, y, theirs[y], row)
				}
			}
		}
	}
}

// convkit runs the command and returns its standard output.
func convkit(t *testing.T, args ...string) string {
	t.Helper()
	var out, problems bytes.Buffer
	if code := run(args, strings.NewReader(""), &out, &problems, nil); code != 0 {
		t.Fatalf("convkit %q: exit code %d: %s", args, code, problems.String())
	}
	return out.String()
}

// program finds a program that works, or skips the test.
func program(t *testing.T, try []string, names ...string) string {
	t.Helper()
	for _, name := range names {
		out, err := exec.Command(name, try[1:]...).CombinedOutput()
		if err == nil && strings.Contains(string(out), try[0]) {
			return name
		}
	}
	t.Skipf("no %s here", names[0])
	return ""
}

// output runs a program in a folder.
func output(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	var problems bytes.Buffer
	cmd.Stderr = &problems
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %q: %v: %s", name, args, err, problems.String())
	}
	return string(out)
}

// numbers reads a matrix as text.
func numbers(t *testing.T, text string) [][]float64 {
	t.Helper()
	var rows [][]float64
	for line := range strings.Lines(text) {
		var row []float64
		for _, f := range strings.FieldsFunc(line, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' }) {
			var v float64
			if _, err := fmt.Sscan(f, &v); err != nil {
				t.Fatalf("%q: %v", line, err)
			}
			row = append(row, v)
		}
		rows = append(rows, row)
	}
	return rows
}

// stored reads a picture that a tool wrote.
func stored(t *testing.T, dir, name string) [][]float64 {
	t.Helper()
	return numbers(t, convkit(t, "corr", filepath.Join(dir, name), "-k", "1", "--values", "raw", "-q"))
}

// one runs a tool for each text.
func one(texts []string, f func(text string) [][]float64) [][][]float64 {
	var results [][][]float64
	for _, text := range texts {
		results = append(results, f(strings.TrimSpace(text)))
	}
	return results
}

func runMagick(t *testing.T, dir string, texts []string) [][][]float64 {
	name := program(t, []string{"ImageMagick", "-version"}, "convert", "/usr/bin/convert", "magick")
	return one(texts, func(text string) [][]float64 {
		output(t, dir, name, "x.pgm", "-morphology", "Correlate", text, "y.pgm")
		return stored(t, dir, "y.pgm")
	})
}

func runGmic(t *testing.T, dir string, texts []string) [][][]float64 {
	name := program(t, []string{"", "version"}, "gmic")
	return one(texts, func(text string) [][]float64 {
		output(t, dir, name, "x.pgm", text, "correlate[0]", "[1],1", "keep[0]", "output", "y.pfm")
		return stored(t, dir, "y.pfm")
	})
}

func runVips(t *testing.T, dir string, texts []string) [][][]float64 {
	name := program(t, []string{"vips", "--version"}, "vips")
	return one(texts, func(text string) [][]float64 {
		if err := os.WriteFile(filepath.Join(dir, "k.mat"), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		output(t, dir, name, "conv", "x.pgm", "y.csv", "k.mat", "--precision", "float")
		return stored(t, dir, "y.csv")
	})
}

func runFFmpeg(t *testing.T, dir string, texts []string) [][][]float64 {
	name := program(t, []string{"ffmpeg", "-version"}, "ffmpeg")
	return one(texts, func(text string) [][]float64 {
		output(t, dir, name, "-y", "-loglevel", "error", "-i", "x.pgm", "-vf", "format=gray,"+text, "-frames:v", "1", "-update", "1", "y.pgm")
		return stored(t, dir, "y.pgm")
	})
}

func runOpenCV(t *testing.T, dir string, texts []string) [][][]float64 {
	lines := ""
	for _, text := range texts {
		call, expression, _ := strings.Cut(text, "\n")
		lines += "kernel = " + expression + "save(" + strings.TrimPrefix(call, "# ") + ")\n"
	}
	return runPython(t, dir, "cv2", lines)
}

func runNumPy(t *testing.T, dir string, texts []string) [][][]float64 {
	lines := ""
	for _, text := range texts {
		lines += "save(scipy.ndimage.correlate(image, " + strings.TrimSpace(text) + "))\n"
	}
	return runPython(t, dir, "scipy.ndimage", lines)
}

// runPython runs lines that save matrices made of image; one process is enough
// for all, because the modules take a second to load.
func runPython(t *testing.T, dir, module, lines string) [][][]float64 {
	name := program(t, []string{"yes", "-c", "from importlib.util import find_spec as f; print(f('numpy') and f('" + strings.Split(module, ".")[0] + "') and 'yes')"}, "python3", "/usr/bin/python3")
	text := output(t, dir, name, "-c", "import sys, "+module+`
import numpy as np
image = np.frombuffer(open('x.pgm', 'rb').read()[-143:], np.uint8).reshape(11, 13).astype(float)
def save(y):
    np.savetxt(sys.stdout, y, '%.17g', footer='\n', comments='')
`+lines)
	var results [][][]float64
	for part := range strings.SplitSeq(strings.TrimSpace(text), "\n\n") {
		results = append(results, numbers(t, strings.TrimSpace(part)))
	}
	return results
}

func runGraphicsMagick(t *testing.T, dir string, texts []string) [][][]float64 {
	name := program(t, []string{"GraphicsMagick", "version"}, "gm")
	return one(texts, func(text string) [][]float64 {
		output(t, dir, name, "convert", "x.pgm", "-convolve", text, "y.pgm")
		return stored(t, dir, "y.pgm")
	})
}

func runPnmconvol(t *testing.T, dir string, texts []string) [][][]float64 {
	if _, err := exec.LookPath("pnmconvol"); err != nil {
		t.Skip("no pnmconvol here")
	}
	return one(texts, func(text string) [][]float64 {
		if err := os.WriteFile(filepath.Join(dir, "k.txt"), []byte(text+"\n"), 0o666); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "y.pgm"), []byte(output(t, dir, "pnmconvol", "-quiet", "-matrixfile=k.txt", "x.pgm")), 0o666); err != nil {
			t.Fatal(err)
		}
		return stored(t, dir, "y.pgm")
	})
}

func runPillow(t *testing.T, dir string, texts []string) [][][]float64 {
	lines := "from PIL import Image, ImageFilter\n"
	for _, text := range texts {
		lines += "save(np.asarray(Image.open('x.pgm').filter(" + strings.TrimSpace(text) + ")))\n"
	}
	return runPython(t, dir, "PIL", lines)
}

func runGDAL(t *testing.T, dir string, texts []string) [][][]float64 {
	name := program(t, []string{"GDAL", "--version"}, "gdal_translate")
	return one(texts, func(text string) [][]float64 {
		vrt := `<VRTDataset rasterXSize="13" rasterYSize="11"><VRTRasterBand dataType="Float64" band="1">` + strings.Replace(text, "IN", "x.pgm", 1) + "</VRTRasterBand></VRTDataset>"
		if err := os.WriteFile(filepath.Join(dir, "k.vrt"), []byte(vrt), 0o666); err != nil {
			t.Fatal(err)
		}
		output(t, dir, name, "-q", "-of", "PNM", "-ot", "Byte", "k.vrt", "y.pgm")
		return stored(t, dir, "y.pgm")
	})
}

func runOpenCVYAML(t *testing.T, dir string, texts []string) [][][]float64 {
	lines := ""
	for i, text := range texts {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("k%d.yaml", i)), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		lines += fmt.Sprintf("f = cv2.FileStorage('k%d.yaml', cv2.FILE_STORAGE_READ)\nk = f.getNode('kernel').mat()\nsave(cv2.filter2D(image, cv2.CV_64F, k))\n", i)
	}
	return runPython(t, dir, "cv2", lines)
}

func runC(t *testing.T, dir string, texts []string) [][][]float64 {
	name := program(t, []string{"", "--version"}, "cc", "gcc")
	return one(texts, func(text string) [][]float64 {
		if err := os.WriteFile(filepath.Join(dir, "k.c"), []byte("#include <stdio.h>\n"+text+cProgram), 0o666); err != nil {
			t.Fatal(err)
		}
		output(t, dir, name, "-o", "k", "k.c")
		return numbers(t, output(t, dir, filepath.Join(dir, "k")))
	})
}

// cProgram correlates x.pgm with the array kernel.
const cProgram = `
enum { H = 11, W = 13, KH = sizeof kernel / sizeof *kernel, KW = sizeof *kernel / sizeof **kernel };
int main(void) {
	static unsigned char image[H][W];
	FILE *f = fopen("x.pgm", "rb");
	if (!f || fseek(f, -H * W, SEEK_END) || fread(image, 1, sizeof image, f) != sizeof image) return 1;
	for (int y = 0; y + KH <= H; y++) {
		for (int x = 0; x + KW <= W; x++) {
			double sum = 0;
			for (int u = 0; u < KH; u++)
				for (int v = 0; v < KW; v++) sum += kernel[u][v] * image[y + u][x + v];
			printf("%.17g ", sum);
		}
		printf("\n");
	}
	return 0;
}
`
