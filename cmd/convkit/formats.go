package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/convkit/convkit/internal/imageio"
	"github.com/spf13/cobra"
)

func newFormats(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "formats",
		Short: "List the file formats and what each can hold",
		Long: `List the file formats, what is read from them, what is written into them, and
what they can hold.

A file's format is found by its content, and by its name only where the content
does not tell; a result's by the extension of -o, or by --format. The columns:

  READ, WRITE  the samples: bits of whole numbers, or floats
  PLANES       1 grey, 3 colour; "any" for any number, "batch" for NxCxHxW
  ALPHA, NAN   whether it can hold transparency; NaN and infinities

Numbers in tif and pfm are float32, about seven digits up to 3.4e38; text, json,
npy and fits hold all of float64.

Of several pages of tif, frames of gif or parts of fits --page N reads one, counted
from 0; of other formats, and without it, the first picture is read. Pixels are
kept as stored: gamma, colour profile, resolution and EXIF are neither applied
(but for EXIF's orientation in JPEG and TIFF) nor written. A FITS header goes along into a FITS.`,
		Example: `  convkit formats
  convkit formats | grep 16`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return listFormats(a.stdout) },
	}
}

func listFormats(w io.Writer) error {
	var b bytes.Buffer
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "NAME\tEXTENSIONS\tREAD\tWRITE\tPLANES\tALPHA\tNAN")
	for _, f := range imageio.Formats() {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", f.Name, strings.Join(f.Extensions, " "), orNo(f.Reads), orNo(f.Writes()), f.PlanesInWords(), yesNo(f.Alpha), yesNo(f.NaN))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := w.Write(b.Bytes())
	return err
}

func orNo(s string) string {
	if s == "" {
		return "no"
	}
	return s
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
