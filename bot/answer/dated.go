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
	kind := kindOf(f.Value)
	if kind == Money {
		kind = Number // a figure whose currency its source does not tell
	}
	return seriesKey{f.Subject, f.Relation, f.Object, kind}, !f.AsOf.IsZero() && f.Subject != ""
}

// find considers the sentences that may answer. Those that state one series of facts stand together for the one that is of the time that is asked
// for: of the year, of the last before it ("as of 2016"), or of the newest.
func (e *Engine) find(ctx context.Context, r *reading, sources []string) (*scene, []candidate, error) {
	s, list, err := e.consider(ctx, r, sources, -1)
	if err != nil || len(list) == 0 {
		return s, list, err
	}
	facts := ofKind(r, e.factsFor(s, list[0].n))
	if len(facts) == 0 {
		return s, list, nil
	}
	key, ok := seriesOf(facts[0].view.fact)
	if !ok {
		return s, list, nil
	}
	var meant *corpus.Fact
	for _, f := range e.series[key] {
		if sources != nil && !slices.Contains(sources, f.Evidence[0].Sentence.Passage.Document.ID) || !r.allowsTime(f) {
			continue
		}
		if meant == nil || meant.AsOf.Before(f.AsOf) || meant.AsOf == f.AsOf && f == facts[0].view.fact {
			meant = f
		}
	}
	if meant == nil {
		return s, list, nil
	}
	sum, at := 0.0, -1
	for i, c := range list {
		facts := ofKind(r, e.factsFor(s, c.n))
		if len(facts) == 0 {
			continue
		}
		if k, ok := seriesOf(facts[0].view.fact); ok && k == key {
			sum += c.confidence
		}
		if facts[0].view.fact == meant {
			at = i
		}
	}
	if at < 0 {
		return s, list, nil
	}
	c := list[at]
	c.confidence = max(c.confidence, min(sum, .97))
	return s, slices.Insert(slices.Delete(list, at, at+1), 0, c), nil
}

// allowsTime reports whether a fact is of a time that the question allows.
func (r *reading) allowsTime(f *corpus.Fact) bool {
	if len(r.years) == 0 {
		return r.until == 0 || f.AsOf.Year <= r.until
	}
	if s, ok := f.Value.(corpus.Series); ok && slices.ContainsFunc(s.Points, func(p corpus.Point) bool { return slices.Contains(r.years, p.At.Year) }) {
		return true
	}
	return slices.Contains(r.years, f.AsOf.Year)
}
