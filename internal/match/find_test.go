package match

import (
	"context"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
)

// A limit is compared with exact scores: a place that reaches it to the last bit
// is found, though single precision may put its score below.
func TestFindLimit(t *testing.T) {
	x := draw("noise", 4, tensor.Shape{N: 1, C: 1, H: 60, W: 70})
	tpl, err := NewTemplate(cut(x, 20, 30, 9, 8), nil)
	if err != nil {
		t.Fatal(err)
	}
	src := tensor.NewDense[float32](x.Shape())
	for i, v := range x.Data {
		src.Data[i] = float32(v)
	}
	for _, score := range []Score{NCC, SSD, Product} {
		want, err := Reference(x, tpl, Options{Score: score})
		if err != nil {
			t.Fatal(err)
		}
		p, err := NewPlan[float32](x.Shape(), tpl, Options{Score: score}, 2)
		if err != nil {
			t.Fatal(err)
		}
		scores, err := p.Run(context.Background(), src)
		if err != nil {
			t.Fatal(err)
		}
		s := Search{Unit: 0.25, Distance: corr.Size{H: 1, W: 1}, Whole: true} // a unit that rounds nothing
		for _, k := range peaks(want, score, Search{Count: 12}, 1) {
			limit := k.Score * s.Unit
			s.Limit = &limit
			found, err := p.Find(context.Background(), src, scores, s)
			if err != nil {
				t.Fatal(err)
			}
			reached := false
			for _, f := range found {
				if exact := want.Data[f.Row*want.Shape().W+f.Col] * s.Unit; f.Score != exact || score.better(limit, exact) {
					t.Errorf("%v: the score at %d,%d is %v, not %v, the limit %v", score, f.Row, f.Col, f.Score, exact, limit)
				}
				reached = reached || f.Row == k.Row && f.Col == k.Col
			}
			if !reached {
				t.Errorf("%v: %d,%d, whose score is the limit %v, is not found", score, k.Row, k.Col, limit)
			}
		}
	}
}
