package neon

// Block is straight code on values: each operation returns a new value. Flush orders the
// code, assigns registers that are free, as values come and go, and writes it.
type Block struct {
	f    *Func
	s    Set
	next V
	code []instruction
}

// instruction writes itself for the registers of its values. Those of results follow
// those of sources.
type instruction struct {
	kind             kind
	sources, results []V
	write            func(r []V)
}

// kind is what an order must know of an instruction.
type kind int

const (
	arithmetic kind = iota
	load
	store
	other // keeps its place, and all keep theirs with it
)

// NewBlock begins a block of operations on the elements of a set.
func (s Set) NewBlock(f *Func) *Block { return &Block{f: f, s: s, next: firstValue} }

// firstValue is the first number that is a value. Registers, which have smaller numbers,
// may be sources too: constants that stay.
const firstValue = 32

func (b *Block) new() V {
	b.next++
	return b.next - 1
}

func (b *Block) do(k kind, sources []V, results int, write func(r []V)) []V {
	in := instruction{kind: k, sources: sources, write: write}
	for range results {
		in.results = append(in.results, b.new())
	}
	b.code = append(b.code, in)
	return in.results
}

// I adds an instruction that works on no vectors, such as the step of a pointer.
func (b *Block) I(name string, operands ...any) {
	b.do(other, nil, 0, func([]V) { b.f.I(name, operands...) })
}

// Load reads a vector at base + index bytes.
func (b *Block) Load(base, index GP) V {
	return b.do(load, nil, 1, func(r []V) { b.f.indexed(0x3ce06800, "ldr", r[0], base, index) })[0]
}

// Store writes a vector at base + index bytes.
func (b *Block) Store(v V, base, index GP) {
	b.do(store, []V{v}, 0, func(r []V) { b.f.indexed(0x3ca06800, "str", r[0], base, index) })
}

// LoadAt reads a vector at base + offset.
func (b *Block) LoadAt(base GP, offset int) V {
	return b.do(load, nil, 1, func(r []V) { b.f.LoadV(base, offset, r[0]) })[0]
}

// StoreAt writes a vector at base + offset.
func (b *Block) StoreAt(v V, base GP, offset int) {
	b.do(store, []V{v}, 0, func(r []V) { b.f.StoreV(r[0], base, offset) })
}

// LoadPair reads two vectors that stand side by side.
func (b *Block) LoadPair(base GP, offset int) (V, V) {
	r := b.do(load, nil, 2, func(r []V) { b.f.LoadAll(base, offset, r) })
	return r[0], r[1]
}

// LoadElements reads n neighbours into the first lanes, n a power of two.
func (b *Block) LoadElements(base GP, offset, n int) V {
	name := map[int]string{4: "FMOVS", 8: "FMOVD", 16: "FMOVQ"}[n*b.s.Elem]
	return b.do(load, nil, 1, func(r []V) { b.f.I(name, Mem(base, offset), r[0]) })[0]
}

// StorePair writes two vectors side by side.
func (b *Block) StorePair(v, w V, base GP, offset int) {
	b.do(store, []V{v, w}, 0, func(r []V) { b.f.StoreAll(r, base, offset) })
}

func (b *Block) three(op func(f *Func, x, y, to V), x, y V) V {
	return b.do(arithmetic, []V{x, y}, 1, func(r []V) { op(b.f, r[0], r[1], r[2]) })[0]
}

// Add returns x + y.
func (b *Block) Add(x, y V) V { return b.three(b.s.Add, x, y) }

// Sub returns x - y.
func (b *Block) Sub(x, y V) V { return b.three(b.s.Sub, x, y) }

// Mul returns x * y.
func (b *Block) Mul(x, y V) V { return b.three(b.s.Mul, x, y) }

// Div returns x / y.
func (b *Block) Div(x, y V) V { return b.three(b.s.Div, x, y) }

// Max returns the larger of x and y, or NaN if one is.
func (b *Block) Max(x, y V) V { return b.three(b.s.Max, x, y) }

// Min returns the smaller of x and y, or NaN if one is.
func (b *Block) Min(x, y V) V { return b.three(b.s.Min, x, y) }

// Least changes a register to the smaller of it and x, unless x is NaN.
func (b *Block) Least(register, x V) {
	b.do(arithmetic, []V{x}, 0, func(r []V) { b.s.MinNumber(b.f, r[0], register, register) })
}

// Greater returns ones where x > y.
func (b *Block) Greater(x, y V) V { return b.three(b.s.Greater, x, y) }

// GreaterEqual returns ones where x >= y.
func (b *Block) GreaterEqual(x, y V) V { return b.three(b.s.GreaterEqual, x, y) }

// Equal returns ones where x = y.
func (b *Block) Equal(x, y V) V { return b.three(b.s.Equal, x, y) }

// FromUint returns whole numbers without sign as numbers.
func (b *Block) FromUint(x V) V { return b.two(b.s.FromUint, x) }

// ToUint returns the whole parts of numbers as whole numbers without sign.
func (b *Block) ToUint(x V) V { return b.two(b.s.ToUint, x) }

