package train

import "fmt"

// Plural returns a number with its noun: "1 window", "2 windows".
func Plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
