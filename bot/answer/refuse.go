package answer

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"

	"kaede/corpus"
)

// maxMissing is how many words a refusal names, and maxNearest how many facts it offers.
const (
	maxMissing = 3
	maxNearest = 3
)

// refuse fills an answer that is none: what was not found, and what is known nearby.
func (e *Engine) refuse(a *Answer, s *scene, list []candidate) {
	a.Outcome = Refused
	r := s.r
	found := func(v *evidence, a *atom) bool { return e.coverOf(v, a, nil) >= inAround }
	var v *evidence // of the candidate that has most of what matters but for its year
	most := -1.0
	for _, c := range list {
		sum, of := 0.0, e.evidenceOf(c.n)
		for i := range r.atoms {
			if a := &r.atoms[i]; len(years(a.text)) == 0 && found(of, a) {
				sum += a.telling()
			}
		}
		if sum > most {
			v, most = of, sum
		}
	}
	type miss struct {
		text      string
		weight    float64
		elsewhere bool // another candidate has it
	}
	var misses []miss
	for i := range r.atoms {
		at := &r.atoms[i]
		m := miss{at.text, at.telling(), slices.ContainsFunc(list, func(c candidate) bool { return found(e.evidenceOf(c.n), at) })}
		if (v == nil || !found(v, at)) && !asksItself.MatchString(fold(at.text)) {
			misses = append(misses, m)
		}
	}
	slices.SortStableFunc(misses, func(x, y miss) int { return cmp.Compare(y.weight, x.weight) })
	for _, y := range r.years {
		switch {
		case v != nil && slices.Contains(v.years, y):
		case slices.ContainsFunc(list, func(c candidate) bool { return slices.Contains(e.evidenceOf(c.n).years, y) }):
			a.Apart = append(a.Apart, strconv.Itoa(y))
		default:
			a.Missing = append(a.Missing, strconv.Itoa(y))
		}
	}
	for _, m := range misses {
		into := &a.Missing
		if m.elsewhere {
			into = &a.Apart
		}
		if len(*into) < maxMissing && !slices.Contains(*into, m.text) {
			*into = append(*into, m.text)
		}
	}
	for _, c := range list {
		if c.confidence < .02 && len(a.Nearest) > 0 {
			break
		}
		for _, f := range e.factsFor(s, c.n) {
			if len(a.Nearest) < maxNearest && !slices.Contains(a.Nearest, f.view.fact) {
				a.Nearest = append(a.Nearest, f.view.fact)
				break // one of each sentence
			}
		}
	}
}

// telling is how much it tells a person that this was not found: names most, then words that nobody has heard of.
func (a *atom) telling() float64 {
	switch {
	case a.entity:
		return 3 * a.weight
	case len(a.keys) == 0:
		return 1.5 * a.weight
	}
	return a.weight
}

// asksItself finds words that put the question: nobody looks for them in the sources.
var asksItself = regexp.MustCompile(`^(how |what |many$|much$|combien|quel|いくら|いくつ|何|どの|どれ)`)

// evidenceFor gives the sentence with the words of facts marked.
func evidenceFor(s *corpus.Sentence, score float64, facts ...*corpus.Fact) Evidence {
	ev := Evidence{Sentence: s, Score: score}
	for _, f := range facts {
		for _, x := range f.Evidence {
			if x.Sentence == s {
				if m, ok := locate(s.Text, x.Quote, x.Words); ok {
					ev.Marks = append(ev.Marks, m)
				}
			}
		}
	}
	slices.SortFunc(ev.Marks, func(a, b [2]int) int { return cmp.Compare(a[0], b[0]) })
	kept := ev.Marks[:0]
	for _, m := range ev.Marks {
		if len(kept) == 0 || m[0] >= kept[len(kept)-1][1] {
			kept = append(kept, m)
		}
	}
	ev.Marks = kept
	return ev
}