// Count adds one to the lanes of a register of whole numbers where mask has ones.
func (b *Block) Count(register, mask V) {
	b.do(arithmetic, []V{mask}, 0, func(r []V) {
		b.f.I("VSUB", b.s.arranged(r[0]), b.s.arranged(register), b.s.arranged(register))
	})
}

// And returns the bits of x and y.
func (b *Block) And(x, y V) V { return b.three((*Func).And, x, y) }

// Or returns the bits of x or y.
func (b *Block) Or(x, y V) V { return b.three((*Func).Or, x, y) }

// Xor returns the bits in which x and y differ.
func (b *Block) Xor(x, y V) V { return b.three((*Func).Xor, x, y) }

// AndNot returns the bits of x that y has not.
func (b *Block) AndNot(x, y V) V { return b.three((*Func).AndNot, x, y) }

func (b *Block) two(op func(f *Func, x, to V), x V) V {
	return b.do(arithmetic, []V{x}, 1, func(r []V) { op(b.f, r[0], r[1]) })[0]
}

// Neg returns -x.
func (b *Block) Neg(x V) V { return b.two(b.s.Neg, x) }

// Abs returns |x|.
func (b *Block) Abs(x V) V { return b.two(b.s.Abs, x) }

// Sqrt returns the square roots of x.
func (b *Block) Sqrt(x V) V { return b.two(b.s.Sqrt, x) }

// Negative returns ones where the sign of x is set.
func (b *Block) Negative(x V) V { return b.two(b.s.Negative, x) }

// Go returns the result of an instruction of Go's assembler. Its operands are x and the
// result, or y, x and the result, with these arrangements.
func (b *Block) Go(name, from, to string, values ...V) V {
	return b.do(arithmetic, values, 1, func(r []V) {
		var operands []any
		for i := len(values) - 1; i >= 0; i-- {
			operands = append(operands, vector(r[i])+from)
		}
		b.f.I(name, append(operands, vector(r[len(values)])+to)...)
	})[0]
}

// MulLane returns x times one lane of y.
func (b *Block) MulLane(x, y V, lane int) V {
	return b.do(arithmetic, []V{x, y}, 1, func(r []V) { b.s.MulLane(b.f, r[0], r[1], lane, r[2]) })[0]
}

// AddMul changes sum, adds x*y to it, rounded once, and returns it.
func (b *Block) AddMul(sum, x, y V) V {
	b.do(arithmetic, []V{x, y, sum}, 0, func(r []V) { b.s.MulAdd(b.f, r[0], r[1], r[2]) })
	return sum
}

// SubMul changes sum, takes x*y off it, rounded once, and returns it.
func (b *Block) SubMul(sum, x, y V) V {
	b.do(arithmetic, []V{x, y, sum}, 0, func(r []V) { b.s.MulSub(b.f, r[0], r[1], r[2]) })
	return sum
}

// AddMulLane is AddMul with one lane of y.
func (b *Block) AddMulLane(sum, x, y V, lane int) V {
	b.do(arithmetic, []V{x, y, sum}, 0, func(r []V) { b.s.MulAddLane(b.f, r[0], r[1], lane, r[2]) })
	return sum
}

// SubMulLane is SubMul with one lane of y.
func (b *Block) SubMulLane(sum, x, y V, lane int) V {
	b.do(arithmetic, []V{x, y, sum}, 0, func(r []V) { b.s.MulSubLane(b.f, r[0], r[1], lane, r[2]) })
	return sum
}

// Interleave returns the even lanes of x and y in turn, and the odd ones, for lanes of
// so many bytes.
func (b *Block) Interleave(x, y V, lane int) (even, odd V) {
	kind := map[int]string{4: ".S4", 8: ".D2"}[lane]
	trn := func(name string) V {
		return b.do(arithmetic, []V{x, y}, 1, func(r []V) { b.f.I(name, vector(r[1])+kind, vector(r[0])+kind, vector(r[2])+kind) })[0]
	}
	return trn("VTRN1"), trn("VTRN2")
}

// Flush writes the code. A value keeps its register until its last use. Loads read
// nothing that the block stores.
func (b *Block) Flush() {
	b.code = ordered(b.code)
	last := map[V]int{}
	for i, in := range b.code {
		for _, v := range append(append([]V(nil), in.sources...), in.results...) {
			last[v] = i
		}
	}
	register := map[V]V{}
	b.f.Scope(func() {
		for i, in := range b.code {
			var r []V
			for _, v := range in.sources {
				if v >= firstValue {
					v = register[v]
				}
				r = append(r, v)
			}
			for _, v := range in.sources {
				if v >= firstValue && last[v] == i {
					b.f.usedV[register[v]] = false
				}
			}
			for _, v := range in.results {
				register[v] = b.f.NewV()
				r = append(r, register[v])
			}
			in.write(r)
			for _, v := range in.results {
				if last[v] == i {
					b.f.usedV[register[v]] = false
				}
			}
		}
	})
	b.code = nil
}

// MoveTo sets a register to x.
func (b *Block) MoveTo(register, x V) {
	b.do(arithmetic, []V{x}, 0, func(r []V) { b.f.Move(r[0], register) })
}
