package imageio

import (
	"fmt"
	"slices"
	"strings"
)

// Kind tells the two families of files apart.
type Kind int

const (
	// Pixels are whole numbers with a full scale: PNG, JPEG, PGM and their like.
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

// AlphaMode says what becomes of an alpha plane.
type AlphaMode int

const (
	// AlphaKeep passes it through untouched.
	AlphaKeep AlphaMode = iota
	// AlphaFilter filters it, and the colours premultiplied by it.
	AlphaFilter
	// AlphaDrop forgets it.
	AlphaDrop
)

// Mapping says how numbers become pixels; v is the number, 0..1 the scale of
// the result.
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
	LayoutNames = []string{"chw", "hwc"}
)

// ParseValues reads one of ValuesNames.
func ParseValues(s string) (Values, error) {
	i, err := oneOf(s, ValuesNames)
	return Values(i), err
}

// ParseAlphaMode reads one of AlphaModeNames.
func ParseAlphaMode(s string) (AlphaMode, error) {
	i, err := oneOf(s, AlphaModeNames)
	return AlphaMode(i), err
}

// ParseMapping reads one of MappingNames.
func ParseMapping(s string) (Mapping, error) {
	i, err := oneOf(s, MappingNames)
	return Mapping(i), err
}

func (v Values) String() string    { return ValuesNames[v] }
func (a AlphaMode) String() string { return AlphaModeNames[a] }
func (m Mapping) String() string   { return MappingNames[m] }

func oneOf(s string, names []string) (int, error) {
	if i := slices.Index(names, strings.ToLower(s)); i >= 0 {
		return i, nil
	}
	return 0, fmt.Errorf("%q is not one of %s", s, strings.Join(names, ", "))
}
