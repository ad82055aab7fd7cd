package answer

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// pattern is a regular expression that is first looked for by its words: what matches holds one of them. A question has the
// words of few of the patterns that are tried on it, and finding that out costs a tenth of trying. Words and expression are
// made ready when they are first wanted, so that a start does not wait for all.
type pattern struct {
	words func() []string // nil if it may match without any word
	full  func() *regexp.Regexp
}

func compile(expr string) pattern {
	return pattern{
		sync.OnceValue(func() []string {
			tree, err := syntax.Parse(expr, syntax.Perl)
			if err != nil {
				panic(err) // Unreachable: a test tries every pattern.
			}
			return needed(tree)
		}),
		sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) }),
	}
}

func (p pattern) mayMatch(s string) bool {
	words := p.words()
	return words == nil || slices.ContainsFunc(words, func(w string) bool { return strings.Contains(s, w) })
}

// MatchString is that of the regular expression.
func (p pattern) MatchString(s string) bool { return p.mayMatch(s) && p.full().MatchString(s) }

// FindStringIndex is that of the regular expression.
func (p pattern) FindStringIndex(s string) []int {
	if !p.mayMatch(s) {
		return nil
	}
	return p.full().FindStringIndex(s)
}

// FindStringSubmatch is that of the regular expression.
func (p pattern) FindStringSubmatch(s string) []string {
	if !p.mayMatch(s) {
		return nil
	}
	return p.full().FindStringSubmatch(s)
}

// needed gives words of which each match of a regular expression holds at least one; nil if it finds none.
func needed(re *syntax.Regexp) []string {
	if all := spelt(re); all != nil {
		return useful(all)
	}
	switch re.Op {
	case syntax.OpCapture, syntax.OpPlus:
		return needed(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return needed(re.Sub[0])
		}
	case syntax.OpAlternate:
		var words []string
		for _, sub := range re.Sub {
			w := needed(sub)
			if w == nil {
				return nil
			}
			words = append(words, w...)
		}
		return words
	case syntax.OpConcat: // of its parts, and of runs of them, the one whose shortest word is the longest
		var best []string
		run := []string{""}
		consider := func(words []string) {
			if words = useful(words); words != nil && (best == nil || shortest(words) > shortest(best)) {
				best = words
			}
		}
		for _, sub := range re.Sub {
			all := spelt(sub)
			longer := joined(run, all)
			if longer == nil {
				consider(run)
				if longer = all; all == nil {
					consider(needed(sub))
					longer = []string{""}
				}
			}
			run = longer
		}
		consider(run)
		return best
	}
	return nil
}

// spelt gives all strings that a regular expression matches; nil if they are many.
func spelt(re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText, syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return []string{""}
	case syntax.OpLiteral:
		if re.Flags&syntax.FoldCase == 0 {
			return []string{string(re.Rune)}
		}
	case syntax.OpCharClass:
		var all []string
		for i := 0; i < len(re.Rune); i += 2 {
			for r := re.Rune[i]; r <= re.Rune[i+1]; r++ {
				if all = append(all, string(r)); len(all) > maxSpelt {
					return nil
				}
			}
		}
		return all
	case syntax.OpCapture:
		return spelt(re.Sub[0])
	case syntax.OpQuest:
		if all := spelt(re.Sub[0]); all != nil {
			return append([]string{""}, all...)
		}
	case syntax.OpConcat:
		all := []string{""}
		for _, sub := range re.Sub {
			all = joined(all, spelt(sub))
		}
		return all
	case syntax.OpAlternate:
		var all []string
		for _, sub := range re.Sub {
			s := spelt(sub)
			if s == nil || len(all)+len(s) > maxSpelt {
				return nil
			}
			all = append(all, s...)
		}
		return all
	}
	return nil
}

// maxSpelt is how many strings are worth spelling out.
const maxSpelt = 64

// joined gives each of a followed by each of b; nil if they are many.
func joined(a, b []string) []string {
	if len(a)*len(b) > maxSpelt {
		return nil
	}
	var all []string
	for _, x := range a {
		for _, y := range b {
			all = append(all, x+y)
		}
	}
	return all
}

// useful leaves out the words that hold another one; nil if one of them is empty.
func useful(words []string) []string {
	slices.SortFunc(words, func(a, b string) int { return len(a) - len(b) })
	var kept []string
	for _, w := range words {
		if w == "" {
			return nil
		}
		if !slices.ContainsFunc(kept, func(k string) bool { return strings.Contains(w, k) }) {
			kept = append(kept, w)
		}
	}
	return kept
}

func shortest(words []string) int {
	n := utf8.RuneCountInString(words[0])
	for _, w := range words {
		n = min(n, utf8.RuneCountInString(w))
	}
	return n
}
