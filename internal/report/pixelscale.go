package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// PixelScale returns the size of a pixel on the sky from the cards of a FITS header: the
// root of the area, from the matrix CD or from CDELT1 and CDELT2 (Greisen and
// Calabretta, 2002). It is "" for headers without celestial coordinates in degrees.
func PixelScale(cards []string) string {
	text := map[string]string{}
	for _, c := range cards {
		key, rest, ok := strings.Cut(c, "=")
		if !ok || len(key) != 8 {
			continue
		}
		value, _, _ := strings.Cut(rest, "/")
		text[strings.TrimSpace(key)] = strings.Trim(strings.TrimSpace(value), "' ")
	}
	kind, unit := text["CTYPE1"], text["CUNIT1"]
	sky := strings.HasPrefix(kind, "RA--") || strings.HasPrefix(kind, "DEC-") || strings.HasPrefix(kind, "GLON") || strings.HasPrefix(kind, "GLAT")
	if !sky || unit != "" && unit != "deg" {
		return ""
	}
	number := func(key string) float64 {
		v, _ := strconv.ParseFloat(strings.ReplaceAll(text[key], "D", "E"), 64)
		return v
	}
	area := math.Abs(number("CD1_1")*number("CD2_2") - number("CD1_2")*number("CD2_1"))
	if area == 0 {
		area = math.Abs(number("CDELT1") * number("CDELT2"))
	}
	if area == 0 || area-area != 0 {
		return ""
	}
	return fmt.Sprintf("%.4g arcsec", 3600*math.Sqrt(area))
}
