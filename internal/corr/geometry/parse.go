package geometry

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// ParseSize reads "3" (3x3) or "3x5".
func ParseSize(s string) (Size, error) {
	h, w, two := strings.Cut(strings.ToLower(s), "x")
	if !two {
		w = h
	}
	var size Size
	var err error
	if size.H, err = count(h); err == nil {
		size.W, err = count(w)
	}
	if err != nil || size.H == 0 || size.W == 0 {
		return Size{}, fmt.Errorf("%q is not a size: write one number, like 3, or HxW, like 3x5, each from 1 to %d", s, MaxSize)
	}
	return size, nil
}

func count(s string) (int, error) {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err == nil && (n < 0 || n > MaxSize) {
		err = errors.New("out of range")
	}
	return n, err
}

// PaddingNames are the words that ParsePadding knows.
func PaddingNames() []string { return []string{"valid", "same", "full"} }

// ParsePadding reads "valid", "same", "full", "N", "HxW" or "T,B,L,R".
func ParsePadding(s string) (Padding, error) {
	if i := slices.Index(PaddingNames(), strings.ToLower(s)); i >= 0 {
		return Padding{Mode: PaddingMode(i)}, nil
	}
	bad := fmt.Errorf("%q is not a padding: write valid, same, full, one number, HxW, or T,B,L,R, each from 0 to %d", s, MaxSize)
	parts := strings.Split(s, ",")
	sizes := strings.Split(strings.ToLower(s), "x")
	switch {
	case len(parts) == 4:
	case len(parts) == 1 && len(sizes) == 2:
		parts = []string{sizes[0], sizes[0], sizes[1], sizes[1]}
	case len(parts) == 1:
		parts = []string{s, s, s, s}
	default:
		return Padding{}, bad
	}
	var n [4]int
	for i, part := range parts {
		var err error
		if n[i], err = count(part); err != nil {
			return Padding{}, bad
		}
	}
	return Padding{Mode: Explicit, Top: n[0], Bottom: n[1], Left: n[2], Right: n[3]}, nil
}

// String gives the padding as ParsePadding reads it.
func (p Padding) String() string {
	switch {
	case p.Mode != Explicit:
		return PaddingNames()[p.Mode]
	case p.Top == p.Bottom && p.Left == p.Right && p.Top == p.Left:
		return strconv.Itoa(p.Top)
	case p.Top == p.Bottom && p.Left == p.Right:
		return fmt.Sprintf("%dx%d", p.Top, p.Left)
	}
	return fmt.Sprintf("%d,%d,%d,%d", p.Top, p.Bottom, p.Left, p.Right)
}

var borderNames = []string{"zeros", "constant", "replicate", "reflect", "symmetric", "circular"}

// borderAliases are the words of other tools for the same borders.
var borderAliases = map[string]BorderMode{
	"zero": Zeros, "edge": Replicate, "nearest": Replicate, "mirror": Reflect, "reflect101": Reflect, "wrap": Circular,
}

// BorderNames are the words that ParseBorder knows, without the aliases.
func BorderNames() []string {
	names := slices.Clone(borderNames)
	names[Constant] = "constant:"
	return names
}

// ParseBorder reads a name, or "constant:V" with a number V.
func ParseBorder(s string) (Border, error) {
	name, value, valued := strings.Cut(strings.ToLower(strings.TrimSpace(s)), ":")
	mode, ok := borderAliases[name]
	if i := slices.Index(borderNames, name); i >= 0 {
		mode, ok = BorderMode(i), true
	}
	switch {
	case !ok:
		return Border{}, fmt.Errorf("%q is not a border: choose zeros, constant:V, replicate, reflect, symmetric or circular", s)
	case mode != Constant && valued:
		return Border{}, fmt.Errorf("border %q takes no value: only constant:V does", s)
	case mode != Constant:
		return Border{Mode: mode}, nil
	}
	v, err := strconv.ParseFloat(value, 64)
	if err != nil || math.IsInf(v, 0) || math.IsNaN(v) {
		return Border{}, fmt.Errorf("border %q: write constant:V with a finite number V, like constant:0.5", s)
	}
	return Border{Mode: Constant, Value: v}, nil
}

// String gives the border as ParseBorder reads it.
func (b Border) String() string {
	if b.Mode == Constant {
		return "constant:" + strconv.FormatFloat(b.Value, 'g', -1, 64)
	}
	return borderNames[b.Mode]
}
