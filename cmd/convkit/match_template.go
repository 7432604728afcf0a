package main

import (
	"context"

	"github.com/convkit/convkit/internal/imageio"
	"github.com/convkit/convkit/internal/match"
	"github.com/convkit/convkit/internal/tensor"
)

// maskAlpha is the word of --mask for the template's own opacity.
const maskAlpha = "alpha"

// template reads the template and its mask, in the scale of the image.
func (m *matcher) template(ctx context.Context, path string, img *imageio.Image) (*match.Template, error) {
	if m.mask == maskAlpha && path == "-" {
		return nil, usage("give the template as a file", "--mask alpha reads the template twice")
	}
	tpl, err := m.readTemplate(ctx, path, m.read)
	if err != nil {
		return nil, err
	}
	full := 1.0
	if stored, n, ok := tpl.Stored(); ok && m.one != 1 {
		tpl, full = stored, n
	}
	cells, err := tensor.Collect(imageio.Rows[float64](tpl))
	if err != nil {
		return nil, err
	}
	unit := m.one
	if m.options.Score == match.NCC || m.options.Score == match.Cosine { // each scale is its own
		if own, err := match.UnitFor(cells); err != nil {
			return nil, err
		} else if own != 1 || img.Kind() == imageio.Numbers {
			unit = own
		}
	}
	match.Scale(cells, unit/full)
	if c, d := img.Shape().C, cells.Shape().C; c != d {
		return nil, badData("--gray makes one channel of three", "the image has %d channels, but the template %d", c, d)
	}
	mask, err := m.readMask(ctx, path)
	if err != nil {
		return nil, err
	}
	t, err := match.NewTemplate(cells, mask)
	return t, asData(err)
}

// readTemplate reads the template. --page chooses a picture of it only if its file
// holds several.
func (m *matcher) readTemplate(ctx context.Context, path string, o imageio.ReadOptions) (*imageio.Image, error) {
	page := o.Select
	o.Select = imageio.Selection{}
	return m.readFrom(ctx, path, o, func(a *imageio.Album) (*imageio.Image, error) {
		if a.Len() > 1 && page.Given() {
			if err := a.Choose(page); err != nil {
				return nil, err
			}
		}
		return a.One()
	})
}

// readMask reads what --mask names, or nothing.
func (m *matcher) readMask(ctx context.Context, template string) (*tensor.Dense[float64], error) {
	switch m.mask {
	case "":
		return nil, nil
	case maskAlpha:
		img, err := m.readTemplate(ctx, template, imageio.ReadOptions{Alpha: imageio.AlphaFilter, Select: m.read.Select})
		if err != nil {
			return nil, err
		}
		if !img.HasAlpha() {
			return nil, badData("give the mask as a file of its own", "--mask alpha: %s has no alpha plane", template)
		}
		x, err := tensor.Collect(imageio.Rows[float64](img))
		if err != nil {
			return nil, err
		}
		return match.Opaque(x), nil
	}
	img, err := m.readImage(ctx, m.mask, imageio.ReadOptions{Alpha: imageio.AlphaDrop})
	if err != nil {
		return nil, err
	}
	return tensor.Collect(imageio.Rows[float64](img))
}
