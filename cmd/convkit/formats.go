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
		Long: `List the file formats, with the samples that are read and written.

The content of a file decides its format. Its name counts only if the content does not
show the format. The extension of -o, or --format, decides the format of a result.
The columns:

  READ, WRITE  the samples: bits of whole numbers, or floats
  PLANES       1 grey, 3 colour, "any" for any number, "batch" for NxCxHxW
  ALPHA, NAN   whether it can hold transparency, and NaN and infinities

Numbers in tif and pfm are float32: about seven digits, up to 3.4e38. Text, json, npy
and fits hold all of float64.

Files packed by gzip, bzip2 or zstd are unpacked on the way. A name like x.fits.gz or
x.npy.zst packs the output. FITS images compressed tile by tile (fpack) are read.

FILE[SEL] reads one page of a tif, frame of a gif or part of a fits. SEL is a number from
0, or a name: EXTNAME or EXTNAME,EXTVER. --page SEL chooses for all main inputs. A file
of several pictures is refused without a choice. corr and edges take a range like 2:9,
or * for all, and filter stacks into tif, npy, npz or fits, page by page.

Pixels are kept as stored: gamma, colour profile, resolution and EXIF are neither applied
nor written. The exception is the orientation from EXIF in JPEG and TIFF, which is
applied. A FITS header goes along into a FITS.`,
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
