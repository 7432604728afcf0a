package deflate

import (
	"bytes"
	"compress/zlib"
	"io"
	"math/rand/v2"
	"testing"

	kzlib "github.com/klauspost/compress/zlib"
	"pgregory.net/rapid"
)

func inflated(packed []byte, size int) ([]byte, error) {
	out := make([]byte, size+OutPad)
	last := 0
	err := Inflate(out, size, append(bytes.Clone(packed), make([]byte, InPad)...), func(n int) {
		if n < last || n > size {
			panic("progress went astray")
		}
		last = n
	})
	return out[:size], err
}

// TestInflate decodes what two compressors make at every level of data with
// few, many and no repetitions.
func TestInflate(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 10 {
		data := make([]byte, rng.IntN(200_000))
		spread, run := 1+rng.IntN(256), 1+rng.IntN(40)
		for i := range data {
			data[i] = byte(rng.IntN(spread))
			if i >= run && rng.IntN(3) > 0 {
				data[i] = data[i-run]
			}
		}
		for level := -2; level <= 9; level++ {
			var a, b bytes.Buffer
			w, err := zlib.NewWriterLevel(&a, level)
			if err != nil {
				t.Fatal(err)
			}
			k, err := kzlib.NewWriterLevel(&b, level)
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range []io.WriteCloser{w, k} {
				if _, err := w.Write(data); err != nil {
					t.Fatal(err)
				}
				if err := w.Close(); err != nil {
					t.Fatal(err)
				}
			}
			for _, packed := range [][]byte{a.Bytes(), b.Bytes()} {
				got, err := inflated(packed, len(data))
				if err != nil || !bytes.Equal(got, data) {
					t.Fatalf("level %d, %d bytes of %d values: %v", level, len(data), spread, err)
				}
				if _, err := inflated(packed, len(data)+1); err == nil {
					t.Fatal("too little data was taken")
				}
				if len(data) > 0 {
					if _, err := inflated(packed, len(data)-1); err == nil {
						t.Fatal("too much data was taken")
					}
				}
				if _, err := inflated(packed[:rng.IntN(len(packed))], len(data)); err == nil {
					t.Fatal("cut data was taken")
				}
			}
		}
	}
}

// TestInflateDamaged: what Go's decoder refuses is refused, what it takes is
// taken, over streams with a few bits turned.
func TestInflateDamaged(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		data := rapid.SliceOfN(rapid.ByteRange(0, 9), 0, 3000).Draw(t, "data")
		var b bytes.Buffer
		w, err := zlib.NewWriterLevel(&b, rapid.IntRange(-2, 9).Draw(t, "level"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		packed := b.Bytes()
		for range rapid.IntRange(0, 3).Draw(t, "turns") {
			packed[rapid.IntRange(0, len(packed)-1).Draw(t, "at")] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		}
		sameAsGo(t, packed)
	})
}

type failer interface {
	Fatalf(format string, args ...any)
}

// sameAsGo compares with Go's decoder, whatever the bytes.
func sameAsGo(t failer, packed []byte) {
	var want []byte
	r, goErr := zlib.NewReader(bytes.NewReader(packed))
	if goErr == nil {
		want, goErr = io.ReadAll(io.LimitReader(r, 1<<20))
	}
	if len(want) == 1<<20 {
		return
	}
	got, err := inflated(packed, len(want))
	if (err == nil) != (goErr == nil) || err == nil && !bytes.Equal(got, want) {
		t.Fatalf("got %v, Go %v, for %d bytes", err, goErr, len(want))
	}
}

func FuzzInflate(f *testing.F) {
	f.Add([]byte{0x78, 0x9c, 0x03, 0, 0, 0, 0, 1})
	f.Add([]byte("\x78\x9c\x4b\x4c\x4a\x4e\x49\x4d\x4b\xcf\x80\x90\x00\x1f\x28\x04\xd9"))
	f.Fuzz(func(t *testing.T, packed []byte) { sameAsGo(t, packed) })
}
