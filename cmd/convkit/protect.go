package main

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/convkit/convkit/internal/faults"
	"github.com/convkit/convkit/internal/imageio/atomicfile"
)

// protected are the files of a run that no output may replace: those that it
// reads, and the outputs that it has written already. Files are known by device
// and inode, so that hard links and all spellings of a name lead to the same one,
// and by their path without links where there is no file yet. Pipes and devices
// are not files that could be lost.
type protected struct {
	mu      sync.Mutex
	files   map[fileID][]reading
	paths   map[string][]reading
	written map[fileID]string // to the output's name
	own     string            // the image that --in-place replaces by its result, or ""
}

// reading says under which name a file is read, and whether as one of the images
// that a filter works on.
type reading struct {
	name  string
	input bool
}

// willRead registers files that are going to be read, as other than the images of
// a filter.
func (a *app) willRead(names ...string) {
	for _, name := range names {
		a.protected.add(reading{name: name})
	}
}

// willFilter registers the images that a filter is going to work on.
func (a *app) willFilter(names ...string) {
	for _, name := range names {
		a.protected.add(reading{name, true})
	}
}

func (p *protected) add(r reading) {
	r.name = fileOf(r.name)
	if r.name == "" || r.name == "-" {
		return
	}
	info, err := os.Stat(r.name)
	if err == nil && !info.Mode().IsRegular() {
		return
	}
	p.register(r, info, realPath(r.name))
}

// register adds a file, whose info is nil where it does not exist.
func (p *protected) register(r reading, info fs.FileInfo, path string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.files == nil {
		p.files, p.paths = map[fileID][]reading{}, map[string][]reading{}
	}
	if info != nil {
		if id, ok := idOf(info); ok {
			p.files[id] = append(p.files[id], r)
		}
	}
	if path != "" {
		p.paths[path] = append(p.paths[path], r)
	}
}

// open opens a file for reading, and registers what was opened. Standard input is
// - and may be a file as well.
func (a *app) open(name string, input bool) (io.ReadCloser, error) {
	if name == "-" {
		if f, ok := a.stdin.(*os.File); ok {
			a.opened(f, reading{"standard input", input}, "")
		}
		return io.NopCloser(a.stdin), nil
	}
	if err := faults.At(faults.Open, name); err != nil {
		return nil, err
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	a.opened(f, reading{name, input}, realPath(name))
	return f, nil
}

func (a *app) opened(f *os.File, r reading, path string) {
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
		a.protected.register(r, info, path)
	}
}

// mayWrite refuses an output that would replace a file that is read or that the
// run has written. It is asked before the work, and by the set of outputs when an
// output is begun and again before it takes its place.
func (a *app) mayWrite(output string) error {
	if output == "" {
		return nil
	}
	name, path := output, ""
	var info fs.FileInfo
	var err error
	if output == "-" {
		f, ok := a.stdout.w.(*os.File)
		if !ok {
			return nil
		}
		name = "standard output"
		info, err = f.Stat()
	} else {
		info, err = os.Stat(output)
		path = realPath(output)
	}
	if err != nil {
		info = nil
	} else if !info.Mode().IsRegular() {
		return nil
	}
	return a.protected.check(name, path, info)
}

func (p *protected) check(output, path string, info fs.FileInfo) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	var readings []reading
	if info != nil {
		if id, ok := idOf(info); ok {
			if other, done := p.written[id]; done {
				return usage("give them different names", "%s and %s are one file: the second result would replace the first", other, output)
			}
			readings = append(readings, p.files[id]...)
		}
	}
	if path != "" {
		readings = append(readings, p.paths[path]...)
	}
	for _, r := range readings {
		switch {
		case p.own != "" && r == (reading{p.own, true}):
		case r.name == output:
			return usage(writeElsewhere, "%s is read: the result would replace it", output)
		default:
			return usage(writeElsewhere, "%s would replace %s, which is read", output, r.name)
		}
	}
	return nil
}

const writeElsewhere = "write to another file"

// wrote registers an output that has taken its place.
func (a *app) wrote(output string) {
	info, err := os.Stat(output)
	if output == "-" || err != nil || !info.Mode().IsRegular() {
		return
	}
	p := &a.protected
	p.mu.Lock()
	defer p.mu.Unlock()
	if id, ok := idOf(info); ok {
		if p.written == nil {
			p.written = map[fileID]string{}
		}
		p.written[id] = output
	}
}

// realPath is a path without links, also where the file itself is not there yet.
func realPath(path string) string {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		real = atomicfile.BehindLinks(path)
		if dir, err := filepath.EvalSymlinks(filepath.Dir(real)); err == nil {
			real = filepath.Join(dir, filepath.Base(real))
		}
	}
	if abs, err := filepath.Abs(real); err == nil {
		real = abs
	}
	return filepath.Clean(real)
}

// sameFile reports whether two paths lead to one file, by whatever links and
// spellings. Streams and devices are no files that could be lost.
func sameFile(a, b string) bool {
	if a == "" || b == "" || a == "-" || b == "-" {
		return false
	}
	s, err := os.Stat(a)
	t, other := os.Stat(b)
	if err == nil && !s.Mode().IsRegular() {
		return false
	}
	return err == nil && other == nil && os.SameFile(s, t) || realPath(a) == realPath(b)
}
