package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/edges"
	"github.com/convkit/convkit/internal/imageio"
	"github.com/convkit/convkit/internal/kernel"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const edgesManual = `Find the edges of images.

The default is the textbook's detector, the kernel [1, -1]. In a black and white image
it gives 1 where white turns black, from left to right. It gives -1 where black turns
white, and 0 elsewhere. A picture shows the absolute value (--map).

An operator is a pair of derivative kernels (convkit kernels lists sobel-x, sobel-y, …)
or has no direction: laplacian, log, dog, canny. --output selects the result of a pair.
--direction x, y, both means --output x, y, magnitude. --output wins if both are given.

  x, y       the derivatives themselves
  magnitude  sqrt(x² + y²), or |x| + |y| with --norm l1
  angle      atan2(y, x) in degrees from 0 to 360. y points down, so 90 is down.
             A picture shows 0 to 360 as black to white, unless --map is given.

-o names the file. -o x/ is a folder called x.

--angle DEG is the derivative cos(DEG) x + sin(DEG) y: 0 is x, 90 is y.
--thin keeps the ridges of the magnitude, one pixel wide (non-maximum suppression). A
ridge is larger than the magnitude behind it along the gradient, and not smaller than
the one ahead. Both are interpolated between neighbours. --threshold writes 1 for
absolute values above it, else 0. With --values raw it writes the largest stored value
instead of 1. otsu finds the threshold for each plane over 256 bins, as scikit-image
does, before thinning.

canny blurs (--sigma) and thins the magnitude sqrt(x² + y²) of sobel. It keeps values
above --high, and values above --low that are connected to them. By default, high is
Otsu's threshold of the magnitudes and low is half of high (Fang, Yue and Yu, 2009).
The steps are those of skimage.feature.canny, and --border is its mode. --like skimage
uses 0.1 and 0.2. --like opencv is cv2.Canny: no blur, |x| + |y|. Give it the --low and
--high that cv2.Canny requires. Use --norm l2 for L2gradient.

--like takes scale, border, padding and --output from another program. Your own flags
override each of them. Both programs below keep the size of the image. Any other word
means the same as in convkit corr.

  skimage  skimage.filters' sobel, prewitt, scharr, roberts, farid, laplace and
           difference_of_gaussians, on numbers or pixels of 0..1. The smoothing of
           the kernels sums to 1. sqrt((x² + y²)/2), --border symmetric.
  opencv   cv2's Sobel, Scharr, Laplacian and magnitude, on stored values
           (--values raw). The kernels as they are, --border reflect. --aperture
           is ksize and apertureSize.`

func newEdges(a *app) *cobra.Command {
	f := &filter{app: a}
	o := &edgeFlags{}
	cmd := &cobra.Command{
		Use:   "edges [INPUT…] [--operator diff] [--direction x|y|both] [-o OUTPUT|DIR]",
		Short: "Find the edges of images",
		Long:  edgesManual,
		Example: `  convkit edges photo.png -o edges.png
  convkit edges photo.png --operator sobel --direction both --padding same --border replicate -o edges.png
  convkit edges photo.png --operator canny --sigma 2 -o lines.png
  convkit edges photo.png --operator scharr --thin --threshold otsu -o lines.png
  convkit edges photo.png --operator sobel --like skimage --format npy > edges.npy
  convkit kernels sobel-x | convkit corr photo.png -k - --map abs -o edges.png`,
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: completeImages,
		RunE: func(cmd *cobra.Command, inputs []string) error {
			if err := f.checkInPlace(inputs); err != nil {
				return err
			}
			if f.lacksInput(inputs) {
				return usage("give a file, or pipe an image in", "no input")
			}
			options, err := o.options(f.like.Name, f.geometry)
			if err != nil {
				return err
			}
			f.edges = &options
			f.convention(cmd, options)
			return f.run(cmd.Context(), inputs)
		},
	}
	addThrough(cmd, f)
	addLike(a, cmd, &f.geometry, &f.like, skimage)
	addWriting(cmd, &f.write, imageio.MapAbs)
	o.add(cmd)
	brief(cmd, "convkit edges photo.png --operator sobel --direction both --padding same --border replicate -o edges.png",
		"operator", "direction", "output", "threshold", "thin", "sigma", "padding", "border", "map", "like")
	groupFlags(cmd,
		flagGroup{"Operator", []string{"operator", "direction", "angle", "norm", "sigma", "aperture", "like"}},
		flagGroup{"Lines", []string{"thin", "threshold", "low", "high"}},
		flagGroup{"Geometry", []string{"padding", "border", "stride", "dilation", "convolve"}},
		flagGroup{"Arithmetic", []string{"method", "precision"}},
		imageFlags,
		batchFlags,
		writingFlags,
	)
	return cmd
}

// edgeFlags are the options of a detector as typed.
type edgeFlags struct {
	operator, output, direction, norm string
	angle, sigma                      *float64
	low, high                         *float64
	aperture                          int
	threshold                         *edges.Threshold
	thin                              bool
}

// skimage is a program that has operators but no correlation of its own.
const skimage = "skimage"

