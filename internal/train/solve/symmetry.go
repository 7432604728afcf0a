package solve

import (
	"github.com/convkit/convkit/internal/enum"
)

// Symmetry is a symmetry that a kernel must have.
type Symmetry int

const (
	// NoSymmetry: none.
	NoSymmetry Symmetry = iota
	// EvenX: mirroring the columns changes nothing.
	EvenX
	// EvenY: mirroring the rows changes nothing.
	EvenY
	// EvenBoth: both.
	EvenBoth
	// Rotation: a quarter turn changes nothing; the kernel is square.
	Rotation
)

var symmetryNames = []string{"none", "x", "y", "both", "rotation"}

// SymmetryNames are the words that ParseSymmetry knows.
func SymmetryNames() []string { return symmetryNames }

// ParseSymmetry returns the symmetry of a name.
func ParseSymmetry(s string) (Symmetry, error) {
	return enum.Parse[Symmetry](s, symmetryNames)
}

// String gives the name.
func (s Symmetry) String() string { return symmetryNames[s] }
