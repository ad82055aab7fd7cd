package answer

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// pattern is a regular expression that is first looked for by its words: what matches holds one of each list. A question has the
// words of few of the patterns that are tried on it, and finding that out costs a fraction of trying. Words and expression are
// made ready when they are first wanted, so that a start does not wait for all.
type pattern struct {
	words func() [][]word // none if it may match without any word
	full  func() *regexp.Regexp
}

type word struct {
	text string
	pairs
}

// pairs are the pairs of neighbouring bytes in a text, hashed. A text that holds a word has all of its pairs; looking at them first
// saves looking for most words.
type pairs [8]uint64

func pairsOf(s string) (p pairs) {
	for i := 1; i < len(s); i++ {
		h := (uint(s[i-1])*37 + uint(s[i])) % 512
		p[h/64] |= 1 << (h % 64)
	}
	return p
}

func (p *pairs) holds(q *pairs) bool {
	for i := range p {
		if q[i]&^p[i] != 0 {
			return false
		}
	}
	return true
}

func compile(expr string) pattern {
	return pattern{
		sync.OnceValue(func() [][]word {
			tree, err := syntax.Parse(expr, syntax.Perl)
			if err != nil {
				panic(err) // Unreachable: a test tries every pattern.
			}
			var lists [][]word
			for _, texts := range needed(tree) {
				var words []word
				for _, text := range texts {
					words = append(words, word{text, pairsOf(text)})
				}
				lists = append(lists, words)
			}
			return lists
		}),
		sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) }),
	}
}

// mayMatch reports whether a text with these pairs has the words of the pattern.
func (p pattern) mayMatch(s string, have *pairs) bool {
	for _, words := range p.words() {
		found := false
		for i := 0; i < len(words) && !found; i++ {
			found = have.holds(&words[i].pairs) && strings.Contains(s, words[i].text)
		}
		if !found {
			return false
		}
	}
	return true
}

// matches is MatchString for a text of which the pairs are known.
func (p pattern) matches(s string, have *pairs) bool {
	return p.mayMatch(s, have) && p.full().MatchString(s)
}

// MatchString is that of the regular expression.
func (p pattern) MatchString(s string) bool {
	have := pairsOf(s)
	return p.matches(s, &have)
}

// FindStringIndex is that of the regular expression.
func (p pattern) FindStringIndex(s string) []int {
	if have := pairsOf(s); !p.mayMatch(s, &have) {
		return nil
	}
	return p.full().FindStringIndex(s)
}

// FindStringSubmatch is that of the regular expression.
func (p pattern) FindStringSubmatch(s string) []string {
	if have := pairsOf(s); !p.mayMatch(s, &have) {
		return nil
	}
	return p.full().FindStringSubmatch(s)
}

// needed gives lists of words, the most telling first: each match of a regular expression holds one word of each list at least.
func needed(re *syntax.Regexp) [][]string {
	if all := useful(spelt(re)); all != nil {
		return [][]string{all}
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
			lists := needed(sub)
			if lists == nil {
				return nil
			}
			words = append(words, lists[0]...)
		}
		return [][]string{words}
	case syntax.OpConcat: // those of its parts, and of runs of them
		var lists [][]string
		run := []string{""}
		consider := func(words []string) {
			if words = useful(words); words != nil {
				lists = append(lists, words)
			}
		}
		for _, sub := range re.Sub {
			all := spelt(sub)
			longer := joined(run, all)
			if longer == nil {
				consider(run)
				if longer = all; all == nil {
					lists = append(lists, needed(sub)...)
					longer = []string{""}
				}
			}
			run = longer
		}
		consider(run)
		slices.SortStableFunc(lists, func(a, b []string) int { return shortest(b) - shortest(a) })
		return lists
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