// add adds the flags of a detector. -o, which stands already, learns the words of
// an output.
func (o *edgeFlags) add(cmd *cobra.Command) {
	fs := cmd.Flags()
	define(fs, &o.operator, "operator", "", "diff", "NAME", "edge detector: "+strings.Join(edges.Operators(), ", "), word(edges.Operators()...))
	complete(cmd, "operator", edges.Operators())
	directions := []string{"x", "y", "both"}
	defineEnum(cmd, &o.direction, "direction", "", "derivative along x (vertical edges), along y, or the magnitude of both (default x)", directions, word(directions...))
	define(fs, &o.angle, "angle", "", "", "DEG", "derivative in this direction: 0 is right, 90 is down", optional(number("number of degrees", anyNumber)))
	defineEnum(cmd, &o.norm, "norm", "", "norm of the gradient: l2 is sqrt(x² + y²), l1 is |x| + |y|. The default is l2, and l1 for OpenCV's canny", edges.NormNames, word(edges.NormNames...))
	define(fs, &o.sigma, "sigma", "", "", "V", "scale in pixels of log, of dog (the narrow one) and of canny's blur, 0 for no blur (default 1)", optional(between(0, edges.MaxSigma)))
	define(fs, &o.aperture, "aperture", "", "0", "3|5|7", "size of the kernels of sobel, laplacian and canny, as OpenCV's ksize and apertureSize (default 3, and for laplacian 1, the four neighbours)", parseAperture)
	complete(cmd, "aperture", []string{"3", "5", "7"})
	define(fs, &o.low, "low", "", "", "V", "canny's low threshold (default: half of the high one)", optional(notNegative))
	define(fs, &o.high, "high", "", "", "V", "canny's high threshold (default: Otsu's threshold of the magnitudes)", optional(notNegative))
	fs.BoolVar(&o.thin, "thin", false, "keep the ridges of the magnitude, one pixel wide")
	define(fs, &o.threshold, "threshold", "", "", "V|otsu", "write 1 for absolute values above V, or above Otsu's threshold, else 0", edges.ParseThreshold)
	complete(cmd, "threshold", []string{"otsu"})
	fs.Lookup("like").Usage = "scale, border and size of the operators of skimage or opencv. Also, as for corr, another tool's padding, border and origin: " + strings.Join(geometry.ConventionNames(), ", ")
	out := cmd.Flags().Lookup("output")
	out.Value = &fileOrWord{Value: out.Value, word: &o.output}
	out.Usage = "output file, or - for standard output. Or the result to make from x and y: " + strings.Join(edges.OutputNames, ", ")
	delete(out.Annotations, cobra.BashCompFilenameExt)
	must(cmd.RegisterFlagCompletionFunc("output", func(_ *cobra.Command, _ []string, begin string) ([]string, cobra.ShellCompDirective) {
		return slices.DeleteFunc(slices.Clone(edges.OutputNames), func(w string) bool { return !strings.HasPrefix(w, begin) }), cobra.ShellCompDirectiveDefault
	}))
}

// parseAperture reads the size of an operator's kernels.
func parseAperture(s string) (int, error) {
	for _, n := range kernel.Apertures {
		if s == strconv.Itoa(n) {
			return n, nil
		}
	}
	if s == "0" { // not given
		return 0, nil
	}
	return 0, errors.New("must be 3, 5 or 7")
}

// fileOrWord is --output of edges: a file, as everywhere, or one of the words for
// what is made of a gradient. Both may be given.
type fileOrWord struct {
	pflag.Value
	word *string
}

func (v *fileOrWord) Type() string { return v.Value.Type() + "|WORD" }

// NamesFile reports whether a text is none of the words.
func (v *fileOrWord) NamesFile(text string) bool {
	return !slices.Contains(edges.OutputNames, strings.ToLower(text))
}

func (v *fileOrWord) Set(s string) error {
	if w := strings.ToLower(s); slices.Contains(edges.OutputNames, w) {
		*v.word = w
		return nil
	}
	return v.Value.Set(s)
}

// options checks what was typed.
func (o *edgeFlags) options(tool string, g corr.Options) (edges.Options, error) {
	e := edges.Options{Operator: o.operator, Aperture: o.aperture, Sigma: o.sigma, Low: o.low, High: o.high, Thin: o.thin, Threshold: o.threshold}
	switch {
	case tool == skimage:
		e.Like = edges.SkImage
	case tool == "opencv" && edges.OpenCV.Has(o.operator):
		e.Like = edges.OpenCV
	}
	if e.Norm = e.UsualNorm(); o.norm != "" {
		e.Norm = edges.Norm(slices.Index(edges.NormNames, o.norm))
	}
	asked := o.output != "" || o.direction != ""
	switch {
	case o.angle != nil && asked:
		return e, usage("leave --output and --direction out", "--angle is a direction of its own")
	case o.angle != nil:
		e.Output, e.Degrees = edges.Along, *o.angle
	case o.output != "":
		e.Output = edges.Output(slices.Index(edges.OutputNames, o.output))
	case o.direction == "y":
		e.Output = edges.Y
	case o.direction == "x", o.direction == "" && e.Like == edges.Plain && !o.thin && e.Directed():
		e.Output = edges.X
	}
	err := e.Check(g)
	if err == nil && asked && !e.Directed() {
		err = fmt.Errorf("%s looks into no direction: --output and --direction mean nothing to it", o.operator)
	}
	if err != nil {
		return e, usage("convkit edges --help says what goes together", "%w", err)
	}
	return e, nil
}

// convention sets what --like and an angle mean to the flags that all filters have,
// where the user did not.
func (f *filter) convention(cmd *cobra.Command, o edges.Options) {
	if o.Like == edges.SkImage {
		padding, border := o.Like.Geometry(o.Operator)
		if !f.outranks(cmd, "padding", "like") {
			f.geometry.Padding = padding
		}
		if !f.outranks(cmd, "border", "like") {
			f.geometry.Border = border
		}
	}
	if o.Like == edges.OpenCV && !f.outranks(cmd, "values", "like") {
		f.read.Values = imageio.RawValues
	}
	if o.Output == edges.Angle && o.Threshold == nil && !f.given(cmd, "map") {
		f.write.Map = imageio.MapRescale
		f.span = &[2]float64{0, 360}
	}
}
