// Package imageio turns files into rows of numbers and rows of numbers into
// files. An image stays in memory as it was stored; a row becomes floating point
// when it is asked for.
//
// Package raster has the image at rest. The names below are its own, so that
// users of files need one import.
package imageio

import (
	"github.com/convkit/convkit/internal/imageio/jpeg"
	"github.com/convkit/convkit/internal/imageio/matrixmarket"
	"github.com/convkit/convkit/internal/imageio/png"
	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/source"
	"github.com/convkit/convkit/internal/tensor"
)

type (
	// Image is a decoded file as it was asked for.
	Image = raster.Image
	// ReadOptions say how a file is read.
	ReadOptions = raster.ReadOptions
	// Kind tells pixels from numbers.
	Kind = raster.Kind
	// Values says what number a pixel stands for.
	Values = raster.Values
	// AlphaMode says what becomes of an alpha plane.
	AlphaMode = raster.AlphaMode
	// Mapping says how numbers become pixels.
	Mapping = raster.Mapping
	// AlphaWindow says where the alpha of an output comes from.
	AlphaWindow = raster.AlphaWindow
	// DataError says that a file does not hold what it should.
	DataError = raster.DataError
	// OptionError says that what was asked for cannot be.
	OptionError = raster.OptionError
)

// The constants of these types.
const (
	Pixels  = raster.Pixels
	Numbers = raster.Numbers

	UnitValues = raster.UnitValues
	RawValues  = raster.RawValues

	AlphaKeep   = raster.AlphaKeep
	AlphaFilter = raster.AlphaFilter
	AlphaDrop   = raster.AlphaDrop

	MapClip    = raster.MapClip
	MapAbs     = raster.MapAbs
	MapRescale = raster.MapRescale
	MapSigned  = raster.MapSigned

	DefaultMaxPixels = raster.DefaultMaxPixels
	SeveralPictures  = raster.SeveralPictures
	SomeBytes        = raster.SomeBytes
)

// StdinName is the name of standard input in messages.
const StdinName = source.StdinName

// The words for these types, in the order of their constants, and their parsers.
var (
	ValuesNames    = raster.ValuesNames
	AlphaModeNames = raster.AlphaModeNames
	MappingNames   = raster.MappingNames
	LayoutNames    = raster.LayoutNames

	ParseValues    = raster.ParseValues
	ParseAlphaMode = raster.ParseAlphaMode
	ParseMapping   = raster.ParseMapping
)

// Rows returns the image as rows of numbers; see raster.Rows.
func Rows[T tensor.Float](m *Image) tensor.Source[T] { return raster.Rows[T](m) }

// PNGLevels are the values of WriteOptions.PNGLevel.
var PNGLevels = png.Levels

// EncodeMatrixMarket writes a sparse matrix; see matrixmarket.Encode.
var EncodeMatrixMarket = matrixmarket.Encode

// DefaultQuality is that of a JPEG.
const DefaultQuality = jpeg.DefaultQuality
