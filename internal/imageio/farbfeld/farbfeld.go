// Package farbfeld reads suckless' farbfeld: a header of 16 bytes and RGBA of 16
// bits (tools.suckless.org/farbfeld).
package farbfeld

import (
	"encoding/binary"
	"io"

	"github.com/convkit/convkit/internal/imageio/codec"
	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/source"
)

const magic = "farbfeld"

func read(in *source.Input) (*raster.Picture, error) {
	var head [16]byte
	if _, err := io.ReadFull(in, head[:]); err != nil {
		return nil, source.CutOff(err)
	}
	w, h := int64(binary.BigEndian.Uint32(head[8:])), int64(binary.BigEndian.Uint32(head[12:]))
	if err := raster.CheckSize(in.Options.PixelLimit(), h, w); err != nil {
		return nil, err
	}
	const channels, depth = 4, 16
	mem, err := source.ReadBytes(in, int(h*w)*channels*depth/8)
	if err != nil {
		return nil, err
	}
	return raster.NewPixels(mem, int(h), int(w), channels, depth, raster.U16BE), nil
}

// Format is the entry of this format in the table of formats.
var Format = codec.Format{
	Name: "farbfeld", Extensions: []string{".ff"},
	Holds: codec.Holds{
		Reads:  "16 bits",
		Colour: true,
		Alpha:  true,
		Binary: true,
		Sized:  true,
	},
	Sniff: codec.Magic(magic),
	Read:  read,
}
