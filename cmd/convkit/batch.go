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
	"time"

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
	shard        shardFlags
	summary      string // a file of one line for each input, - for standard output, or ""
}

// file is one input and where its result goes.
type file struct{ in, out string }

// run filters all inputs: none is standard input, several go into a folder.
func (f *filter) run(ctx context.Context, inputs []string) (err error) {
	share, err := f.batch.shard.get()
	if err == nil {
		err = f.checkSummary()
	}
	if err != nil {
		return err
	}
	inputs, err = f.inputs(ctx, inputs)
	if err != nil {
		return err
	}
	items, err := f.expand(inputs)
	if err != nil {
		return err
	}
	list, err := f.pairs(items)
	if err != nil {
		return err
	}
	f.willRead(f.calibration.files()...)
	for _, p := range list {
		f.willFilter(p.in)
	}
	list = shareOf(share, list)
	if share.of > 0 && len(list) == 0 {
		f.note("share %v of %d inputs has none", share, len(items))
	}
	if err := f.checkOutputs(list); err != nil {
		return err
	}
	journal, err := f.newJournal()
	if err != nil {
		return err
	}
	count := f.newCounter(len(list))
	defer func() {
		count.end()
		err = errOf(err, journal.close())
	}()
	return f.all(ctx, list, journal, count)
}

// checkOutputs refuses outputs that would replace what is read, before any work.
func (f *filter) checkOutputs(list []file) error {
	outputs := make([]string, len(list))
	for i, p := range list {
		outputs[i] = p.out
		if sameFile(p.out, f.batch.summary) {
			return usage("give them different names", "the result of %s and --summary would both be written to %s", p.in, p.out)
		}
		f.setOwn(p)
		if err := f.mayWrite(p.out); err != nil {
			if sameFile(fileOf(p.in), p.out) && !f.batch.inPlace {
				err = usage(writeElsewhere+", or replace the input: --in-place without -o", "%w", err)
			}
			return err
		}
	}
	f.warnUnused(outputs, f.write)
	return nil
}

// all filters the files of a list, one after the other.
func (f *filter) all(ctx context.Context, list []file, journal *journal, count *counter) error {
	failed, skipped := []int{}, 0
	for _, p := range list {
		if f.batch.skipExisting && p.out != "-" && isDone(p.out) {
			skipped++
			count.add()
			if err := journal.write(p, "exists", nil, 0); err != nil {
				return err
			}
			continue
		}
		started := time.Now()
		err := f.file(ctx, p)
		count.add()
		if err == nil {
			if err := journal.write(p, "done", nil, time.Since(started)); err != nil {
				return err
			}
			continue
		}
		if len(list) > 1 {
			err = f.named(p.in, err)
		}
		if err := journal.write(p, "failed", err, time.Since(started)); err != nil {
			return err
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
	return &reported{worst(codes)}
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
	file, o, err := selectIn(p.in, f.read)
	if err != nil {
		return err
	}
	var album *imageio.Album
	err = f.timed("read", func() (err error) {
		album, err = await(ctx, func() (*imageio.Album, error) { return f.openAlbum(file, o) })
		return err
	})
	if err != nil {
		return f.missing(p.in, err)
	}
	defer album.Close()
	f.limitTo(file)
	if err := f.checkStack(album, p.out); err != nil {
		return err
	}
	pages := stack{len: album.Len(), read: func(i int) (*imageio.Image, error) { return f.readPage(ctx, album, i, file, o) }}
	first, err := pages.read(0)
	if err != nil {
		return err
	}
	if isTemplate(f.output) || isFolder(f.output) {
		// Made when there is something to put into it, and not before.
		folder := filepath.Dir(p.out)
		if err := faults.At(faults.Create, folder); err != nil {
			return err
		}
		if err := os.MkdirAll(folder, 0o777); err != nil {
			return err
		}
	}
	return f.one(ctx, pages.startingWith(first), p.out)
}

// readPage reads a page of an input.
func (f *filter) readPage(ctx context.Context, album *imageio.Album, i int, file string, o imageio.ReadOptions) (img *imageio.Image, err error) {
	err = f.timed("read", func() (err error) {
		img, err = await(ctx, func() (*imageio.Image, error) { return album.Read(i) })
		return err
	})
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return nil, err
	}
	if !img.Alone() && f.batch.inPlace {
		return nil, usage("write into another file", "%s holds several pictures, and --in-place replaces only files of one", file)
	}
	f.noteRead(file, img, o)
	f.seen(img)
	return img, nil
}

// checkStack refuses several pictures if they are no stack, or if the output cannot
// hold one.
func (f *filter) checkStack(album *imageio.Album, to string) error {
	format, ok := imageio.OutputFormat(to, f.write.Format)
	if album.Len() == 1 || ok && album.IsStack() && format.Stack {
		return nil
	}
	err := album.Several()
	var bad *imageio.DataError
	if ok && album.IsStack() && errors.As(err, &bad) {
		bad.Hint += ", or write all of them: -o FILE.tif, .npy or .fits"
	}
	return err
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
func (f *filter) pairs(items []item) ([]file, error) {
	if len(items) == 0 {
		return nil, nil
	}
	if f.batch.inPlace {
		return f.pairsInPlace(items)
	}
	seen := false
	for _, in := range items {
		if in.path == "-" && seen {
			return nil, usage("", "standard input (-) can be read only once")
		}
		seen = seen || in.path == "-"
	}
	switch {
	case isTemplate(f.output):
		return f.pairsByTemplate(items)
	case f.output != "" && f.output != "-" && isFolder(f.output):
		return f.pairsInto(items)
	case (f.output == "" || f.output == "-") && len(items) > 1:
		return nil, usage("give a folder: -o DIR/", "%d inputs need a folder for their results", len(items))
	case f.output == "" || f.output == "-":
		return []file{{items[0].path, "-"}}, f.checkStream(f.write.Format)
	case len(items) > 1:
		return nil, usage("give a folder that exists, or end its name with /", "%d inputs cannot all go into the file %s", len(items), f.output)
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
	return []file{{items[0].path, f.output}}, nil
}

// pairsInto gives each input a name of its own in the folder. The images of a tree keep
// their places in it.
func (f *filter) pairsInto(items []item) ([]file, error) {
	list := make([]file, 0, len(items))
	var taken claims
	for _, in := range items {
		if in.path == "-" {
			return nil, usage("name a file: -o DIR/NAME.png", "standard input has no name to be written under in %s", f.output)
		}
		out := filepath.Join(f.output, in.below, f.nameFor(nameOf(in.path)))
		if other, ok := taken.take(out, in.path); !ok {
			return nil, usage("write them into different folders, or tell them apart: -o 'DIR/{dir}/{stem}.png'", "%s and %s would both be written to %s", other, in.path, out)
		}
		list = append(list, file{in.path, out})
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
