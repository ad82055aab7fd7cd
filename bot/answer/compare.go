package answer

import (
	"math"
	"regexp"
	"slices"
	"strings"

	"kaede/corpus"
)

// Comparisons and differences are computed from typed facts only, and show both.

// whichFirst finds that two times are to be compared: which came first, or whether one was before or after the other.
var whichFirst = map[corpus.Lang]struct{ before, after, or *regexp.Regexp }{
	corpus.English: {regexp.MustCompile(`\b(first|earlier|before|sooner|older)\b`), regexp.MustCompile(`\b(later|after|newer|last)\b`), regexp.MustCompile(`\bor\b`)},
	corpus.French: {regexp.MustCompile(`\b(premiere?|d'abord|avant|plus tot|plus ancien\w*)\b`), regexp.MustCompile(`\b(apres|plus tard|plus recent\w*|derniere?)\b`),
		regexp.MustCompile(`\bou\b`)},
	corpus.Japanese: {regexp.MustCompile(`より(先|前|早)|どちらが(先|前|早|古)|どっちが(先|前|早|古)`), regexp.MustCompile(`より(後|あと|遅)|どちらが(後|あと|遅|新)|どっちが(後|あと|遅|新)`),
		regexp.MustCompile(`どちら|どっち|それとも`)},
}

// compareTimes is compare for two dates. The question names one thing before the word that compares and one behind it, in Japanese both before it;
// or one or the other.
func (e *Engine) compareTimes(a *Answer, s *scene, list []candidate) bool {
	r, words := s.r, whichFirst[s.r.lang]
	before, after := words.before.FindStringIndex(r.folded), words.after.FindStringIndex(r.folded)
	at := before
	if at == nil {
		at = after
	}
	if (before == nil) == (after == nil) || !r.yes && !words.or.MatchString(r.folded) || r.kind != YesNo && r.kind != Other && r.kind != Date {
		return false
	}
	var facts []*factView
	for _, c := range list[:min(2, len(list))] {
		for _, f := range e.factsFor(s, c.n) { // best first
			if _, ok := f.view.fact.Value.(corpus.Date); ok && !slices.Contains(facts, f.view) {
				facts = append(facts, f.view)
			}
		}
	}
	for i, one := range facts {
		for _, two := range facts[i+1:] {
			f, g := one, two
			inF, inG := names(r, f, g), names(r, g, f)
			if inG < inF {
				f, g, inF, inG = g, f, inG, inF
			}
			x, y := f.fact.Value.(corpus.Date), g.fact.Value.(corpus.Date)
			if inF < 0 || !x.Before(y) && !y.Before(x) {
				continue
			}
			place := func(at int) int { return len(fold(r.text[:at])) } // in the folded text
			parted := place(inF) < at[0] && (at[0] < place(inG)) == (r.lang != corpus.Japanese)
			switch {
			case r.yes && (!parted || f.fact.Relation != g.fact.Relation), !r.yes && r.lang != corpus.Japanese && !words.or.MatchString(r.text[inF:inG]):
				continue
			case r.yes && x.Before(y) == (before != nil):
				a.Verdict = Yes
			case r.yes:
				a.Verdict = No
			case x.Before(y) == (after != nil): // the one that is asked for stands first
				f, g = g, f
			}
			e.showBoth(a, r.lang, list[0].confidence, f.fact, g.fact)
			return true
		}
	}
	return false
}

// showBoth answers with two facts.
func (e *Engine) showBoth(a *Answer, l corpus.Lang, confidence float64, facts ...*corpus.Fact) {
	a.Outcome, a.Facts, a.Confidence = Answered, facts, confidence
	var texts []string
	for _, f := range facts {
		texts = append(texts, f.Label.In(l)+colon(l)+f.Answer.In(l))
		if n := f.Evidence[0].Sentence; !slices.ContainsFunc(a.Evidence, func(v Evidence) bool { return v.Sentence == n }) {
			a.Evidence = append(a.Evidence, evidenceFor(n, confidence, facts...))
		}
	}
	a.Text = strings.Join(texts, separator(l))
}

