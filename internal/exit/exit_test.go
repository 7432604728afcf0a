package exit_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/convkit/convkit/internal/exit"
)

// told is an error with a code, an advice and a cause.
type told struct {
	code   int
	advice string
	cause  error
}

func (t *told) Error() string  { return "told" }
func (t *told) ExitCode() int  { return t.code }
func (t *told) Advice() string { return t.advice }
func (t *told) Unwrap() error  { return t.cause }

// The outermost error gives the code. Advice may come from further inside.
func TestOf(t *testing.T) {
	inner := &told{exit.Data, "crop it", nil}
	for _, c := range []struct {
		name   string
		err    error
		code   int
		advice string
		ok     bool
	}{
		{"none", errors.New("plain"), 0, "", false},
		{"nil", nil, 0, "", false},
		{"wrapped", fmt.Errorf("file: %w", inner), exit.Data, "crop it", true},
		{"advice of the cause", &told{exit.Usage, "", fmt.Errorf("file: %w", inner)}, exit.Usage, "crop it", true},
		{"advice of its own", &told{exit.Usage, "leave it out", inner}, exit.Usage, "leave it out", true},
		{"no advice at all", &told{exit.Failed, "", errors.New("plain")}, exit.Failed, "", true},
		{"one of several", errors.Join(errors.New("plain"), inner), exit.Data, "crop it", true},
	} {
		if code, advice, ok := exit.Of(c.err); code != c.code || advice != c.advice || ok != c.ok {
			t.Errorf("%s: %d, %q, %v; want %d, %q, %v", c.name, code, advice, ok, c.code, c.advice, c.ok)
		}
	}
}
