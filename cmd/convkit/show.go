package main

import (
	"context"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/convkit/convkit/internal/imageio"
	"github.com/convkit/convkit/internal/kernel"
	"github.com/convkit/convkit/internal/report"
	"github.com/spf13/cobra"
)

// shower is a run of show.
type shower struct {
	*app
	*showOptions
}

func newShow(a *app) *cobra.Command {
	flags := &showFlags{}
	cmd := &cobra.Command{
		Use:   "show FILE… [-o FIGURE]",
		Short: "Draw kernels, images and the logs of fits",
		Long: `Draw kernels, images, or the logs of fits. A file's content tells which it is.

A kernel is drawn as its taps, in colours around 0, and as its frequency response.

Cells up to 15x15 hold the numbers. If the report of a fit follows its kernel, the
standard errors stand below the taps. Several kernels lie side by side, with common
colours. The response is the gain in decibels over the plane of frequencies, and cuts
along x, along y and along the diagonal. Levels 80 dB below the largest gain are cut
off.

A log (.csv or .jsonl of learn --log) is drawn as loss against epochs, on a logarithmic
axis, with the best possible loss. Several logs share the axes.

An image is drawn in grey levels with their values; three planes of pixels are colours,
in the terminal grey. Pixels are as they are, numbers from the smallest to the largest.
--stretch zscale shows the sky of an astronomer's image, asinh its stars, too. Images of
more than 1024 rows or columns are drawn as means of blocks, which the title says.

--window X KERNEL writes a page for a browser, on which the kernel slides over X. It
shows the products and the sum of each output. Padding, border, stride and dilation can
be changed there. The page stands alone and loads nothing. X and KERNEL have up to 64
rows and columns.

-o writes an SVG, PNG or PDF. Without -o the figure is drawn with characters, on a
terminal in colours. Without colours, taps are tenths of the largest one: 0 to 9 for
positive taps, a to j for negative ones.`,
		Example: `  convkit show sobel-x
  convkit show sobel-x scharr-x -o kernels.svg
  convkit show stars.fits --stretch asinh -o stars.png
  convkit show --window -o page.html
  convkit learn --log loss.csv -q -o kernel.csv && convkit show loss.csv -o loss.png
  convkit learn before.csv after.csv --report fit.json -o kernel.csv && convkit show kernel.csv fit.json -o fit.pdf`,
		Args: cobra.ArbitraryArgs,
		ValidArgsFunction: func(cmd *cobra.Command, args []string, begin string) ([]string, cobra.ShellCompDirective) {
			return completeKernel(cmd, args, begin)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			o, err := flags.check(a, args)
			if err != nil {
				return err
			}
			return (&shower{a, o}).run(cmd.Context())
		},
	}
	flags.add(cmd)
	return cmd
}

// shown is what the files of one command hold.
type shown struct {
	kernels []report.Kernel
	logs    []report.Log
	images  []report.Image
}

// kinds returns how many kinds of things there are: one figure draws one kind.
func (d *shown) kinds() (n int) {
	for _, length := range []int{len(d.kernels), len(d.logs), len(d.images)} {
		n += min(length, 1)
	}
	return n
}

// run reads all files, and draws them.
func (s *shower) run(ctx context.Context) error {
	if s.window {
		return s.writeWindow(ctx)
	}
	d, err := s.read(ctx)
	if err == nil && d.kinds() > 1 {
		err = usage("draw them in several commands", "kernels, logs and images do not go into one figure")
	}
	switch {
	case err != nil:
		return err
	case s.output != "":
		return s.draw(ctx, d)
	case len(d.logs) > 0:
		return report.LogsText(s.stdout, d.logs, s.width)
	case len(d.images) > 0:
		return report.ImagesText(ctx, s.stdout, d.images, s.stretch, s.width, s.colours)
	}
	return report.KernelsText(s.stdout, d.kernels, s.width, s.colours)
}

// draw writes the figure.
func (s *shower) draw(ctx context.Context, d *shown) error {
	f := report.Kernels(d.kernels)
	switch {
	case len(d.logs) > 0:
		f = report.Logs(d.logs)
	case len(d.images) > 0:
		var err error
		if f, err = report.Images(ctx, d.images, s.stretch); err != nil {
			return err
		}
	}
	return s.writeFigure(f, s.output, s.format)
}

// writeFigure writes a figure to a file, or to standard output for -.
func (a *app) writeFigure(f *report.Figure, path string, format report.Format) error {
	if path == "-" {
		return f.Write(a.stdout, format)
	}
	if err := a.files.Write(path, func(w io.Writer) error { return f.Write(w, format) }); err != nil {
		return err
	}
	return a.files.Commit()
}

