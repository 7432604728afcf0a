package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/convkit/convkit/internal/imageio"
	"github.com/convkit/convkit/internal/kernel"
	"github.com/spf13/cobra"
)

func newCorr(a *app) *cobra.Command {
	f := &filter{app: a}
	var spec, explain string
	var bias float64
	cmd := &cobra.Command{
		Use:   "corr [INPUT…] -k KERNEL [-o OUTPUT|DIR]",
		Short: "Correlate images with a kernel",
		Long: `Correlate images with a kernel (what deep-learning libraries call convolution):

  Y[o][y][x] = bias[o] + Σ_i Σ_u Σ_v X[i][y*sy + u*dy - top][x*sx + v*dx - left] * K[o][i][u][v]

A matrix kernel filters every plane (channel) on its own; an OxIxHxW kernel sums
over the channels. With no INPUT, standard input is read.`,
		Example: `  printf '0 1 2\n3 4 5\n6 7 8\n' | convkit corr -k '0 1; 2 3'
  convkit corr photo.png -k gaussian:sigma=2 --padding same --border replicate -o blurred.png
  convkit corr photo.png -k sobel-x --format npy | python3 -c 'import numpy, sys; print(numpy.load(sys.stdin.buffer).shape)'
  convkit corr *.png -k sharpen --padding same --border reflect -o sharp/`,
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: completeImages,
		RunE: func(cmd *cobra.Command, inputs []string) error {
			if f.lacksInput(inputs) && spec == "" {
				return textbookCorr(f, cmd)
			}
			if spec == "" {
				return usage(`for example -k "1,-1" or -k sobel-x; convkit kernels lists the names`, "which kernel? give one with -k")
			}
			if spec == "-" && f.batch.list == "-" {
				return usage("give the list or the kernel as a file", "the kernel is read from standard input (-k -), so the list of inputs cannot be")
			}
			if spec == "-" && (len(inputs) == 0 && f.batch.list == "" || contains(inputs, "-")) {
				return usage("give the image or the kernel as a file", "the kernel is read from standard input (-k -), so the image cannot be")
			}
			if f.lacksInput(inputs) {
				return usage("give a file, or pipe an image in", "no input")
			}
			k, err := a.readKernel(cmd.Context(), spec)
			if err != nil {
				return err
			}
			if a.given(cmd, "bias") {
				k.Bias = []float64{bias}
			}
			f.kernel = k
			if explain != "" {
				return explainOne(cmd.Context(), f, inputs, explain)
			}
			return f.run(cmd.Context(), inputs)
		},
	}
	addKernel(cmd, &spec)
	define(cmd.Flags(), &bias, "bias", "", "0", "V", "number added to every output", number("finite number", anyNumber))
	define(cmd.Flags(), &explain, "explain", "", "", "Y,X", "print the arithmetic of output element (Y, X), both counted from 0", anyText)
	addThrough(cmd, f)
	addLike(a, cmd, &f.geometry, &f.like)
	addWriting(cmd, &f.write, imageio.MapClip)
	return cmd
}

func contains(list []string, s string) bool {
	for _, v := range list {
		if v == s {
			return true
		}
	}
	return false
}

// textbookCorr runs the textbook's first example.
func textbookCorr(f *filter, cmd *cobra.Command) error {
	f.note("no input: the textbook's example, 0 1 2; 3 4 5; 6 7 8 with the kernel 0 1; 2 3")
	k, err := kernel.Parse("0 1; 2 3", nil)
	if err != nil {
		return err
	}
	f.kernel = k
	img, err := imageio.Decode(strings.NewReader("0,1,2\n3,4,5\n6,7,8\n"), "example.csv", f.read)
	if err != nil {
		return err
	}
	to := f.output
	if to == "" {
		to = "-"
	}
	return f.one(cmd.Context(), img, to)
}

// position reads "Y,X".
func position(s string) (y, x int, err error) {
	ys, xs, ok := strings.Cut(s, ",")
	if ok {
		if y, err = strconv.Atoi(strings.TrimSpace(ys)); err == nil {
			x, err = strconv.Atoi(strings.TrimSpace(xs))
		}
	}
	if !ok || err != nil || y < 0 || x < 0 {
		return 0, 0, fmt.Errorf("%q is no place: write Y,X, both counted from 0", s)
	}
	return y, x, nil
}
