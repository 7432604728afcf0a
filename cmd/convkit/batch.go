package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/convkit/convkit/internal/exit"
	"github.com/convkit/convkit/internal/faults"
	"github.com/convkit/convkit/internal/imageio"
	"github.com/convkit/convkit/internal/imageio/packed"
)

// batch says which inputs there are beside those on the command line, and what
// becomes of the rest when one fails.
type batch struct {
	list         string // a file of paths, - for standard input, or ""
	keepGoing    bool
	skipExisting bool
	inPlace      bool // each result takes the place of its input
}

// file is one input and where its result goes.
type file struct{ in, out string }

// run filters all inputs: none is standard input, several go into a folder.
func (f *filter) run(ctx context.Context, inputs []string) error {
	inputs, err := f.inputs(ctx, inputs)
	if err != nil {
		return err
	}
	list, err := f.pairs(inputs)
	if err != nil {
		return err
	}
	f.willFilter(inputs...)
	for _, p := range list {
		f.setOwn(p)
		if err := f.mayWrite(p.out); err != nil {
			if sameFile(fileOf(p.in), p.out) && !f.batch.inPlace {
				err = usage(writeElsewhere+", or replace the input: --in-place without -o", "%w", err)
			}
			return err
		}
	}
	outputs := make([]string, len(list))
	for i, p := range list {
		outputs[i] = p.out
	}
	f.warnUnused(outputs, f.write)
	failed, skipped := []int{}, 0
	for _, p := range list {
		if f.batch.skipExisting && p.out != "-" && isDone(p.out) {
			skipped++
			continue
		}
		err := f.file(ctx, p)
		if err == nil {
			continue
		}
		if len(list) > 1 {
			err = f.named(p.in, err)
		}
		if !f.batch.keepGoing || errors.Is(err, context.Canceled) {
			return err
		}
		failed = append(failed, f.report(err))
	}
	f.warnOpaque()
	if skipped > 0 {
		f.note("%d of %d outputs existed already", skipped, len(list))
	}
	return f.summary(failed, len(list), "inputs failed")
}

// summary is nil, or an error that has been told already: its exit code is that
// of the failures where they agree.
func (a *app) summary(codes []int, of int, what string) error {
	if len(codes) == 0 {
		return nil
	}
	a.note("%d of %d %s", len(codes), of, what)
	code := codes[0]
	for _, c := range codes {
		if c != code {
			code = exit.Failed
		}
	}
	return &reported{code}
}

// named puts the name of an input into an error of it.
func (f *filter) named(in string, err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	code, hint := classify(err)
	if !strings.Contains(err.Error(), in) {
		err = fmt.Errorf("%s: %w", in, err)
	}
	if hint == "" && !f.batch.keepGoing {
		hint = "--keep-going goes on with the other inputs"
	}
	return &failure{code: code, err: err, hint: hint}
}

// setOwn gives an input away to its own result, with --in-place.
func (f *filter) setOwn(p file) {
	if f.batch.inPlace {
		f.protected.own = p.in
	}
}

func (f *filter) file(ctx context.Context, p file) error {
	f.setOwn(p)
	defer f.files.Abort()
	defer f.files.Limits()()
	var img *imageio.Image
	err := f.timed("read", func() (err error) {
		img, err = f.readImage(ctx, p.in, f.read)
		return err
	})
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return err
	}
	if !img.Alone() && f.batch.inPlace {
		return usage("write into another file", "%s holds more pictures than the one that is read, and the result would replace them all", p.in)
	}
	f.seen(img)
	if isFolder(f.output) {
		// Made when there is something to put into it, and not before.
		if err := faults.At(faults.Create, f.output); err != nil {
			return err
		}
		if err := os.MkdirAll(f.output, 0o777); err != nil {
			return err
		}
	}
	return f.one(ctx, img, p.out)
}

// maxList bounds a list of paths: it is above a million long ones.
const maxList = 256 << 20

// inputs adds the paths of --files-from to those of the command line; where
// there are neither, standard input is the one input.
func (f *filter) inputs(ctx context.Context, inputs []string) ([]string, error) {
	if f.batch.list == "" {
		if len(inputs) == 0 {
			inputs = []string{"-"}
		}
		return inputs, nil
	}
	if f.batch.list == "-" && slices.Contains(inputs, "-") {
		return nil, usage("", "standard input is the list of inputs (--files-from -), so it cannot be an image")
	}
	text, err := await(ctx, func() ([]byte, error) {
		r, err := f.openKernel(f.batch.list)
		if err != nil {
			return nil, err
		}
		defer r.Close()
		return io.ReadAll(io.LimitReader(r, maxList+1))
	})
	switch {
	case errors.Is(err, context.Canceled):
		return nil, err
	case err != nil:
		return nil, &failure{code: exit.Failed, err: fmt.Errorf("--files-from: %w", err), hint: "give a file with one path a line, or - for standard input"}
	}
	if len(text) > maxList {
		return nil, badData("", "--files-from: %s has more than %d bytes", f.batch.list, maxList)
	}
	inputs = append(inputs[:len(inputs):len(inputs)], paths(text)...)
	if len(inputs) == 0 {
		f.warn("--files-from: no path in %s", f.batch.list)
	}
	return inputs, nil
}

