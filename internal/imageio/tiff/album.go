package tiff

import (
	"fmt"
	"regexp"
	"strconv"

	"github.com/convkit/convkit/internal/imageio/codec"
	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/source"
)

// album is the chain of directories of a file. Each is a page.
type album struct {
	in      *source.Input
	file    tiffFile // without a directory
	starts  []uint64 // of the directories
	entries []codec.Entry

	pageBytes uint64 // of the pages that share one directory, else 0
}

// maxPages bounds a chain of directories: a stack of so many pages is larger than
// any that is known, and its list takes 100 MB.
const maxPages = 1 << 20

// openTIFF lists the pages. A file of at least source.LargeBody bytes stays on
// disk.
func openTIFF(in *source.Input) (codec.Album, error) {
	a := &album{in: in}
	t := &a.file
	f, at, err := in.OnDisk(source.LargeBody)
	if err != nil {
		return nil, err
	}
	if f == nil {
		t.data, err = in.All(in.Options.PixelLimit())
		t.size = uint64(len(t.data))
	} else {
		t.file, t.base = f, at
		var n int64
		n, err = in.Drain()
		t.size = uint64(n)
	}
	if err == nil {
		err = t.header()
	}
	if err == nil {
		err = a.list()
	}
	if err == nil && len(a.starts) == 1 {
		a.imageJ()
	}
	return a, err
}

var imageJCount = regexp.MustCompile(`\AImageJ=[^\n]*\n(?:.*\n)*?images=(\d+)`)

// imageJ finds a stack of ImageJ, which may have one directory for all pages: they
// follow the first one without a gap. The description tells their number.
func (a *album) imageJ() {
	t := a.file
	if _, err := t.directory(a.starts[0], append([]int{tagDescription}, tiffTags...)); err != nil {
		return
	}
	m := imageJCount.FindStringSubmatch(t.text(tagDescription))
	if m == nil || !t.known() || t.planar || t.layout(a.in.Options.PixelLimit()) != nil {
		return
	}
	n, err := strconv.Atoi(m[1])
	start, ok := t.contiguous(t.bytesOf(t.w))
	size := uint64(t.bytesOf(t.w)) * uint64(t.h)
	if err != nil || n < 2 || n > maxPages || !ok || uint64(n) > (t.size-start)/size {
		return
	}
	a.pageBytes = size
	for len(a.entries) < n {
		a.entries = append(a.entries, a.entries[0])
	}
}

// listed are the tags that tell what a page is.
var listed = []int{tagSubfile, tagWidth, tagHeight, tagBits, tagSamples, tagSampleFormat}

// list walks the chain. A chain that leads back, or is damaged after its first
// directory, ends there.
func (a *album) list() error {
	seen := map[uint64]bool{}
	for at := a.file.first; !seen[at] && len(seen) < maxPages; {
		seen[at] = true
		t := a.file
		next, err := t.directory(at, listed)
		if err != nil && len(a.starts) > 0 {
			return nil
		}
		if err != nil {
			return err
		}
		const copyOrMask = 1<<0 | 1<<2
		a.starts = append(a.starts, at)
		a.entries = append(a.entries, codec.Entry{
			H: t.h, W: t.w, Planes: t.samples, Type: t.typeInWords(),
			Copy: len(a.entries) > 0 && t.one(tagSubfile, 0)&copyOrMask != 0,
		})
		if at = next; at == 0 {
			break
		}
	}
	return nil
}

// typeInWords returns the type of the samples as NumPy calls it.
func (t *tiffFile) typeInWords() string {
	kind := map[int]string{formatUint: "uint", formatInt: "int", formatFloat: "float"}[t.format]
	if kind == "" {
		return ""
	}
	return fmt.Sprintf("%s%d", kind, t.bits)
}

func (a *album) Entries() []codec.Entry { return a.entries }

// Read reads a page. Its rows may stay in the file.
func (a *album) Read(k int) (*raster.Picture, error) {
	t := a.file
	if a.pageBytes == 0 {
		if _, err := t.directory(a.starts[k], tiffTags); err != nil {
			return nil, err
		}
		return t.read(a.in)
	}
	if _, err := t.directory(a.starts[0], tiffTags); err != nil {
		return nil, err
	}
	t.tags[tagStripOffsets] = []uint64{t.tags[tagStripOffsets][0] + uint64(k)*a.pageBytes}
	t.tags[tagStripBytes] = []uint64{a.pageBytes}
	t.tags[tagRowsPerStrip] = []uint64{uint64(t.h)}
	return t.read(a.in)
}
