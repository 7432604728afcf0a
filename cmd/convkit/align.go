package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/convkit/convkit/internal/align"
	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/imageio"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/spf13/cobra"
)

// aligner is an align command as it was asked for.
type aligner struct {
	*app
	options align.Options
	read    imageio.ReadOptions
	write   imageio.WriteOptions
	output  string
}

func newAlign(a *app) *cobra.Command {
	l := &aligner{app: a}
	cmd := &cobra.Command{
		Use:   "align A B [--max-shift N] [-o MOVED]",
		Short: "Find the shift between two images",
		Long: `Find the shift between two images of one scene by phase correlation. Sharp images give
it to a few hundredths of a pixel. The output is CSV: dy,dx,confidence.

The shift moves B onto A. A shows at (y+dy, x+dx) the point that B shows at (y, x). A
positive dy moves B down, a positive dx moves it right. scikit-image's
phase_cross_correlation(A, B) has the same sign. The images need not be periodic. Each
may show parts that the other lacks, but a tenth of each side must overlap.

The confidence lies between 0 and 1. It is the correlation coefficient of the overlap,
times 1 less the ratio of the second best peak to the best. It is near 1 if the images
are alike at one shift only. It is near 0 if they differ, or if another shift fits as
well (repeating patterns). Distrust it below 0.2. --max-shift excludes large shifts.

-o writes B moved onto A, between pixels by Lanczos' filter. From FITS to FITS the
header goes along, with its world coordinates moved.`,
		Example: `  convkit align first.png second.png
  convkit align first.png second.png --max-shift 20 -o second-on-first.png
  convkit align a.fits b.fits --format json | python3 -c 'import json, sys; print(json.load(sys.stdin)["dy"])'`,
		Args:              cobra.ExactArgs(2),
		ValidArgsFunction: completeImages,
		RunE: func(cmd *cobra.Command, args []string) error {
			if a.given(cmd, "format") && l.output != "-" && !slices.Contains(tableFormats, l.write.Format) {
				return usage("-o FILE writes the moved image in the format of the file's name", "the shift is printed as %s, not %s", strings.Join(tableFormats, ", "), l.write.Format)
			}
			if args[0] == "-" && args[1] == "-" {
				return usage("give the other as a file", "standard input (-) can be read only once")
			}
			return l.run(cmd.Context(), args[0], args[1])
		},
	}
	fs := cmd.Flags()
	define(fs, &l.options.MaxShift, "max-shift", "", "-1", "N", "largest shift in rows and in columns, -1 for any", whole(-1, geometry.MaxSize))
	definePath(fs, &l.output, "output", "o", "FILE", "write B moved onto A. - writes it to standard output instead of the shift")
	must(cmd.MarkFlagFilename("output", extensions(imageio.Format.CanWrite)...))
	addReading(cmd, &l.read)
	addWriting(cmd, &l.write, imageio.MapClip)
	fs.Lookup("format").Usage = "format of the table: csv, tsv or json (default csv). With -o - it is the format of the image"
	fs.Lookup("digits").Usage = "decimals of numbers in text (default for the table: thousandths)"
	brief(cmd, "convkit align first.png second.png --max-shift 20 -o second-on-first.png",
		"max-shift", "output", "format", "digits", "gray", "page")
	groupFlags(cmd,
		flagGroup{"Shift", []string{"max-shift"}},
		imageFlags,
		writingFlags,
	)
	return cmd
}

func (l *aligner) run(ctx context.Context, first, second string) error {
	if err := checkFile(l.output); err != nil {
		return err
	}
	l.willRead(first, second)
	if err := l.mayWrite(l.output); err != nil {
		return err
	}
	a, err := l.readImage(ctx, first, l.read)
	if err != nil {
		return err
	}
	b, err := l.readImage(ctx, second, l.read)
	if err != nil {
		return err
	}
	l.options.Threads = l.threads
	var s align.Shift
	if err := l.timed("compute", func() (err error) {
		s, err = align.Find(ctx, imageio.Rows[float64](a), imageio.Rows[float64](b), l.options)
		return err
	}); errors.Is(err, align.ErrNotFinite) {
		return badData("crop the image, or replace such pixels by what is around them", "%w", err)
	} else if err != nil {
		return asData(err)
	}
	if l.output != "" {
		o := l.write
		if o.Like = b; l.output != "-" {
			o.Format = ""
		}
		if err := l.move(ctx, a, b, s, o); err != nil || l.output == "-" {
			return err
		}
		if err := l.files.Commit(); err != nil {
			return err
		}
	}
	return l.print(s)
}

// move writes B where A is, in the arithmetic that fits it.
func (l *aligner) move(ctx context.Context, a, b *imageio.Image, s align.Shift, o imageio.WriteOptions) error {
	h, w := a.Shape().H, a.Shape().W
	o.AlphaAt = imageio.AlphaWindow{Top: -s.WholeY, Left: -s.WholeX}
	o.KeepCards = true
	o.CardsBy.Y, o.CardsBy.X = s.Y-float64(s.WholeY), s.X-float64(s.WholeX)
	if b.Kind() == imageio.Pixels {
		return emit[float32](ctx, l.app, align.NewMoved(tensor.Source[float32](imageio.Rows[float32](b)), s.Y, s.X, h, w), l.output, o)
	}
	return emit[float64](ctx, l.app, align.NewMoved(tensor.Source[float64](imageio.Rows[float64](b)), s.Y, s.X, h, w), l.output, o)
}

// print writes the shift, to thousandths without --digits: more is not in it.
func (l *aligner) print(s align.Shift) error {
	d := l.write.Digits
	dy, dx, c := rounded(s.Y, 3, d), rounded(s.X, 3, d), rounded(s.Confidence, 3, d)
	if s.Confidence < 0.2 {
		l.warn("confidence %s: another shift fits about as well; --max-shift leaves fewer", c)
	}
	if l.write.Format == "json" {
		text, err := json.Marshal(struct {
			Y          json.Number `json:"dy"`
			X          json.Number `json:"dx"`
			Confidence json.Number `json:"confidence"`
		}{dy, dx, c})
		must(err)
		_, err = fmt.Fprintf(l.stdout, "%s\n", text)
		return err
	}
	return l.printTable(l.write.Format, []string{"dy", "dx", "confidence"}, []json.Number{dy, dx, c})
}
