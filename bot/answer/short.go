package answer

import (
	"math"
	"slices"
	"strings"

	"kaede/corpus"
)

// shorten fills an answer: the fact that was asked for, or the sentence itself.
func (e *Engine) shorten(a *Answer, s *scene, list []candidate) {
	a.Outcome = Answered
	r, best := s.r, list[0]
	sentence := e.c.Sentences[best.n]
	facts := e.factsFor(s, best.n)
	chosen := e.choose(r, s, facts)
	if item := e.item(r, facts); item != nil {
		a.Facts, a.Text = []*corpus.Fact{item.fact}, item.fact.Value.(corpus.List).Items[r.item-1].In(r.lang)
	} else if len(chosen) > 0 {
		a.Facts = chosen
		var texts []string
		for _, f := range chosen {
			if t := f.Answer.In(r.lang); !slices.Contains(texts, t) {
				texts = append(texts, t)
			}
		}
		a.Text = strings.Join(texts, separator(r.lang))
	}
	whole := sentence.Text
	if t := sentence.Translation[r.lang]; t != "" {
		whole = t
	}
	if a.Text == "" {
		a.Text = whole
	}
	if sentence.Broken {
		whole = a.Text
	}
	if r.yes {
		a.Verdict, a.Text = e.verdict(a, r, best.n, whole)
	}
	a.Evidence = []Evidence{evidenceFor(sentence, best.confidence, a.Facts...)}
	for _, f := range a.Facts {
		for _, x := range f.Evidence {
			if !slices.ContainsFunc(a.Evidence, func(v Evidence) bool { return v.Sentence == x.Sentence }) {
				a.Evidence = append(a.Evidence, evidenceFor(x.Sentence, best.confidence, a.Facts...))
			}
		}
	}
}

// item finds the list of which the question asks for one item by its place.
func (e *Engine) item(r *reading, facts []*scoredFact) *factView {
	if r.item == 0 {
		return nil
	}
	for i := range facts {
		if l, ok := facts[i].view.fact.Value.(corpus.List); ok && r.item <= len(l.Items) {
			return facts[i].view
		}
	}
	return nil
}

func separator(l corpus.Lang) string {
	if l == corpus.Japanese {
		return "；"
	}
	return "; "
}

// definite reports a kind of which a value either is stated or is not: a sentence without one does not answer.
func definite(k Kind) bool {
	switch k {
	case Date, Number, Money, Rank, Person, Place:
		return true
	}
	return false
}

// states reports whether a sentence states a value of the kind that is asked for, which the question does not say itself. Sentences of
// which no facts are held are judged by the model alone.
func (e *Engine) states(s *scene, n int) bool {
	r, facts := s.r, e.factsFor(s, n)
	if len(facts) == 0 || !valued(r.kind) || e.item(r, facts) != nil {
		return true
	}
	if !definite(r.kind) {
		return slices.ContainsFunc(facts, func(f *scoredFact) bool { return f.view.fits(r) > 0 })
	}
	named := r.kind == Person || r.kind == Place
	if !(named && slices.ContainsFunc(facts, func(f *scoredFact) bool { return f.view.fits(r) > .5 })) && len(e.choose(r, s, facts)) == 0 {
		return false
	}
	return slices.ContainsFunc(facts, func(f *scoredFact) bool {
		return f.signals[factGiven] <= given && (f.view.fits(r) >= .5 || !named && hasShape(r.kind, f.view.fact.Evidence[0].Words))
	})
}

// measures are units in which things are measured and not counted.
var measures = map[string]bool{"year": true, "month": true, "day": true, "kilometre": true, "tonne": true, "age": true}

// measured reports a fact that gives an amount, a measure or a time, and does not count what the question wants counted.
func measured(f *scoredFact) bool {
	q, ok := f.view.fact.Value.(corpus.Quantity)
	return f.signals[factHead] == 0 && (f.view.kind == Money || ok && measures[q.Unit] || f.view.figure && f.view.sorts["time"])
}

// given is the share of a value's words beyond which the question says it itself.
const given = .7

// ofKind keeps the facts of the very kind that is asked for, where there are any.
func ofKind(r *reading, facts []*scoredFact) []*scoredFact {
	if !valued(r.kind) && r.kind != Definition && r.kind != Reason && r.kind != Frequency {
		return facts
	}
	if r.counts && r.head != nil && r.kind == Number {
		facts = slices.DeleteFunc(slices.Clone(facts), measured)
	}
	var out []*scoredFact
	for _, f := range facts {
		if f.view.fits(r) == 1 && f.signals[factGiven] <= given {
			out = append(out, f)
		}
	}
	if len(out) == 0 {
		for _, f := range facts {
			if fit := f.view.fits(r); fit > 0 && (fit >= .5 || !definite(r.kind)) {
				out = append(out, f)
			}
		}
	}
	return out
}

// ofFlow leaves out the facts of what flows back, where some are of what flows as is asked: Japan's exports to Canada are Canada's imports from
// Japan, whatever they are called.
func ofFlow(r *reading, facts []*scoredFact) []*scoredFact {
	if r.flow == "" || !slices.ContainsFunc(facts, func(f *scoredFact) bool { return f.view.flow == r.flow }) {
		return facts
	}
	return slices.DeleteFunc(slices.Clone(facts), func(f *scoredFact) bool { return f.view.flow == r.flow.back() })
}

