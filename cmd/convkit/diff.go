package main

import (
	"path/filepath"
	"strings"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/imageio"
	"github.com/convkit/convkit/internal/train/robust"
	"github.com/spf13/cobra"
)

// differ holds the options of diff.
type differ struct {
	*app
	output, kernel, report     string
	size                       corr.Size
	degree, background         int
	sum                        string
	robust                     robust.Kind
	direction                  string
	mask, maskT                string
	variance, varianceT        string
	counts                     countNoise
	saturation                 choice[float64]
	keepSaturated, excludedNaN bool
	decorrelate                bool
	cells                      corr.Size
	read                       imageio.ReadOptions
}

// directionWords are the values of --direction.
var directionWords = []string{autoWord, "template", "image"}

func newDiff(a *app) *cobra.Command {
	d := &differ{app: a}
	cmd := &cobra.Command{
		Use:   "diff T I -o D.fits",
		Short: "Subtract a template from an image after matching their blur",
		Long: `Subtract template T from image I after matching their blur. The kernel varies over the
field. The result is

  D(t) = I(t) - Σ_u K(u; t) T(t+u) - background(t)

T and I show the same field with the same pixels: convkit align moves one onto the other.
If I is sharper than T, I is convolved instead, and D is in the units of T. D is always
positive where I is brighter.

The defaults suit star fields: a kernel of 15x15 taps of degree 2 with a constant sum,
and a background of degree 2. Tukey's weights ignore variable stars and cosmic rays.
Saturated pixels, NaN and masked pixels do not count for the fit. Outputs whose window
leaves the image are NaN.

Give the noise of I by --variance, or by --gain and --read-noise. Without them it is
estimated. A FITS file gets the variance of D as a second image, VARIANCE. The noise of
T counts only with --template-variance.

Standard output has a line of CSV for each cell of the field: row, column, outputs, rms,
rms_over_noise, chi2, outliers. A difference with rms_over_noise near 1 has nothing but
noise. chi2 includes the outliers.`,
		Example: `  convkit diff template.fits image.fits -o difference.fits
  convkit diff template.fits image.fits -o difference.fits --gain 1.5 --read-noise 6
  convkit diff template.fits image.fits -o difference.fits --variance var.fits --template-variance tvar.fits --decorrelate
  convkit diff template.fits image.fits -o difference.fits --mask good.fits --kernel-output kernel.json --report fit.json`,
		Args:              cobra.ExactArgs(2),
		ValidArgsFunction: completeImages,
		RunE: func(cmd *cobra.Command, args []string) error {
			l, err := d.learner(args[0], args[1])
			if err != nil {
				return err
			}
			return d.run(cmd.Context(), l)
		},
	}
	d.flags(cmd)
	return cmd
}

func (d *differ) flags(cmd *cobra.Command) {
	fs := cmd.Flags()
	definePath(fs, &d.output, "output", "o", "FILE", "file of the difference. FITS keeps the header and the coordinates of I")
	must(cmd.MarkFlagFilename("output", extensions(imageio.Format.CanWrite)...))
	definePath(fs, &d.kernel, "kernel-output", "", "FILE.json", "write the kernel, as convkit learn --vary does")
	definePath(fs, &d.report, "report", "", "FILE.json", "write the report of the fit, with the cells")
	define(fs, &d.size, "kernel-size", "", "15", "N|HxW", "size of the kernel", geometry.ParseSize)
	define(fs, &d.degree, "vary", "", "2", "N", "degree of the polynomials by which the kernel varies over the field", whole(0, maxVary))
	defineEnum(cmd, &d.sum, "vary-sum", varySumNames[0], "sum of the kernel: the same everywhere (constant), or a polynomial too (free)", varySumNames, word(varySumNames...))
	define(fs, &d.background, "background", "", "2", "N", "degree of the polynomial of the background", whole(0, maxDegree))
	defineEnum(cmd, &d.robust, "robust", "tukey", "weights of outliers", robust.Names(), robust.Parse)
	defineEnum(cmd, &d.direction, "direction", autoWord, "which image is convolved. auto takes the sharper one", directionWords, word(directionWords...))
	definePath(fs, &d.mask, "mask", "", "FILE", "exclude pixels of I from the fit where this image is 0 or NaN")
	definePath(fs, &d.maskT, "template-mask", "", "FILE", "the same for T: outputs count if it is not zero at all pixels that they see")
	define(fs, &d.variance, "variance", "", "", "FILE|V", "variance of each value of I, as a map or one number", varianceOption).namesFiles(namesVariances)
	define(fs, &d.varianceT, "template-variance", "", "", "FILE|V", "variance of each value of T, as a map or one number", varianceOption).namesFiles(namesVariances)
	positive := number("positive number or auto", func(v float64) bool { return v > 0 })
	define(fs, &d.counts.gain, "gain", "", "", "V|auto", "electrons per unit of I. auto estimates it", optional(orAuto(positive)))
	define(fs, &d.counts.readNoise, "read-noise", "", "", "V|auto", "read noise of I in electrons. auto estimates it", optional(orAuto(notNegative)))
	d.saturation.auto = true
	define(fs, &d.saturation, "saturation", "", "", "V|auto", "exclude pixels at V or above from the fit. auto finds the level as convkit learn does", orAuto(anyFinite))
	fs.BoolVar(&d.keepSaturated, "keep-saturated", false, "use all pixels, even those that may be saturated")
	defineEnum(cmd, &d.excludedNaN, "excluded", excludedWords[0], "the difference at pixels that did not count for the fit: computed (value) or NaN (nan)", excludedWords, func(s string) (bool, error) {
		w, err := word(excludedWords...)(s)
		return w == excludedWords[1], err
	})
	fs.BoolVar(&d.decorrelate, "decorrelate", false, "make the noise of the difference white. It needs --template-variance")
	define(fs, &d.cells, "cells", "", "4", "N|HxW", "cells of the table, rows x columns", geometry.ParseSize)
	addReading(cmd, &d.read)
	for _, name := range []string{"kernel-output", "report", "mask", "template-mask", "variance", "template-variance"} {
		must(cmd.MarkFlagFilename(name))
	}
	for _, name := range []string{"gain", "read-noise", "saturation"} {
		complete(cmd, name, []string{autoWord})
	}
	brief(cmd, "convkit diff template.fits image.fits -o difference.fits --gain 1.5 --read-noise 6",
		"output", "variance", "template-variance", "gain", "read-noise", "mask", "kernel-size", "vary", "decorrelate", "report")
	groupFlags(cmd,
		flagGroup{"Fit", []string{"kernel-size", "vary", "vary-sum", "background", "robust", "direction"}},
		flagGroup{"Noise", []string{"variance", "template-variance", "gain", "read-noise", "decorrelate"}},
		flagGroup{"Excluded pixels", []string{"mask", "template-mask", "saturation", "keep-saturated", "excluded"}},
		flagGroup{"Output", []string{"output", "kernel-output", "report", "cells"}},
		imageFlags,
	)
}

