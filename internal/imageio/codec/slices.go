package codec

import "github.com/convkit/convkit/internal/imageio/raster"

// Slices returns the pages of an array: the planes of rank 3, and the images of
// rank 4. Arrays of lower rank are one page. The pages share the memory, or the
// file, of the array.
func Slices(p *raster.Picture) Album {
	s := slicesOf{page: *p, n: 1}
	switch p.Rank {
	case 3:
		s.n, s.step = p.Colours, p.StrideC
		s.page.Colours, s.page.Rank = 1, 2
	case 4:
		s.n, s.step = p.N, p.StrideN
		s.page.N, s.page.Rank = 1, 3
		if p.Colours == 1 {
			s.page.Rank = 2
		}
	}
	return s
}

type slicesOf struct {
	page raster.Picture // the first one
	n    int
	step int // bytes between pages
}

// Entries returns entries of one size.
func (s slicesOf) Entries() []Entry {
	list := make([]Entry, s.n)
	for k := range list {
		list[k] = Entry{H: s.page.H, W: s.page.W, Planes: s.page.Colours}
	}
	return list
}

// Read returns page k.
func (s slicesOf) Read(k int) (*raster.Picture, error) {
	p := s.page
	p.Offset += k * s.step
	return &p, nil
}
