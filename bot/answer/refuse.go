package answer

import (
	"cmp"
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
	found := func(v *evidence, a *atom) bool { return e.coverOf(v, a, -1, false) >= inAround }
	var v *evidence // of the candidate that has most of what matters but for its year
	most := -1.0
	for _, c := range list {
		sum, of := 0.0, e.evidenceOf(c.n)
		for i := range r.atoms {
			if a := &r.atoms[i]; len(years(a.text)) == 0 && found(of, a) {
				sum += a.weight
			}
		}
		if sum > most {
			v, most = of, sum
		}
	}
	type miss struct {
		text   string
		weight float64
	}
	var misses []miss
	for i := range r.atoms {
		at := &r.atoms[i]
		switch {
		case v != nil && found(v, at):
			continue
		case at.entity:
			misses = append(misses, miss{at.text, 3 * at.weight})
		case len(at.keys) == 0:
			misses = append(misses, miss{at.text, 1.5 * at.weight})
		default:
			misses = append(misses, miss{at.text, at.weight})
		}
	}
	slices.SortStableFunc(misses, func(x, y miss) int { return cmp.Compare(y.weight, x.weight) })
	for _, y := range r.years {
		if v == nil || !slices.Contains(v.years, y) {
			a.Missing = append(a.Missing, strconv.Itoa(y))
		}
	}
	for _, m := range misses {
		if len(a.Missing) < maxMissing && !slices.Contains(a.Missing, m.text) {
			a.Missing = append(a.Missing, m.text)
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
