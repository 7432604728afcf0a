package main

import (
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"

	"github.com/goreleaser/nfpm/v2"
	_ "github.com/goreleaser/nfpm/v2/deb"
	"github.com/goreleaser/nfpm/v2/files"
	_ "github.com/goreleaser/nfpm/v2/rpm"
)

// places are where distributions look for what an archive holds.
var places = []struct{ in, installed string }{
	{"man/man1/", "/usr/share/man/man1/"},
	{"completions/bash/", "/usr/share/bash-completion/completions/"},
	{"completions/zsh/", "/usr/share/zsh/vendor-completions/"},
	{"completions/fish/", "/usr/share/fish/vendor_completions.d/"},
	{"LICENSE", "/usr/share/doc/convkit/copyright"},
	{"README.md", "/usr/share/doc/convkit/README.md"},
	{"CHANGELOG.md", "/usr/share/doc/convkit/CHANGELOG.md"},
}

// writePackages writes the .deb and the .rpm of a program.
func (r *release) writePackages(program string, p platform) error {
	contents := files.Contents{r.content(program, "/usr/bin/convkit", 0o755)}
	for _, f := range r.shared {
		for _, place := range places {
			rest, ok := strings.CutPrefix(f.to, place.in)
			if !ok {
				continue
			}
			from := f.from
			if strings.HasPrefix(place.in, "man/") { // Debian's policy wants pages packed
				packed, err := r.gzip(from)
				if err != nil {
					return err
				}
				from, rest = packed, rest+".gz"
			}
			contents = append(contents, r.content(from, place.installed+rest, f.mode))
		}
	}
	for _, format := range []string{"deb", "rpm"} {
		packager, err := nfpm.Get(format)
		if err != nil {
			return err
		}
		info := nfpm.WithDefaults(&nfpm.Info{
			Name: "convkit", Arch: p.arch, Platform: p.os, Version: r.version, Section: "science", Priority: "optional",
			Maintainer: "The convkit authors", License: "MIT", Homepage: "https://github.com/convkit/convkit",
			Description: "Correlate images with kernels, and learn kernels from images\nconvkit computes what a kernel does to an image, and which kernel turned one\nimage into another.",
			MTime:       r.when, Overridables: nfpm.Overridables{Contents: contents},
		})
		info.RPM.BuildHost = "localhost" // else the name of this machine
		if err := r.writePackage(packager, info); err != nil {
			return err
		}
	}
	return nil
}

func (r *release) writePackage(packager nfpm.Packager, info *nfpm.Info) (err error) {
	// A name that the packager chooses is the one that the tools of a distribution expect.
	out, err := os.Create(filepath.Join(r.out, packager.ConventionalFileName(info)))
	if err != nil {
		return err
	}
	defer closing(out, &err)
	return packager.Package(info, out)
}

func (r *release) content(from, to string, mode os.FileMode) *files.Content {
	return &files.Content{Source: from, Destination: to, FileInfo: &files.ContentFileInfo{Mode: mode, MTime: r.when, Owner: "root", Group: "root"}}
}

// gzip packs a file without its name and time.
func (r *release) gzip(from string) (path string, err error) {
	data, err := os.ReadFile(from)
	if err != nil {
		return "", err
	}
	path = from + ".gz"
	out, err := os.Create(path)
	if err != nil {
		return "", err
	}
	defer closing(out, &err)
	w, err := gzip.NewWriterLevel(out, gzip.BestCompression)
	if err != nil {
		return "", err
	}
	defer closing(w, &err)
	_, err = w.Write(data)
	return path, err
}
