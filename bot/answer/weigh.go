package answer

import (
	"context"
	"fmt"
	"slices"

	"kaede/corpus"
	"kaede/index"
)

// considered is how many sentences are weighed for one question, and searched how many the index is asked for.
const (
	considered = 8
	searched   = 24
)

// candidate is a sentence that was weighed.
type candidate struct {
	n          int
	signals    signals
	confidence float64
}

// weights are those for this corpus.
func (e *Engine) weights() *Weights {
	if len(e.asked) == 0 {
		return &e.model.Plain
	}
	return &e.model.Labelled
}

// consider finds and weighs the sentences that may answer, best first. While fitting, skip is the labelled question
// that is being asked itself and must not help; otherwise it is -1.
func (e *Engine) consider(ctx context.Context, r *reading, sources []string, skip int) (*scene, []candidate, error) {
	found, err := e.x.Search(ctx, index.Query{Lang: r.lang, Text: r.text, Documents: sources, Limit: searched, WithoutFacts: true})
	if err != nil {
		return nil, nil, fmt.Errorf("search: %w", err)
	}
	s := e.setScene(r, found.Questions, found.Sentences, skip)
	allowed := func(n int) bool {
		return sources == nil || slices.Contains(sources, e.c.Sentences[n].Passage.Document.ID)
	}
	var list []candidate
	for _, n := range s.candidates(found.Sentences, considered, allowed) {
		c := candidate{n: n, signals: e.signalsOf(s, n, found.Sentences)}
		c.confidence = e.weights().Forest.confidence(&c.signals)
		list = append(list, c)
	}
	slices.SortStableFunc(list, func(a, b candidate) int {
		switch {
		case a.confidence > b.confidence:
			return -1
		case a.confidence < b.confidence:
			return 1
		}
		return 0
	})
	return s, list, nil
}

// find considers the sentences that may answer. Where several state the same of different times and no time is asked for, the newest is meant.
func (e *Engine) find(ctx context.Context, r *reading, sources []string) (*scene, []candidate, error) {
	s, list, err := e.consider(ctx, r, sources, -1)
	if err != nil || len(r.years) > 0 || len(list) == 0 {
		return s, list, err
	}
	best := func(c candidate) *corpus.Fact {
		if facts := ofKind(r, e.factsFor(s, c.n)); len(facts) > 0 {
			return facts[0].view.fact
		}
		return nil
	}
	first := best(list[0])
	if first == nil || first.AsOf.IsZero() {
		return s, list, nil
	}
	newest, sum := 0, 0.0
	for i, c := range list {
		f := best(c)
		if f == nil || f.Subject != first.Subject || f.Relation != first.Relation || f.Object != first.Object || kindOf(f.Value) != kindOf(first.Value) || f.AsOf.IsZero() {
			continue
		}
		sum += c.confidence
		if best(list[newest]).AsOf.Before(f.AsOf) {
			newest = i
		}
	}
	c := list[newest]
	c.confidence = max(c.confidence, min(sum, .97))
	list = slices.Insert(slices.Delete(list, newest, newest+1), 0, c)
	return s, list, nil
}
