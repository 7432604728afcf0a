package imageio

import "github.com/convkit/convkit/internal/imageio/raster"

// Of files of several pictures (pages of TIFF, frames of GIF, parts of FITS) one
// is read: the first, or number ReadOptions.Page, counted from 0 as ImageMagick,
// libvips and astropy do.

// checkPage refuses another page than the first of a format that has none, or
// whose others are not read.
func checkPage(page int, f Format) error {
	if page == 0 || f.Pages {
		return nil
	}
	e := raster.BadData("there is no page %d: of %s the first picture is read", page, f.Name).(*raster.DataError)
	e.Hint = "--page chooses among the pages of tif, the frames of gif and the parts of fits"
	return e
}
