package bot

import (
	"slices"
	"strings"

	"kaede/bot/answer"
	"kaede/corpus"
)

// maxLater is how many facts a part of a reply sets beside its answer.
const maxLater = 3

// addLater sets beside an answer what has overtaken it, and what other sources say of the same figure.
func (p *Part) addLater(c *corpus.Corpus) {
	l := string(p.Lang)
	if p.Since = since(c, p.Answer); len(p.Since) > 0 {
		for _, f := range p.Since {
			p.Notes = append(p.Notes, Say(l, "since", map[string]any{"Label": f.Label.In(p.Lang), "Answer": sourced(f, p.Lang)}))
		}
	}
	if p.Differs = differs(c, p.Facts); len(p.Differs) > 0 {
		var all []string
		for _, f := range slices.Concat(p.Facts[:1], p.Differs) {
			all = append(all, sourced(f, p.Lang))
		}
		p.Notes = append(p.Notes, Say(l, "differs", map[string]any{"Answers": strings.Join(all, Say(l, "and_separator", nil))}))
	}
}

// sourced gives the answer of a fact with its source and how old it is.
func sourced(f *corpus.Fact, l corpus.Lang) string {
	from := f.Evidence[0].Sentence.From()[0]
	date := f.AsOf
	for _, d := range []corpus.Date{from.Published, from.Seen} {
		if date.IsZero() {
			date = d
		}
	}
	data := map[string]any{"Answer": f.Answer.In(l), "Source": from.Publisher, "Date": date.String()}
	if date.IsZero() {
		return Say(string(l), "sourced_undated", data)
	}
	return Say(string(l), "sourced", data)
}

// since gives the newest of the facts that overtake what an answer rests on, in the order of the corpus. What the answer itself
// states, or quotes already, is none.
func since(c *corpus.Corpus, a answer.Answer) []*corpus.Fact {
	quotes := func(s *corpus.Sentence) bool {
		return slices.ContainsFunc(a.Evidence, func(e answer.Evidence) bool { return e.Sentence == s })
	}
	later := map[*corpus.Fact]bool{}
	stated := func(f *corpus.Fact) bool {
		return slices.Contains(a.Facts, f) || slices.ContainsFunc(f.Evidence, func(e corpus.Evidence) bool { return quotes(e.Sentence) })
	}
	for grown := true; grown; {
		grown = false
		for _, f := range c.Facts {
			over := slices.ContainsFunc(f.Supersedes, func(old *corpus.Fact) bool { return later[old] || slices.Contains(a.Facts, old) }) ||
				slices.ContainsFunc(f.SupersedesSentences, quotes)
			if over && !later[f] {
				later[f], grown = true, true
			}
		}
	}
	overtaken := map[*corpus.Fact]bool{}
	for f := range later {
		for _, old := range f.Supersedes {
			overtaken[old] = true
		}
	}
	var out []*corpus.Fact
	for _, f := range c.Facts {
		if later[f] && !overtaken[f] && !stated(f) && len(out) < maxLater {
			out = append(out, f)
		}
	}
	return out
}

// differs gives the facts that state the figure of the first of the answer's facts differently, from other sources.
func differs(c *corpus.Corpus, facts []*corpus.Fact) []*corpus.Fact {
	if len(facts) == 0 {
		return nil
	}
	f := facts[0]
	var out []*corpus.Fact
	for _, g := range c.Facts {
		if len(out) < maxLater && !slices.Contains(facts, g) && f.Subject == g.Subject && f.Relation == g.Relation && f.Object == g.Object &&
			f.AsOf == g.AsOf && otherFigure(f.Value, g.Value) && f.Evidence[0].Sentence.From()[0].ID != g.Evidence[0].Sentence.From()[0].ID {
			out = append(out, g)
		}
	}
	return out
}

// otherFigure reports whether two values are figures of the same kind that are not the same. Names and dates that share a subject and
// a relation are rather several things than one that is disputed.
func otherFigure(a, b corpus.Value) bool {
	switch a := a.(type) {
	case corpus.Quantity:
		b, ok := b.(corpus.Quantity)
		return ok && a.Unit == b.Unit && a.Currency == b.Currency && a.Number != b.Number
	case corpus.Rank:
		b, ok := b.(corpus.Rank)
		return ok && a.Among == b.Among && a.Place != b.Place
	}
	return false
}
