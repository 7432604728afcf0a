package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/corr/method"
	"github.com/convkit/convkit/internal/exit"
	"github.com/convkit/convkit/internal/imageio"
	"github.com/convkit/convkit/internal/kernel"
	"github.com/convkit/convkit/internal/tensor"
)

// addGeometry adds the flags of the operator's geometry.
func addGeometry(cmd *cobra.Command, o *corr.Options) {
	fs := cmd.Flags()
	define(fs, &o.Padding, "padding", "", "valid", "PADDING", "rows and columns added around the image: valid, same, full, N, HxW or T,B,L,R. same puts an odd one at the bottom and right", geometry.ParsePadding)
	complete(cmd, "padding", geometry.PaddingNames())
	define(fs, &o.Border, "border", "", "zeros", "BORDER", "values in the padding: zeros, constant:V, replicate (edge, nearest), reflect (mirror, reflect101), symmetric or circular (wrap). reflect does not repeat the edge, symmetric does", geometry.ParseBorder)
	complete(cmd, "border", geometry.BorderNames())
	define(fs, &o.Stride, "stride", "", "1", "N|HxW", "step between outputs", geometry.ParseSize)
	define(fs, &o.Dilation, "dilation", "", "1", "N|HxW", "distance between taps", geometry.ParseSize)
	fs.BoolVar(&o.Convolve, "convolve", false, "flip the kernel in both directions first (convolution)")
}

// addReading adds the flags that say how pictures are read.
func addReading(cmd *cobra.Command, o *imageio.ReadOptions) {
	defineEnum(cmd, &o.Values, "values", "unit", "meaning of a pixel: 0..1, or the stored whole number", imageio.ValuesNames, imageio.ParseValues)
	cmd.Flags().BoolVar(&o.Gray, "gray", false, "turn a colour picture into one plane (Rec. 601 luma of the stored values)")
	defineEnum(cmd, &o.Alpha, "alpha", "keep", "keep alpha untouched, filter it, or drop it. filter multiplies the colours by alpha before and divides afterwards. Arrays get alpha as their last plane", imageio.AlphaModeNames, imageio.ParseAlphaMode)
	cmd.Flags().BoolVar(&o.Linear, "linear", false, "compute in linear light. Pixels are decoded with the transfer function of sRGB, and encoded again in the output. Text and arrays without --depth get linear numbers")
	defineEnum(cmd, &o.Layout, "layout", "chw", "axes of an array of rank 3: planes first (chw), planes last (hwc, NPY only), or the pages of a stack (nhw). The output has the order of the input", imageio.LayoutNames, word(imageio.LayoutNames...))
	addPage(cmd, &o.Select)
	define(cmd.Flags(), &o.NoData, "nodata", "", "", "V", "number that stands for no data in arrays and text: it is read as NaN. BLANK of FITS and GDAL_NODATA of TIFF count without it", optional(anyFinite))
	defineFormat(cmd, &o.Format, "input-format", "format of the input, if neither its content nor its name shows it", imageio.Format.CanRead)
}

// addWriting adds the flags that say how results are written.
func addWriting(cmd *cobra.Command, o *imageio.WriteOptions, mapping imageio.Mapping) {
	fs := cmd.Flags()
	defineEnum(cmd, &o.Map, "map", mapping.String(), "conversion of numbers to pixels: clip to 0..1, absolute value, min..max to 0..1, or 0.5 + v/2", imageio.MappingNames, imageio.ParseMapping)
	define(fs, &o.Depth, "depth", "", "", "8|16", "bits of a pixel (default: those of the input, 8 for an input of numbers). With it, .npy and .fits hold pixels instead of floats. Whole numbers of such a file keep their values", func(s string) (int, error) {
		w, err := word("8", "16")(s)
		return map[string]int{"8": 8, "16": 16}[w], err
	})
	complete(cmd, "depth", []string{"8", "16"})
	defineFormat(cmd, &o.Format, "format", "format of the output (default: by the extension of -o, csv for standard output)", imageio.Format.CanWrite)
	define(fs, &o.Quality, "quality", "", strconv.Itoa(imageio.DefaultQuality), "1..100", "JPEG quality. Higher values keep more detail in larger files", whole(1, 100))
	defineEnum(cmd, &o.PNGLevel, "png-level", "default", "PNG compression effort. No level changes a pixel", imageio.PNGLevels, word(imageio.PNGLevels...))
	addDigits(cmd, &o.Digits)
}

// defineFormat adds a flag that takes the name, or an extension, of some
// formats.
func defineFormat(cmd *cobra.Command, to *string, name, help string, keep func(imageio.Format) bool) {
	var names []string
	for _, f := range imageio.Formats() {
		if keep(f) {
			names = append(names, f.Name)
		}
	}
	define(cmd.Flags(), to, name, "", "", "NAME", help, func(s string) (string, error) {
		if f, ok := imageio.FormatNamed(s); ok {
			s = f.Name
		}
		return word(names...)(s)
	})
	complete(cmd, name, names)
}

