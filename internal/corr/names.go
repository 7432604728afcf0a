package corr

import (
	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/corr/method"
)

// The types and constants of packages geometry and method that every caller of a Plan needs, under the
// operator's own name: who plans a correlation imports one package.
type (
	Options    = geometry.Options
	Geometry   = geometry.Geometry
	Size       = geometry.Size
	Origin     = geometry.Origin
	Padding    = geometry.Padding
	Border     = geometry.Border
	BorderMode = geometry.BorderMode
	Method     = method.Method
)

// The methods.
const (
	Auto      = method.Auto
	Direct    = method.Direct
	Separable = method.Separable
	Fourier   = method.Fourier
)

// The modes of padding.
const (
	Valid    = geometry.Valid
	Same     = geometry.Same
	Full     = geometry.Full
	Explicit = geometry.Explicit
)

// The borders.
const (
	Zeros     = geometry.Zeros
	Constant  = geometry.Constant
	Replicate = geometry.Replicate
	Reflect   = geometry.Reflect
	Symmetric = geometry.Symmetric
	Circular  = geometry.Circular
)
