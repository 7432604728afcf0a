package codec

import (
	"fmt"
	"slices"
	"strings"

	"github.com/convkit/convkit/internal/imageio/raster"
)

// Album is an open file that may hold several pictures. Read may be called in any
// order, from one goroutine at a time. In order it costs least.
type Album interface {
	// Entries returns what the file holds, in the order of the file. Their places in
	// the list are the numbers that users type.
	Entries() []Entry
	// Read reads entry k. Errors need not name the file.
	Read(k int) (*raster.Picture, error)
}

// Entry is one thing that a file holds: most often a picture.
type Entry struct {
	Name    string // such as EXTNAME of FITS, or ""
	Version int    // such as EXTVER of FITS, or 0
	H, W    int    // 0 if they are not known before the picture is read
	Planes  int
	Type    string // of the samples, such as "uint8"; "" if it is not known
	Other   string // what it is if it is no picture: "a table", "empty"; else ""
	Copy    bool   // a smaller copy of another picture, or its mask: read only on request
}

// Empty is the Other of an entry without data.
const Empty = "an empty part"

// String returns the name, or the name and version.
func (e Entry) String() string {
	if e.Version > 1 {
		return fmt.Sprintf("%s,%d", e.Name, e.Version)
	}
	return e.Name
}

// Pictures returns the numbers of the entries that are pictures, without copies.
func Pictures(entries []Entry) (list []int) {
	for k, e := range entries {
		if e.Other == "" && !e.Copy {
			list = append(list, k)
		}
	}
	return list
}

// Pick returns the numbers of the entries that sel chooses. A range, and an empty
// selection, choose pictures only and no copies.
func Pick(sel raster.Selection, entries []Entry) ([]int, error) {
	pictures := Pictures(entries)
	if len(entries) == 0 && !sel.Given() {
		return nil, raster.BadData("the file has no picture")
	}
	if !sel.Given() {
		if len(pictures) == 0 {
			return nil, raster.BadData("no image in it: %s", contents(entries))
		}
		return pictures, nil
	}
	if name, version, ok := sel.Named(); ok {
		k, err := named(name, version, entries)
		if err != nil {
			return nil, err
		}
		return picture(k, entries)
	}
	list, ok := sel.Of(len(entries))
	if !ok {
		return nil, NoPage(sel, len(entries))
	}
	if sel.One() {
		return picture(list[0], entries)
	}
	list = slices.DeleteFunc(list, func(k int) bool { return entries[k].Other != "" || entries[k].Copy })
	if len(list) == 0 {
		return nil, raster.BadData("[%s] chooses none of its pictures: %s", sel, contents(entries))
	}
	return list, nil
}

// named returns the number of the entry of a name and version.
func named(name string, version int, entries []Entry) (int, error) {
	k := slices.IndexFunc(entries, func(e Entry) bool {
		return strings.EqualFold(e.Name, name) && (version == 0 || max(1, e.Version) == version)
	})
	if k < 0 {
		if version > 0 {
			name = fmt.Sprintf("%s,%d", name, version)
		}
		return 0, raster.BadData("there is no picture %q: the file has %s", name, contents(entries))
	}
	return k, nil
}

// picture returns entry k alone, or an error if it is no picture.
func picture(k int, entries []Entry) ([]int, error) {
	if e := entries[k]; e.Other != "" {
		return nil, raster.BadData("number %d is not a picture but %s: the file has %s", k, e.Other, contents(entries))
	}
	return []int{k}, nil
}

// contents says which pictures there are, for messages.
func contents(entries []Entry) string {
	pictures := Pictures(entries)
	const most = 8
	var list []string
	for _, k := range pictures[:min(len(pictures), most)] {
		word := fmt.Sprint(k)
		if e := entries[k]; e.Name != "" {
			word += " (" + e.String() + ")"
		}
		list = append(list, word)
	}
	if len(pictures) > most {
		return fmt.Sprintf("%d pictures, from %d to %d", len(pictures), pictures[0], pictures[len(pictures)-1])
	}
	switch len(list) {
	case 0:
		return "only " + others(entries)
	case 1:
		return "one, number " + list[0]
	}
	return "the numbers " + strings.Join(list[:len(list)-1], ", ") + " and " + list[len(list)-1]
}

// others names what is no picture.
func others(entries []Entry) string {
	var list []string
	for _, e := range entries {
		if e.Other != "" && !slices.Contains(list, e.Other) {
			list = append(list, e.Other)
		}
	}
	return strings.Join(list, ", ")
}

// Several returns the error for a file of several pictures of which none was
// chosen.
func Several(name string, entries []Entry) error {
	pictures := Pictures(entries)
	e := raster.BadData("the file holds %d pictures: %s", len(pictures), contents(entries)).(*raster.DataError)
	choice := fmt.Sprint(pictures[0])
	if first := entries[pictures[0]]; first.Name != "" {
		choice = first.String()
	}
	e.Hint = fmt.Sprintf("choose one with '%s[%s]'", name, choice)
	return e
}
