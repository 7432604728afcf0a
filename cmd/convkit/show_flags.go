package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/convkit/convkit/internal/report"
	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// showFlags holds the flags of show as typed.
type showFlags struct {
	output  string
	format  *report.Format
	colours choice[report.Colours]
	as      choice[string]
	stretch report.Stretch
	window  bool
}

// showOptions is what a run of show is asked for, checked.
type showOptions struct {
	inputs  []string
	output  string // "": drawn with characters on standard output
	format  report.Format
	colours report.Colours
	width   int // of the terminal
	as      choice[string]
	stretch report.Stretch
	window  bool // an interactive page of an image and a kernel, or of the textbook's
}

// What a file may be drawn as.
const (
	asKernel = "kernel"
	asImage  = "image"
)

func (s *showFlags) add(cmd *cobra.Command) {
	definePath(cmd.Flags(), &s.output, "output", "o", "FILE", "file of the figure: .svg, .png or .pdf. - is standard output, with --format")
	must(cmd.MarkFlagFilename("output", report.FormatNames...))
	defineEnum(cmd, &s.format, "format", "", "format of the figure (default: by the extension of -o)", report.FormatNames, optional(report.ParseFormat))
	defineEnum(cmd, &s.colours, "colours", autoWord, "colours of a terminal. auto asks the environment, and uses none in files and pipes", append([]string{autoWord}, report.ColourNames...), orAuto(report.ParseColours))
	kinds := []string{autoWord, asKernel, asImage}
	defineEnum(cmd, &s.as, "as", autoWord, "draw numbers as a kernel or as an image. auto draws pictures, FITS files and more than 128 rows or columns as images", kinds, orAuto(word(asKernel, asImage)))
	defineEnum(cmd, &s.stretch, "stretch", "linear", "grey levels of images: linear, around the median as in IRAF, or logarithmic far above it", report.StretchNames, report.ParseStretch)
	cmd.Flags().BoolVar(&s.window, "window", false, "write an interactive page (-o FILE.html) on which KERNEL slides over X. Without both it is the textbook's example")
	groupFlags(cmd, flagGroup{"Input", []string{"window", "as", "stretch"}}, flagGroup{"Output", []string{"output", "format", "colours"}})
}

// check returns the options that the flags add up to, or says why they do not go
// together.
func (s *showFlags) check(a *app, files []string) (*showOptions, error) {
	o := &showOptions{inputs: files, output: s.output, colours: s.colours.value, width: terminalWidth(a), as: s.as, stretch: s.stretch, window: s.window}
	stdin := 0
	for _, f := range files {
		if f == "-" {
			stdin++
		}
	}
	switch {
	case stdin > 1:
		return nil, usage("", "standard input (-) can be read only once")
	case s.window:
		if err := s.checkWindow(files); err != nil {
			return nil, err
		}
	case len(files) == 0:
		return nil, usage("convkit show FILE…", "which file? it is missing")
	case s.format != nil && s.output == "":
		return nil, usage("add -o FILE, or -o - for standard output", "--format is for the file of -o")
	case s.output == "-" && s.format == nil:
		return nil, usage("add --format svg, png or pdf", "-o - does not say which format the figure has")
	case s.output == "-" && *s.format != report.SVG && isTerminal(a.stdout):
		return nil, usage("write it to a file with -o FILE, or pipe it on", "%s is binary and standard output is a terminal", report.FormatNames[*s.format])
	case s.format != nil:
		o.format = *s.format
	case s.output != "":
		format, err := figureFormat(s.output)
		if err != nil {
			return nil, err
		}
		o.format = format
	}
	if s.colours.auto {
		o.colours = terminalColours(a)
	}
	a.willRead(files...)
	if err := checkWritable(s.output); err != nil {
		return nil, err
	}
	return o, a.mayWrite(s.output)
}

// checkWindow checks the flags of the interactive page.
func (s *showFlags) checkWindow(files []string) error {
	switch {
	case len(files) != 0 && len(files) != 2:
		return usage("convkit show --window X KERNEL -o page.html", "--window takes an image and a kernel, or neither")
	case s.output == "":
		return usage("add -o page.html", "--window writes a page, and no file is named")
	case s.format != nil:
		return usage("leave --format out", "--window writes HTML, not %s", report.FormatNames[*s.format])
	case s.output != "-" && !slices.Contains([]string{".html", ".htm"}, strings.ToLower(filepath.Ext(s.output))):
		return usage("name it like page.html", "%s: --window writes HTML", s.output)
	}
	return nil
}

// figureFormat returns the format that the name of a figure's file says.
func figureFormat(path string) (report.Format, error) {
	format, err := report.ParseFormat(strings.TrimPrefix(filepath.Ext(path), "."))
	if err != nil {
		return 0, usage("name it .svg, .png or .pdf", "%s: a figure cannot be written as %q", path, filepath.Ext(path))
	}
	return format, nil
}

// terminalColours finds what standard output can show: by the variables that terminals
// set, and by NO_COLOR, which asks for none (no-color.org).
func terminalColours(a *app) report.Colours {
	kind := strings.ToLower(a.env["COLORTERM"])
	switch {
	case !isTerminal(a.stdout) || a.env["NO_COLOR"] != "" || a.env["TERM"] == "dumb":
		return report.None
	case kind == "truecolor" || kind == "24bit":
		return report.Colours24Bit
	case strings.Contains(a.env["TERM"], "256color"):
		return report.Colours256
	}
	return report.None
}

// usualWidth is the width of what is no terminal.
const usualWidth = 80

func terminalWidth(a *app) int {
	if f, ok := a.stdout.w.(*os.File); ok {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
			return width
		}
	}
	return usualWidth
}
