package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/imageio"
	"github.com/convkit/convkit/internal/kernel"
	"github.com/spf13/cobra"
)

// correlator is the options of corr.
type correlator struct {
	*filter
	specs     []string // kernels as typed
	bias      float64
	biasGiven bool
	explain   string // Y,X
	matrix    string // --unroll
	sparse    bool
	square    bool
}

func newCorr(a *app) *cobra.Command {
	c := &correlator{filter: &filter{app: a}}
	cmd := &cobra.Command{
		Use:   "corr [INPUT…] -k KERNEL [-o OUTPUT|DIR]",
		Short: "Correlate images with a kernel",
		Long: `Correlate images with a kernel. Deep-learning libraries call this convolution.

  Y[o][y][x] = bias[o] + Σ_i Σ_u Σ_v X[i][y*sy + u*dy - top][x*sx + v*dx - left] * K[o][i][u][v]

A matrix kernel filters each plane (channel) separately. An OxIxHxW kernel sums over
the channels. Without INPUT, standard input is read.

Several -k apply one after the other under the same options, as in a pipe. Nothing is
rounded or clipped between them. --bias is added at the end.

--adjoint applies the transposed operator (conv_transpose2d). The image then has the
size of a result, and the result the size of an input. It is the smallest size that
fits, unless you give --output-size.

--unroll writes the correlation as a matrix. --unroll=image (the default) has one
window a row: unroll @ vec(kernel) = vec(result). --unroll=kernel is the operator:
unroll @ vec(image) = vec(result).`,
		Example: `  printf '0 1 2\n3 4 5\n6 7 8\n' | convkit corr -k '0 1; 2 3'
  convkit corr photo.png -k gaussian:sigma=2 --padding same --border replicate -o blurred.png
  convkit corr photo.png -k sobel-x --format npy | python3 -c 'import numpy, sys; print(numpy.load(sys.stdin.buffer).shape)'
  convkit corr *.png -k sharpen --padding same --border reflect -o sharp/
  convkit corr photo.png -k gaussian:sigma=2 -k laplacian --map signed -o log.png
  printf '0 1 2\n3 4 5\n6 7 8\n' | convkit corr -k '0 1; 2 3' --unroll=kernel`,
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: completeImages,
		RunE: func(cmd *cobra.Command, inputs []string) error {
			c.biasGiven = a.given(cmd, "bias")
			inputs = c.unrollWord(inputs)
			if err := c.checkInPlace(inputs); err != nil {
				return err
			}
			if c.lacksInput(inputs) && len(c.specs) == 0 {
				return c.textbook(cmd.Context())
			}
			if err := c.check(inputs); err != nil {
				return err
			}
			if err := c.readKernels(cmd.Context()); err != nil {
				return err
			}
			switch {
			case c.explain != "":
				return c.explainOne(cmd.Context(), inputs)
			case c.matrix != "":
				return c.unroll(cmd.Context(), inputs)
			}
			return c.run(cmd.Context(), inputs)
		},
	}
	c.flags(cmd)
	return cmd
}

func (c *correlator) flags(cmd *cobra.Command) {
	fs := cmd.Flags()
	addKernels(cmd, &c.specs)
	define(fs, &c.bias, "bias", "", "0", "V", "number added to each output", anyFinite)
	define(fs, &c.explain, "explain", "", "", "Y,X", "print the arithmetic of output element (Y, X), counted from 0", anyText)
	define(fs, &c.matrix, "unroll", "", "", "WHICH", "write the correlation as a matrix: the image's windows, or the operator with --unroll=kernel", word(unrollWords...))
	fs.Lookup("unroll").NoOptDefVal = unrollWords[0]
	complete(cmd, "unroll", unrollWords)
	fs.BoolVar(&c.sparse, "sparse", false, "write the matrix of --unroll without zeros, in Matrix Market coordinates, as -o FILE.mtx does")
	fs.BoolVar(&c.adjoint, "adjoint", false, "apply the transposed operator (conv_transpose2d)")
	define(fs, &c.size, "output-size", "", "", "N|HxW", "size of the result of --adjoint, if a stride leaves a choice", geometry.ParseSize)
	addCalibration(cmd, &c.calibration)
	defineEnum(cmd, &c.renormalize, "nan", nanWords[0], "propagate: an output whose window has a NaN is NaN. renormalize: sums run over the known values, divided by their share of the taps", nanWords, parseNaN)
	fs.BoolVar(&c.square, "square", false, "square the taps, and leave the bias out: the variance of the result, if the image holds the variances of independent pixels")
	addThrough(cmd, c.filter)
	addLike(c.app, cmd, &c.geometry, &c.like)
	addWriting(cmd, &c.write, imageio.MapClip)
	brief(cmd, "convkit corr photo.png -k gaussian:sigma=2 --padding same --border replicate -o blurred.png",
		"kernel", "output", "padding", "border", "stride", "convolve", "bias", "values", "map", "format", "like")
	groupFlags(cmd,
		flagGroup{"Kernel and geometry", []string{"kernel", "bias", "padding", "border", "stride", "dilation", "convolve", "like", "nan", "square"}},
		flagGroup{"Before the kernel", []string{"subtract", "divide"}},
		flagGroup{"Other results", []string{"explain", "adjoint", "output-size", "unroll", "sparse"}},
		flagGroup{"Arithmetic", []string{"method", "precision"}},
		imageFlags,
		batchFlags,
		writingFlags,
	)
}

