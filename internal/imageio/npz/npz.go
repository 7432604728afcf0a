// Package npz reads and writes archives of NumPy arrays, by archive/zip. Each array
// is a file NAME.npy, and NAME chooses it.
package npz

import (
	"archive/zip"
	"encoding/binary"
	"io"
	"strings"

	"github.com/convkit/convkit/internal/imageio/codec"
	"github.com/convkit/convkit/internal/imageio/npy"
	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/source"
)

const extension = ".npy"

// album is the files of an archive.
type album struct {
	in      *source.Input
	file    *source.Whole
	files   []*zip.File
	entries []codec.Entry
}

func open(in *source.Input) (codec.Album, error) {
	file, err := in.Whole(source.LargeBody)
	if err != nil {
		return nil, err
	}
	z, err := zip.NewReader(file, file.Size())
	if err != nil {
		return nil, raster.BadData("the archive is damaged or cut off: %w", err)
	}
	a := &album{in: in, file: file, files: z.File}
	for _, f := range z.File {
		a.entries = append(a.entries, entry(f))
	}
	return a, nil
}

// entry says what a file of the archive is. What its header does not tell, whoever
// reads it meets.
func entry(f *zip.File) codec.Entry {
	name, ok := strings.CutSuffix(f.Name, extension)
	if !ok {
		return codec.Entry{Name: f.Name, Other: "a file that is no array"}
	}
	e := codec.Entry{Name: name}
	r, err := f.Open()
	if err != nil {
		return e
	}
	defer r.Close()
	dims, kind, err := npy.Describe(r)
	if err != nil || len(dims) == 0 {
		return e
	}
	e.Type, e.H, e.W, e.Planes = kind, 1, dims[len(dims)-1], 1
	if len(dims) > 1 {
		e.H = dims[len(dims)-2]
	}
	for _, d := range dims[:max(len(dims)-2, 0)] {
		e.Planes *= d
	}
	return e
}

func (a *album) Entries() []codec.Entry { return a.entries }

// Read reads an array. A large one that is not packed stays in its file.
func (a *album) Read(k int) (*raster.Picture, error) {
	f := a.files[k]
	if f.Method == zip.Store && f.Flags&1 == 0 && f.UncompressedSize64 >= source.LargeBody {
		return a.readInPlace(f)
	}
	r, err := f.Open()
	if err != nil {
		return nil, raster.BadData("the array %s is damaged: %w", a.entries[k].Name, err)
	}
	m := a.in.Member(r)
	p, err := a.read(m)
	if err == nil {
		err = m.Finish()
	}
	if err != nil {
		return nil, m.Explain(err)
	}
	a.in.File, a.in.Base = m.File, m.Base
	return p, nil
}

// read reads an array after its first bytes have been looked at.
func (a *album) read(in *source.Input) (*raster.Picture, error) {
	head, err := in.Peek(source.HeadLen)
	if !npy.Format.Sniff(head) {
		if err != nil && err != io.EOF {
			return nil, err
		}
		return nil, raster.BadData("the content of %s does not begin like npy", in.Name)
	}
	return npy.Read(in)
}

// readInPlace reads the rows of an array when they are needed, without its
// checksum.
func (a *album) readInPlace(f *zip.File) (*raster.Picture, error) {
	at, err := f.DataOffset()
	if err == nil {
		err = a.file.Rewind(at)
	}
	if err != nil {
		return nil, err
	}
	p, err := a.read(a.in)
	if err != nil {
		return nil, err
	}
	if size := int64(p.N) * int64(p.Colours) * int64(p.H) * int64(p.W) * int64(p.Type.Size()); size > int64(f.UncompressedSize64) {
		return nil, raster.BadData("the array %s is longer than its place in the archive", f.Name)
	}
	return p, nil
}

// sniff looks for an archive whose first file is an array.
func sniff(head []byte) bool {
	const fixed = 30 // bytes before the name
	if len(head) < fixed || string(head[:4]) != "PK\x03\x04" {
		return false
	}
	end := fixed + int(binary.LittleEndian.Uint16(head[26:]))
	return len(head) >= end && strings.HasSuffix(string(head[fixed:end]), extension)
}

// newEncoder writes one array under the name that numpy.savez gives the first.
func newEncoder(r codec.Result) (codec.Encoder, error) {
	e, err := npy.NewEncoder(r)
	e.Around = func(w io.Writer) (io.WriteCloser, error) {
		z := zip.NewWriter(w)
		f, err := z.CreateHeader(&zip.FileHeader{Name: "arr_0" + extension, Method: zip.Store})
		return &archive{f, z}, err
	}
	return e, err
}

// archive writes the content of its file.
type archive struct {
	io.Writer
	z *zip.Writer
}

func (a *archive) Close() error { return a.z.Close() }

// Format is the entry of this format in the table of formats.
var Format = codec.Format{
	Name: "npz", Extensions: []string{".npz"},
	Holds: codec.Holds{
		Reads:  npy.Format.Reads,
		Kind:   raster.Numbers,
		Depths: npy.Format.Depths,
		Planes: true,
		Batch:  true,

		PlanesLast: true,

		NaN:    true,
		Binary: true,
		Stack:  true,
	},
	Sniff:      sniff,
	Open:       open,
	NewEncoder: newEncoder,
}
