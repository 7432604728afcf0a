package neon

import "fmt"

// wordLanes is how many lanes a word has bits for.
const wordLanes = 64

// Weights loads what Word needs: the bits 1, 2, 4 to 128, twice.
func (f *Func) Weights() V {
	v := f.NewV()
	f.Scope(func() {
		r := f.NewGP()
		f.I("MOVD", "$0x8040201008040201", r)
		f.I("VDUP", r, vector(v)+".D2")
	})
	return v
}

// Word collects masks of ones and zeros to a bit for each lane. Neighbours become one
// vector at once, so that few registers wait.
type Word struct {
	b       *Block
	weights V
	masks   []V
	sizes   []int // how many lanes each holds
}

// NewWord begins a word.
func (b *Block) NewWord(weights V) *Word { return &Word{b: b, weights: weights} }

// Add appends the mask of the next lanes.
func (w *Word) Add(mask V) {
	size := w.b.s.Lanes()
	for len(w.sizes) > 0 && w.sizes[len(w.sizes)-1] == size {
		last := len(w.sizes) - 1
		mask = w.join(w.masks[last], mask, size)
		w.masks, w.sizes, size = w.masks[:last], w.sizes[:last], 2*size
	}
	w.masks, w.sizes = append(w.masks, mask), append(w.sizes, size)
}

// join makes one vector of two. Up to 16 lanes it keeps a mask for each; beyond, bits.
func (w *Word) join(x, y V, size int) V {
	switch size {
	case 2:
		return w.b.Go("VUZP1", ".S4", ".S4", x, y)
	case 4:
		return w.b.Go("VUZP1", ".H8", ".H8", x, y)
	case 8:
		return w.b.And(w.b.Go("VUZP1", ".B16", ".B16", x, y), w.weights)
	}
	return w.b.Go("VADDP", ".B16", ".B16", x, y)
}

// Value returns a vector whose first eight bytes are the word, after 64 lanes.
func (w *Word) Value() V {
	if len(w.sizes) != 1 || w.sizes[0] != wordLanes {
		panic(fmt.Sprintf("neon: a word of %v lanes", w.sizes))
	}
	return w.b.Go("VADDP", ".B16", ".B16", w.masks[0], w.masks[0])
}

// StoreWord writes the first eight bytes.
func (b *Block) StoreWord(v V, base GP, offset int) {
	b.do(store, []V{v}, 0, func(r []V) { b.f.I("FMOVD", r[0], Mem(base, offset)) })
}

// Widen returns four numbers of single precision in double precision.
func (b *Block) Widen(x V) (low, high V) {
	return b.two((*Func).WidenLow, x), b.two((*Func).WidenHigh, x)
}

// Narrow returns four numbers of double precision in single precision.
func (b *Block) Narrow(low, high V) V {
	to := b.two((*Func).NarrowLow, low)
	b.do(arithmetic, []V{high, to}, 0, func(r []V) { b.f.NarrowHigh(r[0], r[1]) })
	return to
}

// FromGP returns a vector with the low half of a register in its first lanes.
func (b *Block) FromGP(r GP) V {
	return b.do(arithmetic, nil, 1, func(v []V) { b.f.I("FMOVS", r, v[0]) })[0]
}