// learner checks the options and returns a fit of I to T.
func (d *differ) learner(template, image string) (*learner, error) {
	stdin := 0
	inputs := []string{template, image, d.mask, d.maskT}
	for _, v := range []string{d.variance, d.varianceT} {
		if namesVariances(v) {
			inputs = append(inputs, v)
		}
	}
	for _, name := range inputs {
		if name == "-" {
			stdin++
		}
	}
	switch {
	case d.output == "":
		return nil, usage("add -o FILE.fits", "diff needs a file for the difference")
	case d.output == "-" || d.kernel == "-" || d.report == "-":
		return nil, usage("give a file", "standard output has the table of the cells")
	case stdin > 0:
		return nil, usage("give files", "diff reads its images several times, and standard input (-) can be read only once")
	case d.counts.given() && d.variance != "":
		return nil, usage("leave one of them out", "--variance and --gain or --read-noise do not go together")
	case !d.saturation.auto && d.keepSaturated:
		return nil, usage("leave one of them out", "--saturation and --keep-saturated do not go together")
	case d.report != "" && strings.ToLower(filepath.Ext(d.report)) != ".json":
		return nil, usage("name it like report.json", "%s: the report is JSON", d.report)
	case d.kernel != "" && strings.ToLower(filepath.Ext(d.kernel)) != ".json":
		return nil, usage("name it like kernel.json", "%s: a kernel that varies is JSON", d.kernel)
	case d.decorrelate && d.varianceT == "":
		return nil, usage("add --template-variance FILE|V", "--decorrelate needs the noise of T: without it the noise of the difference is that of I")
	}
	outputs := []string{d.output, d.kernel, d.report}
	for i, a := range outputs {
		for _, b := range outputs[i+1:] {
			if sameFile(a, b) {
				return nil, usage("give them different names", "%s cannot be two outputs at once", a)
			}
		}
	}
	o := d.options(template, image)
	if err := o.checkReplaced(d.app, inputs...); err != nil {
		return nil, err
	}
	for _, path := range outputs {
		if err := checkWritable(path); err != nil {
			return nil, err
		}
	}
	return newLearner(d.app, o), nil
}

// options are those of learn for a fit of I to T.
func (d *differ) options(template, image string) *learnOptions {
	l := learnFlags{output: d.kernel, reportFile: d.report, digits: -1, background: &d.background, vary: &d.degree, varySum: d.sum, robust: d.robust,
		mask: d.mask, xMask: d.maskT, variance: d.variance, counts: d.counts, saturation: d.saturation, keepSaturated: d.keepSaturated, read: d.read}
	l.size.value = d.size
	l.images = fitImages{residual: d.output, xVariance: d.varianceT, excludedNaN: d.excludedNaN}
	l.geometry.Padding.Mode = corr.Same
	o := l.options(func(string) bool { return false }, []string{template, image})
	o.paddingGiven, o.format = true, "json"
	return &o
}

// swapped returns the options for a fit of T to I.
func (o learnOptions) swapped() *learnOptions {
	o.x, o.y = o.y, o.x
	o.mask, o.xMask = o.xMask, o.mask
	o.variance, o.images.xVariance = o.images.xVariance, o.variance
	o.counts = countNoise{}
	return &o
}

// directionLine says which image was convolved.
func directionLine(swapped bool) string {
	if swapped {
		return "I is sharper than T: I was convolved, and the difference is in the units of T"
	}
	return "T was convolved, and the difference is in the units of I"
}
