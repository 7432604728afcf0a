package main

import (
	"os"
	"slices"

	"github.com/convkit/convkit/internal/imageio"
)

// checkInPlace refuses what does not go with --in-place, before anything is read.
func (f *filter) checkInPlace(inputs []string) error {
	switch {
	case !f.batch.inPlace:
		return nil
	case f.output != "":
		return usage("leave one of them out", "-o and --in-place do not go together: one names the output, the other makes it the input")
	case f.batch.skipExisting:
		return usage("leave one of them out", "--skip-existing and --in-place do not go together: each output is there already")
	case len(inputs) == 0 && f.batch.list == "", slices.Contains(inputs, "-"):
		return usage("give a file", "--in-place cannot replace standard input")
	}
	return nil
}

// pairsInPlace makes each input its own output.
func (f *filter) pairsInPlace(items []item) ([]file, error) {
	list := make([]file, 0, len(items))
	var taken claims
	for _, one := range items {
		in := one.path
		if in == "-" {
			return nil, usage("give a file", "--in-place cannot replace standard input")
		}
		if fileOf(in) != in {
			return nil, usage("write the result elsewhere with -o", "--in-place replaces whole files, and %s is a part of one", in)
		}
		if other, ok := taken.take(in, in); !ok {
			return nil, usage("give it once", "%s and %s are one file, which --in-place would replace twice", other, in)
		}
		if info, err := os.Stat(in); err == nil && !info.Mode().IsRegular() {
			return nil, usage("write the result elsewhere with -o", "--in-place replaces files, and %s is %s", in, kindOf(info.Mode()))
		}
		if err := f.checkOwnFormat(in); err != nil {
			return nil, err
		}
		list = append(list, file{in, in})
	}
	return list, nil
}

// checkOwnFormat refuses to write a file in a format that its name does not say.
func (f *filter) checkOwnFormat(in string) error {
	own, err := imageio.FormatOf(in)
	known, _ := imageio.FormatNamed(own)
	switch {
	case f.write.Format == "" && err != nil:
		return usage("name the format with --format", "%s: the name does not say in which format --in-place writes it", in)
	case f.write.Format == "" && !known.CanWrite():
		return usage("write the result elsewhere with -o", "--in-place cannot write %s: %s is read only", in, own)
	case f.write.Format != "" && err == nil && f.write.Format != own:
		return usage("leave --format out, or write elsewhere with -o", "--in-place would write %s as %s", in, f.write.Format)
	}
	return nil
}

// claims are files that were given away as outputs, each to one taker.
type claims struct {
	paths map[string]string
	files map[fileID]string
}

// take gives a file away, by whatever name. It returns its owner and false where
// it was given away already.
func (c *claims) take(path, taker string) (owner string, ok bool) {
	if c.paths == nil {
		c.paths, c.files = map[string]string{}, map[fileID]string{}
	}
	real := realPath(path)
	if owner, taken := c.paths[real]; taken {
		return owner, false
	}
	c.paths[real] = taker
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return taker, true
	}
	id, known := idOf(info)
	if owner, taken := c.files[id]; known && taken {
		return owner, false
	}
	if known {
		c.files[id] = taker
	}
	return taker, true
}