// comparing finds that two figures are to be compared: which is more, whether the first is less, or what lies between them.
var comparing = map[corpus.Lang]struct{ more, less, between pattern }{
	corpus.English: {
		compile(`\b(more|greater|bigger|larger|higher|exceeds?|outweighs?|outnumbers?|surpass(es)?|ahead of)\b`),
		compile(`\b(less|fewer|smaller|lower)\b`),
		compile(`\b(difference|gap|deficit|surplus|balance|how much (more|less|bigger|larger|higher|lower|smaller)|net)\b`),
	},
	corpus.French: {
		compile(`\b(plus|davantage|depasse\w*|superieure?s?)\b`),
		compile(`\b(moins|inferieure?s?)\b`),
		compile(`\b(difference|ecart|deficit|excedent|solde|balance|combien de plus|de combien)\b`),
	},
	corpus.Japanese: {
		compile(`より.{0,8}(多|大き|上回)|上回|どちらが(多|大き)|どっちが(多|大き)`),
		compile(`より.{0,8}(少な|小さ|下回)|下回|どちらが(少な|小さ)`),
		compile(`差(額|は|引)|赤字|黒字|収支|どれ(くらい|ほど)(多|少な|大き)`),
	},
}

// comparison is two quantities of one unit and time, in the order in which the question names them.
type comparison struct {
	first, second         *corpus.Fact
	firstValue, lastValue corpus.Quantity
}

// compare answers a question that compares two stated figures, both among the best candidates. It reports whether it did.
func (e *Engine) compare(a *Answer, s *scene, list []candidate) bool {
	r := s.r
	words := comparing[r.lang]
	between := words.between.MatchString(r.folded)
	more, less := words.more.MatchString(r.folded), words.less.MatchString(r.folded)
	if !between && !more && !less || len(list) == 0 {
		return false
	}
	c, ok := e.pair(r, list[:min(2, len(list))], between)
	if !ok {
		return false
	}
	facts := []*corpus.Fact{c.first, c.second}
	if !between && !r.yes && less == (c.firstValue.Number > c.lastValue.Number) {
		slices.Reverse(facts)
	}
	e.showBoth(a, r.lang, list[0].confidence, facts...)
	switch {
	case between:
		q := c.firstValue
		q.Number, q.Bound = math.Abs(c.firstValue.Number-c.lastValue.Number), ""
		q.Number = math.Round(q.Number*1e6) / 1e6
		a.Text = q.In(r.lang) + open(r.lang) + a.Text + shut(r.lang)
		r.yes = false
	case r.yes:
		a.Verdict = No
		if more == (c.firstValue.Number > c.lastValue.Number) && c.firstValue.Number != c.lastValue.Number {
			a.Verdict = Yes
		}
	}
	return true
}

func colon(l corpus.Lang) string {
	switch l {
	case corpus.French:
		return " : "
	case corpus.Japanese:
		return "："
	}
	return ": "
}

func open(l corpus.Lang) string {
	if l == corpus.Japanese {
		return "（"
	}
	return " ("
}

func shut(l corpus.Lang) string {
	if l == corpus.Japanese {
		return "）"
	}
	return ")"
}

// pair finds the two facts that are compared: quantities of one unit and time, of which the question names each by something that the other is not, or,
// for a balance, whose relations are opposite.
func (e *Engine) pair(r *reading, list []candidate, balance bool) (comparison, bool) {
	var facts []*factView
	for _, c := range list {
		for _, v := range e.viewsOf(c.n) {
			if _, ok := v.fact.Value.(corpus.Quantity); ok && !slices.Contains(facts, v) {
				facts = append(facts, v)
			}
		}
	}
	for i, f := range facts {
		for _, g := range facts[i+1:] {
			x, y := f.fact.Value.(corpus.Quantity), g.fact.Value.(corpus.Quantity)
			if x.Unit != y.Unit || x.Currency != y.Currency || f.fact.AsOf != g.fact.AsOf {
				continue
			}
			inF, inG := names(r, f, g), names(r, g, f)
			if told := mentions(r.lang, r.folded); len(told) > 1 && f.flow != "" && f.flow == g.flow.back() && f.fact.Relation == g.fact.Relation {
				inF, inG = 0, 0 // one thing, both ways: who acts is named first
				if f.flow != between(told[0].side, other(told[0].side)) {
					inF = 1
				}
			}
			k, _ := e.c.Concept(f.fact.Relation)
			opposite := k != nil && k.Opposite == g.fact.Relation
			switch {
			case inF >= 0 && inG >= 0 && inG < inF:
				return comparison{g.fact, f.fact, y, x}, true
			case inF >= 0 && inG >= 0, balance && opposite:
				return comparison{f.fact, g.fact, x, y}, true
			}
		}
	}
	return comparison{}, false
}

// names gives where the question first names something that f is about and g is not; -1 if nowhere.
func names(r *reading, f, g *factView) int {
	at := -1
	for i := range r.atoms {
		a := &r.atoms[i]
		in := slices.ContainsFunc(a.keys, func(k int32) bool { return f.label.has(k) && !g.label.has(k) })
		if in && (at < 0 || a.start < at) {
			at = a.start
		}
	}
	return at
}
