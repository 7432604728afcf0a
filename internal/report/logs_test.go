package report

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"testing"
)

func parsed(t *testing.T, text string) Log {
	t.Helper()
	l, ok, err := ParseLog([]byte(text))
	if !ok || err != nil {
		t.Fatalf("%q: %v, %v", text, ok, err)
	}
	l.Name = "log"
	return l
}

func TestParseLog(t *testing.T) {
	for _, text := range []string{
		"epoch,loss,lr,gradient_norm,gap\n1,5,0.1,2,3\n2,3,0.1,1,1\n",
		"{\"epoch\":1,\"loss\":5,\"gap\":3}\n{\"epoch\":2,\"loss\":3,\"gap\":1}\n",
	} {
		l := parsed(t, text)
		if !slices.Equal(l.epochs, []float64{1, 2}) || !slices.Equal(l.losses, []float64{5, 3}) || l.best != 2 {
			t.Errorf("%q is %v", text, l)
		}
	}
	if l := parsed(t, "epoch,loss\n1,Inf\n2,NaN\n3,0\n4,7\n"); l.best == l.best || l.label() != "log (3 losses are 0 or not finite)" {
		t.Errorf("%v, %s", l, l.label())
	}
	for _, other := range []string{"", "1,2\n3,4\n", "[[1]]", `{"kernel": [[1]]}`} {
		if _, ok, err := ParseLog([]byte(other)); ok || err != nil {
			t.Errorf("%q: %v, %v", other, ok, err)
		}
	}
	for _, bad := range []string{"epoch,loss\n", "epoch,loss\n1\n", "epoch,loss\n1,x\n", "{\"epoch\":1,\"loss\":2}\n{}\n", "{\"epoch\":1"} {
		if l, ok, err := ParseLog([]byte(bad)); !ok || err == nil {
			t.Errorf("%q is taken: %v", bad, l)
		}
	}
}

// The figure has axes, a line for each log, and one for the best possible loss.
func TestLogsFigure(t *testing.T) {
	a := parsed(t, "epoch,loss,gap\n1,5,3\n2,3,1\n200,2.5,0.5\n")
	b := parsed(t, "epoch,loss,gap\n1,5,5\n2,0.001,0.001\n")
	svg := drawn(t, Logs([]Log{a, b}), SVG)
	texts := svgTexts(t, svg)
	for _, want := range []string{"epoch", "loss", "loss of each epoch", "log, best possible 2", "log, best possible 0", "0.001", "10", "100", "200"} {
		if !slices.Contains(texts, want) {
			t.Errorf("no text %q in %q", want, texts)
		}
	}
	if n := strings.Count(string(svg), "stroke-dasharray:2,3"); n != 1 {
		t.Errorf("%d lines of best possible losses, want 1", n)
	}
	drawn(t, Logs([]Log{parsed(t, "epoch,loss\n1,0\n")}), PNG) // nothing to draw
}

// One epoch a column: the chart falls from the largest loss to the smallest.
func TestLogsText(t *testing.T) {
	var b bytes.Buffer
	l := parsed(t, "epoch,loss,gap\n0,1000,1000\n10,1,1\n")
	if err := LogsText(&b, []Log{l, {Name: "empty", best: math.NaN()}}, 40); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(b.String(), "\n")
	if lines[0] != "* log, best possible 0" || lines[1] != "o empty" || lines[2] != "   1e+03 |*" || lines[17] != "       1 |"+strings.Repeat(" ", 29)+"*" {
		t.Errorf("got\n%s", b.String())
	}
}
