package main

import (
	"context"
	"io"
	"path/filepath"
	"slices"
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
		Use:   "show FILE… [-o FIGURE]",
		Short: "Draw kernels, their frequency responses, and logs",
		Long: `Draw kernels, or the logs of fits. A file's content tells which it is.

A kernel is drawn as its taps, in colours around 0, and as its frequency response.

Cells up to 15x15 hold the numbers. If the report of a fit follows its kernel, the
standard errors stand below the taps. Several kernels lie side by side, with common
colours. The response is the gain in decibels over the plane of frequencies, and cuts
along x, along y and along the diagonal. Levels 80 dB below the largest gain are cut
off.

A log (.csv or .jsonl of learn --log) is drawn as loss against epochs, on a logarithmic
axis, with the best possible loss. Several logs share the axes.

-o writes an SVG, PNG or PDF. Without -o the figure is drawn with characters, on a
terminal in colours. Without colours, taps are tenths of the largest one: 0 to 9 for
positive taps, a to j for negative ones.`,
		Example: `  convkit show sobel-x
  convkit show sobel-x scharr-x -o kernels.svg
  convkit learn --log loss.csv -q -o kernel.csv && convkit show loss.csv -o loss.png
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
	kernels, logs, err := s.read(ctx)
	switch {
	case err != nil:
		return err
	case len(logs) > 0 && len(kernels) > 0:
		return usage("draw them in two commands", "kernels and logs do not go into one figure")
	case s.output == "" && len(logs) > 0:
		return report.LogsText(s.stdout, logs, s.width)
	case s.output == "":
		return report.KernelsText(s.stdout, kernels, s.width, s.colours)
	case len(logs) > 0:
		return s.writeFigure(report.Logs(logs), s.output, s.format)
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

// read reads kernels and logs, each told by its content, and gives each kernel the
// standard errors of a report that follows it.
func (s *shower) read(ctx context.Context) (kernels []report.Kernel, logs []report.Log, err error) {
	for _, name := range s.inputs {
		data, err := s.peek(ctx, name)
		if err != nil {
			return nil, nil, err
		}
		if log, ok, err := report.ParseLog(data); err != nil {
			return nil, nil, badData("convkit learn --log writes such files", "%s: %w", name, err)
		} else if ok {
			log.Name = shownName(name)
			logs = append(logs, log)
			continue
		}
		fit, ok, err := report.ParseFit(data)
		switch {
		case err != nil:
			return nil, nil, badData("--report of convkit learn writes them, unless a descent has not converged", "%s: %w", name, err)
		case ok && len(kernels) == 0:
			return nil, nil, usage("give the kernel first, then its report", "%s is a report of a fit, and no kernel stands before it", name)
		case ok:
			last := &kernels[len(kernels)-1]
			if last.Errors, err = fit.ErrorsOf(last.Kernel); err != nil {
				return nil, nil, badData("give the report that was written with the kernel", "%s: %w", name, err)
			}
			continue
		}
		k, err := s.readKernel(ctx, name)
		if err != nil {
			return nil, nil, err
		}
		kernels = append(kernels, report.Kernel{Name: shownName(name), Kernel: k})
	}
	return kernels, logs, nil
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
