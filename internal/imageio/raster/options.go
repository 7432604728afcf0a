package raster

import (
	"github.com/convkit/convkit/internal/enum"
)

// Kind tells pixels from numbers.
type Kind int

const (
	// Pixels are whole numbers with a full scale: PNG, JPEG, PGM and the like.
	Pixels Kind = iota
	// Numbers stand for themselves: text, NPY, JSON, PFM, FITS.
	Numbers
)

// String gives "pixels" or "numbers".
func (k Kind) String() string {
	if k == Pixels {
		return "pixels"
	}
	return "numbers"
}

// Values says what number a pixel stands for.
type Values int

const (
	// UnitValues: the stored number over the full scale, 0..1.
	UnitValues Values = iota
	// RawValues: the stored number.
	RawValues
)

// AlphaMode says what happens to an alpha plane.
type AlphaMode int

const (
	// AlphaKeep passes alpha through unchanged.
	AlphaKeep AlphaMode = iota
	// AlphaFilter filters alpha, and the colours multiplied by it.
	AlphaFilter
	// AlphaDrop ignores alpha.
	AlphaDrop
)

// Mapping says how a number v becomes a pixel; 0..1 is the scale of the result.
type Mapping int

const (
	// MapClip: v, clipped to 0..1.
	MapClip Mapping = iota
	// MapAbs: |v|, clipped.
	MapAbs
	// MapRescale: (v-min)/(max-min), over the whole result.
	MapRescale
	// MapSigned: 0.5 + v/2, clipped.
	MapSigned
)

// The words for Values, AlphaMode and Mapping, in the order of their constants.
var (
	ValuesNames    = []string{"unit", "raw"}
	AlphaModeNames = []string{"keep", "filter", "drop"}
	MappingNames   = []string{"clip", "abs", "rescale", "signed"}

	// LayoutNames are those of ReadOptions.Layout.
	LayoutNames = []string{"chw", "hwc", LayoutPages}
)

// LayoutPages is the layout of arrays whose first axis counts pages.
const LayoutPages = "nhw"

// ParseValues returns the Values that a word of ValuesNames stands for.
func ParseValues(s string) (Values, error) {
	return enum.Parse[Values](s, ValuesNames)
}

// ParseAlphaMode returns the AlphaMode that a word of AlphaModeNames stands for.
func ParseAlphaMode(s string) (AlphaMode, error) {
	return enum.Parse[AlphaMode](s, AlphaModeNames)
}

// ParseMapping returns the Mapping that a word of MappingNames stands for.
func ParseMapping(s string) (Mapping, error) {
	return enum.Parse[Mapping](s, MappingNames)
}

func (v Values) String() string    { return ValuesNames[v] }
func (a AlphaMode) String() string { return AlphaModeNames[a] }
func (m Mapping) String() string   { return MappingNames[m] }

// ReadOptions say how a file is read.
type ReadOptions struct {
	Values Values
	Gray   bool // one plane, the Rec. 601 luma of the stored values
	Alpha  AlphaMode

	// Linear computes in linear light. Pixels of 0..1 are decoded by the transfer
	// function of sRGB, and results written as pixels are encoded by it. Numbers
	// count as linear light already.
	Linear bool

	// MaxPixels is the largest number of pixels (H*W, times N for a batch) to
	// accept; 0 means DefaultMaxPixels. It is checked before memory is taken.
	MaxPixels int64

	// Layout is the order of arrays of rank 3: "hwc" for rows, columns, planes;
	// "chw" or "" for planes, rows, columns; "nhw" for pages, rows, columns, each page
	// a picture of its own. "hwc" is for NPY only, and is written as it is read.
	Layout string

	// Select chooses pictures of a file that holds several: pages of TIFF, frames of
	// GIF, parts (HDUs) of FITS.
	Select Selection

	// Format is the name of the format. If it is empty, the signature of the
	// content decides, and then the name of the file.
	Format string

	// NoData, if it is set, is the number that stands for no data: it is read as NaN.
	// Pixels have no such number.
	NoData *float64

	// OnRounded, if it is set, is called for each row that is read with whole numbers
	// of 64 bits above 2^53, from any goroutine. float64 rounds such numbers.
	OnRounded func()
}

// DefaultMaxPixels is 2^31: more than cameras and scanners have, and few enough
// to count their bytes in an int.
const DefaultMaxPixels = 1 << 31

// PixelLimit returns MaxPixels, or its default.
func (o ReadOptions) PixelLimit() int64 {
	if o.MaxPixels > 0 {
		return o.MaxPixels
	}
	return DefaultMaxPixels
}
