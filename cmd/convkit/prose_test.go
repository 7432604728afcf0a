package main

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// This file checks English as far as a program can: the length of sentences and
// the spelling of terms. The tests of the pages and of the help texts share it.

// maxWords is the longest sentence that the project allows itself.
const maxWords = 25

// terms maps a spelling that is not used here to the one that is. Keys are whole
// words in lower case, matched without regard to case; names of products are in
// names.
var terms = map[string]string{
	"gray":           "grey",
	"grayscale":      "grey",
	"greyscale":      "grey",
	"color":          "colour",
	"colors":         "colours",
	"center":         "centre",
	"centers":        "centres",
	"centered":       "centred",
	"neighbor":       "neighbour",
	"neighbors":      "neighbours",
	"optimizer":      "optimiser",
	"optimizers":     "optimisers",
	"normalize":      "normalise",
	"normalized":     "normalised",
	"quantize":       "quantise",
	"quantized":      "quantised",
	"regularize":     "regularise",
	"minimize":       "minimise",
	"minimizes":      "minimises",
	"license":        "licence",
	"filename":       "file name",
	"filenames":      "file names",
	"zeroes":         "zeros",
	"learnt":         "learned",
	"sub-pixel":      "subpixel",
	"stdin":          "standard input",
	"stdout":         "standard output",
	"stderr":         "standard error",
	"commandline":    "command line",
	"pseudo-inverse": "pseudoinverse",
}

// names are written in one way, capitals included.
var names = []string{
	"convkit", "OpenCV", "NumPy", "SciPy", "PyTorch", "TensorFlow", "ImageMagick", "MATLAB",
	"scikit-image", "FFmpeg", "ONNX", "libvips", "JPEG", "TIFF", "NaN", "Canny", "Otsu",
}

var (
	wordPattern  = regexp.MustCompile(`[\p{L}][\p{L}’'-]*`)
	titlePattern = regexp.MustCompile(`\*[^*]+\*`)
	codeSpan     = regexp.MustCompile("`[^`]+`")
	linkPattern  = regexp.MustCompile(`!?\[([^\]]*)\]\([^)]*\)`)
	urlPattern   = regexp.MustCompile(`https?://\S+`)
)

// prose is a run of text without a break, and the line on which it begins.
type prose struct {
	line int
	text string
}

// proseProblems returns what is wrong with each run of text, one line a fault.
func proseProblems(runs []prose) []string {
	var faults []string
	for _, run := range runs {
		for _, sentence := range sentences(run.text) {
			if n := len(countedWords(sentence)); n > maxWords {
				faults = append(faults, fmt.Sprintf("%d: %d words, at most %d: %s", run.line, n, maxWords, sentence))
			}
		}
		for _, fault := range spelling(run.text) {
			faults = append(faults, fmt.Sprintf("%d: %s", run.line, fault))
		}
	}
	return faults
}

// sentences splits text after a full stop, question or exclamation mark that
// white space follows. Text in backquotes is never split.
func sentences(text string) []string {
	var all []string
	start, inCode := 0, false
	letters := []rune(text)
	for i, r := range letters {
		if r == '`' {
			inCode = !inCode
		}
		end := i+1 < len(letters) && unicode.IsSpace(letters[i+1])
		if !inCode && end && (r == '.' || r == '?' || r == '!') {
			all = append(all, strings.TrimSpace(string(letters[start:i+1])))
			start = i + 1
		}
	}
	if rest := strings.TrimSpace(string(letters[start:])); rest != "" {
		all = append(all, rest)
	}
	return all
}

// countedWords returns the words of a sentence. Text in backquotes is one word,
// and a sign without a letter or a digit is none. A list of such texts alone, as of
// packages, is no sentence.
func countedWords(sentence string) []string {
	if strings.Trim(codeSpan.ReplaceAllString(sentence, ""), ", ") == "" {
		return nil
	}
	var words []string
	for word := range strings.FieldsSeq(codeSpan.ReplaceAllString(sentence, "code")) {
		if strings.ContainsFunc(word, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
			words = append(words, word)
		}
	}
	return words
}

// spelling returns the terms of text that are spelled in another way elsewhere.
// Text in backquotes is a name of something, and text in asterisks the title of a
// book or paper. Both may be spelled in any way.
func spelling(text string) []string {
	var faults []string
	plain := codeSpan.ReplaceAllString(urlPattern.ReplaceAllString(text, ""), " ")
	plain = titlePattern.ReplaceAllString(plain, " ")
	for _, word := range wordPattern.FindAllString(plain, -1) {
		if want, ok := terms[strings.ToLower(word)]; ok {
			faults = append(faults, fmt.Sprintf("write %q, not %q", want, word))
		}
		for _, name := range names {
			if strings.EqualFold(word, name) && word != name {
				faults = append(faults, fmt.Sprintf("write %q, not %q", name, word))
			}
		}
	}
	return faults
}

// markdownProse returns the text of a page without its blocks of code: each
// paragraph, heading, item of a list and cell of a table by itself.
func markdownProse(page string) []prose {
	var runs []prose
	open := false // whether the next line of text belongs to the last run
	inCode := false
	number := 0
	for line := range strings.Lines(page) {
		number++
		text := strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(text, "```"):
			inCode, open = !inCode, false
		case inCode:
		case text == "", strings.HasPrefix(line, "    ") && !open: // an empty line, or a block of code by indent
			open = false
		case strings.HasPrefix(text, "|"):
			for cell := range strings.SplitSeq(strings.ReplaceAll(text, `\|`, "/"), "|") {
				if !codeList.MatchString(cell) {
					runs = append(runs, prose{number, cell})
				}
			}
			open = false
		case strings.HasPrefix(text, "#"):
			runs = append(runs, prose{number, strings.TrimLeft(text, "# ")})
			open = false
		case open && !isItem(text):
			last := &runs[len(runs)-1]
			last.text += " " + text
		default:
			runs = append(runs, prose{number, text})
			open = true
		}
	}
	for i := range runs {
		runs[i].text = bareText(runs[i].text)
	}
	return runs
}

// codeList is a cell that lists names, and has no sentence.
var codeList = regexp.MustCompile("^ (`[^`]+`, )*`[^`]+` $")

var itemPattern = regexp.MustCompile(`^([-*]|\d+\.) `)

func isItem(text string) bool { return itemPattern.MatchString(text) }

// bareText removes the marks of lists, links and emphasis.
func bareText(text string) string {
	text = itemPattern.ReplaceAllString(strings.TrimSpace(text), "")
	text = linkPattern.ReplaceAllString(text, "$1")
	return strings.ReplaceAll(text, "**", "")
}
