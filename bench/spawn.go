package main

import (
	"encoding/json"
	"io"
	"os/exec"
	"time"
)

// spawned is what a process took.
type spawned struct {
	Seconds float64 `json:"seconds"`
	Megs    float64 `json:"megs"` // peak memory
	Error   string  `json:"error"`
}

// spawn runs a program and writes what it took. It is done by a small process
// of its own, since the system counts the memory of the process that spawns
// another as the other's.
func spawn(words []string, w io.Writer) error {
	cmd := exec.Command(words[0], words[1:]...)
	start := time.Now()
	out, err := cmd.CombinedOutput()
	s := spawned{Seconds: time.Since(start).Seconds()}
	if err != nil {
		s.Error = err.Error() + ": " + string(out)
	} else {
		s.Megs = peakMegs(cmd.ProcessState)
	}
	return json.NewEncoder(w).Encode(s)
}
