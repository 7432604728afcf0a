// Package memory keeps what a run holds below a limit.
//
// Go cannot recover from an allocation that fails: the process ends with status 2
// and a stack. So whoever is about to take much memory asks Need first, with a
// size known from a header or a shape. Need compares it with the limit and with
// the heap in use, which the runtime counts: no one has to give anything back.
package memory

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"sync"

	"github.com/convkit/convkit/internal/exit"
	"github.com/convkit/convkit/internal/faults"
)

// Error says that a run would need more memory than it may take.
type Error struct {
	What        string // that needs it
	Need, Limit int64  // in bytes
	Held        int64  // by what is in memory already
}

// Error returns one sentence with all sizes.
func (e *Error) Error() string {
	text := fmt.Sprintf("%s takes %s of memory", e.What, Format(e.Need))
	if e.Held >= small {
		text += fmt.Sprintf(" beside the %s in use", Format(e.Held))
	}
	return text + fmt.Sprintf(", and the limit is %s", Format(e.Limit))
}

// ExitCode is that of a run that could not be done.
func (e *Error) ExitCode() int { return exit.Failed }

// Advice names the flag of the limit.
func (e *Error) Advice() string { return "--max-memory SIZE sets the limit" }

// small is a size that needs no question: rows, bands and tables. Asking costs
// microseconds, and the limit leaves room for them.
const small = 1 << 20

var state struct {
	sync.Mutex
	limit int64 // 0: none
	base  int64 // in use when the limit was set
}

// reserve is the heap that the runtime may fill with garbage beyond the limit
// before it collects without a pause.
const reserve = 64 << 20

// little is a heap whose garbage does not matter. A collection takes a tenth of the
// time of a small run.
const little = 4 << 20

// SetLimit bounds the memory that data may take, in bytes, beside what is in use
// now. Tests set 0, which lifts the limit.
func SetLimit(limit int64) {
	state.Lock()
	defer state.Unlock()
	if inUse() > little {
		runtime.GC() // so that no garbage counts as in use
	}
	state.limit, state.base = limit, inUse()
	if limit > 0 && limit < 1<<62 {
		debug.SetMemoryLimit(limit + reserve)
	}
}

// Limit returns the limit, 0 for none.
func Limit() int64 {
	state.Lock()
	defer state.Unlock()
	return state.limit
}

// Need returns an *Error if bytes more would exceed the limit. The words say what
// needs them.
func Need(bytes int64, format string, args ...any) error {
	if faults.At(faults.Memory, "") != nil {
		return &Error{What: fmt.Sprintf(format, args...), Need: bytes, Limit: Least}
	}
	if bytes < small {
		return nil
	}
	state.Lock()
	defer state.Unlock()
	if state.limit == 0 {
		return nil
	}
	held := int64(0)
	if bytes <= state.limit {
		// Garbage is counted at first. Only if it matters, it is collected.
		if held = inUse() - state.base; bytes <= state.limit-held {
			return nil
		}
		runtime.GC()
		if held = max(inUse()-state.base, 0); bytes <= state.limit-held {
			return nil
		}
	}
	return &Error{What: fmt.Sprintf(format, args...), Need: bytes, Limit: state.limit, Held: held}
}

// inUse returns the bytes of all objects on the heap, garbage included.
func inUse() int64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return int64(sample[0].Value.Uint64())
}

// Times returns the product of sizes, the largest number if it is too large.
func Times(sizes ...int) int64 {
	n := int64(1)
	for _, s := range sizes {
		if s <= 0 {
			return 0
		}
		if n > (1<<63-1)/int64(s) {
			return 1<<63 - 1
		}
		n *= int64(s)
	}
	return n
}

// Format writes a size with three digits and a binary unit.
func Format(bytes int64) string {
	if bytes < 1<<10 {
		return strconv.FormatInt(bytes, 10) + " bytes"
	}
	v, unit := float64(bytes), 0
	for v >= 1023.5 && unit < len(binary)-1 {
		v /= 1 << 10
		unit++
	}
	digits := 0
	if v < 9.995 {
		digits = 2
	} else if v < 99.95 {
		digits = 1
	}
	return strconv.FormatFloat(v, 'f', digits, 64) + " " + binary[unit]
}

var binary = []string{"bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"}
