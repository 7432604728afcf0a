package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/convkit/convkit/internal/imageio"
)

// file is one input and where its result goes.
type file struct{ in, out string }

// run filters all inputs: none is standard input, several go into a folder.
func (f *filter) run(ctx context.Context, inputs []string) error {
	if len(inputs) == 0 {
		inputs = []string{"-"}
	}
	list, err := f.pairs(inputs)
	if err != nil {
		return err
	}
	for _, p := range list {
		if err := f.file(ctx, p); err != nil {
			if len(list) > 1 && !errors.Is(err, context.Canceled) {
				code, hint := classify(err)
				if !strings.Contains(err.Error(), p.in) {
					err = fmt.Errorf("%s: %w", p.in, err)
				}
				return &failure{code: code, err: err, hint: hint}
			}
			return err
		}
	}
	return nil
}

func (f *filter) file(ctx context.Context, p file) error {
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
	return f.one(ctx, img, p.out)
}

// pairs finds an output for each input, and refuses what cannot be before any
// work is done.
func (f *filter) pairs(inputs []string) ([]file, error) {
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
		return []file{{inputs[0], "-"}}, f.checkStream()
	}
	if !isFolder(f.output) {
		if len(inputs) > 1 {
			return nil, usage("give a folder that exists, or end its name with /", "%d inputs cannot all go into the file %s", len(inputs), f.output)
		}
		if f.write.Format == "" {
			if _, err := imageio.FormatOf(f.output); err != nil {
				return nil, err
			}
		}
		if err := checkFolder(f.output); err != nil {
			return nil, err
		}
		return []file{{inputs[0], f.output}}, nil
	}
	if err := os.MkdirAll(f.output, 0o777); err != nil {
		return nil, err
	}
	var list []file
	from := map[string]string{}
	for _, in := range inputs {
		if in == "-" {
			return nil, usage("name a file: -o DIR/NAME.png", "standard input has no name to be written under in %s", f.output)
		}
		out := filepath.Join(f.output, f.nameFor(filepath.Base(in)))
		if other, taken := from[out]; taken {
			return nil, usage("write them into different folders", "%s and %s would both be written to %s", other, in, out)
		}
		from[out] = in
		list = append(list, file{in, out})
	}
	return list, nil
}

func isFolder(path string) bool {
	if strings.HasSuffix(path, "/") || strings.HasSuffix(path, string(filepath.Separator)) {
		return true
	}
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// checkFolder refuses a file for which there is no folder: it is better said
// before the work than after.
func checkFolder(path string) error {
	dir := filepath.Dir(path)
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return &failure{code: exitFailed, err: fmt.Errorf("%s: the folder %s does not exist", path, dir), hint: "make it first, or end -o with / to have a folder made"}
	}
	return nil
}

// readImage reads an image and can be interrupted.
func (a *app) readImage(ctx context.Context, path string, o imageio.ReadOptions) (*imageio.Image, error) {
	o.MaxPixels = a.maxPixels
	return await(ctx, func() (*imageio.Image, error) { return imageio.ReadFile(path, a.stdin, o) })
}

// nameFor keeps a file's name where its format can be written, and else, or
// with --format, changes its extension.
func (f *filter) nameFor(base string) string {
	stem := strings.TrimSuffix(base, filepath.Ext(base))
	if f.write.Format != "" {
		return stem + "." + f.write.Format
	}
	if name, err := imageio.FormatOf(base); err == nil {
		for _, known := range imageio.Formats() {
			if known.Name == name && known.Write {
				return base
			}
		}
	}
	return stem + ".png"
}

// checkStream refuses to send a picture to a screen.
func (f *filter) checkStream() error {
	if imageio.IsBinary(f.write.Format) && isTerminal(f.stdout) {
		return usage("write it to a file with -o FILE, or pipe it on", "%s is binary and standard output is a terminal", f.write.Format)
	}
	return nil
}
