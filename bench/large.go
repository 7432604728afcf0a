package main

import (
	"math/rand/v2"
	"os"

	"github.com/convkit/convkit/internal/imageio"
	"github.com/convkit/convkit/internal/tensor"
)

// largeLines are what is done with files of 800 MB: a kernel of 9x9, from 16 bits to 16 bits
// and to floats. cp copies the input.
var largeLines = []struct{ task, convkit, cp, opencv, vips string }{
	{
		"PGM to PGM",
		"CONVKIT corr BIG.pgm -k KERNEL.csv --padding same --border replicate -o BIGOUT.pgm",
		"cp BIG.pgm BIGOUT.pgm",
		"import cv2, numpy; x = cv2.imread('BIG.pgm', -1); k = numpy.loadtxt('KERNEL.csv', delimiter=','); cv2.imwrite('BIGOUT.pgm', cv2.filter2D(x, -1, k))",
		"",
	},
	{
		"PGM to PFM",
		"CONVKIT corr BIG.pgm -k KERNEL.csv --padding same --border replicate -o BIGOUT.pfm",
		"cp BIG.pgm BIGOUT.pgm",
		"import cv2, numpy; x = cv2.imread('BIG.pgm', -1); k = numpy.loadtxt('KERNEL.csv', delimiter=','); cv2.imwrite('BIGOUT.pfm', cv2.filter2D(x, cv2.CV_32F, k))",
		"vips conv BIG.pgm BIGOUT.pfm MASK.mat --precision float",
	},
	{
		"NPY to NPY, 16 bits",
		"CONVKIT corr BIG.npy -k KERNEL.csv --padding same --border replicate --values raw --depth 16 -o BIGOUT.npy",
		"cp BIG.npy BIGOUT.npy",
		"import cv2, numpy; x = numpy.load('BIG.npy'); k = numpy.loadtxt('KERNEL.csv', delimiter=','); numpy.save('BIGOUT.npy', cv2.filter2D(x, -1, k))",
		"",
	},
}

const largeSide = 20000

func benchLarge(s *sitting) (*table, error) {
	if err := s.kernelFiles(randomKernel(9, 9)); err != nil {
		return nil, err
	}
	x := drawn{h: largeSide, w: largeSide}
	for _, name := range []string{"BIG.pgm", "BIG.npy"} {
		defer os.Remove(s.path(name))
		if err := saveFrom[float32](s.path(name), x, imageio.WriteOptions{Depth: 16, Values: imageio.UnitValues}); err != nil {
			return nil, err
		}
	}
	for _, name := range []string{"BIGOUT.pgm", "BIGOUT.pfm", "BIGOUT.npy"} {
		defer os.Remove(s.path(name))
	}
	t := &table{task: "9x9, 20000x20000", programs: []string{"convkit", "cp", "OpenCV in Python", "libvips"}}
	for _, l := range largeLines {
		if err := s.race(t, l.task, l.convkit, l.cp, l.opencv, l.vips); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// drawn is an image of evenly drawn numbers, 0 to 1, that is nowhere whole.
type drawn struct{ h, w int }

func (d drawn) Shape() tensor.Shape { return tensor.Shape{N: 1, C: 1, H: d.h, W: d.w} }

func (d drawn) Row(_, y int, buf []float32) ([]float32, error) {
	r := rand.New(rand.NewPCG(5, uint64(y)))
	for x := range buf[:d.w] {
		buf[x] = r.Float32()
	}
	return buf[:d.w], nil
}
