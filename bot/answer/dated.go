package answer

import (
	"context"
	"slices"

	"kaede/corpus"
)

// Facts that differ in their time alone, such as the exports of 2018 and of 2024, are of one series: the same figure, rank or office
// of the same subject, relation and object. A question for one of them is a question for all; its years decide which answers.

// seriesKey is what the facts of a series share.
type seriesKey struct {
	subject, relation, object string
	kind                      Kind
}

// seriesOf gives the key of the series of a fact; ok is false for a fact of no time.
func seriesOf(f *corpus.Fact) (key seriesKey, ok bool) {
	return seriesKey{f.Subject, f.Relation, f.Object, kindOf(f.Value)}, !began(f).IsZero() && f.Subject != ""
}

// began is the time from which a fact holds: the beginning of a term, or the time of a figure.
func began(f *corpus.Fact) corpus.Date {
	if !f.From.IsZero() {
		return f.From
	}
	return f.AsOf
}

// anyTime reports that the question wants a figure, a rank or a person and leaves the time open.
func (r *reading) anyTime() bool { return len(r.years) == 0 && definite(r.kind) }

// seriesFor gives the facts of the series of a fact, of which a question that leaves the time open may mean any; otherwise the fact alone.
func (e *Engine) seriesFor(r *reading, f *corpus.Fact) []*corpus.Fact {
	if r.anyTime() {
		if key, ok := seriesOf(f); ok {
			return e.series[key]
		}
	}
	return []*corpus.Fact{f}
}

// joinSeries notes which sentences state each series, and of each sentence which others state one with it.
func (e *Engine) joinSeries() {
	e.stating = make(map[seriesKey][]int, len(e.series))
	for key, facts := range e.series {
		var all []int
		for _, f := range facts {
			for _, v := range f.Evidence {
				all = append(all, v.Sentence.N)
			}
		}
		slices.Sort(all)
		all = slices.Compact(all)
		e.stating[key] = all
		for _, n := range all {
			for _, o := range all {
				if o != n && !slices.Contains(e.together[n], o) {
					e.together[n] = append(e.together[n], o)
				}
			}
		}
	}
}

// standing gives the sentences for which an ask of sentence n and one of its facts speaks, and is answered by.
func (e *Engine) standing(r *reading, n int, f *corpus.Fact) []int {
	if f == nil || !r.anyTime() || len(e.together[n]) == 0 {
		return []int{n}
	}
	key, ok := seriesOf(f)
	if !ok {
		return []int{n}
	}
	all := e.stating[key]
	if !slices.Contains(all, n) {
		all = append(slices.Clone(all), n)
	}
	return all
}

// standTogether reports that two sentences state a series of facts of which the question may mean any.
func (e *Engine) standTogether(r *reading, a, b int) bool {
	return r.anyTime() && slices.Contains(e.together[a], b)
}

// find considers the sentences that may answer, and puts first what is of the time that is asked for. For skip see consider.
func (e *Engine) find(ctx context.Context, r *reading, sources []string, skip int) (*scene, []candidate, error) {
	s, list, err := e.consider(ctx, r, sources, skip)
	if err != nil || len(list) == 0 {
		return s, list, err
	}
	for i, c := range list { // the first that is well found may not state what is asked for
		if c.confidence < e.weights().Bar {
			break
		}
		if e.passes(s, c) && e.states(s, c.n) {
			list = promote(list, i, 0)
			break
		}
	}
	facts := ofKind(r, e.factsFor(s, list[0].n))
	if len(facts) == 0 {
		return s, list, nil
	}
	if list = e.inSeries(r, s, list, facts[0].view.fact); len(r.years) == 0 && r.until == 0 {
		list = e.upToDate(r, s, list)
	}
	return s, list, nil
}

// inSeries lets the sentences that state one series of facts stand together for the one that is of the time asked for: of the
// year, of the last before it ("as of 2016"), or of the newest.
func (e *Engine) inSeries(r *reading, s *scene, list []candidate, first *corpus.Fact) []candidate {
	key, ok := seriesOf(first)
	if !ok || !definite(r.kind) {
		return list
	}
	var meant *corpus.Fact
	for _, f := range e.series[key] {
		if !f.Within(s.sources) || !r.allowsTime(f) {
			continue
		}
		if meant == nil || began(meant).Before(began(f)) || began(meant) == began(f) && f == first {
			meant = f
		}
	}
	if meant == nil {
		return list
	}
	best, at := 0.0, -1 // an ask for one fact of the series speaks for all of its sentences alike
	for i, c := range list {
		facts := ofKind(r, e.factsFor(s, c.n))
		if len(facts) == 0 {
			continue
		}
		if k, ok := seriesOf(facts[0].view.fact); ok && k == key {
			best = max(best, c.confidence)
		}
		if at < 0 && slices.ContainsFunc(meant.Evidence, func(v corpus.Evidence) bool { return v.Sentence.N == c.n }) {
			at = i
		}
	}
	return promote(list, at, best)
}

// upToDate puts what has overtaken the first candidate before it, where that was found too.
func (e *Engine) upToDate(r *reading, s *scene, list []candidate) []candidate {
	first := list[0]
	stated := ofKind(r, e.factsFor(s, first.n))
	if len(stated) == 0 {
		return list
	}
	best := stated[0].view
	for i, c := range list[1:] {
		facts := ofKind(r, e.factsFor(s, c.n))
		if len(facts) == 0 || facts[0].view.kind != best.kind && valued(best.kind) {
			continue
		}
		f := facts[0].view.fact
		if slices.ContainsFunc(f.SupersedesSentences, func(old *corpus.Sentence) bool { return old.N == first.n }) ||
			slices.ContainsFunc(f.Supersedes, func(old *corpus.Fact) bool { return old == best.fact }) {
			return promote(list, i+1, first.confidence)
		}
	}
	return list
}

// promote puts the candidate at a place, if any, first, with a confidence of so much at least.
func promote(list []candidate, at int, confidence float64) []candidate {
	if at < 0 {
		return list
	}
	c := list[at]
	c.confidence = max(c.confidence, confidence)
	return slices.Insert(slices.Delete(list, at, at+1), 0, c)
}

// allowsTime reports whether a fact of one time is of a time that the question allows.
func (r *reading) allowsTime(f *corpus.Fact) bool {
	if _, many := f.Value.(corpus.Series); many && len(r.years) > 0 {
		return false // its sentence of the year has a fact of its own, or is found by the year
	}
	if len(r.years) == 0 {
		return r.until == 0 || began(f).Year <= r.until
	}
	return slices.Contains(r.years, began(f).Year) || slices.Contains(r.years, f.AsOf.Year)
}