// read reads all files, each told by its content or its format. A report of a fit gives
// the kernel before it standard errors.
func (s *shower) read(ctx context.Context) (*shown, error) {
	d := &shown{}
	for _, name := range s.inputs {
		if s.isImage(name) {
			if err := s.readPicture(ctx, d, name); err != nil {
				return nil, err
			}
			continue
		}
		data, err := s.peek(ctx, name)
		if err != nil {
			return nil, err
		}
		done, err := s.parse(d, name, data)
		if err == nil && !done {
			err = s.readNumbers(ctx, d, name)
		}
		if err != nil {
			return nil, err
		}
	}
	return d, nil
}

// parse adds a log, or the report of a fit. done is false if data are something else.
func (s *shower) parse(d *shown, name string, data []byte) (done bool, err error) {
	log, done, err := report.ParseLog(data)
	if err != nil {
		return done, badData("convkit learn --log writes such files", "%s: %w", name, err)
	}
	if done {
		log.Name = shownName(name)
		d.logs = append(d.logs, log)
		return true, nil
	}
	fit, done, err := report.ParseFit(data)
	switch {
	case err != nil:
		return done, badData("--report of convkit learn writes them, unless a descent has not converged", "%s: %w", name, err)
	case done && len(d.kernels) == 0:
		return done, usage("give the kernel first, then its report", "%s is a report of a fit, and no kernel stands before it", name)
	case done:
		last := &d.kernels[len(d.kernels)-1]
		if last.Errors, err = fit.ErrorsOf(last.Kernel); err != nil {
			return done, badData("give the report that was written with the kernel", "%s: %w", name, err)
		}
	}
	return done, nil
}

// largestKernel is the side above which numbers are drawn as an image unless --as says
// otherwise.
const largestKernel = 128

// readNumbers adds a kernel, or an image if it is large.
func (s *shower) readNumbers(ctx context.Context, d *shown, name string) error {
	k, err := s.readKernel(ctx, name)
	if err != nil {
		return err
	}
	if s.as.auto && name != "-" && kernel.NamesFile(name) && max(k.H, k.W) > largestKernel {
		return s.readPicture(ctx, d, name)
	}
	d.kernels = append(d.kernels, report.Kernel{Name: shownName(name), Kernel: k})
	return nil
}

// isImage reports whether a file is an image by its format, as far as its name tells.
func (s *shower) isImage(name string) bool {
	if !s.as.auto {
		return s.as.value == asImage
	}
	if bare, _, ok := strings.Cut(name, "["); ok && strings.HasSuffix(name, "]") {
		name = bare // FILE[SEL]
	}
	if !kernel.NamesFile(name) || name == "-" {
		return false
	}
	format, err := imageio.FormatOf(name)
	f, known := imageio.FormatNamed(format)
	return err == nil && known && (f.Kind == imageio.Pixels || f.Name == "fits")
}

// readPicture adds an image.
func (s *shower) readPicture(ctx context.Context, d *shown, name string) error {
	o := imageio.ReadOptions{Alpha: imageio.AlphaDrop, Values: imageio.RawValues, Gray: s.output == ""}
	img, err := s.readImage(ctx, name, o)
	if err != nil {
		return err
	}
	m := report.Image{Name: shownName(name), Rows: imageio.Rows[float64](img), Pixel: report.PixelScale(img.Header())}
	if img.Kind() == imageio.Pixels {
		m.Full, m.Colour = img.Full(), img.Shape().C == 3 && img.Shape().N == 1
	}
	d.images = append(d.images, m)
	return nil
}

// maxPeeked bounds a report or a log: a million epochs have less.
const maxPeeked = 256 << 20

// peek returns the content of a file that may be a report or a log, and nothing of
// others.
func (s *shower) peek(ctx context.Context, name string) ([]byte, error) {
	ext := strings.ToLower(filepath.Ext(name))
	if !kernel.NamesFile(name) || !slices.Contains([]string{".json", ".jsonl", ".csv"}, ext) {
		return nil, nil
	}
	data, err := await(ctx, func() ([]byte, error) {
		in, err := s.openKernel(name)
		if err != nil {
			return nil, err
		}
		defer in.Close()
		return io.ReadAll(io.LimitReader(in, maxPeeked+1))
	})
	if len(data) > maxPeeked {
		return nil, badData("", "%s has more than %d bytes, too many for a report or a log", name, maxPeeked)
	}
	return data, err
}

// shownName returns a short title of a kernel: the name of its file, or its text.
func shownName(spec string) string {
	const most = 32
	switch {
	case spec == "-":
		return "standard input"
	case kernel.NamesFile(spec):
		spec = filepath.Base(spec)
	}
	if text := []rune(spec); len(text) > most {
		return string(text[:most-1]) + "…"
	}
	return spec
}
