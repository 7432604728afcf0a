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
	"github.com/convkit/convkit/internal/imageio"
	"github.com/convkit/convkit/internal/kernel"
	"github.com/convkit/convkit/internal/tensor"
)

// addGeometry adds the flags of the operator's geometry.
func addGeometry(cmd *cobra.Command, o *corr.Options) {
	fs := cmd.Flags()
	define(fs, &o.Padding, "padding", "", "valid", "PADDING", "rows and columns added around the image: valid, same, full, N, HxW or T,B,L,R; same puts an odd one at the bottom and right", corr.ParsePadding)
	complete(cmd, "padding", corr.PaddingNames())
	define(fs, &o.Border, "border", "", "zeros", "BORDER", "what stands in the padding: zeros, constant:V, replicate (edge, nearest), reflect (mirror, reflect101), symmetric or circular (wrap); reflect does not repeat the edge, symmetric does", corr.ParseBorder)
	complete(cmd, "border", corr.BorderNames())
	define(fs, &o.Stride, "stride", "", "1", "N|HxW", "step between outputs", corr.ParseSize)
	define(fs, &o.Dilation, "dilation", "", "1", "N|HxW", "distance between taps", corr.ParseSize)
	fs.BoolVar(&o.Convolve, "convolve", false, "flip the kernel both ways first (convolution)")
}

// addReading adds the flags that say how pictures are read.
func addReading(cmd *cobra.Command, o *imageio.ReadOptions) {
	defineEnum(cmd, &o.Values, "values", "unit", "what a pixel stands for: 0..1, or the stored whole number", imageio.ValuesNames, imageio.ParseValues)
	cmd.Flags().BoolVar(&o.Gray, "gray", false, "make one plane of a colour picture (Rec. 601 luma of the stored values)")
	defineEnum(cmd, &o.Alpha, "alpha", "keep", "alpha passes through untouched, is filtered (colours are multiplied by it first and divided by it afterwards; arrays get it as their last plane), or is dropped", imageio.AlphaModeNames, imageio.ParseAlphaMode)
	cmd.Flags().BoolVar(&o.Linear, "linear", false, "compute in linear light: pixels are decoded by the transfer function of sRGB, and encoded again where pixels are written; text and arrays without --depth get linear numbers")
	defineEnum(cmd, &o.Layout, "layout", "chw", "order of the axes of an NPY of rank 3: planes first, or planes last; it is written as it is read", imageio.LayoutNames, word(imageio.LayoutNames...))
	addPage(cmd, &o.Page)
	defineFormat(cmd, &o.Format, "input-format", "format of the input, where neither its content nor its name tells", imageio.Format.CanRead)
}

func addPage(cmd *cobra.Command, to *int) {
	define(cmd.Flags(), to, "page", "", "0", "N", "which picture of a file that holds several, counted from 0: a page of TIFF, a frame of GIF, a part (HDU) of FITS", whole(0, maxCount))
}

// addWriting adds the flags that say how results are written.
func addWriting(cmd *cobra.Command, o *imageio.WriteOptions, mapping imageio.Mapping) {
	fs := cmd.Flags()
	defineEnum(cmd, &o.Map, "map", mapping.String(), "how numbers become pixels: clip to 0..1, absolute value, min..max to 0..1, or 0.5 + v/2", imageio.MappingNames, imageio.ParseMapping)
	define(fs, &o.Depth, "depth", "", "", "8|16", "bits of a pixel; where not given the input's, 8 for an input of numbers. An .npy or .fits gets pixels instead of floats; whole numbers of such a file keep their values", func(s string) (int, error) {
		w, err := word("8", "16")(s)
		return map[string]int{"8": 8, "16": 16}[w], err
	})
	complete(cmd, "depth", []string{"8", "16"})
	defineFormat(cmd, &o.Format, "format", "format of the output; csv for standard output, else by the extension of -o", imageio.Format.CanWrite)
	define(fs, &o.Quality, "quality", "", strconv.Itoa(imageio.DefaultQuality), "1..100", "of a JPEG: higher keeps more and takes more room", whole(1, 100))
	defineEnum(cmd, &o.PNGLevel, "png-level", "default", "of a PNG: how hard to look for a smaller file; none changes a pixel", imageio.PNGLevels, word(imageio.PNGLevels...))
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
	define(cmd.Flags(), to, "digits", "", "", "N", "decimals of numbers in text; as few as read back to the same value where not given", whole(0, maxDigits))
}

// addThrough adds the flags of commands that turn images into images.
func addThrough(cmd *cobra.Command, f *filter) {
	fs := cmd.Flags()
	definePath(fs, &f.output, "output", "o", "FILE|DIR", "where the result goes; - is standard output")
	must(cmd.MarkFlagFilename("output", extensions(imageio.Format.CanWrite)...))
	defineEnum(cmd, &f.method, "method", "auto", "how it is computed; all give the same numbers within rounding", corr.MethodNames(), corr.ParseMethod)
	defineEnum(cmd, &f.precision, "precision", "auto", "arithmetic: float32 for pixels, float64 for numbers, or as said", precisions, word(precisions...))
	addGeometry(cmd, &f.geometry)
	addReading(cmd, &f.read)
	addBatch(cmd, &f.batch)
}

// addBatch adds the flags of commands that take many inputs.
func addBatch(cmd *cobra.Command, b *batch) {
	fs := cmd.Flags()
	definePath(fs, &b.list, "files-from", "", "LIST", "more inputs, one path a line (or ended by NUL, as find -print0 does); - is standard input")
	fs.BoolVar(&b.keepGoing, "keep-going", false, "name inputs that fail, and go on with the rest")
	fs.BoolVar(&b.inPlace, "in-place", false, "replace each input by its result; without -o")
	fs.BoolVar(&b.skipExisting, "skip-existing", false, "leave inputs whose output is there already, to resume a stopped run")
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
	cmd.Flags().VarP(f, "kernel", "k", `a matrix like "1 0 -1; 2 0 -2; 1 0 -1", a file, -, or a name (see convkit kernels); several apply one after the other`)
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
		return nil, &failure{code: exitFailed, err: errors.New(name + " is a folder, not a kernel")}
	}
	f, err := a.open(name, false)
	if errors.Is(err, fs.ErrNotExist) && inAnotherBase(name) {
		return nil, usage("write numbers like 16, 0.5 or 1/3", "the kernel %q has numbers that are not decimal", name)
	}
	if err != nil {
		return nil, &failure{code: exitFailed, err: err, hint: "a kernel is a matrix, a file or a name: convkit kernels lists the names"}
	}
	return f, nil
}

// inAnotherBase tells whether a text holds numbers like 0x10.
func inAnotherBase(s string) bool {
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" \t,;", r) }) {
		if _, err := strconv.ParseInt(w, 0, 64); err == nil && strings.ContainsAny(w, "xXbBoO") {
			return true
		}
	}
	return false
}
