package main

import (
	"fmt"
	"path/filepath"

	"github.com/convkit/convkit/internal/imageio"
	"github.com/spf13/cobra"
)

// fileOf returns the file of an input that may be FILE[SEL].
func fileOf(path string) string {
	file, _ := imageio.SplitSelection(path)
	return file
}

// selectIn returns the file of an input and the options to read it by. A
// selection behind its name goes before --page.
func selectIn(path string, o imageio.ReadOptions) (string, imageio.ReadOptions, error) {
	file, text := imageio.SplitSelection(path)
	if file == path {
		return path, o, nil
	}
	sel, err := imageio.ParseSelection(text)
	if err != nil {
		return file, o, usage("a number from 0, a name, a range like 2:9, or *", "%s: %w", path, err)
	}
	o.Select = sel
	return file, o, nil
}

// addPage adds --page.
func addPage(cmd *cobra.Command, to *imageio.Selection) {
	define(cmd.Flags(), to, "page", "", "", "SEL", "picture of a file with several, as in FILE[SEL], for all main inputs: a number from 0 or a name", imageio.ParseSelection)
}

// nameOf returns the name without folder that an output of an input takes: that of
// its file, with the number or name of a selected picture behind the stem.
func nameOf(input string) string {
	file, text := imageio.SplitSelection(input)
	base := filepath.Base(file)
	sel, err := imageio.ParseSelection(text)
	if file == input || err != nil || !sel.One() {
		return base
	}
	stem := stemOf(base)
	return fmt.Sprintf("%s-%s%s", stem, sel, base[len(stem):])
}
