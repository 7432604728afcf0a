package main

import (
	"archive/tar"
	"archive/zip"
	"cmp"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// writeTarGz writes files below the folder top, with one time and owner for all.
func writeTarGz(path, top string, files []file, when time.Time) (err error) {
	out, err := os.Create(path)
	if err != nil {
		return err
	}
	defer closing(out, &err)
	packed, err := gzip.NewWriterLevel(out, gzip.BestCompression)
	if err != nil {
		return err
	}
	defer closing(packed, &err)
	archive := tar.NewWriter(packed)
	defer closing(archive, &err)
	for _, f := range sorted(files) {
		data, err := os.ReadFile(f.from)
		if err != nil {
			return err
		}
		head := &tar.Header{Name: top + "/" + f.to, Mode: int64(f.mode), Size: int64(len(data)), ModTime: when, Format: tar.FormatPAX}
		if err := archive.WriteHeader(head); err != nil {
			return err
		}
		if _, err := archive.Write(data); err != nil {
			return err
		}
	}
	return nil
}

// writeZip is writeTarGz for Windows.
func writeZip(path, top string, files []file, when time.Time) (err error) {
	out, err := os.Create(path)
	if err != nil {
		return err
	}
	defer closing(out, &err)
	archive := zip.NewWriter(out)
	defer closing(archive, &err)
	for _, f := range sorted(files) {
		data, err := os.ReadFile(f.from)
		if err != nil {
			return err
		}
		head := &zip.FileHeader{Name: top + "/" + f.to, Method: zip.Deflate, Modified: when}
		head.SetMode(f.mode)
		w, err := archive.CreateHeader(head)
		if err != nil {
			return err
		}
		if _, err := w.Write(data); err != nil {
			return err
		}
	}
	return nil
}

// sorted returns the files in the order of their names, so that archives do not depend
// on the order in which they were listed.
func sorted(files []file) []file {
	files = slices.Clone(files)
	slices.SortFunc(files, func(a, b file) int { return cmp.Compare(a.to, b.to) })
	return files
}

// closing closes what is written to; an error of it counts if there is no other.
func closing(c io.Closer, err *error) {
	if e := c.Close(); *err == nil {
		*err = e
	}
}

// writeChecksums writes the SHA-256 of every file in the form of sha256sum.
func (r *release) writeChecksums() error {
	names, err := os.ReadDir(r.out)
	if err != nil {
		return err
	}
	var lines strings.Builder
	for _, n := range names {
		data, err := os.ReadFile(filepath.Join(r.out, n.Name()))
		if err != nil {
			return err
		}
		fmt.Fprintf(&lines, "%x  %s\n", sha256.Sum256(data), n.Name())
	}
	return os.WriteFile(filepath.Join(r.out, "checksums.txt"), []byte(lines.String()), 0o644)
}
