package guard_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/convkit/convkit/internal/imageio/guard"
	"github.com/convkit/convkit/internal/imageio/raster"
)

func TestDecode(t *testing.T) {
	v, err := guard.Decode(func() (int, error) { return 7, io.ErrUnexpectedEOF })
	if v != 7 || err != io.ErrUnexpectedEOF {
		t.Errorf("got %d, %v", v, err)
	}
	var empty []byte
	err = guard.Run(func() error { empty[3] = 1; return nil })
	var data *raster.DataError
	if !errors.As(err, &data) || !strings.Contains(err.Error(), "index out of range") {
		t.Errorf("a panic gives %v", err)
	}
}
