package main

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/convkit/convkit/internal/exit"
	"github.com/convkit/convkit/internal/imageio"
	"github.com/convkit/convkit/internal/imageio/packed"
)

// item is an input of a batch. An input that is a folder stands for the images of its
// tree.
type item struct {
	path  string
	below string // the folder under which its result goes in -o DIR/; "": none
}

// expand replaces folders by the images in their trees, in the order of the bytes of
// their names. Hidden files and folders are left out, and so is the folder that results
// go to.
func (f *filter) expand(inputs []string) ([]item, error) {
	var items []item
	for _, in := range inputs {
		if in == "-" || !isFolder(in) {
			items = append(items, item{path: in})
			continue
		}
		if !f.batch.inPlace && !isTemplate(f.output) && (f.output == "" || !isFolder(f.output)) {
			return nil, &failure{code: exit.Failed, err: fmt.Errorf("%s: is a directory, not a file", in), hint: "give a file, or a folder for the results of all its images: -o DIR/"}
		}
		images, others, err := f.walk(in)
		if err != nil {
			return nil, err
		}
		if len(images) == 0 {
			return nil, badData("give a folder of images", "%s and its folders have no file with the extension of a format that can be read", in)
		}
		if others > 0 {
			f.note("%s: files without the extension of an image are left out (%d)", in, others)
		}
		items = append(items, images...)
	}
	return items, nil
}

// walk returns the images of a tree and the number of its other files.
func (f *filter) walk(root string) (images []item, others int, err error) {
	results := ""
	if f.output != "" && f.output != "-" {
		results = realPath(filepath.Clean(strings.Split(f.output, "{")[0]))
	}
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case path != root && strings.HasPrefix(d.Name(), "."):
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case d.IsDir():
			if path != root && realPath(path) == results {
				return fs.SkipDir
			}
			return nil
		case !readable(d.Name()):
			others++
			return nil
		}
		below, err := filepath.Rel(root, filepath.Dir(path))
		images = append(images, item{path, below})
		return err
	})
	slices.SortFunc(images, func(a, b item) int { return strings.Compare(a.path, b.path) })
	return images, others, err
}

// readable reports whether the extension of a name is that of a format that is read.
func readable(name string) bool {
	if _, inner, ok := packed.Named(name); ok {
		name = inner
	}
	format, err := imageio.FormatOf(name)
	if err != nil {
		return false
	}
	known, ok := imageio.FormatNamed(format)
	return ok && known.CanRead()
}

// templateWords are what may stand in braces in -o, as in out/{dir}/{stem}.png.
var templateWords = []string{"dir", "stem", "ext", "page", "n"}

// isTemplate reports whether -o names outputs by a template.
func isTemplate(output string) bool {
	return slices.ContainsFunc(templateWords, func(w string) bool { return strings.Contains(output, "{"+w+"}") })
}

// fromTemplate returns the output of input number n, counted from 0.
func fromTemplate(template, in string, n int) (string, error) {
	if in == "-" {
		return "", usage("name a file: -o NAME.png", "standard input has no name for -o %s", template)
	}
	file, page := fileOf(in), "0"
	if file != in {
		page = strings.TrimSuffix(strings.TrimPrefix(in[len(file):], "["), "]")
	}
	dir := filepath.Dir(file)
	if strings.Contains(template, "{dir}") && slices.Contains(strings.Split(filepath.ToSlash(dir), "/"), "..") {
		return "", usage("name inputs from within the folder that holds them", "{dir} of %s would lead out of the folder that -o begins with", in)
	}
	base := filepath.Base(file)
	return filepath.Clean(strings.NewReplacer("{dir}", dir, "{stem}", stemOf(base), "{ext}", strings.TrimPrefix(filepath.Ext(base), "."), "{page}", page, "{n}", fmt.Sprint(n)).Replace(template)), nil
}

// pairsByTemplate gives each input the name that the template makes.
func (f *filter) pairsByTemplate(items []item) ([]file, error) {
	list := make([]file, 0, len(items))
	var taken claims
	for i, in := range items {
		out, err := fromTemplate(f.output, in.path, i)
		if err != nil {
			return nil, err
		}
		if other, ok := taken.take(out, in.path); !ok {
			return nil, usage("use {dir}, {stem} and {n}, which tell inputs apart", "%s and %s would both be written to %s", other, in.path, out)
		}
		if f.write.Format == "" {
			if _, err := imageio.FormatOf(out); err != nil {
				return nil, usage("end the template with an extension, or name the format with --format", "-o %s: %w", f.output, err)
			}
		}
		list = append(list, file{in.path, out})
	}
	return list, nil
}
