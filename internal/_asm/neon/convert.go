package neon

import "fmt"

// AddPair sets the first lane of to to the sum of the two of a, in double precision.
func (f *Func) AddPair(a, to V) {
	f.word(0x7e70d800|uint32(a)<<5|uint32(to), fmt.Sprintf("faddp d%d, v%d.2d", int(to), int(a)))
}

// Widen turns four numbers of single precision into double precision.
func (f *Func) Widen(a, low, high V) {
	f.word(0x0e617800|uint32(a)<<5|uint32(low), fmt.Sprintf("fcvtl v%d.2d, v%d.2s", int(low), int(a)))
	f.word(0x4e617800|uint32(a)<<5|uint32(high), fmt.Sprintf("fcvtl2 v%d.2d, v%d.4s", int(high), int(a)))
}

// Narrow turns four numbers of double precision into single precision.
func (f *Func) Narrow(low, high, to V) {
	f.word(0x0e616800|uint32(low)<<5|uint32(to), fmt.Sprintf("fcvtn v%d.2s, v%d.2d", int(to), int(low)))
	f.word(0x4e616800|uint32(high)<<5|uint32(to), fmt.Sprintf("fcvtn2 v%d.4s, v%d.2d", int(to), int(high)))
}