// check refuses what contradicts itself before anything is read.
func (c *correlator) check(inputs []string) error {
	piped := len(inputs) == 0 && c.batch.list == "" || slices.Contains(inputs, "-")
	stdin := 0
	for _, s := range slices.Concat(c.specs, c.calibration.files()) {
		if strings.TrimSpace(s) == "-" {
			stdin++
		}
	}
	switch {
	case len(c.specs) == 0:
		return usage(`for example -k "1,-1" or -k sobel-x; convkit kernels lists the names`, "which kernel? give one with -k")
	case stdin > 1:
		return usage("", "standard input (-) can be read only once")
	case stdin > 0 && c.batch.list == "-":
		return usage("give the list or the kernel as a file", "the kernel is read from standard input (-k -), so the list of inputs cannot be")
	case stdin > 0 && piped:
		return usage("give the image or the kernel as a file", "the kernel is read from standard input (-k -), so the image cannot be")
	case c.lacksInput(inputs):
		return usage("give a file, or pipe an image in", "no input")
	case c.size != (corr.Size{}) && !c.adjoint:
		return usage("add --adjoint", "--output-size is for --adjoint: elsewhere the size follows from the padding and the stride")
	case c.sparse && c.matrix == "":
		return usage("add --unroll", "--sparse is for the matrix of --unroll")
	}
	return c.checkModes()
}

// checkModes refuses what does not go together.
func (c *correlator) checkModes() error {
	several := ""
	if len(c.specs) > 1 {
		several = "several kernels"
	}
	modes := []string{}
	for name, on := range map[string]bool{"--explain": c.explain != "", "--unroll": c.matrix != "", "--adjoint": c.adjoint} {
		if on {
			modes = append(modes, name)
		}
	}
	slices.Sort(modes)
	switch {
	case len(modes) > 1:
		return usage("leave one of them out", "%s and %s do not go together", modes[0], modes[1])
	case c.batch.inPlace && (c.explain != "" || c.matrix != ""):
		return usage("leave one of them out", "%s and --in-place do not go together: what it writes is no image", modes[0])
	case c.calibration.given() && (c.explain != "" || c.matrix != ""):
		return usage("write the calibrated image with -k 1 first", "%s shows the image as it is, without --subtract and --divide", modes[0])
	case c.renormalize && (several != "" || len(modes) > 0 || c.square):
		return usage("apply one kernel, as it is", "--nan renormalize takes one kernel and none of --adjoint, --explain, --square and --unroll")
	case several != "" && c.square:
		return usage("give the kernel that they are together", "--square takes one kernel, not %d", len(c.specs))
	case c.square && c.biasGiven:
		return usage("leave one of them out", "--square leaves the bias out, and --bias is given")
	case several != "" && c.matrix != "":
		return usage("write one matrix for each kernel: their product is that of the chain", "--unroll takes one kernel, not %d", len(c.specs))
	case several != "" && c.adjoint:
		return usage("apply them one by one, the last kernel first", "--adjoint takes one kernel, not %d", len(c.specs))
	}
	return nil
}

func (c *correlator) readKernels(ctx context.Context) error {
	c.kernels = nil
	for _, spec := range c.specs {
		k, err := c.readKernel(ctx, spec)
		var varies *kernel.VariesError
		if errors.As(err, &varies) {
			if c.varying, err = varies.Kernel, c.checkVarying(); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		c.kernels = append(c.kernels, k)
	}
	if c.square && c.varying != nil {
		c.varying = c.varying.Squared()
	} else if c.square {
		k := &c.kernels[0]
		k.Bias, k.StoredBias = nil, false
		k.Taps = slices.Clone(k.Taps)
		for i, v := range k.Taps {
			k.Taps[i] = v * v
		}
	}
	if c.biasGiven && c.varying != nil {
		c.varying.Bias = &c.bias
	} else if c.biasGiven {
		last := &c.kernels[len(c.kernels)-1]
		last.Bias, last.StoredBias = []float64{c.bias}, false
	}
	return nil
}

// checkVarying refuses what is not done with a kernel that varies.
func (c *correlator) checkVarying() error {
	switch {
	case len(c.specs) > 1:
		return usage("apply them one by one", "a kernel that varies is not applied together with others")
	case c.explain != "" || c.matrix != "" || c.adjoint || c.renormalize:
		return usage("convkit kernels FILE --at Y,X prints the kernel at one place", "a kernel that varies goes with none of --adjoint, --explain, --nan renormalize and --unroll")
	}
	return nil
}

// textbook runs the textbook's first example.
func (c *correlator) textbook(ctx context.Context) error {
	c.note("no input: the textbook's example, 0 1 2; 3 4 5; 6 7 8 with the kernel 0 1; 2 3")
	k, err := kernel.Parse("0 1; 2 3", nil)
	if err != nil {
		return err
	}
	c.kernels = append(c.kernels, k)
	img, err := imageio.Decode(strings.NewReader("0,1,2\n3,4,5\n6,7,8\n"), "example.csv", c.read)
	if err != nil {
		return err
	}
	to := c.output
	if to == "" {
		to = "-"
	}
	return c.one(ctx, stack{1, func(int) (*imageio.Image, error) { return img, nil }}, to)
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
		return 0, 0, fmt.Errorf("cannot parse %q; want Y,X, both counted from 0", s)
	}
	return y, x, nil
}

// nanWords are the values of --nan.
var nanWords = []string{"propagate", "renormalize"}

// parseNaN reports whether sums are renormalized.
func parseNaN(s string) (bool, error) {
	w, err := word(nanWords...)(s)
	return w == nanWords[1], err
}
