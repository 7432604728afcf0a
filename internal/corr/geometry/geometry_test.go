package geometry

import (
	"strings"
	"testing"
)

func TestOutputSizes(t *testing.T) {
	for _, c := range []struct {
		h, w             int
		kernel, pad      string
		stride, dilation string
		want             Size
	}{
		// Dive into Deep Learning, section 6.3, on an 8x8 input.
		{8, 8, "3", "1", "1", "1", Size{8, 8}},
		{8, 8, "5x3", "2x1", "1", "1", Size{8, 8}},
		{8, 8, "3", "1", "2", "1", Size{4, 4}},
		{8, 8, "3x5", "0x1", "3x4", "1", Size{2, 2}},
		{1, 1, "1", "valid", "1", "1", Size{1, 1}},
		{5, 7, "2x4", "same", "1", "3", Size{5, 7}},
		{5, 7, "2x4", "full", "1", "1", Size{6, 10}},
		{1, 1, "9", "full", "1", "1", Size{9, 9}},
		{7, 7, "3", "valid", "1", "3", Size{1, 1}},
	} {
		k, _ := ParseSize(c.kernel)
		o := pad(c.pad)
		o.Stride, _ = ParseSize(c.stride)
		o.Dilation, _ = ParseSize(c.dilation)
		g, err := New(c.h, c.w, k, o)
		if err != nil || (Size{g.OutH, g.OutW}) != c.want {
			t.Errorf("%dx%d, kernel %s, padding %s, stride %s, dilation %s: %dx%d, %v; want %v", c.h, c.w, c.kernel, c.pad, c.stride, c.dilation, g.OutH, g.OutW, err, c.want)
		}
	}
}

// The odd row and column of an even kernel stand at the bottom and the right.
func TestSamePadding(t *testing.T) {
	g, err := New(5, 5, Size{4, 2}, pad("same"))
	if err != nil || g.Top != 1 || g.Bottom != 2 || g.Left != 0 || g.Right != 1 {
		t.Errorf("got %+v, %v", g, err)
	}
}

func TestGeometryErrors(t *testing.T) {
	for _, c := range []struct {
		h, w int
		k    Size
		o    Options
		want string
	}{
		{3, 3, Size{4, 1}, Options{}, "the kernel (4x1) is larger than the image (3x3)"},
		{3, 3, Size{9, 9}, pad("1"), "the kernel (9x9) is larger than the image (3x3, padded to 5x5)"},
		{3, 3, Size{2, 2}, Options{Dilation: Size{3, 1}}, "the kernel (2x2, dilated to 4x2) is larger than the image (3x3)"},
		{0, 3, Size{1, 1}, Options{}, "empty"},
		{3, 3, Size{0, 1}, Options{}, "empty"},
		{3, 3, Size{1 << 20, 1}, Options{Dilation: Size{1 << 20, 1}, Padding: Padding{Mode: Full}}, "too far"},
		{3, 3, Size{1, 1}, Options{Padding: Padding{Mode: Explicit, Top: -1}}, "padding -1"},
		{3, 3, Size{1, 1}, Options{Stride: Size{0, 1}}, "stride"},
	} {
		if _, err := New(c.h, c.w, c.k, c.o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: error %v, want %q", c, err, c.want)
		}
	}
}

func TestFold(t *testing.T) {
	for mode, want := range map[BorderMode]string{
		Zeros: "---abc---", Replicate: "aaaabcccc", Reflect: "bcbabcbab", Symmetric: "cbaabccba", Circular: "abcabcabc",
	} {
		var got strings.Builder
		for i := -3; i < 6; i++ {
			got.WriteByte("-abc"[Border{Mode: mode}.Fold(i, 3)+1])
		}
		if got.String() != want {
			t.Errorf("%v: %s, want %s", Border{Mode: mode}, got.String(), want)
		}
		for i := -9; i < 9; i++ {
			if f := (Border{Mode: mode}).Fold(i, 1); f > 0 || mode > Constant && f != 0 {
				t.Errorf("%v: index %d of a single element folds to %d", Border{Mode: mode}, i, f)
			}
		}
	}
}

func TestParse(t *testing.T) {
	for _, s := range []string{"valid", "same", "full", "3", "2x1", "1,2,3,4", "0"} {
		if p, err := ParsePadding(s); err != nil || p.String() != s {
			t.Errorf("padding %q: %v, %v", s, p, err)
		}
	}
	for _, s := range []string{"", "-1", "1,2", "1,2,3", "1x2x3", "a", "1x", "99999999999999999999", "1,2,3,4,5", "1.5"} {
		if p, err := ParsePadding(s); err == nil {
			t.Errorf("padding %q: %v, want an error", s, p)
		}
	}
	for s, want := range map[string]string{
		"zeros": "zeros", "constant:0.5": "constant:0.5", "constant:-2": "constant:-2", "edge": "replicate", "nearest": "replicate",
		"mirror": "reflect", "Reflect101": "reflect", "wrap": "circular", "symmetric": "symmetric",
	} {
		if b, err := ParseBorder(s); err != nil || b.String() != want {
			t.Errorf("border %q: %v, %v", s, b, err)
		}
	}
	for _, s := range []string{"", "constant", "constant:", "constant:x", "constant:NaN", "constant:Inf", "reflect:1", "zebra"} {
		if b, err := ParseBorder(s); err == nil {
			t.Errorf("border %q: %v, want an error", s, b)
		}
	}
	for _, s := range []string{"", "0", "3x0", "3x", "x3", "-1", "1x2x3", "3.0"} {
		if v, err := ParseSize(s); err == nil {
			t.Errorf("size %q: %v, want an error", s, v)
		}
	}
}

// pad returns the options with a padding as ParsePadding reads it.
func pad(s string) Options {
	p, err := ParsePadding(s)
	if err != nil {
		panic(err)
	}
	return Options{Padding: p}
}
