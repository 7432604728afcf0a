package memory

import (
	"bytes"
	"errors"
	"math"
	"strings"
	"testing"
	"testing/iotest"
)

func TestParseSize(t *testing.T) {
	for text, want := range map[string]int64{
		"512MiB": 512 << 20, "512mib": 512 << 20, "2GB": 2e9, "1.5G": 3 << 29, "1048576": 1 << 20,
		"2048 K": 2 << 20, "1500kB": 1.5e6, "0.5TiB": 1 << 39, "1048576B": 1 << 20, " 3m ": 3 << 20, ".5g": 1 << 29,
	} {
		if got, err := ParseSize(text); err != nil || got != want {
			t.Errorf("%q: got %d, %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "G", "x", "1X", "1e9", "0x10M", "-1G", "+1G", "1.2.3G", "NaN", "Inf", "5iB", "1 2M", "1_000M"} {
		if got, err := ParseSize(text); err == nil || !strings.Contains(err.Error(), "like 512MiB") {
			t.Errorf("%q: got %d, %v", text, got, err)
		}
	}
	for _, text := range []string{"0", "1", "1023KiB", "2000PiB", strings.Repeat("9", 300)} {
		if got, err := ParseSize(text); err == nil || !strings.Contains(err.Error(), "between 1.00 MiB and") {
			t.Errorf("%q: got %d, %v", text, got, err)
		}
	}
}

func TestFormat(t *testing.T) {
	for v, want := range map[int64]string{
		0: "0 bytes", 1023: "1023 bytes", 1024: "1.00 KiB", 1 << 20: "1.00 MiB", 512 << 20: "512 MiB", 3 << 29: "1.50 GiB",
		10 << 20: "10.0 MiB", 1<<30 - 1: "1.00 GiB", math.MaxInt64: "8.00 EiB",
	} {
		if got := Format(v); got != want {
			t.Errorf("%d: got %s, want %s", v, got, want)
		}
	}
}

// within runs a test under a limit.
func within(t *testing.T, limit int64) {
	t.Helper()
	SetLimit(limit)
	t.Cleanup(func() { SetLimit(0) })
}

func TestNeed(t *testing.T) {
	within(t, 64<<20)
	if err := Need(32<<20, "a picture"); err != nil {
		t.Error(err)
	}
	var e *Error
	if err := Need(65<<20, "a picture of %dx%d", 3, 4); !errors.As(err, &e) || err.Error() != "a picture of 3x4 takes 65.0 MiB of memory, and the limit is 64.0 MiB" {
		t.Errorf("got %v", err)
	}
	held := make([]byte, 40<<20)
	if err := Need(32<<20, "another"); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("beside 40 MiB in use: %v", err)
	}
	if held[len(held)-1] != 0 {
		t.Error("held")
	}
	held = nil
	if err := Need(32<<20, "another"); err != nil {
		t.Errorf("after that was let go: %v", err)
	}
	if err := Need(math.MaxInt64, "the largest"); err == nil {
		t.Error("the largest size passes")
	}
	SetLimit(0)
	if err := Need(math.MaxInt64, "the largest"); err != nil {
		t.Errorf("without a limit: %v", err)
	}
}

func TestTimes(t *testing.T) {
	if got := Times(3, 4, 5); got != 60 {
		t.Errorf("got %d", got)
	}
	if got := Times(math.MaxInt, 2, 3); got != math.MaxInt64 {
		t.Errorf("got %d", got)
	}
	if got := Times(math.MaxInt, 2, 0); got != 0 && got != math.MaxInt64 {
		t.Errorf("got %d", got)
	}
}

func TestReadAll(t *testing.T) {
	data := bytes.Repeat([]byte("0123456789abcdef"), 10_000)
	for _, size := range []int64{0, 1, int64(len(data)), 2 * int64(len(data))} {
		if got, err := ReadAll(iotest.HalfReader(bytes.NewReader(data)), size); err != nil || !bytes.Equal(got, data) {
			t.Errorf("size %d: %d bytes, %v", size, len(got), err)
		}
	}
	bad := errors.New("broken")
	if _, err := ReadAll(iotest.ErrReader(bad), 0); !errors.Is(err, bad) {
		t.Errorf("got %v", err)
	}
	within(t, 8<<20)
	var e *Error
	if _, err := ReadAll(endless{}, 0); !errors.As(err, &e) {
		t.Errorf("an endless pipe: %v", err)
	}
	if _, err := ReadAll(bytes.NewReader(data), 1<<40); !errors.As(err, &e) {
		t.Errorf("a file of 1 TiB: %v", err)
	}
}

// endless gives zeros for ever.
type endless struct{}

func (endless) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

func TestDefault(t *testing.T) {
	if got := Default(); got < Least {
		t.Errorf("got %d", got)
	}
}
