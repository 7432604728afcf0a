package main

import (
	"bytes"
	"encoding/binary"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/convkit/convkit/internal/exit"
)

var randomCommands = flag.Int("commands", 30, "random commands that are run on several numbers of threads")

// The same input gives the same bytes with any number of threads, whatever the command.
func TestThreadsChangeNoByte(t *testing.T) {
	dir := t.TempDir()
	images := threadImages(t, dir)
	done := 0
	for seed := 0; done < *randomCommands; seed++ {
		r := rand.New(rand.NewPCG(uint64(seed), 4))
		args := randomCommand(r, dir, images)
		want, code := onThreads(t, dir, args, 1)
		if code != exit.Done {
			continue
		}
		done++
		for _, n := range []int{2 + r.IntN(3), 5 + r.IntN(4), 16} {
			if got, code := onThreads(t, dir, args, n); code != exit.Done || !bytes.Equal(got, want) {
				t.Errorf("convkit %s: %d threads give other bytes (exit %d)", strings.Join(args, " "), n, code)
			}
		}
		if seed > 4**randomCommands+100 {
			t.Fatalf("only %d of %d commands ran", done, seed)
		}
	}
}

// onThreads runs a command and returns all that it wrote, to its file and to stdout.
func onThreads(t *testing.T, dir string, args []string, threads int) ([]byte, int) {
	t.Helper()
	var stdout bytes.Buffer
	code := run(append(args, "--threads", strconv.Itoa(threads)), strings.NewReader(""), &stdout, io.Discard, []string{"HOME=" + dir})
	all := stdout.Bytes()
	for i, a := range args {
		if a != "-o" {
			continue
		}
		b, err := os.ReadFile(args[i+1])
		if err == nil {
			all = append(all, b...)
		} else if code == exit.Done {
			t.Fatal(err)
		}
		os.Remove(args[i+1])
	}
	return all, code
}

// threadImages writes pictures of 8 and of 16 bits with texture and flat parts.
func threadImages(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	for i, size := range [][2]int{{64, 50}, {155, 214}, {256, 256}, {331, 190}, {420, 390}} {
		for _, deep := range []bool{false, true} {
			r := rand.New(rand.NewPCG(uint64(i), 7))
			h, w := size[0], size[1]
			most := map[bool]int{false: 255, true: 65535}[deep]
			b := fmt.Appendf(nil, "P5 %d %d %d\n", w, h, most)
			for j := range h * w {
				y, x := j/w, j%w
				v := (x*x*7 + y*y*13 + x*y) * most / 255 % (most + 1)
				switch {
				case x > w/2 && y > h/2:
					v = most / 3
				case x < w/3:
					v = r.IntN(most + 1)
				}
				if deep {
					b = binary.BigEndian.AppendUint16(b, uint16(v))
				} else {
					b = append(b, byte(v))
				}
			}
			name := filepath.Join(dir, fmt.Sprintf("%d-%v.pgm", i, deep))
			if err := os.WriteFile(name, b, 0o666); err != nil {
				t.Fatal(err)
			}
			names = append(names, name)
		}
	}
	return names
}

// randomCommand is a command line without --threads; not all of them are valid.
func randomCommand(r *rand.Rand, dir string, images []string) []string {
	one := func(list ...string) string { return list[r.IntN(len(list))] }
	image := one(images...)
	out := filepath.Join(dir, "out"+one(".png", ".png", ".tif", ".npy", ".csv", ".pgm"))
	side := func() string { return strconv.Itoa(3 + 2*r.IntN(35)) }
	kernel := func() string {
		switch r.IntN(6) {
		case 0:
			return "motion:length=" + side() + ",angle=" + strconv.Itoa(r.IntN(180))
		case 1:
			return "gaussian:size=" + side() + ",sigma=" + strconv.Itoa(1+r.IntN(5))
		case 2:
			return "box:size=" + side()
		case 3:
			return one("sharpen", "sobel-x", "laplacian", "emboss")
		case 4:
			return "disk:radius=" + strconv.Itoa(1+r.IntN(30))
		}
		return "log:size=" + side() + ",sigma=" + strconv.Itoa(1+r.IntN(6))
	}
	border := one("zeros", "replicate", "reflect", "symmetric", "circular", "constant:0.3")
	switch r.IntN(10) {
	case 0:
		args := []string{"match", image, one(images[:2]...), "--score", one("ncc", "zero-mean", "cosine", "product", "ssd", "nssd"), "--peaks", "5"}
		if r.IntN(2) == 0 {
			args = append(args, "-o", filepath.Join(dir, "scores.npy"))
		}
		return args
	case 1, 2:
		args := []string{"edges", image, "--operator", one("log", "canny", "dog", "sobel", "scharr", "farid", "laplacian"), "-o", out, "--border", border}
		if r.IntN(2) == 0 {
			args = append(args, "--sigma", strconv.FormatFloat(0.5+r.Float64()*6, 'f', 2, 64))
		}
		if r.IntN(3) == 0 {
			args = append(args, one("--thin", "--output=angle", "--norm=l1", "--threshold=otsu"))
		}
		return args
	case 3:
		i := r.IntN(len(images) / 2)
		return []string{"align", images[2*i], images[2*i+1]}
	case 4:
		i := r.IntN(len(images) / 2)
		return []string{"learn", images[2*i], "--target", images[2*i+1], "--kernel-size", strconv.Itoa(3 + 2*r.IntN(5)), "--optimizer", "exact", "--padding", "same", "--border", "reflect"}
	}
	args := []string{"corr", image, "-k", kernel(), "--padding", one("valid", "same", "full", "3"), "--border", border, "--method", one("auto", "auto", "auto", "auto", "direct", "separable", "fourier"), "-o", out}
	if r.IntN(4) == 0 {
		args = append(args, "-k", kernel())
	}
	if r.IntN(5) == 0 {
		args = append(args, "--stride", strconv.Itoa(1+r.IntN(3)))
	}
	if r.IntN(5) == 0 {
		args = append(args, "--dilation", strconv.Itoa(1+r.IntN(3)))
	}
	if r.IntN(6) == 0 {
		args = append(args, "--adjoint")
	}
	if r.IntN(2) == 0 {
		args = append(args, "--depth", one("8", "16"))
	}
	if r.IntN(5) == 0 {
		args = append(args, "--convolve")
	}
	return args
}
