// Package srgb has the transfer function of sRGB (IEC 61966-2-1) and its inverse.
package srgb

import "math"

// Both branches of the curve meet here, to within the digits of the standard.
const (
	storedEnd = 0.04045
	slope     = 12.92
)

// Linear returns the linear light of a stored value s of 0..1:
//
//	s/12.92                  up to 0.04045
//	((s + 0.055)/1.055)^2.4  above
//
// The curve goes on above 1. Below 0 it is a straight line.
func Linear(s float64) float64 {
	if s <= storedEnd {
		return s / slope
	}
	return math.Pow((s+0.055)/1.055, 2.4)
}

// Stored returns the stored value of a linear light v, the inverse of Linear:
//
//	12.92 v                     up to 0.04045/12.92
//	1.055 v^(1/2.4) − 0.055     above
func Stored(v float64) float64 {
	if v <= storedEnd/slope {
		return v * slope
	}
	return 1.055*math.Pow(v, 1/2.4) - 0.055
}
