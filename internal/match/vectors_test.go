package match

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/tensor"
)

// OpenCV computes in float32, relative to the largest score.
const nearOthers = 2e-6

// The scores are those of OpenCV's matchTemplate, with and without a mask, and
// of scikit-image's match_template, with and without padding.
func TestOtherTools(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("testdata", "vectors.json"))
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Source, Score, Border string
		Image, Template, Mask [][][]float64
		Same                  bool
		Scores                []float64
	}
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	for i, c := range cases {
		tpl, err := NewTemplate(dense(c.Template), dense(c.Mask))
		if err != nil {
			t.Fatal(err)
		}
		o := Options{Same: c.Same}
		if o.Score, err = ParseScore(c.Score); err != nil {
			t.Fatal(err)
		}
		if o.Border, err = geometry.ParseBorder(c.Border); err != nil {
			t.Fatal(err)
		}
		got, err := Reference(dense(c.Image), tpl, o)
		if err != nil {
			t.Fatal(err)
		}
		largest := 0.0
		for _, v := range c.Scores {
			largest = max(largest, math.Abs(v))
		}
		for j, v := range got.Data {
			if math.Abs(v-c.Scores[j]) > nearOthers*largest {
				t.Errorf("case %d (%s, %s, mask %v, same %v): score %d is %v, not %v", i, c.Source, c.Score, c.Mask != nil, c.Same, j, v, c.Scores[j])
				break
			}
		}
	}
}

func dense(planes [][][]float64) *tensor.Dense[float64] {
	if planes == nil {
		return nil
	}
	d := tensor.NewDense[float64](tensor.Shape{N: 1, C: len(planes), H: len(planes[0]), W: len(planes[0][0])})
	d.Data = d.Data[:0]
	for _, p := range planes {
		for _, row := range p {
			d.Data = append(d.Data, row...)
		}
	}
	return d
}