// choose picks the facts that answer: the best of the sentence, and a second where the question names both.
func (e *Engine) choose(r *reading, s *scene, facts []*scoredFact) []*corpus.Fact {
	if len(facts) == 0 {
		return nil
	}
	all := facts
	if facts = ofFlow(r, ofKind(r, facts)); len(facts) == 0 {
		return nil
	}
	scores, texts := make([]float64, len(facts)), make([]string, len(facts))
	for i := range facts {
		scores[i], texts[i] = facts[i].score, facts[i].view.fact.Answer.In(r.lang)
	}
	sure := e.model.Sure
	if valued(facts[0].view.kind) {
		sure = e.model.SureValue
	}
	if share(scores, texts, 0) < sure && (!definite(r.kind) || r.kind == Person || r.kind == Place) {
		return nil // the sentence says more
	}
	if facts[0].signals[factGiven] > given && !r.yes && r.kind != Definition {
		return nil // it only says again what the question says
	}
	out := []*corpus.Fact{facts[0].view.fact}
	if r.also != "" {
		if i := slices.IndexFunc(all, func(f *scoredFact) bool { return f.view.kind == r.also && f.signals[factGiven] <= given }); i >= 0 {
			return append(out, all[i].view.fact)
		}
	}
	if second := e.second(r, s, facts); second != nil {
		out = append(out, second)
	}
	return out
}

// share is that of an answer among all, in odds. Answers that it holds are no others.
func share(scores []float64, texts []string, at int) float64 {
	own, sum := 0.0, 0.0
	for i, s := range scores {
		odds := s / (1 - min(s, 1-1e-12))
		if sum += odds; strings.Contains(texts[at], texts[i]) {
			own += odds
		}
	}
	return own / max(sum, 1e-12)
}

// valued reports a kind whose answers are short values.
func valued(k Kind) bool {
	switch k {
	case Date, Number, Money, Rank, Person, Organisation, Place, Name:
		return true
	}
	return false
}

// second finds another fact of the kind of the best that holds something which matters in the question and the best does not.
func (e *Engine) second(r *reading, s *scene, facts []*scoredFact) *corpus.Fact {
	first := facts[0].view
	if !valued(first.kind) {
		return nil
	}
	for i := 1; i < len(facts); i++ {
		v := facts[i].view
		if v.kind != first.kind || facts[i].signals[factGiven] > given {
			continue
		}
		gains, losses := 0.0, 0.0
		for j := range r.atoms {
			a := &r.atoms[j]
			in := slices.ContainsFunc(a.keys, v.label.has)
			inFirst := slices.ContainsFunc(a.keys, first.label.has)
			switch {
			case in && !inFirst:
				gains += a.weight
			case inFirst && !in:
				losses += a.weight
			}
		}
		if gains > .5*e.rarest()*.6 && losses > .5*e.rarest()*.6 && math.Abs(gains-losses) < e.rarest() {
			return v.fact
		}
	}
	return nil
}

// locate finds words within the one place of quote in text.
func locate(text, quote, words string) ([2]int, bool) {
	q := strings.Index(text, quote)
	if q < 0 {
		return [2]int{}, false
	}
	w := strings.Index(quote, words)
	if w < 0 || words == "" {
		return [2]int{}, false
	}
	return [2]int{q + w, q + w + len(words)}, true
}

// verdict decides a yes-or-no question. It is no where the fact names another place in the order than the question does, and yes where the
// sentence itself holds all that is asked and denies nothing. Otherwise the sentence is the answer, and whoever reads it decides.
func (e *Engine) verdict(a *Answer, r *reading, n int, whole string) (Verdict, string) {
	if r.ordinal > 0 {
		for _, f := range e.viewsOf(n) {
			if rank, ok := f.fact.Value.(corpus.Rank); ok && rank.Place != r.ordinal {
				a.Facts = []*corpus.Fact{f.fact}
				return No, f.fact.Answer.In(r.lang)
			}
		}
	}
	v := e.evidenceOf(n)
	held := func(a atom) bool {
		return a.weight < e.rarest()*slight || slices.ContainsFunc(a.keys, v.own.has)
	}
	s := e.c.Sentences[n]
	if denials[s.Passage.Document.Lang].MatchString(fold(s.Text)) || denials[r.lang].MatchString(r.folded) ||
		ordered[r.lang].MatchString(r.folded) || slices.ContainsFunc(r.atoms, func(a atom) bool { return !held(a) }) {
		return "", whole
	}
	return Yes, whole
}

// slight is the share of the rarest word's weight below which a word hardly matters.
const slight = .2

// denials find that a text says that something is, or may be, not so.
var denials = map[corpus.Lang]pattern{
	corpus.English:  compile(`\b(no|not|never|none|neither|nor|without|cannot|against|fail(ed|s)?|refus(ed|es|al)|reject(ed|s)?|cancel(led|s)?|postpone[ds]?|instead)\b|n't\b`),
	corpus.French:   compile(`\b(ne|ni|jamais|aucune?|sans|contre|refus\w*|rejet\w*|annul\w*|report\w*)\b|\bn'`),
	corpus.Japanese: compile(`ない|なかった|なく|ません|ず[、に]|拒否|却下|中止|延期`),
}

// ordered finds that a question puts one thing before, after or above another, which words alone do not decide.
var ordered = map[corpus.Lang]pattern{
	corpus.English:  compile(`\b(before|after|earlier|later|sooner|than|until|still|yet|already|finished|over|only|just|alone|merely|solely)\b`),
	corpus.French:   compile(`\b(avant|apres|plus|moins|que le|encore|deja|seulement|juste|uniquement|termine\w*)\b`),
	corpus.Japanese: compile(`より|前に|後に|先に|まだ|もう|だけ|しか`),
}
