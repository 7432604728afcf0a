package neon

import "fmt"

// AddPair sets the first lane of to to the sum of the two of a, in double precision.
func (f *Func) AddPair(a, to V) {
	f.word(0x7e70d800|uint32(a)<<5|uint32(to), fmt.Sprintf("faddp d%d, v%d.2d", int(to), int(a)))
}

// WidenLow turns the first two numbers of single precision into double precision.
func (f *Func) WidenLow(a, to V) {
	f.word(0x0e617800|uint32(a)<<5|uint32(to), fmt.Sprintf("fcvtl v%d.2d, v%d.2s", int(to), int(a)))
}

// WidenHigh turns the last two.
func (f *Func) WidenHigh(a, to V) {
	f.word(0x4e617800|uint32(a)<<5|uint32(to), fmt.Sprintf("fcvtl2 v%d.2d, v%d.4s", int(to), int(a)))
}

// NarrowLow sets the first two lanes to numbers of double precision, the last to zero.
func (f *Func) NarrowLow(a, to V) {
	f.word(0x0e616800|uint32(a)<<5|uint32(to), fmt.Sprintf("fcvtn v%d.2s, v%d.2d", int(to), int(a)))
}

// NarrowHigh sets the last two lanes and keeps the first.
func (f *Func) NarrowHigh(a, to V) {
	f.word(0x4e616800|uint32(a)<<5|uint32(to), fmt.Sprintf("fcvtn2 v%d.4s, v%d.2d", int(to), int(a)))
}