// paths reads one path a line or, where there is a NUL, which no path has, up
// to each NUL. Empty lines are none.
func paths(text []byte) []string {
	ends := "\n"
	if bytes.IndexByte(text, 0) >= 0 {
		ends = "\x00"
	}
	var list []string
	for _, p := range strings.Split(string(text), ends) {
		if ends == "\n" {
			p = strings.TrimSuffix(p, "\r")
		}
		if p != "" {
			list = append(list, p)
		}
	}
	return list
}

// lacksInput says that nothing is named, listed or piped in.
func (f *filter) lacksInput(inputs []string) bool {
	return len(inputs) == 0 && f.batch.list == "" && isTerminal(f.stdin)
}

// pairs finds an output for each input, and refuses what cannot be before any
// work is done.
func (f *filter) pairs(inputs []string) ([]file, error) {
	if len(inputs) == 0 {
		return nil, nil
	}
	if f.batch.inPlace {
		return f.pairsInPlace(inputs)
	}
	if f.output != "" && f.output != "-" && isFolder(f.output) {
		return f.pairsInto(inputs)
	}
	seen := map[string]bool{}
	for _, in := range inputs {
		if in == "-" && seen[in] {
			return nil, usage("", "standard input (-) can be read only once")
		}
		seen[in] = true
	}
	if f.output == "" || f.output == "-" {
		if len(inputs) > 1 {
			return nil, usage("give a folder: -o DIR/", "%d inputs need a folder for their results", len(inputs))
		}
		return []file{{inputs[0], "-"}}, f.checkStream(f.write.Format)
	}
	if len(inputs) > 1 {
		return nil, usage("give a folder that exists, or end its name with /", "%d inputs cannot all go into the file %s", len(inputs), f.output)
	}
	if f.write.Format == "" {
		if _, err := imageio.FormatOf(f.output); err != nil {
			_, hint := classify(err)
			return nil, usage(hint+"; with a / at its end the name is a folder's", "%w", err)
		}
	}
	if err := checkFolder(f.output); err != nil {
		return nil, err
	}
	return []file{{inputs[0], f.output}}, nil
}

// pairsInto gives each input a name of its own in the folder.
func (f *filter) pairsInto(inputs []string) ([]file, error) {
	list := make([]file, 0, len(inputs))
	var taken claims
	for _, in := range inputs {
		if in == "-" {
			return nil, usage("name a file: -o DIR/NAME.png", "standard input has no name to be written under in %s", f.output)
		}
		out := filepath.Join(f.output, f.nameFor(nameOf(in)))
		if other, ok := taken.take(out, in); !ok {
			return nil, usage("write them into different folders", "%s and %s would both be written to %s", other, in, out)
		}
		list = append(list, file{in, out})
	}
	return list, nil
}

// isDone reports whether an output is there. An empty file is none: other programs
// leave such when they are stopped.
func isDone(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !(info.Mode().IsRegular() && info.Size() == 0)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// stemOf returns a name without its extension and without that of a packing.
func stemOf(name string) string {
	name = packed.Inner(name)
	return strings.TrimSuffix(name, filepath.Ext(name))
}

// nameFor keeps a file's name where its format can be written, and else, or
// with --format, changes its extension.
func (f *filter) nameFor(base string) string {
	stem := stemOf(base)
	if f.write.Format != "" {
		return stem + "." + f.write.Format
	}
	if p, inner, ok := packed.Named(base); ok && !p.CanWrite() {
		base = inner
	}
	if name, err := imageio.FormatOf(base); err == nil {
		for _, known := range imageio.Formats() {
			if known.Name == name && known.CanWrite() {
				return base
			}
		}
	}
	return stem + ".png"
}

// checkStream refuses to send what is binary to a screen, and anything where it
// would be lost.
func (a *app) checkStream(format string) error {
	if err := a.stdout.closed(); err != nil {
		return err
	}
	if imageio.IsBinary(format) && isTerminal(a.stdout) {
		return usage("write it to a file with -o FILE, or pipe it on", "%s is binary and standard output is a terminal", format)
	}
	return nil
}
