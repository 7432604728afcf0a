package main

import (
	"context"
	"io"
	"path/filepath"
	"strings"

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
		Use:   "show KERNEL… [REPORT.json] [-o FIGURE]",
		Short: "Draw kernels and their frequency responses",
		Long: `Draw kernels: the taps in colours around 0, and the frequency response.

Cells up to 15x15 hold the numbers. If the report of a fit follows its kernel, the
standard errors stand below the taps. Several kernels lie side by side, with common
colours. The response is the gain in decibels over the plane of frequencies, and cuts
along x, along y and along the diagonal. Levels 80 dB below the largest gain are cut
off.

-o writes an SVG, PNG or PDF. Without -o the figure is drawn with characters, on a
terminal in colours. Without colours, taps are tenths of the largest one: 0 to 9 for
positive taps, a to j for negative ones.`,
		Example: `  convkit show sobel-x
  convkit show sobel-x scharr-x -o kernels.svg
  convkit learn before.csv after.csv --report fit.json -o kernel.csv && convkit show kernel.csv fit.json -o fit.pdf`,
		Args: cobra.MinimumNArgs(1),
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

// run reads all files, and draws them.
func (s *shower) run(ctx context.Context) error {
	kernels, err := s.kernels(ctx)
	if err != nil {
		return err
	}
	if s.output == "" {
		return report.KernelsText(s.stdout, kernels, s.width, s.colours)
	}
	return s.writeFigure(report.Kernels(kernels), s.output, s.format)
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

// kernels reads the kernels, and gives each the standard errors of a report that
// follows it.
func (s *shower) kernels(ctx context.Context) ([]report.Kernel, error) {
	var list []report.Kernel
	for _, name := range s.inputs {
		fit, ok, err := s.readFit(ctx, name)
		if err != nil {
			return nil, err
		}
		if ok {
			if len(list) == 0 {
				return nil, usage("give the kernel first, then its report", "%s is a report of a fit, and no kernel stands before it", name)
			}
			last := &list[len(list)-1]
			if last.Errors, err = fit.ErrorsOf(last.Kernel); err != nil {
				return nil, badData("give the report that was written with the kernel", "%s: %w", name, err)
			}
			continue
		}
		k, err := s.readKernel(ctx, name)
		if err != nil {
			return nil, err
		}
		list = append(list, report.Kernel{Name: shownName(name), Kernel: k})
	}
	return list, nil
}

// maxReport bounds a report's file: 64 planes of a large kernel have less.
const maxReport = 64 << 20

// readFit reads the report of a fit. ok is false if the file is none.
func (s *shower) readFit(ctx context.Context, name string) (fit *report.Fit, ok bool, err error) {
	if !kernel.NamesFile(name) || strings.ToLower(filepath.Ext(name)) != ".json" {
		return nil, false, nil
	}
	data, err := await(ctx, func() ([]byte, error) {
		in, err := s.open(name, false)
		if err != nil {
			return nil, err
		}
		defer in.Close()
		return io.ReadAll(io.LimitReader(in, maxReport))
	})
	if err != nil {
		return nil, false, err
	}
	fit, ok, err = report.ParseFit(data)
	if err != nil {
		return nil, ok, badData("--report of convkit learn writes them, unless a descent has not converged", "%s: %w", name, err)
	}
	return fit, ok, nil
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
