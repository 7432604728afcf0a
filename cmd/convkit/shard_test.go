package main

import (
	"strings"
	"testing"
)

func TestShards(t *testing.T) {
	slurm := func(id, first, last, step string) map[string]string {
		return map[string]string{"SLURM_ARRAY_TASK_ID": id, "SLURM_ARRAY_TASK_MIN": first, "SLURM_ARRAY_TASK_MAX": last, "SLURM_ARRAY_TASK_STEP": step}
	}
	kubernetes := map[string]string{"JOB_COMPLETION_INDEX": "3"}
	for _, c := range []struct {
		flags shardFlags
		env   map[string]string
		want  string // or a part of the error
	}{
		{shardFlags{share: "2/8"}, nil, "2/8"},
		{shardFlags{share: "8/8"}, slurm("0", "0", "1", "1"), "8/8"},
		{shardFlags{share: "auto"}, slurm("0", "0", "9", "1"), "1/10"},
		{shardFlags{share: "auto"}, slurm("9", "1", "9", "4"), "3/3"},
		{shardFlags{share: "auto"}, slurm("7", "7", "7", ""), "1/1"},
		{shardFlags{share: "auto", of: 5}, kubernetes, "4/5"},
		{shardFlags{share: "0/3"}, nil, "cannot parse"},
		{shardFlags{share: "4/3"}, nil, "cannot parse"},
		{shardFlags{share: "a/b"}, nil, "cannot parse"},
		{shardFlags{share: "3"}, nil, "cannot parse"},
		{shardFlags{share: "1/2", of: 2}, nil, "--shards belongs"},
		{shardFlags{of: 2}, nil, "--shards says how many"},
		{shardFlags{share: "auto"}, nil, "neither SLURM_ARRAY_TASK_ID"},
		{shardFlags{share: "auto"}, kubernetes, "does not say how many"},
		{shardFlags{share: "auto", of: 3}, kubernetes, "there are 3 shares"},
		{shardFlags{share: "auto"}, slurm("8", "1", "9", "4"), "task 8 is none"},
		{shardFlags{share: "auto"}, slurm("x", "1", "9", "4"), "not a whole number"},
	} {
		got, err := c.flags.parse(func(name string) string { return c.env[name] })
		text := got.String()
		if err != nil {
			text = err.Error()
		}
		if !strings.Contains(text, c.want) {
			t.Errorf("%+v with %v: %s, want %s", c.flags, c.env, text, c.want)
		}
	}
	if s, err := (shardFlags{}).parse(func(string) string { return "" }); err != nil || s.of != 0 || !s.takes(7) {
		t.Errorf("without flags: %v, %v", s, err)
	}
}

// Shares have all items, each once.
func TestSharesCoverTheList(t *testing.T) {
	list := []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	for n := 1; n <= 13; n++ {
		seen := map[int]int{}
		for k := range n {
			for _, v := range shareOf(shard{k, n}, list) {
				seen[v]++
				if v%n != k {
					t.Errorf("share %d of %d has item %d", k, n, v)
				}
			}
		}
		for _, v := range list {
			if seen[v] != 1 {
				t.Errorf("item %d is in %d of %d shares", v, seen[v], n)
			}
		}
	}
}
