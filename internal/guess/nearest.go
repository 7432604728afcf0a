// Package guess guesses which word was meant by a misspelt one.
package guess

// Nearest returns the candidate with the smallest edit distance to word, if one
// is near enough to be a slip: at most a third of the longer word.
func Nearest(word string, candidates []string) (string, bool) {
	best, least := "", 0
	for _, c := range candidates {
		d := editDistance(word, c)
		if d <= max(len(word), len(c))/3 && (best == "" || d < least) {
			best, least = c, d
		}
	}
	return best, best != ""
}

// editDistance is the least number of bytes to insert, delete, replace or
// exchange with their neighbour to make b of a (optimal string alignment).
func editDistance(a, b string) int {
	var before []int
	last := make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}
