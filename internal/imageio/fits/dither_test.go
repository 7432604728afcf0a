package fits

import "testing"

// TestDitherSequence: the generator of Park and Miller is at 1043618065 after
// 10000 steps from 1, which they publish as a check.
func TestDitherSequence(t *testing.T) {
	r := ditherSequence()
	if got, want := r[ditherLength-1], float32(1043618065.0/(1<<31-1)); got != want {
		t.Errorf("the last number is %v, want %v", got, want)
	}
	if r[0] != float32(16807.0/(1<<31-1)) {
		t.Errorf("the first number is %v", r[0])
	}
}
