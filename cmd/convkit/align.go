package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
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
	maskA   string
	maskB   string
}

func newAlign(a *app) *cobra.Command {
	l := &aligner{app: a}
	cmd := &cobra.Command{
		Use:   "align A B [--model shift|rigid|similarity] [-o MOVED]",
		Short: "Find the shift between two images",
		Long: `Find the shift between two images of one scene, to a few hundredths of a pixel. The
output is CSV: dy,dx,confidence.

The shift moves B onto A. A shows at (y+dy, x+dx) the point that B shows at (y, x). A
positive dy moves B down, a positive dx moves it right. scikit-image's
phase_cross_correlation(A, B) has the same sign. The images need not be periodic. Each
may show parts that the other lacks, but a tenth of each side must overlap.

Candidates come from phase correlation and from the correlation coefficient at every
whole shift. A least-squares fit of the overlap gives the fraction. It also fits a
difference of brightness and of contrast.

--model rigid finds a rotation too, --model similarity also a scale. The output is then
dy,dx,angle,scale,confidence. The angle is in degrees from +x toward +y, about the centre
of B. The shift is the one that remains after rotation and scale.

The confidence lies between 0 and 1. It is 1 less the ratio of the evidence for the next
best shift to the evidence for this one. It falls if the standard error of the shift
exceeds a tenth of a pixel. It also falls if parts of the images move differently, as
under a rotation. Distrust a shift below 0.2; a warning then names the reason.
--format json adds the standard errors dy_error and dx_error, in pixels.

If B is a stack, as FILE.tif[*], the table has a line for each page: page,dy,dx,confidence.

-o writes B moved onto A. Shifts use Lanczos' filter, the other models a windowed sinc.
From FITS to FITS a shift keeps the header, with its world coordinates moved.`,
		Example: `  convkit align first.png second.png
  convkit align first.png second.png --max-shift 20 -o second-on-first.png
  convkit align first.png turned.png --model rigid
  convkit align a.fits b.fits --mask good.fits --mask-b good.fits
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
	defineEnum(cmd, &l.options.Model, "model", "shift", "motion to look for", align.ModelNames(), align.ParseModel)
	definePath(fs, &l.maskA, "mask", "", "FILE", "exclude pixels of A where this picture or matrix is 0 or NaN")
	definePath(fs, &l.maskB, "mask-b", "", "FILE", "exclude pixels of B where this picture or matrix is 0 or NaN")
	definePath(fs, &l.output, "output", "o", "FILE", "write B moved onto A. - writes it to standard output instead of the shift")
	must(cmd.MarkFlagFilename("output", extensions(imageio.Format.CanWrite)...))
	addReading(cmd, &l.read)
	addWriting(cmd, &l.write, imageio.MapClip)
	fs.Lookup("format").Usage = "format of the table: csv, tsv or json (default csv). With -o - it is the format of the image"
	fs.Lookup("digits").Usage = "decimals of numbers in text (default for the table: thousandths)"
	brief(cmd, "convkit align first.png second.png --max-shift 20 -o second-on-first.png",
		"model", "max-shift", "mask", "mask-b", "output", "format", "digits", "gray", "page")
	groupFlags(cmd,
		flagGroup{"Motion", []string{"model", "max-shift", "mask", "mask-b"}},
		imageFlags,
		writingFlags,
	)
	return cmd
}

func (l *aligner) run(ctx context.Context, first, second string) error {
	if err := checkFile(l.output); err != nil {
		return err
	}
	l.willRead(first, second, l.maskA, l.maskB)
	if err := l.mayWrite(l.output); err != nil {
		return err
	}
	a, err := l.readImage(ctx, first, l.read)
	if err != nil {
		return err
	}
	var pages *imageio.Album // of a stack
	b, err := l.readFrom(ctx, second, l.read, func(album *imageio.Album) (*imageio.Image, error) {
		if album.Len() == 1 || !album.IsStack() {
			return album.One()
		}
		pages = album
		return album.Read(0)
	})
	if err != nil {
		return err
	}
	l.options.Threads = l.threads
	if l.options.MaskA, err = l.readMask(ctx, l.maskA, "--mask"); err != nil {
		return err
	}
	if l.options.MaskB, err = l.readMask(ctx, l.maskB, "--mask-b"); err != nil {
		return err
	}
	if pages != nil {
		return l.alignStack(ctx, a, b, pages)
	}
	s, err := l.find(ctx, a, b)
	if err != nil {
		return err
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

// alignError says what to do about an error of align.
func alignError(err error) error {
	if errors.Is(err, align.ErrNotFinite) {
		return badData("exclude such pixels with --mask and --mask-b, or crop the image", "%w", err)
	}
	return asData(err)
}

// readMask reads a mask of one plane, or none where no file is named.
func (l *aligner) readMask(ctx context.Context, path, flag string) (tensor.Source[float64], error) {
	if path == "" {
		return nil, nil
	}
	img, err := l.readImage(ctx, path, imageio.ReadOptions{Alpha: imageio.AlphaDrop})
	if err != nil {
		return nil, err
	}
	if c := img.Shape().C; c != 1 {
		return nil, badData("give a mask of one plane", "%s: %s has %d planes", flag, path, c)
	}
	return imageio.Rows[float64](img), nil
}

// move writes B where A is, in the arithmetic that fits it.
func (l *aligner) move(ctx context.Context, a, b *imageio.Image, s align.Shift, o imageio.WriteOptions) error {
	if l.options.Model != align.ShiftOnly {
		if b.HasAlpha() {
			return badData("add --alpha drop", "-o cannot rotate the alpha plane of the second image")
		}
		return writeWarped(ctx, l.app, a, b, s, l.output, o)
	}
	h, w := a.Shape().H, a.Shape().W
	o.AlphaAt = imageio.AlphaWindow{Top: -s.WholeY, Left: -s.WholeX}
	o.KeepCards = true
	o.CardsBy.Y, o.CardsBy.X = s.Y-float64(s.WholeY), s.X-float64(s.WholeX)
	if b.Kind() == imageio.Pixels {
		return emit[float32](ctx, l.app, align.NewMoved(tensor.Source[float32](imageio.Rows[float32](b)), s.Y, s.X, h, w), l.output, o)
	}
	return emit[float64](ctx, l.app, align.NewMoved(tensor.Source[float64](imageio.Rows[float64](b)), s.Y, s.X, h, w), l.output, o)
}

// writeWarped writes B rotated, scaled and shifted onto A.
func writeWarped(ctx context.Context, app *app, a, b *imageio.Image, s align.Shift, path string, o imageio.WriteOptions) error {
	h, w := a.Shape().H, a.Shape().W
	if b.Kind() == imageio.Pixels {
		v, err := align.NewWarped(tensor.Source[float32](imageio.Rows[float32](b)), s, h, w)
		if err != nil {
			return err
		}
		return emit[float32](ctx, app, v, path, o)
	}
	v, err := align.NewWarped(tensor.Source[float64](imageio.Rows[float64](b)), s, h, w)
	if err != nil {
		return err
	}
	return emit[float64](ctx, app, v, path, o)
}

// doubts says what lowers a confidence, and the remedy.
var doubts = map[align.Doubt]string{
	align.NoDoubt:      "no single reason",
	align.OtherFits:    "another shift fits about as well; --max-shift excludes large ones, --mask what stands still",
	align.Undetermined: "the images do not determine the shift along some direction",
	align.PartsDiffer:  "parts of the images are shifted differently; try --model rigid or similarity",
	align.Limited:      "a better shift exceeds --max-shift",
}

// print writes the motion, to thousandths without --digits: more is not in it.
func (l *aligner) print(s align.Shift) error {
	if s.Confidence < leastConfidence {
		l.warn("confidence %s: %s", rounded(s.Confidence, 3, l.write.Digits), doubts[s.Doubt])
	}
	names, numbers := l.row(s)
	if l.write.Format != "json" {
		return l.printTable(l.write.Format, names, numbers)
	}
	_, err := fmt.Fprintln(l.stdout, object(names, numbers))
	return err
}

// row returns the names and the numbers of a motion; in JSON, the standard errors
// too.
func (l *aligner) row(s align.Shift) (names []string, numbers []json.Number) {
	d := l.write.Digits
	names = []string{"dy", "dx"}
	numbers = []json.Number{rounded(s.Y, 3, d), rounded(s.X, 3, d)}
	if l.options.Model != align.ShiftOnly {
		names = append(names, "angle", "scale")
		numbers = append(numbers, rounded(s.Angle, 3, d), rounded(s.Scale, 5, d))
	}
	names, numbers = append(names, "confidence"), append(numbers, rounded(s.Confidence, 3, d))
	if l.write.Format != "json" {
		return names, numbers
	}
	null := func(v float64) json.Number {
		if math.IsInf(v, 0) {
			return "null"
		}
		return rounded(v, 4, d)
	}
	return append(names, "dy_error", "dx_error"), append(numbers, null(s.ErrorY), null(s.ErrorX))
}
