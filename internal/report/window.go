package report

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"

	"github.com/convkit/convkit/internal/tensor"
)

//go:embed window.html
var windowPage []byte

// MaxWindowSide is the largest side of an image on the page of the sliding window.
const MaxWindowSide = 64

// Window writes a page on which a kernel slides over the rows of an image: products and
// sums of each output, with padding, border, stride and dilation to choose. It stands
// alone and loads nothing. Image and kernel have one plane, of at most MaxWindowSide
// rows and columns.
func Window(w io.Writer, x [][]float64, k tensor.Kernel) error {
	if k.Out*k.In != 1 || len(x) == 0 || max(len(x), len(x[0]), k.H, k.W) > MaxWindowSide {
		return fmt.Errorf("the page takes an image and a kernel of one plane, of at most %d rows and columns", MaxWindowSide)
	}
	var taps [][]float64
	for u := range k.H {
		taps = append(taps, k.Taps[u*k.W:(u+1)*k.W])
	}
	// encoding/json escapes <, so that no text ends the script.
	data, err := json.Marshal(struct {
		X    [][]float64 `json:"x"`
		K    [][]float64 `json:"k"`
		Bias float64     `json:"bias"`
	}{x, taps, k.BiasOf(0)})
	if err != nil {
		return fmt.Errorf("the page takes finite numbers: %w", err)
	}
	_, err = w.Write(bytes.Replace(windowPage, []byte("DATA"), data, 1))
	return err
}
