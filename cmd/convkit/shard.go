package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/pflag"
)

// shard is one of several shares of a list: item i, counted from 0, belongs to share
// i mod of. The zero value takes all.
type shard struct{ index, of int }

// takes reports whether the share has item i.
func (s shard) takes(i int) bool { return s.of == 0 || i%s.of == s.index }

// String returns K/N, with K counted from 1.
func (s shard) String() string { return fmt.Sprintf("%d/%d", s.index+1, s.of) }

// shareOf returns the items that belong to a share.
func shareOf[T any](s shard, list []T) []T {
	if s.of == 0 {
		return list
	}
	var share []T
	for i, v := range list {
		if s.takes(i) {
			share = append(share, v)
		}
	}
	return share
}

// shardFlags are --shard and --shards as typed.
type shardFlags struct {
	share string
	of    int
}

const maxShards = 1 << 30

// addShard adds the flags that take a share of many inputs.
func addShard(fs *pflag.FlagSet, s *shardFlags, what string) {
	define(fs, &s.share, "shard", "", "", "K/N|auto", "take share K of N of the "+what+". auto reads K and N of a job array from SLURM's variables, or K from JOB_COMPLETION_INDEX with N from --shards", anyText)
	define(fs, &s.of, "shards", "", "0", "N", "number of shares for --shard auto where the environment does not tell it", whole(0, maxShards))
}

// parse returns the share. getenv is os.Getenv but in tests.
func (s shardFlags) parse(getenv func(string) string) (shard, error) {
	switch {
	case s.share == "" && s.of > 0:
		return shard{}, usage("add --shard auto", "--shards says how many shares there are, but not which one to take")
	case s.share == "":
		return shard{}, nil
	case s.share == "auto":
		return s.fromEnvironment(getenv)
	}
	k, n, ok := strings.Cut(s.share, "/")
	index, err1 := strconv.Atoi(k)
	of, err2 := strconv.Atoi(n)
	if !ok || err1 != nil || err2 != nil || index < 1 || index > of || of > maxShards {
		return shard{}, usage("write K/N with K from 1 to N, like 2/8, or auto", "--shard: cannot parse %q", s.share)
	}
	if s.of > 0 {
		return shard{}, usage("leave --shards out", "--shards belongs to --shard auto, and --shard %s has both numbers", s.share)
	}
	return shard{index - 1, of}, nil
}

// fromEnvironment finds the share of a task of SLURM's job arrays, or of an indexed job
// of Kubernetes.
func (s shardFlags) fromEnvironment(getenv func(string) string) (shard, error) {
	number := func(name string) (int, error) {
		n, err := strconv.Atoi(getenv(name))
		if err != nil {
			return 0, usage("", "--shard auto: %s is %q, not a whole number", name, getenv(name))
		}
		return n, nil
	}
	if getenv("SLURM_ARRAY_TASK_ID") != "" {
		if s.of > 0 {
			return shard{}, usage("leave --shards out", "--shards is given, but SLURM's variables tell the number of shares")
		}
		var v [4]int
		for i, name := range []string{"SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_MAX", "SLURM_ARRAY_TASK_STEP"} {
			if name == "SLURM_ARRAY_TASK_STEP" && getenv(name) == "" {
				v[i] = 1
				continue
			}
			var err error
			if v[i], err = number(name); err != nil {
				return shard{}, err
			}
		}
		id, first, last, step := v[0], v[1], v[2], v[3]
		if step < 1 || id < first || id > last || (id-first)%step != 0 || (last-first)/step >= maxShards {
			return shard{}, usage("submit the array as first-last or first-last:step", "--shard auto: task %d is none of %d to %d in steps of %d", id, first, last, step)
		}
		return shard{(id - first) / step, (last-first)/step + 1}, nil
	}
	if getenv("JOB_COMPLETION_INDEX") == "" {
		return shard{}, usage("write --shard K/N, or set JOB_COMPLETION_INDEX and give --shards N", "--shard auto: neither SLURM_ARRAY_TASK_ID nor JOB_COMPLETION_INDEX is set")
	}
	index, err := number("JOB_COMPLETION_INDEX")
	switch {
	case err != nil:
		return shard{}, err
	case s.of == 0:
		return shard{}, usage("add --shards N, the job's completions", "--shard auto: JOB_COMPLETION_INDEX does not say how many shares there are")
	case index < 0 || index >= s.of:
		return shard{}, usage("give --shards the job's completions", "--shard auto: JOB_COMPLETION_INDEX is %d, and there are %d shares from 0 on", index, s.of)
	}
	return shard{index, s.of}, nil
}

// get returns the share that the flags and the environment ask for.
func (s shardFlags) get() (shard, error) { return s.parse(os.Getenv) }
