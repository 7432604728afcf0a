package memory

// share is the part of the system's memory that data may take unless a limit is
// given: the rest is for the program, for buffers and for everyone else.
const share = 3. / 4

// fallback is the limit where the system's memory is not known.
const fallback = 4 << 30

// Default returns three quarters of the memory that the machine, the control
// group or the process limits (ulimit -v) leave, whatever is least.
func Default() int64 {
	total, ok := system()
	if !ok {
		return fallback
	}
	return max(int64(share*float64(total)), Least)
}
