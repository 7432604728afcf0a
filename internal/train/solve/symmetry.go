package solve

import (
	"github.com/convkit/convkit/internal/train"
)

// Symmetry is what a kernel is held to.
type Symmetry int

const (
	// NoSymmetry: nothing.
	NoSymmetry Symmetry = iota
	// EvenX: the columns mirrored are the same.
	EvenX
	// EvenY: the rows mirrored are the same.
	EvenY
	// EvenBoth: both.
	EvenBoth
	// Rotation: a quarter turn changes nothing; the kernel is square.
	Rotation
)

var symmetryNames = []string{"none", "x", "y", "both", "rotation"}

// SymmetryNames are the words that ParseSymmetry knows.
func SymmetryNames() []string { return symmetryNames }

// ParseSymmetry reads a name.
func ParseSymmetry(s string) (Symmetry, error) {
	i, err := train.ParseName("symmetry", s, symmetryNames)
	return Symmetry(i), err
}

// String gives the name.
func (s Symmetry) String() string { return symmetryNames[s] }
