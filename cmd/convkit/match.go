package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/imageio"
	"github.com/convkit/convkit/internal/match"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/spf13/cobra"
)

// matcher is a match command as it was asked for.
type matcher struct {
	*app
	options match.Options
	search  match.Search
	mask    string
	read    imageio.ReadOptions
	output  string
	draw    string
	write   imageio.WriteOptions

	one float64 // the stored number that means 1
}

func newMatch(a *app) *cobra.Command {
	m := &matcher{app: a, one: 1}
	cmd := &cobra.Command{
		Use:   "match IMAGE TEMPLATE [--peaks N] [-o SCORES] [--draw FILE.png]",
		Short: "Find a template in an image",
		Long: `Find the places in an image that look like a template, and print the best as CSV. A
line has the row and column of the window's first pixel, counted from 0, and its score.

With x a window, t the template and m their means in each channel, --score is

  ncc        Σ(x-m)(t-m) / sqrt(Σ(x-m)² Σ(t-m)²)   zero-mean normalised cross-correlation,
                                                   TM_CCOEFF_NORMED, match_template
  zero-mean  Σ(x-m)(t-m)                           TM_CCOEFF
  cosine     Σxt / sqrt(Σx² Σt²)                   normalised, means kept: TM_CCORR_NORMED
  product    Σxt                                   TM_CCORR
  ssd        Σ(x-t)²                               sum of squared differences, TM_SQDIFF
  nssd       Σ(x-t)² / sqrt(Σx² Σt²), at most 1    TM_SQDIFF_NORMED

summed over the channels. The names of OpenCV are accepted too. A constant window has
an ncc of 0. For ssd and nssd the smallest score is the best. A window equal to the
template gives whole numbers. Other places lie between pixels, at the top of the
paraboloid through the scores around them. --no-subpixel keeps them on pixels.

-o writes the score of every place. Element (y, x) belongs to the window that begins at
pixel (y, x). --padding same gives as many scores as pixels. There, (y, x) is the place
of the template's middle, its element (h/2, w/2), as in match_template with pad_input.
The printed places follow the same rule.`,
		Example: `  convkit match photo.png eye.png
  convkit match photo.png coin.png --peaks 24 --min-score 0.6 --draw found.png
  convkit match photo.png cut.png --mask cut-mask.png -o scores.npy
  convkit match photo.png eye.png -o - --format npy | python3 -c 'import numpy, sys; print(numpy.load(sys.stdin.buffer).max())'`,
		Args:              cobra.ExactArgs(2),
		ValidArgsFunction: completeImages,
		RunE: func(cmd *cobra.Command, args []string) error {
			if a.given(cmd, "format") && m.output != "-" && !slices.Contains(tableFormats, m.write.Format) {
				return usage("-o FILE writes scores in the format of the file's name", "places are printed as %s, not %s", strings.Join(tableFormats, ", "), m.write.Format)
			}
			if args[0] == "-" && args[1] == "-" || m.mask == "-" && slices.Contains(args, "-") {
				return usage("give the others as files", "standard input (-) can be read only once")
			}
			return m.run(cmd.Context(), args[0], args[1])
		},
	}
	m.addFlags(cmd)
	return cmd
}

