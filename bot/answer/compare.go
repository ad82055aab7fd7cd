package answer

import (
	"math"
	"slices"

	"kaede/corpus"
)

// Comparisons and differences are computed from typed facts only, and show both.

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
	stated := func(f *corpus.Fact) string { return f.Label.In(r.lang) + colon(r.lang) + f.Answer.In(r.lang) }
	a.Outcome, a.Facts = Answered, []*corpus.Fact{c.first, c.second}
	both := stated(c.first) + separator(r.lang) + stated(c.second)
	switch {
	case between:
		q := c.firstValue
		q.Number, q.Bound = math.Abs(c.firstValue.Number-c.lastValue.Number), ""
		q.Number = math.Round(q.Number*1e6) / 1e6
		a.Text = q.In(r.lang) + open(r.lang) + both + shut(r.lang)
		r.yes = false
	case r.yes:
		a.Verdict, a.Text = No, both
		if more == (c.firstValue.Number > c.lastValue.Number) && c.firstValue.Number != c.lastValue.Number {
			a.Verdict = Yes
		}
	default:
		if less == (c.firstValue.Number > c.lastValue.Number) {
			both = stated(c.second) + separator(r.lang) + stated(c.first)
		}
		a.Text = both
	}
	a.Confidence = list[0].confidence
	for _, f := range a.Facts {
		if n := f.Evidence[0].Sentence; !slices.ContainsFunc(a.Evidence, func(v Evidence) bool { return v.Sentence == n }) {
			a.Evidence = append(a.Evidence, evidenceFor(n, a.Confidence, a.Facts...))
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
