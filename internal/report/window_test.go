package report

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/tensor"
)

// browser opens a page in Chromium. At the end of the test it fails for errors on the
// console, and for requests other than that of the page. Without Chromium the test is
// skipped, except where CI is set.
func browser(t *testing.T, page []byte) context.Context {
	t.Helper()
	if _, err := exec.LookPath("chromium"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("chromium is not installed")
		}
		t.Skip("chromium is not installed: apt-get install chromium")
	}
	path := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(path, page, 0o666); err != nil {
		t.Fatal(err)
	}
	flags := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.NoSandbox, chromedp.ExecPath("chromium"))
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), flags...)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	var mu sync.Mutex
	var problems []string
	err := chromedp.Listen(ctx, func(event any) {
		mu.Lock()
		defer mu.Unlock()
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			problems = append(problems, e.ExceptionDetails.Text)
		case *runtime.EventConsoleAPICalled:
			problems = append(problems, fmt.Sprint("console: ", e.Type))
		case *network.EventRequestWillBeSent:
			// Pictures within the page are data.
			if u := e.Request.URL; !strings.HasPrefix(u, "file://"+path) && !strings.HasPrefix(u, "data:") {
				problems = append(problems, "request of "+e.Request.URL)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	do(t, ctx, chromedp.Navigate("file://"+path))
	t.Cleanup(func() {
		mu.Lock()
		defer mu.Unlock()
		if len(problems) > 0 {
			t.Errorf("the page has problems: %q", problems)
		}
	})
	return ctx
}

func do(t *testing.T, ctx context.Context, actions ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(ctx, actions...); err != nil {
		t.Fatal(err)
	}
}

// script evaluates an expression in the page.
func script[T any](t *testing.T, ctx context.Context, expression string) T {
	t.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return v
}

func textOf(t *testing.T, ctx context.Context, selector string) string {
	t.Helper()
	return script[string](t, ctx, fmt.Sprintf("document.querySelector(%q).textContent", selector))
}

// set changes a control of the page, as a user does.
func set(t *testing.T, ctx context.Context, id, value string) {
	t.Helper()
	script[bool](t, ctx, fmt.Sprintf(`(e => { e.value = %q; return e.dispatchEvent(new Event("input")) })(document.getElementById(%q))`, value, id))
}

func windowPageOf(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Window(&b, [][]float64{{0, 1, 2}, {3, 4, 5}, {6, 7, 8}}, tensor.Matrix(2, 2, 0, 1, 2, 3)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The window slides by keys, buttons and clicks, and the arithmetic follows.
func TestWindowSlides(t *testing.T) {
	ctx := browser(t, windowPageOf(t))
	want := func(what, text string) {
		t.Helper()
		if got := textOf(t, ctx, "#sum"); got != text {
			t.Errorf("%s: %q, want %q", what, got, text)
		}
	}
	want("at first", "Y[0][0] = 0×0 + 1×1 + 3×2 + 4×3 = 19")
	click := func(selector string) { t.Helper(); do(t, ctx, chromedp.Click(chromedp.CSS(selector))) }
	click("#next")
	want("next", "Y[0][1] = 1×0 + 2×1 + 4×2 + 5×3 = 25")
	click("#y tr:nth-child(2) td:nth-child(2)")
	want("a click", "Y[1][1] = 4×0 + 5×1 + 7×2 + 8×3 = 43")
	script[bool](t, ctx, `(document.activeElement.blur(), true)`)
	do(t, ctx, chromedp.KeyEvent(kb.ArrowRight))
	want("a key, after the last", "Y[0][0] = 0×0 + 1×1 + 3×2 + 4×3 = 19")
	if n := script[int](t, ctx, `document.querySelectorAll("#x td.seen").length`); n != 4 {
		t.Errorf("%d cells of the window are marked, want 4", n)
	}
	set(t, ctx, "padding", "same")
	click("#back")
	want("same", "Y[2][2] = 8×0 + 0×1 + 0×2 + 0×3 = 0")
	if n := script[int](t, ctx, `document.querySelectorAll("#x td.pad").length`); n != 7 {
		t.Errorf("%d cells of padding, want 7", n)
	}
	set(t, ctx, "stride", "0")
	if got := textOf(t, ctx, "#problem"); !strings.Contains(got, "whole numbers") {
		t.Errorf("a stride of 0: %q", got)
	}
	set(t, ctx, "stride", "2")
	if n := script[int](t, ctx, `document.querySelectorAll("#y td").length`); n != 4 {
		t.Errorf("%d outputs at stride 2, want 4", n)
	}
	set(t, ctx, "language", "zh")
	if got := textOf(t, ctx, "h1"); got != "滑动窗口" {
		t.Errorf("the title is %q", got)
	}
	screenshot(t, ctx, "window.png")
}

// The page's own operator agrees with convkit's on random cases.
func TestWindowComputesAsConvkit(t *testing.T) {
	ctx := browser(t, windowPageOf(t))
	r := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		h, w, kh, kw := 1+r.IntN(7), 1+r.IntN(7), 1+r.IntN(4), 1+r.IntN(4)
		x := array(h, w, func(int) float64 { return float64(r.IntN(19) - 9) })
		k := tensor.Matrix(kh, kw, make([]float64, kh*kw)...)
		for i := range k.Taps {
			k.Taps[i] = float64(r.IntN(19) - 9)
		}
		paddings := []string{"valid", "same", "full", "1", "2"}
		borders := []string{"zeros", "replicate", "reflect", "symmetric", "circular"}
		o := map[string]any{"padding": paddings[r.IntN(5)], "border": borders[r.IntN(5)], "stride": 1 + r.IntN(3), "dilation": 1 + r.IntN(3)}
		got := computedInPage(t, ctx, x, k, o)
		want := computed(t, x, k, o)
		if !slices.EqualFunc(got, want, func(a, b float64) bool { return math.Abs(a-b) < roundoff }) {
			t.Fatalf("%dx%d by %v, %v: %v, want %v", h, w, k, o, got, want)
		}
	}
}

// computedInPage returns what the page makes of an image, row by row.
func computedInPage(t *testing.T, ctx context.Context, x *tensor.Dense[float64], k tensor.Kernel, o map[string]any) []float64 {
	t.Helper()
	rows := func(values []float64, w int) (list [][]float64) {
		for row := range slices.Chunk(values, w) {
			list = append(list, row)
		}
		return list
	}
	arguments, err := json.Marshal([]any{rows(x.Data, x.Shape().W), rows(k.Taps, k.W), o})
	if err != nil {
		t.Fatal(err)
	}
	return script[[]float64](t, ctx, "correlate(..."+string(arguments)+").flat()")
}

// computed returns what convkit makes of it; nothing if the kernel is too large.
func computed(t *testing.T, x *tensor.Dense[float64], k tensor.Kernel, o map[string]any) []float64 {
	t.Helper()
	var options corr.Options
	var err error
	if options.Padding, err = geometry.ParsePadding(o["padding"].(string)); err != nil {
		t.Fatal(err)
	}
	if options.Border, err = geometry.ParseBorder(o["border"].(string)); err != nil {
		t.Fatal(err)
	}
	options.Stride = corr.Size{H: o["stride"].(int), W: o["stride"].(int)}
	options.Dilation = corr.Size{H: o["dilation"].(int), W: o["dilation"].(int)}
	p, err := corr.NewPlan[float64](x.Shape(), k, options, corr.Config{})
	if err != nil {
		return nil
	}
	y := tensor.NewDense[float64](p.Out())
	if err := p.Run(t.Context(), x, y); err != nil {
		t.Fatal(err)
	}
	return y.Data
}

// What the page cannot show is refused.
func TestWindowRefuses(t *testing.T) {
	one := tensor.Matrix(1, 1, 1)
	for _, c := range []struct {
		x [][]float64
		k tensor.Kernel
	}{
		{nil, one},
		{make([][]float64, 65), one},
		{[][]float64{{1}}, tensor.Matrix(1, 65, make([]float64, 65)...)},
		{[][]float64{{1}}, tensor.Kernel{Mixes: true, Out: 2, In: 1, H: 1, W: 1, Taps: []float64{1, 2}}},
		{[][]float64{{math.NaN()}}, one},
	} {
		if err := Window(&bytes.Buffer{}, c.x, c.k); err == nil {
			t.Errorf("%v with %v is taken", c.x, c.k)
		}
	}
}

// The page of a fit shows its parts, escaped, and needs nothing else.
func TestFitPage(t *testing.T) {
	var b bytes.Buffer
	p := FitPage{Title: "Report", Command: "convkit learn 'a<b>.csv' y.csv", Words: []string{"R² 0.99", "<script>alert(1)</script>"}, JSON: []byte(`{"r2": "<b>"}`), Figure: Kernels([]Kernel{{"<i>k</i>", sobel, nil}})}
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	ctx := browser(t, b.Bytes())
	if got := textOf(t, ctx, "pre"); got != p.Command {
		t.Errorf("the command is %q", got)
	}
	if got := textOf(t, ctx, "#words li:nth-child(2)"); got != p.Words[1] {
		t.Errorf("the second line is %q", got)
	}
	if got := textOf(t, ctx, "#json"); got != string(p.JSON) {
		t.Errorf("the JSON is %q", got)
	}
	if n := script[int](t, ctx, `[...document.querySelectorAll("svg text")].filter(e => e.textContent === "<i>k</i>").length`); n != 1 {
		t.Errorf("%d titles of the kernel, want 1", n)
	}
	// A scale is one pixel wide in itself, and fills its place all the same.
	if n := script[int](t, ctx, `[...document.querySelectorAll("svg image")].filter(e => e.getAttribute("preserveAspectRatio") === "none" && e.getBoundingClientRect().width > 5).length`); n != 3 {
		t.Errorf("%d pictures fill their places, want the response and two scales", n)
	}
	screenshot(t, ctx, "fit.png")
}

// screenshot leaves a picture of the page where CONVKIT_SCREENSHOTS asks for it.
func screenshot(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	dir := os.Getenv("CONVKIT_SCREENSHOTS")
	if dir == "" {
		return
	}
	picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name), picture, 0o666); err != nil {
		t.Fatal(err)
	}
}
