// Command bench times convkit beside the programs that its users have today:
// OpenCV, SciPy, PyTorch, NumPy, libvips, ImageMagick and G'MIC, as far as they
// are installed. It installs nothing.
//
//	go run ./bench                    every group; a table under bench/results
//	go run ./bench -only operator     one group
//	go run ./bench -python python3.11 another interpreter
//
// All programs get the same arrays and files. They take turns, a round at a
// time, and the least time of each is kept, since all that disturbs a run makes
// it longer. Before a time counts, the results are compared: the tables say how
// far they are apart. Times in a table come from one machine in one sitting, so
// that their ratios mean something.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

func main() {
	if err := run(os.Args[1:], os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// spawnWord is the first argument of the process that measures another.
const spawnWord = "spawn"

func run(args []string, progress io.Writer) error {
	if len(args) > 1 && args[0] == spawnWord {
		return spawn(args[1:], os.Stdout)
	}
	fs := flag.NewFlagSet("bench", flag.ContinueOnError)
	only := fs.String("only", "", "`groups` to run, with commas between: "+strings.Join(groupNames(), ", "))
	python := fs.String("python", "python3", "the interpreter whose packages are measured")
	rounds := fs.Int("rounds", 5, "times that every program has its turn")
	results := fs.String("o", filepath.Join("bench", "results"), "`folder` for the table")
	if err := fs.Parse(args); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "convkit-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	s := &sitting{dir: dir, rounds: *rounds, progress: progress}
	if s.python, err = startPython(*python, dir); err != nil {
		fmt.Fprintf(progress, "no Python peers: %v\n", err)
	}
	defer s.python.stop()
	if s.convkit, err = buildConvkit(dir); err != nil {
		return err
	}
	var page strings.Builder
	page.WriteString(s.heading(time.Now()))
	for _, g := range groups {
		if *only != "" && !strings.Contains(","+*only+",", ","+g.name+",") {
			continue
		}
		fmt.Fprintf(progress, "%s\n", g.title)
		t, err := g.run(s)
		if err != nil {
			return fmt.Errorf("%s: %w", g.name, err)
		}
		fmt.Fprintf(&page, "## %s\n\n%s\n\n%s\n", g.title, g.about, t.markdown())
	}
	if err := os.MkdirAll(*results, 0o777); err != nil {
		return err
	}
	path := filepath.Join(*results, time.Now().Format("2006-01-02-1504")+".md")
	if err := os.WriteFile(path, []byte(page.String()), 0o666); err != nil {
		return err
	}
	fmt.Fprintln(progress, path)
	return nil
}

// sitting is one run of the benchmarks: who is there, and where things lie.
type sitting struct {
	dir      string
	rounds   int
	progress io.Writer
	python   *python // nil: none
	convkit  string  // the built command
}

// path is a file of the sitting.
func (s *sitting) path(name string) string { return filepath.Join(s.dir, name) }

// group is a table of the page.
type group struct {
	name, title, about string
	run                func(*sitting) (*table, error)
}

var groups = []group{
	{"operator", "One kernel, one image", "4096 x 4096 float32 in memory, random kernels, all threads; milliseconds, and how many times convkit's that is. OpenCV is called as in most programs, `cv2.filter2D(x, -1, k)`, which makes a new array each time, and into an array that is there already, `dst=`, as convkit is.", benchOperator},
	{"thread", "One thread", "The same on one thread.", benchThread},
	{"small", "In the cache", "512 x 512 float32, all threads; microseconds. OpenCV's two columns as above.", benchSmall},
	{"float64", "Double precision", "4096 x 4096 float64, all threads; milliseconds.", benchFloat64},
	{"gaussian", "Separable kernels", "Gaussians on 4096 x 4096 float32, all threads, with OpenCV's own separable filter; convkit is given the whole matrix and finds out by itself. Milliseconds.", benchGaussian},
	{"channels", "Channels", "Kernels that mix channels, all threads; milliseconds.", benchChannels},
	{"fit", "Which kernel was it?", "A 768 x 1024 picture and its filtered copy in memory; milliseconds. PyTorch's loop is timed over ten epochs and multiplied.", benchFit},
	{"large", "Files of 800 MB", "A kernel of 9x9 on 20000 x 20000 pixels of 16 bits, from file to file, both in the system's memory of files; cp copies the input. Milliseconds and peak memory.", benchLarge},
	{"commands", "Whole commands", "From file to file, start-up and all; milliseconds and peak memory.", benchCommands},
}

func groupNames() []string {
	var names []string
	for _, g := range groups {
		names = append(names, g.name)
	}
	return names
}