func addDigits(cmd *cobra.Command, to *int) {
	*to = -1
	define(cmd.Flags(), to, "digits", "", "", "N", "decimals of numbers in text (default: the fewest that read back to the same value)", whole(0, maxDigits))
}

// addThrough adds the flags of commands that turn images into images.
func addThrough(cmd *cobra.Command, f *filter) {
	fs := cmd.Flags()
	definePath(fs, &f.output, "output", "o", "FILE|DIR", "output file or folder, or - for standard output")
	must(cmd.MarkFlagFilename("output", extensions(imageio.Format.CanWrite)...))
	defineEnum(cmd, &f.method, "method", "auto", "algorithm. All give the same numbers within rounding", method.Names(), method.Parse)
	defineEnum(cmd, &f.precision, "precision", "auto", "arithmetic. auto is float32 for pixels and float64 for numbers", precisions, word(precisions...))
	addGeometry(cmd, &f.geometry)
	addReading(cmd, &f.read)
	addBatch(cmd, &f.batch)
}

// addBatch adds the flags of commands that take many inputs.
func addBatch(cmd *cobra.Command, b *batch) {
	fs := cmd.Flags()
	definePath(fs, &b.list, "files-from", "", "LIST", "file with more inputs, one path a line, or separated by NUL as from find -print0. - is standard input")
	fs.BoolVar(&b.keepGoing, "keep-going", false, "report inputs that fail, and continue with the others")
	fs.BoolVar(&b.inPlace, "in-place", false, "replace each input by its result. Without -o")
	fs.BoolVar(&b.skipExisting, "skip-existing", false, "skip inputs whose output exists, to resume a stopped run")
	addShard(fs, &b.shard, "inputs")
	definePath(fs, &b.summary, "summary", "", "FILE.jsonl", "write a line of JSON for each input: input, output, status, error, exit_code, seconds. - is standard output")
}

// extensions are the endings of the names of some formats' files.
func extensions(keep func(imageio.Format) bool) []string {
	var list []string
	for _, f := range imageio.Formats() {
		if keep(f) {
			for _, e := range f.Extensions {
				list = append(list, strings.TrimPrefix(e, "."))
			}
		}
	}
	return list
}

// completeImages completes the names of files that can be read.
func completeImages(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return extensions(imageio.Format.CanRead), cobra.ShellCompDirectiveFilterFileExt
}

var precisions = []string{"auto", "float32", "float64"}

// addKernels adds -k, which may be given several times.
func addKernels(cmd *cobra.Command, to *[]string) {
	f := &list{to: to}
	cmd.Flags().VarP(f, "kernel", "k", `matrix like "1 0 -1; 2 0 -2; 1 0 -1", file, - for standard input, or name (see convkit kernels). Several apply one after the other`)
	must(cmd.RegisterFlagCompletionFunc("kernel", completeKernel))
}

func completeKernel(_ *cobra.Command, _ []string, begin string) ([]string, cobra.ShellCompDirective) {
	var names []string
	for _, k := range kernel.Names() {
		if strings.HasPrefix(k.Name, begin) {
			names = append(names, k.Name+"\t"+k.Summary)
		}
	}
	return names, cobra.ShellCompDirectiveDefault
}

// readKernel parses a kernel as it was typed; files are opened, and - is
// standard input. What is wrong within a file is bad data.
func (a *app) readKernel(ctx context.Context, spec string) (tensor.Kernel, error) {
	if strings.TrimSpace(spec) == "" {
		return tensor.Kernel{}, usage(`give a matrix like "1,-1", a file, or a name: convkit kernels lists them`, "the kernel is empty")
	}
	if strings.ContainsRune(spec, '−') && !exists(spec) {
		return tensor.Kernel{}, usage("type - instead", "the kernel %q has the minus sign of typeset text (U+2212)", spec)
	}
	if spec == "ernel" {
		return tensor.Kernel{}, usage("write --kernel, with two dashes", "-kernel is read as -k ernel")
	}
	return await(ctx, func() (tensor.Kernel, error) { return kernel.Parse(spec, a.openKernel) })
}

// openKernel opens a kernel file, or standard input for -.
func (a *app) openKernel(name string) (io.ReadCloser, error) {
	a.limitTo(name)
	if name == "-" {
		return a.open(name, false)
	}
	info, err := os.Stat(name)
	if err == nil && info.IsDir() {
		return nil, &failure{code: exit.Failed, err: errors.New(name + " is a folder, not a kernel")}
	}
	f, err := a.open(name, false)
	if errors.Is(err, fs.ErrNotExist) && inAnotherBase(name) {
		return nil, usage("write numbers like 16, 0.5 or 1/3", "the kernel %q has numbers that are not decimal", name)
	}
	if err != nil {
		return nil, &failure{code: exit.Failed, err: err, hint: "a kernel is a matrix, a file or a name: convkit kernels lists the names"}
	}
	return f, nil
}

// inAnotherBase reports whether a text holds numbers like 0x10.
func inAnotherBase(s string) bool {
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" \t,;", r) }) {
		if _, err := strconv.ParseInt(w, 0, 64); err == nil && strings.ContainsAny(w, "xXbBoO") {
			return true
		}
	}
	return false
}
