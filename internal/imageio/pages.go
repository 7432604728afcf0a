package imageio

// Of files of several pictures (pages of TIFF, frames of GIF, parts of FITS) one
// is read: the first, or number ReadOptions.Page, counted from 0 as ImageMagick,
// libvips and astropy do.

// checkPage refuses another page than the first of a format that has none, or
// whose others are not read.
func (o ReadOptions) checkPage(f Format) error {
	if o.Page == 0 || f.Pages {
		return nil
	}
	e := badData("there is no page %d: of %s the first picture is read", o.Page, f.Name).(*DataError)
	e.Hint = "--page chooses among the pages of tif, the frames of gif and the parts of fits"
	return e
}

// noPage says that page is beyond the n that there are.
func noPage(page, n int) error {
	switch n {
	case 0:
		return badData("there is no page %d: the file has none", page)
	case 1:
		return badData("there is no page %d: the file has one, page 0", page)
	}
	return badData("there is no page %d: the file has %d, from 0 to %d", page, n, n-1)
}
