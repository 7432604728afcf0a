// Package packed reads and writes files that are packed as a whole: gzip, bzip2
// and zstd. The packers are those of klauspost/compress and the Go library.
package packed

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"errors"
	"io"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/memory"
)

// Packing is one way to pack a file.
type Packing struct {
	Name       string
	Extensions []string // with the dot, the usual one first

	begins func(head []byte) bool
	open   func(r *bufio.Reader) (io.Reader, error)
	create func(w io.Writer) (io.WriteCloser, error) // nil if it is only read
}

// HeadLen is the number of bytes that Of needs.
const HeadLen = 10

// packings is the table of all packings.
var packings = []Packing{
	{Name: "gzip", Extensions: []string{".gz"}, begins: magic("\x1f\x8b\x08"), open: openGzip, create: createGzip},
	{Name: "bzip2", Extensions: []string{".bz2"}, begins: beginsBzip2, open: openBzip2},
	// fpack packs images inside of a FITS, which package fits reads; only the name is of concern here.
	{Name: "fpack", Extensions: []string{".fz"}, begins: func([]byte) bool { return false }},
	{Name: "zstd", Extensions: []string{".zst", ".zstd"}, begins: magic("\x28\xb5\x2f\xfd"), open: openZstd, create: createZstd},
}

func magic(word string) func([]byte) bool {
	return func(head []byte) bool { return bytes.HasPrefix(head, []byte(word)) }
}

// beginsBzip2 wants the mark of the first block, or that of the end, behind the
// level: text may begin with "BZh".
func beginsBzip2(head []byte) bool {
	if len(head) < HeadLen || string(head[:3]) != "BZh" || head[3] < '1' || head[3] > '9' {
		return false
	}
	mark := string(head[4:10])
	return mark == "\x31\x41\x59\x26\x53\x59" || mark == "\x17\x72\x45\x38\x50\x90"
}

// Of returns the packing of a file with this beginning.
func Of(head []byte) (Packing, bool) {
	for _, p := range packings {
		if p.begins(head) {
			return p, true
		}
	}
	return Packing{}, false
}

// Named returns the packing that the last extension of a path stands for, and the
// path without it.
func Named(path string) (p Packing, inner string, ok bool) {
	ext := filepath.Ext(path)
	for _, p := range packings {
		for _, e := range p.Extensions {
			if strings.EqualFold(e, ext) {
				return p, path[:len(path)-len(ext)], true
			}
		}
	}
	return Packing{}, path, false
}

// Inner returns the path without the extension of a packing.
func Inner(path string) string {
	_, inner, _ := Named(path)
	return inner
}

// CanWrite reports whether files can be packed this way.
func (p Packing) CanWrite() bool { return p.create != nil }

// NewWriter returns a writer that packs what it gets into w. Close ends the packed
// data and leaves w open. The bytes depend on nothing but the data.
func (p Packing) NewWriter(w io.Writer) (io.WriteCloser, error) { return p.create(w) }

// NewReader unpacks r. Data that ends too early, is damaged, or is followed by
// anything but more packed data is a DataError.
func (p Packing) NewReader(r io.Reader) io.Reader {
	raw := &source{r: r}
	return &reader{p: p, raw: raw, buf: bufio.NewReaderSize(raw, 64<<10)}
}

// source keeps the error of the file itself apart from those of its content.
type source struct {
	r   io.Reader
	err error
}

func (s *source) Read(b []byte) (int, error) {
	n, err := s.r.Read(b)
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}

type reader struct {
	p   Packing
	raw *source
	buf *bufio.Reader
	r   io.Reader // nil before the first Read
	err error
}

func (u *reader) Read(b []byte) (int, error) {
	if u.err != nil {
		return 0, u.err
	}
	n, err := 0, error(nil)
	if u.r == nil {
		u.r, err = u.p.open(u.buf)
	}
	if err == nil {
		n, err = u.r.Read(b)
	}
	if err != nil {
		u.err = u.explain(err)
	}
	return n, u.err
}

// explain says what is wrong with the packed data, in the same words for all.
func (u *reader) explain(err error) error {
	var need *memory.Error
	var bad *raster.DataError
	switch {
	case err == io.EOF || errors.As(err, &need) || errors.As(err, &bad):
		return err
	case u.raw.err != nil:
		return u.raw.err
	case errors.Is(err, io.ErrUnexpectedEOF):
		return raster.BadData("the %s data ends too early: the file is cut off, or other bytes follow it", u.p.Name)
	}
	return raster.BadData("the %s data is damaged, or other bytes follow it", u.p.Name)
}

func openGzip(r *bufio.Reader) (io.Reader, error) { return gzip.NewReader(r) }

func openBzip2(r *bufio.Reader) (io.Reader, error) { return bzip2.NewReader(r), nil }

// mostWindow is the largest window of zstd that is unpacked: that of zstd itself
// without --long.
const mostWindow = 128 << 20

func openZstd(r *bufio.Reader) (io.Reader, error) {
	head, _ := r.Peek(zstd.HeaderMaxSize)
	var h zstd.Header
	if err := h.Decode(head); err != nil {
		return nil, err
	}
	if h.WindowSize > mostWindow {
		e := raster.BadData("the zstd data needs a window of %s", memory.Format(int64(h.WindowSize))).(*raster.DataError)
		e.Hint = "unpack it into a pipe: zstd -dc --long=31 FILE | convkit … -"
		return nil, e
	}
	if err := memory.Need(int64(h.WindowSize), "the window of the zstd data"); err != nil {
		return nil, err
	}
	d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(mostWindow))
	if err != nil {
		return nil, err
	}
	return d.IOReadCloser(), nil
}

func createGzip(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriter(w), nil }

func createZstd(w io.Writer) (io.WriteCloser, error) {
	return zstd.NewWriter(w, zstd.WithEncoderConcurrency(1))
}
