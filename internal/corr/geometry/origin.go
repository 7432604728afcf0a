package geometry

// Origin says to which pixel a result belongs, as far as any does: result (y, x)
// to pixel (y*StrideH + Top, x*StrideW + Left), the one in the middle of its
// window.
type Origin struct{ Top, Left, StrideH, StrideW int }

// Origin is that of the geometry.
func (g Geometry) Origin() Origin {
	return Origin{Top: (g.Reach().H-1)/2 - g.Top, Left: (g.Reach().W-1)/2 - g.Left, StrideH: g.Stride.H, StrideW: g.Stride.W}
}
