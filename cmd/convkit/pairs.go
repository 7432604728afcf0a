package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/convkit/convkit/internal/imageio"
	"github.com/convkit/convkit/internal/imageio/packed"
)

// pairColumns are the columns that a list of pairs may have.
var pairColumns = []string{"x", "y", "mask", "weight", "variance", "weights"}

// readPairs reads the list of pairs, whose files are relative to its folder.
func (l *learner) readPairs(ctx context.Context) ([]pairFiles, error) {
	data, err := await(ctx, func() ([]byte, error) {
		in, err := l.app.open(l.pairs, false)
		if err != nil {
			return nil, err
		}
		defer in.Close()
		data, err := io.ReadAll(io.LimitReader(in, maxList+1))
		if err == nil && len(data) > maxList {
			err = badData("", "%s has more than %d bytes, too many for a list of pairs", l.pairs, maxList)
		}
		return data, err
	})
	if err != nil {
		return nil, err
	}
	folder := filepath.Dir(l.pairs)
	if l.pairs == "-" {
		folder = ""
	}
	list, err := parsePairs(data, l.pairs, folder, l.mask)
	for i := range list {
		f := &list[i]
		if f.variance == "" && f.weights == "" {
			f.variance, f.weights = l.variance, l.weights
		}
		l.listedVariances = l.listedVariances || f.variance != ""
		if f.err == nil && f.variance != "" && f.weights != "" {
			f.err = badData("give one of them", "the line has a variance and weights")
		}
		if f.err == nil && (f.variance == "") != (list[0].variance == "") {
			f.err = badData("give all pairs variances, or none", "some pairs have variances, and some have not")
		}
	}
	return list, err
}

// parsePairs reads a table of pairs. Lines of # are comments. What is wrong with
// one line is an error of that pair alone.
func parsePairs(data []byte, name, folder, mask string) ([]pairFiles, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	r := csv.NewReader(bufio.NewReader(bytes.NewReader(data)))
	r.Comment, r.TrimLeadingSpace, r.FieldsPerRecord = '#', true, -1
	r.Comma = separatorOf(data)
	columns, err := r.Read()
	const hint = "the first line names the columns: x,y and optionally mask, weight, variance or weights"
	if errors.Is(err, io.EOF) {
		return nil, badData(hint, "%s: the list of pairs is empty", name)
	}
	for i, c := range columns {
		if columns[i] = strings.ToLower(strings.TrimSpace(c)); !slices.Contains(pairColumns, columns[i]) {
			return nil, badData(hint, "%s:1: a list of pairs has no column %q", name, c)
		}
	}
	for _, needed := range pairColumns[:2] {
		if err == nil && !slices.Contains(columns, needed) {
			return nil, badData(hint, "%s:1: no column %s", name, needed)
		}
	}
	var list []pairFiles
	for err == nil {
		var fields []string
		if fields, err = r.Read(); err == nil {
			line, _ := r.FieldPos(0)
			p := pairOf(columns, fields, folder)
			p.place = fmt.Sprintf("%s:%d (%s, %s)", name, line, p.x, p.y)
			if p.mask == "" {
				p.mask = mask
			}
			list = append(list, p)
		}
	}
	if !errors.Is(err, io.EOF) {
		return nil, badData(hint, "%s: %w", name, err)
	}
	if list == nil {
		return nil, badData(hint, "%s: no pair below the names of the columns", name)
	}
	return list, nil
}

// separatorOf finds what stands between the names of the columns.
func separatorOf(data []byte) rune {
	for line := range bytes.Lines(data) {
		if line = bytes.TrimSpace(line); len(line) == 0 || line[0] == '#' {
			continue
		}
		for _, c := range ";\t" {
			if bytes.ContainsRune(line, c) {
				return c
			}
		}
		break
	}
	return ','
}

