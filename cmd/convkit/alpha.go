package main

import (
	"math"

	"github.com/convkit/convkit/internal/imageio"
)

// sumsToZero reports whether the operator makes nothing of even areas, as all that
// is a derivative does.
func (op *operation) sumsToZero() bool {
	if op.edges != nil {
		return true
	}
	for _, k := range op.kernels {
		sum, size := 0.0, 0.0
		for _, v := range k.Taps {
			sum, size = sum+v, size+math.Abs(v)
		}
		if math.Abs(sum) <= 1e-9*size {
			return true
		}
	}
	return false
}

// warnVanishing says, once, why a filtered picture is empty: its alpha was
// filtered by a derivative, and where alpha is 0 there is no colour.
func (f *filter) warnVanishing(img *imageio.Image) {
	if !img.HasAlpha() || f.read.Alpha != imageio.AlphaFilter || !f.sumsToZero() {
		return
	}
	if _, told := f.told.LoadOrStore("--alpha filter", true); !told {
		f.warn("the operator sums to 0, so --alpha filter turns even alpha into 0 and loses the colours there; --alpha keep or drop filters the colours alone")
	}
}

// seen counts an input that was read.
func (f *filter) seen(img *imageio.Image) {
	if img.HasAlpha() {
		f.transparent++
	} else {
		f.opaque++
	}
}

// warnOpaque tells of an --alpha on the command line that no input has use for.
func (f *filter) warnOpaque() {
	if f.opaque > 0 && f.transparent == 0 && f.read.Alpha != imageio.AlphaKeep && f.typed != nil && f.typed("alpha") {
		f.warn("--alpha changes nothing here: no input has alpha")
	}
}
