package sample

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"testing"
)

// guard stands around every buffer and must stay.
const guard = 64

func TestWiden(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for n := range 4*32 + 3 {
		for _, order := range []Order{Byte, LE, BE} {
			for _, full := range []float32{1, 255, 65535, 1023} {
				src := make([]byte, 2*n+1)
				for i := range src {
					src[i] = byte(rng.Uint32())
				}
				src = src[1:] // at an odd address
				if order == Byte {
					src = src[:n]
				}
				want, all := make([]float32, n), make([]float32, n+2*guard)
				for i := range all {
					all[i] = -7
				}
				widenGeneric(want, src, 0, order, full)
				Widen(all[guard:guard+n], src, order, full)
				for i, v := range all {
					expect := float32(-7)
					if i >= guard && i < guard+n {
						expect = want[i-guard]
					}
					if v != expect {
						t.Fatalf("order %d over %v, %d of %d: %v, want %v", order, full, i-guard, n, v, expect)
					}
				}
			}
		}
	}
}

func TestNarrow(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	odd := []float32{0, float32(math.Copysign(0, -1)), float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1)), 1, -1, 1.0000001, 1e-40, 3e38, 0.5 / 255, -0.5 / 255, 255.49 / 255, 255.5 / 255}
	for n := range 4*32 + 3 {
		for _, s := range []Scale{
			{Scale: 255, Shift: 0.5, Full: 255}, {Abs: true, Scale: 65535, Shift: 0.5, Full: 65535},
			{Lo: -3, Scale: 17, Shift: 0.5, Full: 255}, {Scale: 127.5, Shift: 128, Full: 255}, {Scale: 1, Shift: 0.5, Full: 65535},
		} {
			for _, order := range []Order{Byte, BE} {
				if order == Byte && s.Full > 255 {
					continue
				}
				src := make([]float32, n)
				for i := range src {
					src[i] = float32(rng.NormFloat64())
					if rng.IntN(3) == 0 {
						src[i] = odd[rng.IntN(len(odd))]
					}
				}
				size := 1
				if order == BE {
					size = 2
				}
				want, got := bytes.Repeat([]byte{99}, size*n+2*guard), bytes.Repeat([]byte{99}, size*n+2*guard)
				wantClipped := s.narrowGeneric(want[guard:guard+size*n], src, 0, order)
				clipped := s.Narrow(got[guard:guard+size*n], src, order)
				if !bytes.Equal(got, want) || clipped != wantClipped {
					t.Fatalf("%+v, order %d, %d numbers: %d clipped, want %d\n%v\n%v\n%v", s, order, n, clipped, wantClipped, src, got, want)
				}
			}
		}
	}
}

// TestExact: every sample of 8 and 16 bits, to a number and back.
func TestExact(t *testing.T) {
	src := make([]byte, 2<<16)
	for i := range 1 << 16 {
		binary.BigEndian.PutUint16(src[2*i:], uint16(i))
	}
	v, back := make([]float32, 1<<16), make([]byte, len(src))
	Widen(v, src, BE, 65535)
	for i, x := range v {
		if x != float32(i)/65535 {
			t.Fatalf("%d gives %v", i, x)
		}
	}
	s := Scale{Scale: 65535, Shift: 0.5, Full: 65535}
	if n := s.Narrow(back, v, BE); n != 0 || !bytes.Equal(back, src) {
		t.Errorf("%d were clipped", n)
	}
}

func BenchmarkWiden(b *testing.B) {
	dst, src := make([]float32, 4096), make([]byte, 8192)
	b.SetBytes(4096)
	for b.Loop() {
		Widen(dst, src, BE, 65535)
	}
}

func BenchmarkNarrow(b *testing.B) {
	src, dst := make([]float32, 4096), make([]byte, 8192)
	s := Scale{Scale: 65535, Shift: 0.5, Full: 65535}
	b.SetBytes(4096)
	for b.Loop() {
		s.Narrow(dst, src, BE)
	}
}
