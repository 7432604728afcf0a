package raster

import (
	"math"
	"strconv"
	"strings"
)

func dimString(dims []int64) string {
	s := make([]string, len(dims))
	for i, d := range dims {
		s[i] = strconv.FormatInt(d, 10)
	}
	return strings.Join(s, "x")
}

// CheckSize returns an error unless every size is positive and their product is
// at most max pixels and fits an int.
func CheckSize(max int64, dims ...int64) error {
	pixels := int64(1)
	for _, d := range dims {
		if d <= 0 {
			return BadData("the size %s is not positive", dimString(dims))
		}
		if pixels > math.MaxInt64/64/d {
			return tooLarge(max, dims)
		}
		pixels *= d
	}
	if pixels > max {
		return tooLarge(max, dims)
	}
	return nil
}

func tooLarge(max int64, dims []int64) error {
	e := BadData("%s is more than %d pixels", dimString(dims), max).(*DataError)
	e.Hint = "--max-pixels N raises the limit"
	return e
}

// ArrayDims returns the batch, planes, rows and columns of an array. The sizes
// are read from the last one back; missing ones are 1. Ranks other than 1 to 4
// are an error, and so is what CheckSize refuses with max.
func ArrayDims(dims []int, max int64) (n, c, h, w int, err error) {
	if len(dims) == 0 || len(dims) > 4 {
		return 0, 0, 0, 0, BadData("an array of rank %d; images have rank 1 to 4", len(dims))
	}
	all := [4]int{1, 1, 1, 1}
	copy(all[4-len(dims):], dims)
	if err := CheckSize(max, int64(all[0]), int64(all[1]), int64(all[2]), int64(all[3])); err != nil {
		return 0, 0, 0, 0, err
	}
	return all[0], all[1], all[2], all[3], nil
}
