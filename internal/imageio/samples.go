package imageio

import (
	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/sample"
	"github.com/convkit/convkit/internal/tensor"
)

// Arrays of numbers, NPY and FITS, hold pixels too where a depth is asked for:
// unsigned whole numbers of 8 or 16 bits, made by the rule of all pixels.

// arrayOfPixels reports whether a depth makes pixels of what a format of numbers
// holds.
func arrayOfPixels(f Format, depth int) bool {
	return f.Kind == raster.Numbers && depth > 0 && depth <= 16 && len(f.Depths) > 0 && f.Depths[0] <= 16
}

// keepsWhole says that whole numbers of an array go into an array: they stand
// for themselves there and here, and 1 stays 1.
func (w *Writer) keepsWhole() bool {
	m := w.o.Like
	if w.format.Kind == raster.Pixels || m == nil || m.Kind() == raster.Pixels || m.Options().Linear {
		return false
	}
	return m.WholeNumbers()
}

// sampleEncoder turns rows of numbers into stored samples.
type sampleEncoder[T tensor.Float] struct {
	w          *Writer
	sampleType raster.SampleType
	q          quantizer[T] // of pixels
	// alpha is the quantizer of the plane of that number, -1 where there is none:
	// no mapping of colours is for it.
	alpha      quantizer[T]
	alphaPlane int
}

func newSampleEncoder[T tensor.Float](w *Writer, e raster.SampleType) sampleEncoder[T] {
	p := sampleEncoder[T]{w: w, sampleType: e, alphaPlane: -1}
	if w.depth > 0 {
		p.q = newQuantizer[T](w)
	}
	if w.depth > 0 && w.premultiplied {
		p.alpha, p.alphaPlane = alphaQuantizer[T](w), w.result.C-1
	}
	if e == raster.U16LE {
		p.q.order, p.alpha.order = sample.LE, sample.LE
	}
	return p
}

// put writes the samples of src, of a plane, to dst, one each step bytes.
func (p *sampleEncoder[T]) encode(plane int, dst []byte, step int, src []T) {
	switch {
	case p.w.depth > 0:
		q := &p.q
		if plane == p.alphaPlane {
			q = &p.alpha
		}
		q.put(dst, step, src)
		if p.sampleType == raster.I16BE {
			lessHalf(dst, step, len(src))
		}
	case step == p.sampleType.Size() && p.sampleType == raster.Native[T]():
		copy(dst, raster.BytesOf(src))
	default:
		raster.Store(dst, step, p.sampleType, src)
		if p.sampleType.Size() < raster.Native[T]().Size() {
			p.w.beyond.Add(countBeyond(src))
		}
	}
}

// countBeyond counts the finite numbers that are infinite as float32.
func countBeyond[T tensor.Float](row []T) (n int64) {
	for _, v := range row {
		if f := float32(v); f-f != 0 && v-v == 0 {
			n++
		}
	}
	return n
}

// lessHalf takes 32768 from n samples, by which FITS holds unsigned ones.
func lessHalf(dst []byte, step, n int) {
	for i := range n {
		dst[i*step] ^= 0x80
	}
}
