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
	t.Run("float32", testWiden[float32])
	t.Run("float64", testWiden[float64])
}

func testWiden[T Float](t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for n := range 4*32 + 3 {
		for _, order := range []Order{Byte, LE, BE} {
			for _, full := range []T{1, 255, 65535, 1023} {
				src := make([]byte, 2*n+1)
				for i := range src {
					src[i] = byte(rng.Uint32())
				}
				src = src[1:] // at an odd address
				if order == Byte {
					src = src[:n]
				}
				want, all := make([]T, n), make([]T, n+2*guard)
				for i := range all {
					all[i] = -7
				}
				widenGeneric(want, src, 0, order, full)
				Widen(all[guard:guard+n], src, order, full)
				for i, v := range all {
					expect := T(-7)
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
	t.Run("float32", testNarrow[float32])
	t.Run("float64", testNarrow[float64])
}

func testNarrow[T Float](t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	odd := []T{0, T(math.Copysign(0, -1)), T(math.NaN()), T(math.Inf(1)), T(math.Inf(-1)), -T(math.NaN()), 1, -1, 1.0000001, 1e-40, 3e38, 0.5 / 255, -0.5 / 255, 255.49 / 255, 255.5 / 255}
	for n := range 4*32 + 3 {
		for _, s := range []Scale[T]{
			{Scale: 255, Shift: 0.5, Full: 255}, {Abs: true, Scale: 65535, Shift: 0.5, Full: 65535},
			{Lo: -3, Scale: 17, Shift: 0.5, Full: 255}, {Scale: 127.5, Shift: 128, Full: 255}, {Scale: 1, Shift: 0.5, Full: 65535},
		} {
			for _, order := range []Order{Byte, LE, BE} {
				if order == Byte && s.Full > 255 {
					continue
				}
				src := make([]T, n)
				for i := range src {
					src[i] = T(rng.NormFloat64())
					if rng.IntN(3) == 0 {
						src[i] = odd[rng.IntN(len(odd))]
					}
				}
				size := order.Size()
				want, got := bytes.Repeat([]byte{99}, size*n+2*guard), bytes.Repeat([]byte{99}, size*n+2*guard)
				wantClipped, wantNaNs := s.narrowGeneric(want[guard:guard+size*n], src, 0, order)
				clipped, nans := s.Narrow(got[guard:guard+size*n], src, order)
				if !bytes.Equal(got, want) || clipped != wantClipped || nans != wantNaNs {
					t.Fatalf("%+v, order %d, %d numbers: %d and %d clipped, want %d and %d\n%v\n%v\n%v", s, order, n, clipped, nans, wantClipped, wantNaNs, src, got, want)
				}
			}
		}
	}
}

// TestExact: every sample of 8 and 16 bits, to a number and back.
func TestExact(t *testing.T) {
	t.Run("float32", testExact[float32])
	t.Run("float64", testExact[float64])
}

func testExact[T Float](t *testing.T) {
	src := make([]byte, 2<<16)
	for i := range 1 << 16 {
		binary.BigEndian.PutUint16(src[2*i:], uint16(i))
	}
	v, back := make([]T, 1<<16), make([]byte, len(src))
	Widen(v, src, BE, 65535)
	for i, x := range v {
		if x != T(i)/65535 {
			t.Fatalf("%d gives %v", i, x)
		}
	}
	s := Scale[T]{Scale: 65535, Shift: 0.5, Full: 65535}
	if n, _ := s.Narrow(back, v, BE); n != 0 || !bytes.Equal(back, src) {
		t.Errorf("%d were clipped", n)
	}
}

func BenchmarkWiden(b *testing.B) {
	b.Run("float32", benchmarkWiden[float32])
	b.Run("float64", benchmarkWiden[float64])
}

func benchmarkWiden[T Float](b *testing.B) {
	dst, src := make([]T, 4096), make([]byte, 8192)
	b.SetBytes(4096)
	for b.Loop() {
		Widen(dst, src, BE, 65535)
	}
}

func BenchmarkNarrow(b *testing.B) {
	b.Run("float32", benchmarkNarrow[float32])
	b.Run("float64", benchmarkNarrow[float64])
}

// Numbers of noise, half of which are clipped.
func benchmarkNarrow[T Float](b *testing.B) {
	src, dst := make([]T, 4096), make([]byte, 8192)
	rng := rand.New(rand.NewPCG(1, 1))
	for i := range src {
		src[i] = T(rng.NormFloat64())
	}
	s := Scale[T]{Scale: 65535, Shift: 0.5, Full: 65535}
	b.SetBytes(4096)
	for b.Loop() {
		s.Narrow(dst, src, BE)
	}
}
