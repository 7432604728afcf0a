package imageio

import (
	"io"

	"github.com/convkit/convkit/internal/imageio/packed"
	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/source"
)

// Decode reads one image of any format. The name is for messages and, where the
// content has no signature, for the format. A file of several pictures is refused
// unless o.Select chooses one.
func Decode(r io.Reader, name string, o raster.ReadOptions) (*raster.Image, error) {
	a, err := OpenAlbum(r, name, o)
	if err != nil {
		return nil, err
	}
	return a.One()
}

// detect finds the format: as asked, by signature, by name, and at last as
// text where the content could be text.
func detect(in *source.Input) (Format, error) {
	in.Unpack()
	in.DecodeUTF16()
	if in.Options.Format != "" {
		f, ok := lookup(in.Options.Format)
		if !ok || !f.CanRead() {
			return f, raster.BadOption("formats that can be read: "+names(readable), "%s is not a format that can be read", in.Options.Format)
		}
		if head, _ := in.Peek(source.HeadLen); f.Binary && !f.Sniff(head) {
			if in.Err() != nil {
				return f, in.Err()
			}
			return f, raster.BadData("the content does not begin like %s", f.Name)
		}
		return f, nil
	}
	head, err := in.Peek(source.HeadLen)
	if len(head) == 0 {
		if in.Err() != nil {
			return Format{}, err
		}
		return Format{}, raster.BadData("the file is empty")
	}
	if f, ok := signature(head); ok {
		return f, nil
	}
	if err := unsupported(head, in.Name); err != nil {
		return Format{}, err
	}
	name, err := formatOf(packed.Inner(in.Name))
	if err == nil {
		f, _ := lookup(name)
		if f.Binary {
			return f, raster.BadData("the name says %s, but the content does not begin like one", name)
		}
		return f, nil
	}
	f, _ := lookup("txt")
	return f, notText(head)
}
