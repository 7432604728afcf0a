// Command release builds what a release of convkit offers for download:
//
//	go run . -version v0.2.0 -out ../dist
//
// For each platform it makes an archive with the program, the manual pages, completions
// and the licence; for Linux also a .deb and a .rpm. Beside them stand a bill of
// materials of each program (CycloneDX) and checksums.txt. The same commit gives the
// same bytes: paths are trimmed, and all files carry the time of the commit.
//
// It is a module of its own, so that what it imports is no part of convkit.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// platform is an operating system and an architecture, by Go's names.
type platform struct{ os, arch string }

var platforms = []platform{
	{"linux", "amd64"}, {"linux", "arm64"}, {"darwin", "amd64"}, {"darwin", "arm64"},
	{"windows", "amd64"}, {"windows", "arm64"}, {"freebsd", "amd64"}, {"freebsd", "arm64"},
}

// release is what all files of one release share.
type release struct {
	version string // v1.2.3
	root    string // of the checkout
	out     string
	work    string // temporary
	when    time.Time
	shared  []file // in every archive
}

// file is a file of an archive or a package.
type file struct {
	from, to string // to is relative: "man/man1/convkit.1"
	mode     os.FileMode
}

var versionForm = regexp.MustCompile(`^v\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$`)

func main() {
	version := flag.String("version", "", "semantic version, like v0.2.0")
	out := flag.String("out", "../dist", "folder to write to; it is made, or must be empty")
	only := flag.String("only", "", "platforms, like linux/amd64,darwin/arm64 (default: all)")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *version, *out, *only); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, version, out, only string) error {
	if !versionForm.MatchString(version) {
		return fmt.Errorf("-version %q: want a semantic version like v0.2.0", version)
	}
	list, err := choose(only)
	if err != nil {
		return err
	}
	r := &release{version: version}
	if r.out, err = filepath.Abs(out); err != nil {
		return err
	}
	if r.root, err = output(ctx, "", "git", "rev-parse", "--show-toplevel"); err != nil {
		return err
	}
	if r.when, err = commitTime(ctx, r.root); err != nil {
		return err
	}
	if err := os.MkdirAll(r.out, 0o777); err != nil {
		return err
	}
	if names, err := os.ReadDir(r.out); err != nil || len(names) > 0 {
		return errors.Join(err, fmt.Errorf("%s is not empty: give another -out, or empty it", r.out))
	}
	if r.work, err = os.MkdirTemp("", "convkit-release"); err != nil {
		return err
	}
	defer os.RemoveAll(r.work)
	if err := r.makeShared(ctx); err != nil {
		return err
	}
	for _, p := range list {
		fmt.Printf("%s/%s\n", p.os, p.arch)
		if err := r.makePlatform(ctx, p); err != nil {
			return fmt.Errorf("%s/%s: %w", p.os, p.arch, err)
		}
	}
	return r.writeChecksums()
}

// choose parses -only.
func choose(only string) ([]platform, error) {
	if only == "" {
		return platforms, nil
	}
	var list []platform
	for _, word := range strings.Split(only, ",") {
		goos, arch, ok := strings.Cut(word, "/")
		if !ok {
			return nil, fmt.Errorf("-only %q: want words like linux/amd64", word)
		}
		list = append(list, platform{goos, arch})
	}
	return list, nil
}

// commitTime returns SOURCE_DATE_EPOCH, or the time of the commit that is checked out.
func commitTime(ctx context.Context, root string) (time.Time, error) {
	text := os.Getenv("SOURCE_DATE_EPOCH")
	if text == "" {
		var err error
		if text, err = output(ctx, root, "git", "log", "-1", "--format=%ct"); err != nil {
			return time.Time{}, err
		}
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("time of the commit: %w", err)
	}
	return time.Unix(seconds, 0).UTC(), nil
}

// build compiles convkit for a platform.
func (r *release) build(ctx context.Context, p platform) (string, error) {
	program := filepath.Join(r.work, p.os+"-"+p.arch, "convkit")
	if p.os == "windows" {
		program += ".exe"
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w -buildid= -X main.release="+r.version, "-o", program, "./cmd/convkit")
	cmd.Dir = r.root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+p.os, "GOARCH="+p.arch, "GOFLAGS=")
	cmd.Stderr = os.Stderr
	return program, cmd.Run()
}

// makeShared writes manual pages and completions, and lists what goes into every
// archive.
func (r *release) makeShared(ctx context.Context) error {
	program, err := r.build(ctx, platform{runtime.GOOS, runtime.GOARCH})
	if err != nil {
		return err
	}
	for _, name := range []string{"LICENSE", "README.md", "CHANGELOG.md"} {
		r.shared = append(r.shared, file{filepath.Join(r.root, name), name, 0o644})
	}
	pages := filepath.Join(r.work, "man1")
	if _, err := output(ctx, "", program, "man", pages); err != nil {
		return err
	}
	names, err := os.ReadDir(pages)
	if err != nil {
		return err
	}
	for _, n := range names {
		r.shared = append(r.shared, file{filepath.Join(pages, n.Name()), "man/man1/" + n.Name(), 0o644})
	}
	for shell, name := range map[string]string{"bash": "convkit", "zsh": "_convkit", "fish": "convkit.fish"} {
		script, err := output(ctx, "", program, "completion", shell)
		if err != nil {
			return err
		}
		path := filepath.Join(r.work, "completion-"+shell)
		if err := os.WriteFile(path, []byte(script+"\n"), 0o644); err != nil {
			return err
		}
		r.shared = append(r.shared, file{path, "completions/" + shell + "/" + name, 0o644})
	}
	return nil
}

// makePlatform makes all files of a platform.
func (r *release) makePlatform(ctx context.Context, p platform) error {
	program, err := r.build(ctx, p)
	if err != nil {
		return err
	}
	name := fmt.Sprintf("convkit_%s_%s_%s", strings.TrimPrefix(r.version, "v"), p.os, p.arch)
	files := append([]file{{program, filepath.Base(program), 0o755}}, r.shared...)
	pack := writeTarGz
	path := filepath.Join(r.out, name+".tar.gz")
	if p.os == "windows" {
		pack, path = writeZip, filepath.Join(r.out, name+".zip")
	}
	if err := pack(path, name, files, r.when); err != nil {
		return err
	}
	if err := r.writeMaterials(program, filepath.Join(r.out, name+".cdx.json"), p); err != nil {
		return err
	}
	if p.os == "linux" {
		return r.writePackages(program, p)
	}
	return nil
}

// output runs a command in a folder and returns what it prints.
func output(ctx context.Context, dir, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Stderr = os.Stderr
	text, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w", name, strings.Join(args, " "), err)
	}
	return strings.TrimSpace(string(text)), nil
}
