package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/convkit/convkit/internal/align"
	"github.com/convkit/convkit/internal/imageio"
)

// alignStack finds the motion of each page of a stack, of which first has been
// read, and prints a line a page.
func (l *aligner) alignStack(ctx context.Context, a, first *imageio.Image, pages *imageio.Album) error {
	defer pages.Close()
	if l.output != "" {
		return usage("choose a page: FILE[N]", "-o writes one image, and the second input holds %d pages", pages.Len())
	}
	var names []string
	var lines [][]json.Number
	for i, page := 0, first; i < pages.Len(); i++ {
		if i > 0 {
			var err error
			if page, err = await(ctx, func() (*imageio.Image, error) { return pages.Read(i) }); err != nil {
				return err
			}
		}
		s, err := l.find(ctx, a, page)
		if err != nil {
			return fmt.Errorf("page %d: %w", pages.Number(i), err)
		}
		number := strconv.Itoa(pages.Number(i))
		if s.Confidence < leastConfidence {
			l.warn("page %s: confidence %s: %s", number, rounded(s.Confidence, 3, l.write.Digits), doubts[s.Doubt])
		}
		more, line := l.row(s)
		names = append([]string{"page"}, more...)
		lines = append(lines, append([]json.Number{json.Number(number)}, line...))
	}
	if l.write.Format != "json" {
		return l.printTable(l.write.Format, names, lines...)
	}
	objects := make([]string, len(lines))
	for i, line := range lines {
		objects[i] = object(names, line)
	}
	_, err := fmt.Fprintf(l.stdout, "[%s]\n", strings.Join(objects, ",\n "))
	return err
}

// leastConfidence is the confidence below which a motion gets a warning.
const leastConfidence = 0.2

// find finds the motion of b onto a.
func (l *aligner) find(ctx context.Context, a, b *imageio.Image) (s align.Shift, err error) {
	err = l.timed("compute", func() (err error) {
		s, err = align.Find(ctx, imageio.Rows[float64](a), imageio.Rows[float64](b), l.options)
		return err
	})
	return s, alignError(err)
}

// object writes names and numbers as an object of JSON.
func object(names []string, numbers []json.Number) string {
	var b strings.Builder
	for i, n := range names {
		fmt.Fprintf(&b, ",%q:%s", n, numbers[i])
	}
	return "{" + b.String()[1:] + "}"
}