func (m *matcher) addFlags(cmd *cobra.Command) {
	fs := cmd.Flags()
	define(fs, &m.options.Score, "score", "", "ncc", "NAME", "measure of similarity: "+strings.Join(match.ScoreNames(), ", "), match.ParseScore)
	complete(cmd, "score", match.ScoreNames())
	define(fs, &m.mask, "mask", "", "", "FILE", "image of the template's size with weights from 0 to 1. The word alpha takes the template's own opacity", anyText).namesFiles(func(s string) bool { return s != maskAlpha })
	define(fs, &m.search.Count, "peaks", "", "1", "N", "number of places to print, 0 for all", whole(0, maxCount))
	define(fs, &m.search.Limit, "min-score", "", "", "V", "worst score to print: the lowest, or the highest for ssd and nssd", optional(anyFinite))
	define(fs, &m.search.Distance, "min-distance", "", "", "N|HxW", "fewest rows or columns between two places (default: half the template)", geometry.ParseSize)
	fs.BoolVar(&m.search.Whole, "no-subpixel", false, "print places on pixels, not between them")
	define(fs, &m.options.Same, "padding", "", "valid", "valid|same", "places with the template inside the image, or all pixels as its middle", func(s string) (bool, error) {
		w, err := word("valid", "same")(s)
		return w == "same", err
	})
	complete(cmd, "padding", []string{"valid", "same"})
	define(fs, &m.options.Border, "border", "", "zeros", "BORDER", "values around the image with --padding same: zeros, constant:V, replicate, reflect, symmetric or circular", geometry.ParseBorder)
	complete(cmd, "border", geometry.BorderNames())
	fs.BoolVar(&m.read.Gray, "gray", false, "match the luma of colour pictures (Rec. 601), not their channels")
	defineEnum(cmd, &m.read.Values, "values", "unit", "meaning of a pixel in sums that are not normalised: 0..1, or the stored whole number", imageio.ValuesNames, imageio.ParseValues)
	addPage(cmd, &m.read.Select)
	fs.Lookup("page").Usage = "picture of an IMAGE and of a TEMPLATE with several, as in FILE[SEL]: a number from 0 or a name"
	definePath(fs, &m.output, "output", "o", "FILE", "write the scores of all places. - writes them to standard output instead of the places")
	must(cmd.MarkFlagFilename("output", extensions(imageio.Format.CanWrite)...))
	definePath(fs, &m.draw, "draw", "", "FILE", "write the image with a frame around each place")
	must(cmd.MarkFlagFilename("draw", "png", "jpg", "tif", "ppm"))
	addWriting(cmd, &m.write, imageio.MapSigned)
	fs.Lookup("format").Usage = "format of the table: csv, tsv or json (default csv). With -o - it is the format of the scores"
	fs.Lookup("digits").Usage = "decimals of numbers in text (default for the table: thousandths of a pixel, millionths of a score)"
	brief(cmd, "convkit match photo.png coin.png --peaks 24 --min-score 0.6 --draw found.png",
		"peaks", "min-score", "min-distance", "score", "mask", "gray", "padding", "format", "output", "draw")
	groupFlags(cmd,
		flagGroup{"Places", []string{"score", "mask", "peaks", "min-score", "min-distance", "no-subpixel"}},
		flagGroup{"Geometry", []string{"padding", "border"}},
		flagGroup{"Input", []string{"values", "gray", "page"}},
		flagGroup{"Output", []string{"output", "draw", "format", "digits", "map", "depth", "quality", "png-level"}},
	)
}

// checkOutputs refuses, before the work, outputs that could not be written or
// that would replace a file that is read or written.
func (m *matcher) checkOutputs(inputs ...string) error {
	if m.draw == "-" {
		return usage("--draw FILE.png", "--draw takes a file: standard output is for the places")
	}
	if sameFile(m.output, m.draw) {
		return usage("give them different names", "-o and --draw would both be written to %s", m.output)
	}
	if m.mask != maskAlpha {
		inputs = append(inputs, m.mask)
	}
	m.willRead(inputs...)
	for _, path := range []string{m.output, m.draw} {
		if err := checkFile(path); err != nil {
			return err
		}
		if err := m.mayWrite(path); err != nil {
			return err
		}
	}
	return nil
}

// run reads both images and matches them in the arithmetic that fits them.
func (m *matcher) run(ctx context.Context, image, template string) error {
	if err := m.checkOutputs(image, template); err != nil {
		return err
	}
	m.read.Alpha = imageio.AlphaDrop
	img, err := m.readImage(ctx, image, m.read)
	if err != nil {
		return err
	}
	// Sums of stored pixels are exact.
	if stored, full, ok := img.Stored(); ok {
		img, m.one, m.options.Whole = stored, full, full
	}
	if img.Kind() == imageio.Numbers {
		if m.one, err = match.UnitFor(imageio.Rows[float64](img)); err != nil {
			return err
		}
		m.options.Border.Value *= m.one
	}
	if m.search.Unit = m.options.Score.Unit(m.one); math.IsInf(m.search.Unit, 0) || m.search.Unit == 0 {
		return badData("--score ncc does not depend on the scale of the image, or divide image and template by one number", "the values of %s are too far from 1: --score %v leaves the range of float64", image, m.options.Score)
	}
	t, err := m.template(ctx, template, img)
	if err != nil {
		return err
	}
	if s := m.options.Score; t.Constant() && (s == match.NCC || s == match.ZeroMean) {
		m.warn("the template is constant, so every place scores 0; --score ssd can find it")
	}
	if img.Kind() == imageio.Pixels {
		return matchIn[float32](ctx, m, img, t)
	}
	return matchIn[float64](ctx, m, img, t)
}