// pairOf is one line of the list.
func pairOf(columns, fields []string, folder string) pairFiles {
	p := pairFiles{weight: 1}
	if len(fields) != len(columns) {
		p.err = badData("", "%d fields, but there are %d columns", len(fields), len(columns))
	}
	for i, c := range columns[:min(len(columns), len(fields))] {
		text := strings.TrimSpace(fields[i])
		switch c {
		case "x":
			p.x = below(folder, text)
		case "y":
			p.y = below(folder, text)
		case "mask":
			p.mask = below(folder, text)
		case "weights":
			p.weights = below(folder, text)
		case "variance":
			if p.variance, p.err = varianceOption(text); namesVariances(text) {
				p.variance = below(folder, text)
			}
		case "weight":
			if text == "" {
				continue
			}
			var err error
			if p.weight, err = number("positive number", func(v float64) bool { return v > 0 })(text); err != nil {
				p.err = badData("delete the line to exclude this pair", "weight: %w", err)
			}
		}
	}
	if p.err == nil && (p.x == "" || p.y == "" || p.x == "-" || p.y == "-") {
		p.err = badData("", "the line does not name two files")
	}
	return p
}

func below(folder, path string) string {
	if path == "" || path == "-" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(folder, path)
}

// matchFolders pairs the images of two folders that have the same name, or the
// same but for the extension. Files without a partner are left out, and told.
func (l *learner) matchFolders(dirX, dirY string) ([]pairFiles, error) {
	xs, err := imagesIn(dirX)
	if err != nil {
		return nil, err
	}
	ys, err := imagesIn(dirY)
	if err != nil {
		return nil, err
	}
	partners := partnersOf(xs, ys)
	var list []pairFiles
	var alone, byStem []string
	used := map[string]bool{}
	for _, x := range xs {
		y := partners[x]
		if y == "" {
			alone = append(alone, filepath.Join(dirX, x))
			continue
		}
		used[y] = true
		p := pairFiles{x: filepath.Join(dirX, x), y: filepath.Join(dirY, y), mask: l.mask, weight: 1, variance: l.variance, weights: l.weights}
		p.place = fmt.Sprintf("%s and %s", p.x, p.y)
		list = append(list, p)
		if x != y {
			byStem = append(byStem, p.place)
		}
	}
	for _, y := range ys {
		if !used[y] {
			alone = append(alone, filepath.Join(dirY, y))
		}
	}
	if list == nil {
		return nil, badData("a pair is two files of the same name, one in each folder", "%s and %s have no image of the same name", dirX, dirY)
	}
	if len(byStem) > 0 {
		l.note("%d of %d pairs differ in the extension of their names: %s", len(byStem), len(list), some(byStem))
	}
	if n := len(alone); n == 1 {
		l.warn("1 file without a partner of the same name is left out: %s", alone[0])
	} else if n > 1 {
		l.warn("%d files without a partner of the same name are left out: %s", n, some(alone))
	}
	return list, nil
}

// some lists the first few names.
func some(names []string) string {
	if len(names) > 3 {
		return strings.Join(names[:3], ", ") + ", …"
	}
	return strings.Join(names, ", ")
}

// partnersOf finds which file of ys belongs to each of xs: that of the same name;
// among the others the one that is the same but for the extension, where no other
// file of either folder is.
func partnersOf(xs, ys []string) map[string]string {
	partners := map[string]string{}
	stems := map[string][2][]string{}
	for side, pair := range [2][2][]string{{xs, ys}, {ys, xs}} {
		for _, name := range pair[0] {
			if slices.Contains(pair[1], name) {
				partners[name] = name
				continue
			}
			stem := stemOf(name)
			sides := stems[stem]
			sides[side] = append(sides[side], name)
			stems[stem] = sides
		}
	}
	for _, sides := range stems {
		if len(sides[0]) == 1 && len(sides[1]) == 1 {
			partners[sides[0][0]] = sides[1][0]
		}
	}
	return partners
}

// imagesIn lists the files of a folder that can be read, by name.
func imagesIn(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	readable := extensions(imageio.Format.CanRead)
	var names []string
	for _, e := range entries {
		ext := strings.ToLower(strings.TrimPrefix(filepath.Ext(packed.Inner(e.Name())), "."))
		if !e.IsDir() && !strings.HasPrefix(e.Name(), ".") && slices.Contains(readable, ext) {
			names = append(names, e.Name())
		}
	}
	return names, nil
}
