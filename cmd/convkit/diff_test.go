package main

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/convkit/convkit/internal/imageio"
)

// The stars of testdata, and what bench/starfields.py put into the image alone.
var starsTemplate, starsImage = filepath.Join(root, "testdata/stars_template.fits.gz"), filepath.Join(root, "testdata/stars_image.fits.gz")

const (
	newRow, newColumn         = 140, 90
	newCounts                 = 20000
	starsGain, starsReadNoise = "1.5", "6"
)

// A difference of two star fields has nothing but noise, and the new star with its flux.
// It is the same in whichever order the images are given, but for its sign.
func TestDiffStars(t *testing.T) {
	dir := t.TempDir()
	forth, back := filepath.Join(dir, "forth.fits"), filepath.Join(dir, "back.fits")
	table := convkit(t, "diff", starsTemplate, starsImage, "-o", forth, "--gain", starsGain, "--read-noise", starsReadNoise, "--cells", "2", "-q")
	rows, err := csv.NewReader(strings.NewReader(table)).ReadAll()
	if err != nil || len(rows) != 5 {
		t.Fatalf("%v\n%s", err, table)
	}
	for _, row := range rows[1:] {
		// 15 000 outputs know their RMS to 0.6 %, and the fit takes a part of the noise.
		if v, err := strconv.ParseFloat(row[4], 64); err != nil || math.Abs(v-1) > 0.05 {
			t.Errorf("cell %s: RMS over noise %v, %v", row[:2], v, err)
		}
	}
	outliers, _ := strconv.Atoi(rows[3][6])
	if others, _ := strconv.Atoi(rows[1][6]); outliers < 20 || others > 3 {
		t.Errorf("outliers:\n%s", table)
	}
	d, variances := readMapOf(t, forth, "0"), readMapOf(t, forth, "VARIANCE")
	flux, variance := 0.0, 0.0
	for y := newRow - 8; y <= newRow+8; y++ {
		for x := newColumn - 8; x <= newColumn+8; x++ {
			flux, variance = flux+d[y][x], variance+variances[y][x]
		}
	}
	if math.Abs(flux-newCounts) > 4*math.Sqrt(variance) {
		t.Errorf("the new star has %.0f ± %.0f counts, want %d", flux, math.Sqrt(variance), newCounts)
	}
	if !math.IsNaN(d[0][100]) || !math.IsNaN(d[100][255]) || math.IsNaN(d[7][7]) || math.IsNaN(d[248][248]) || !math.IsNaN(variances[0][100]) {
		t.Error("NaN belongs where windows leave the image, and nowhere else")
	}

	convkit(t, "diff", starsImage, starsTemplate, "-o", back, "--gain", starsGain, "--read-noise", starsReadNoise, "-q", "--report", filepath.Join(dir, "r.json"))
	report, err := os.ReadFile(filepath.Join(dir, "r.json"))
	if err != nil || !strings.Contains(string(report), `"convolved": "image"`) {
		t.Errorf("%v: the sharper image is not the one that was convolved", err)
	}
	b := readMapOf(t, back, "0")
	for i := range d {
		for j := range d[i] {
			if s := d[i][j] + b[i][j]; math.Abs(s) > 4*math.Sqrt(variances[i][j]) {
				t.Fatalf("%d,%d: %v and %v", i, j, d[i][j], b[i][j])
			}
		}
	}
	header := headerOf(t, forth)
	if !slices.ContainsFunc(header, func(c string) bool { return strings.HasPrefix(c, "CRVAL1  =                150.1") }) {
		t.Errorf("the coordinates are lost: %q", header)
	}
}

func openFITS(t *testing.T, path, selection string) *imageio.Image {
	t.Helper()
	sel, err := imageio.ParseSelection(selection)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, err := imageio.Decode(f, path, imageio.ReadOptions{Select: sel})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func headerOf(t *testing.T, path string) []string { return openFITS(t, path, "0").Header() }

func readMapOf(t *testing.T, path, selection string) [][]float64 {
	t.Helper()
	m := openFITS(t, path, selection)
	s, rows := m.Shape(), [][]float64(nil)
	for y := range s.H {
		row, err := imageio.Rows[float64](m).Row(0, y, make([]float64, s.W))
		if err != nil {
			t.Fatal(fmt.Errorf("row %d: %w", y, err))
		}
		rows = append(rows, slices.Clone(row))
	}
	return rows
}
