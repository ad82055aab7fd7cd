package answer

import (
	"context"
	"fmt"
	"slices"

	"kaede/index"
)

// considered is how many sentences are weighed for one question, and searched how many the index is asked for.
const (
	considered = 6
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
	if e.x.Questions() == 0 {
		return &e.model.Plain
	}
	return &e.model.Labelled
}

// consider finds and weighs the sentences that may answer, best first. While fitting, skip is the labelled question
// that is being asked itself and must not help; otherwise it is -1.
func (e *Engine) consider(ctx context.Context, r *reading, sources []string, skip int) (*scene, []candidate, error) {
	found, err := e.x.Search(ctx, index.Query{Lang: r.lang, Text: r.text, Documents: sources, Limit: searched})
	if err != nil {
		return nil, nil, fmt.Errorf("search: %w", err)
	}
	s := e.setScene(r, found.Questions, found.Sentences, sources, skip)
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
