package main

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"time"

	"github.com/convkit/convkit/internal/imageio"
)

// contestant is a program that does one task of a table.
type contestant struct {
	// once does the task and returns the seconds of one repetition. Where save
	// is not empty, the result goes there as NPY, if there is one.
	once func(repeat int, save string) (float64, error)
	megs float64 // peak memory, where it is a process
}

// patience is the seconds that a peer may take for a single round before it has
// no other.
const patience = 2.0

// turn is about how many seconds a turn lasts: long tasks are done once, short
// ones so often that caches and clocks are as they are in use.
const turn = 0.1

// compete lets the contestants, of whom nil ones are absent, do a task by turns.
// The first is convkit.
func (s *sitting) compete(task string, all []*contestant) (row, error) {
	fmt.Fprintf(s.progress, "  %s\n", task)
	r := row{task: task, cells: make([]cell, len(all))}
	own := filepath.Join(s.dir, "own.npy")
	spent := make([]bool, len(all))
	for i, c := range all {
		r.cells[i] = absent
		if c == nil {
			continue
		}
		save := own
		if i > 0 {
			save = filepath.Join(s.dir, "other.npy")
		}
		os.Remove(save)
		seconds, err := c.once(1, save) // warms up
		if err != nil {
			return r, err
		}
		r.cells[i].seconds = seconds
		spent[i] = seconds > patience
		if r.cells[i].apart, err = apart(own, save); err != nil {
			return r, err
		}
	}
	for range s.rounds {
		for i, c := range all {
			if c == nil || spent[i] {
				continue
			}
			seconds, err := c.once(int(1+turn/r.cells[i].seconds), "")
			if err != nil {
				return r, err
			}
			r.cells[i].seconds = min(r.cells[i].seconds, seconds)
		}
	}
	return r, nil
}

// apart is the largest difference of two files' numbers over the largest number;
// NaN where one is missing.
func apart(a, b string) (float64, error) {
	x, err := numbers(a)
	if errors.Is(err, os.ErrNotExist) {
		return math.NaN(), nil
	} else if err != nil {
		return 0, err
	}
	y, err := numbers(b)
	if errors.Is(err, os.ErrNotExist) {
		return math.NaN(), nil
	} else if err != nil {
		return 0, err
	}
	if len(x) != len(y) {
		return 0, fmt.Errorf("the results have %d and %d numbers: not the same task", len(x), len(y))
	}
	worst, largest := 0.0, 0.0
	for i, v := range x {
		worst, largest = max(worst, math.Abs(v-y[i])), max(largest, math.Abs(v))
	}
	return worst / largest, nil
}

func numbers(path string) ([]float64, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	img, err := imageio.Decode(f, path, imageio.ReadOptions{})
	if err != nil {
		return nil, err
	}
	return collect(imageio.Rows[float64](img))
}

// timed is the seconds of one of several repetitions.
func timed(repeat int, f func() error) (float64, error) {
	start := time.Now()
	for range repeat {
		if err := f(); err != nil {
			return 0, err
		}
	}
	return time.Since(start).Seconds() / float64(repeat), nil
}
