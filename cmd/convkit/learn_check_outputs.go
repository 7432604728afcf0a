package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/convkit/convkit/internal/imageio"
	"github.com/convkit/convkit/internal/kernel"
)

// checkOutputs refuses files that cannot be written, before any work.
func (l *learnCheck) checkOutputs() error {
	switch {
	case l.logFile == "-":
		return usage("leave --log out: the log goes to standard output by default", "--log - names no file")
	case !slices.Contains(logExtensions, strings.ToLower(filepath.Ext(l.logFile))):
		return usage("name it .csv, .jsonl, .txt or .log", "%s: the log is text, CSV or JSON lines", l.logFile)
	case l.reportFile != "" && !slices.Contains([]string{".json", ".html"}, strings.ToLower(filepath.Ext(l.reportFile))):
		return usage("name it like report.json or report.html", "%s: the report is JSON or HTML", l.reportFile)
	case sameFile(l.logFile, l.output):
		return usage("", "%s cannot be both the kernel and the log", l.output)
	case sameFile(l.reportFile, l.output) || sameFile(l.reportFile, l.logFile):
		return usage("", "%s cannot be both the report and something else", l.reportFile)
	case sameFile(l.plotFile, l.output) || sameFile(l.plotFile, l.logFile) || sameFile(l.plotFile, l.reportFile):
		return usage("", "%s cannot be both the plot and something else", l.plotFile)
	case l.chosen.toStdout() && imageio.IsBinary(l.format) && isTerminal(l.stdout):
		return usage("write it to a file with -o FILE, or pipe it on", "%s is binary and standard output is a terminal", l.format)
	}
	if _, err := figureFormat(l.plotFile); l.plotFile != "" && err != nil {
		return err
	}
	files := []string{l.mask, l.xMask, l.weights, l.xNoise.file, l.pairs}
	if namesVariances(l.variance) {
		files = append(files, l.variance)
	}
	if namesVariances(l.images.xVariance) {
		files = append(files, l.images.xVariance)
	}
	if err := l.chosen.checkReplaced(l.app, slices.Concat(files, l.kernelFiles(), l.args)...); err != nil {
		return err
	}
	if err := l.checkKernelFile(); err != nil {
		return err
	}
	for _, path := range l.chosen.outputs() {
		if err := checkWritable(path); err != nil {
			return err
		}
	}
	return nil
}

// logExtensions are the endings of names that a log may have: of tables, and of text.
var logExtensions = []string{".csv", ".jsonl", ".txt", ".log", ""}

// kernelFiles are the files among the kernels that a fit takes.
func (l *learnCheck) kernelFiles() []string {
	var files []string
	for _, spec := range []string{l.target, l.init} {
		if spec != "uniform" && spec != "zeros" && kernel.NamesFile(spec) {
			files = append(files, strings.TrimSpace(spec))
		}
	}
	return files
}

// checkKernelFile finds the format of the kernel's file.
func (l *learnCheck) checkKernelFile() error {
	if l.chosen.toStdout() {
		if l.vary != nil && l.format != "" && l.format != "json" {
			return usage("leave --format out, or give --format json", "a kernel that varies is JSON, not %s", l.format)
		}
		return l.chosen.checkExtras(kernelExtras{bias: extrasOf(l.chosen.task, 1).bias})
	}
	const hint = "-o is one kernel file: .csv, .tsv, .txt, .json or .npy"
	if isFolder(l.output) {
		return usage(hint, "%s is a folder, and learn writes one kernel", l.output)
	}
	name := l.format
	if name == "" {
		var err error
		if st, e := os.Stat(l.output); e == nil && !st.Mode().IsRegular() && filepath.Ext(l.output) == "" {
			name = "csv" // a device or a pipe, which has no other name
		} else if name, err = imageio.FormatOf(l.output); err != nil {
			return usage(hint, "%w", err)
		}
	}
	if l.vary != nil && name != "json" {
		return usage("write it to a .json file", "%s: a kernel that varies is JSON, not %s", l.output, name)
	}
	if _, err := word(kernelFormats...)(name); err != nil {
		return usage(hint, "%s: a kernel cannot be written as %s", l.output, name)
	}
	l.chosen.format = name
	return l.chosen.checkExtras(kernelExtras{bias: extrasOf(l.chosen.task, 1).bias})
}