// matchIn scores all places in arithmetic T and writes what was asked for.
func matchIn[T tensor.Float](ctx context.Context, m *matcher, img *imageio.Image, t *match.Template) error {
	p, err := match.NewPlan[T](img.Shape(), t, m.options, m.threads)
	if err != nil {
		return asData(err)
	}
	m.logVerbose("plan %s", p.Describe())
	src := imageio.Rows[T](img)
	if img.Kind() == imageio.Numbers && m.one != 1 {
		src = match.Scaled[T]{Image: src, Factor: T(m.one)}
	}
	var scores *tensor.Dense[T]
	if err := m.timed("compute", func() (err error) {
		scores, err = p.Run(ctx, src)
		return err
	}); err != nil {
		return err
	}
	var peaks []match.Peak
	if err := m.timed("peaks", func() (err error) {
		peaks, err = p.Find(ctx, src, scores, m.search)
		return err
	}); err != nil {
		return err
	}
	if err := drawBoxes(ctx, m, img, p.Corners(peaks), t); err != nil {
		return err
	}
	if m.output != "" {
		o := m.write
		if m.output != "-" {
			o.Format = ""
		}
		match.Scale(scores, m.search.Unit)
		if err := emit(ctx, m.app, scores, m.output, o); err != nil {
			return err
		}
	}
	if err := m.files.Commit(); err != nil || m.output == "-" {
		return err
	}
	return m.print(peaks, t)
}

// drawBoxes writes the picture of --draw. Numbers are scaled to fill its range.
func drawBoxes(ctx context.Context, m *matcher, img *imageio.Image, at [][2]int, t *match.Template) error {
	if m.draw == "" {
		return nil
	}
	boxes := &match.Boxes[float32]{Image: imageio.Rows[float32](img), Places: at, Colour: [3]float32{float32(m.one), 0, 0}}
	boxes.H, boxes.W = t.Size()
	o := imageio.WriteOptions{Like: img, Quality: m.write.Quality, Depth: m.write.Depth, Digits: -1}
	if img.Kind() == imageio.Numbers {
		o.Map, o.Like = imageio.MapRescale, nil
		lo, hi, err := match.Range(boxes.Image)
		if err != nil {
			return err
		}
		boxes.Colour = [3]float32{hi, lo, lo}
	}
	return emit[float32](ctx, m.app, boxes, m.draw, o)
}

// tinyUnit is the unit of scores below which, or above its inverse, a millionth is no
// rounding any more: scores then have seven digits.
const tinyUnit = 1e-30

// print writes the places. Without --digits, thousandths of a pixel and
// millionths of a score: more is not in them.
func (m *matcher) print(peaks []match.Peak, t *match.Template) error {
	type place struct {
		Y      json.Number `json:"y"`
		X      json.Number `json:"x"`
		Score  json.Number `json:"score"`
		Height int         `json:"height"`
		Width  int         `json:"width"`
	}
	places := []place{}
	h, w := t.Size()
	lines := [][]json.Number{}
	for _, p := range peaks {
		d := m.write.Digits
		y, x, score := rounded(p.Y, 3, d), rounded(p.X, 3, d), shortest(p.Score, 6, d)
		if d < 0 && (m.search.Unit < tinyUnit || m.search.Unit > 1/tinyUnit) {
			score = json.Number(strconv.FormatFloat(p.Score, 'g', 7, 64))
		}
		places = append(places, place{y, x, score, h, w})
		lines = append(lines, []json.Number{y, x, score})
	}
	if len(peaks) == 0 {
		m.note("no place has the score that you asked for; a --min-score closer to the worst finds more")
	}
	if m.write.Format == "json" {
		text, err := json.MarshalIndent(places, "", "  ")
		must(err)
		_, err = fmt.Fprintf(m.stdout, "%s\n", text)
		return err
	}
	return m.printTable(m.write.Format, []string{"y", "x", "score"}, lines...)
}
