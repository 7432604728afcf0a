package memory

import (
	"math"
	"os"
	"path"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

func system() (total int64, ok bool) {
	total = math.MaxInt64
	var info unix.Sysinfo_t
	if unix.Sysinfo(&info) == nil {
		total = int64(uint64(info.Totalram) * uint64(info.Unit))
	}
	total = min(total, controlGroup("/proc/self/cgroup", "/sys/fs/cgroup"), addressSpace())
	return total, total < math.MaxInt64
}

// controlGroup returns the least limit of the process's group and those above it.
// In a container the mount shows the group as the root.
func controlGroup(self, mount string) int64 {
	least := int64(math.MaxInt64)
	text, err := os.ReadFile(self)
	if err != nil {
		return least
	}
	for line := range strings.Lines(string(text)) {
		part := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(part) != 3 {
			continue
		}
		root, file := mount, "memory.max" // version 2
		if part[1] != "" {                // version 1
			if !strings.Contains(","+part[1]+",", ",memory,") {
				continue
			}
			root, file = path.Join(mount, "memory"), "memory.limit_in_bytes"
		}
		for dir := path.Clean("/" + part[2]); ; dir = path.Dir(dir) {
			if b, err := os.ReadFile(path.Join(root, dir, file)); err == nil {
				if v, err := strconv.ParseInt(strings.TrimSpace(string(b)), 10, 64); err == nil {
					least = min(least, v)
				}
			}
			if dir == "/" {
				break
			}
		}
	}
	return least
}

// arenas is the address space that the runtime needs beside the data: it takes
// the heap in pieces of 64 MiB, and leaves gaps.
const arenas = 3 * 64 << 20

// addressSpace returns what ulimit -v and -d leave for data.
func addressSpace() int64 {
	left := func(limit unix.Rlimit, column int) int64 {
		if limit.Cur > math.MaxInt64 {
			return math.MaxInt64
		}
		used := int64(0)
		if b, err := os.ReadFile("/proc/self/statm"); err == nil {
			if f := strings.Fields(string(b)); len(f) > column {
				pages, _ := strconv.ParseInt(f[column], 10, 64)
				used = pages * int64(os.Getpagesize())
			}
		}
		return max(int64(limit.Cur)-used-arenas, 0)
	}
	least := int64(math.MaxInt64)
	var limit unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_AS, &limit) == nil {
		least = min(least, left(limit, 0))
	}
	if unix.Getrlimit(unix.RLIMIT_DATA, &limit) == nil {
		least = min(least, left(limit, 5))
	}
	return least
}
