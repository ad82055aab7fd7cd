package answer

import (
	"context"
	"slices"
	"strings"

	"kaede/corpus"
)

// Answer answers a message: one answer for each question in it, in order, at least one.
func (e *Engine) Answer(ctx context.Context, q Question) ([]Answer, error) {
	text := clean(q.Text)
	folded := fold(text)
	guesses := []corpus.Lang{q.Lang}
	for i := len(q.History) - 1; i >= max(0, len(q.History)-MaxHistory); i-- {
		guesses = append(guesses, detect(fold(clean(q.History[i]))))
	}
	lang := e.detect(folded, guesses...)
	if social(q.Text, folded) {
		return []Answer{{Question: text, Lang: lang, Outcome: Social, Kind: Other, Confidence: 1}}, nil
	}
	var history []string
	for _, h := range q.History[max(0, len(q.History)-MaxHistory):] {
		if !social(h, fold(clean(h))) {
			history = append(history, h)
		}
	}
	var out []Answer
	for _, part := range split(lang, text) {
		a, err := e.answerOne(ctx, q, part, lang, history)
		if err != nil {
			return nil, err
		}
		a.Further = slices.DeleteFunc(a.Further, func(s *corpus.Sentence) bool {
			return slices.ContainsFunc(a.Evidence, func(v Evidence) bool { return v.Sentence == s })
		})
		a.Evidence = slices.DeleteFunc(a.Evidence, misquoted)
		if a.Outcome == Answered && len(a.Evidence) == 0 {
			a.Outcome, a.Text, a.Verdict, a.Facts = Refused, "", "", nil // Unreachable: the loader cuts every sentence out of its passage.
		}
		out = append(out, a)
		history = append(slices.Clip(history), part.text)
	}
	return out, nil
}

// misquoted reports a quote that does not stand word for word in its document, or marks outside it.
func misquoted(v Evidence) bool {
	s := v.Sentence
	text := s.Passage.Text
	if s.Start < 0 || s.Start+len(s.Text) > len(text) || text[s.Start:s.Start+len(s.Text)] != s.Text {
		return true
	}
	return slices.ContainsFunc(v.Marks, func(m [2]int) bool { return m[0] < 0 || m[1] > len(s.Text) || m[0] > m[1] })
}

// detect reads the language of a message, with the corpus's own words where the small words do not show it.
func (e *Engine) detect(folded string, guesses ...corpus.Lang) corpus.Lang {
	fr, en := 0, 0
	for _, w := range strings.Fields(folded) {
		inFrench, inEnglish := e.x.Known(corpus.French, w) > 0, e.x.Known(corpus.English, w) > 0
		switch {
		case inFrench && !inEnglish:
			fr++
		case inEnglish && !inFrench:
			en++
		}
	}
	switch {
	case fr > en:
		guesses = append([]corpus.Lang{corpus.French}, guesses...)
	case en > fr:
		guesses = append([]corpus.Lang{corpus.English}, guesses...)
	}
	return detect(folded, guesses...)
}

// answerOne answers one question of a message.
func (e *Engine) answerOne(ctx context.Context, q Question, part question, lang corpus.Lang, history []string) (Answer, error) {
	a := Answer{Question: part.text, Lang: lang}
	text, mends := e.mend(lang, part.text)
	a.Mended = mends
	r := e.read(text, lang)
	alone, plain := r, a
	need := standsAlone
	if len(history) > 0 {
		need = e.leansOn(r)
	}
	if need == mustLean {
		r = e.lean(&a, r, lang, text, history)
	}
	scene, list, err := e.find(ctx, r, q.Sources, -1)
	if err != nil {
		return Answer{}, err
	}
	wellFound := e.answers(scene, list) && list[0].confidence >= e.weights().WellFound
	if part.context != "" && (!wellFound || e.leansOn(alone) == mustLean) { // what is found well needs none of what people say of themselves
		e.addContext(r, part.context)
		if scene, list, err = e.find(ctx, r, q.Sources, -1); err != nil {
			return Answer{}, err
		}
	}
	if need == mayLean {
		b := a
		leaned := e.lean(&b, r, lang, text, history)
		s, l, err := e.find(ctx, leaned, q.Sources, -1)
		if err != nil {
			return Answer{}, err
		}
		if e.answers(s, l) && (!e.answers(scene, list) || l[0].confidence > list[0].confidence && l[0].n != list[0].n && list[0].confidence < e.weights().WellFound) {
			a, r, scene, list = b, leaned, s, l
		}
	}
	if need == mustLean && !e.answers(scene, list) && e.asksAnew(alone) && !leans[lang].begins.MatchString(alone.folded) { // it may be a new topic after all
		s, l, err := e.find(ctx, alone, q.Sources, -1)
		if err != nil {
			return Answer{}, err
		}
		if e.answers(s, l) && l[0].confidence >= e.weights().WellFound {
			a, r, scene, list = plain, alone, s, l
		}
	}
	a.Kind = r.kind
	if isAddressed(r) || e.isChat(scene) {
		a.Outcome, a.Confidence = Social, 1
		return a, nil
	}
	bar := e.weights().Bar
	if q.Explain {
		a.Explanation = e.explain(r, list, bar)
	}
	for _, c := range list {
		a.Further = append(a.Further, e.c.Sentences[c.n])
	}
	if len(list) > 0 {
		a.Confidence = list[0].confidence
	}
	if len(list) > 0 && list[0].confidence >= bar/2 && (e.compare(&a, scene, list) || e.compareTimes(&a, scene, list)) {
		return a, nil
	}
	answers := e.answers(scene, list)
	if !answers || list[0].signals[sigNumber] == 1 {
		if corrected, err := e.correct(ctx, &a, r, q.Sources); corrected || err != nil {
			return a, err
		}
	}
	if !answers {
		e.refuse(&a, scene, list)
		return a, nil
	}
	e.shorten(&a, scene, list)
	return a, nil
}

// weight is what a word from an earlier question counts for: names carry over, what was asked of them hardly does.
func (c *Carry) weight(kind string, anew bool) float64 {
	switch {
	case !anew || entityKinds[kind] || kind == "thing" || kind == "group" || kind == "office":
		return c.Names
	case kind == "":
		return c.Words
	}
	return c.Rest
}

// answers reports whether the best candidate answers. One that is found without the kind of value asked for has to be found better.
func (e *Engine) answers(s *scene, list []candidate) bool {
	return len(list) > 0 && e.passes(s, list[0])
}

// passes reports whether a candidate would answer, were it the best.
func (e *Engine) passes(s *scene, c candidate) bool {
	w := e.weights()
	return c.confidence >= w.Bar && !e.contradicts(s, c) && (c.confidence >= w.WellFound || e.states(s, c.n))
}

// lean completes a question from the earlier ones. It gives what a follow-up says itself its full weight, and what it takes from the earlier
// question less. The kind of answer is that of the follow-up, where it asks anew.
func (e *Engine) lean(a *Answer, own *reading, lang corpus.Lang, text string, history []string) *reading {
	full, from := e.follow(lang, text, history)
	if full == text {
		return own
	}
	if from == nil {
		a.Assumed = full
	} else {
		a.After = from.after
	}
	r := e.read(full, lang)
	anew := e.asksAnew(own)
	if anew {
		r.kind, r.yes, r.item = own.kind, own.yes, own.item
	}
	if from == nil {
		return r
	}
	switch {
	case own.flow != "":
		r.flow = own.flow
	case from.flow != "":
		r.flow = from.flow
	}
	boost := make(map[int32]float64)
	for i := range r.atoms {
		a := &r.atoms[i]
		w := 1.0
		if !slices.ContainsFunc(own.atoms, func(o atom) bool { return o.text == a.text }) {
			w = e.model.Carry.weight(a.kind, anew)
			a.weight *= w
		}
		for _, k := range a.keys {
			boost[k] = max(boost[k], w)
		}
	}
	r.boost = make([]float64, len(r.keys))
	for i, k := range r.keys {
		if own.keys.has(k) {
			r.boost[i] = 1
		} else {
			r.boost[i] = max(boost[k], e.model.Carry.Rest)
		}
	}
	r.norm = e.norm(r.keys, r.boost)
	return r
}

// addContext adds what was said around a question, at a low weight.
func (e *Engine) addContext(r *reading, context string) {
	said := e.read(context, r.lang)
	own, names := 0.0, false
	for _, a := range r.atoms {
		own += a.weight
		names = names || a.entity || a.kind == "thing" || a.kind == "group"
	}
	little := own < 2*e.rarest() || !names // the question alone says too little to compare it
	for _, a := range said.atoms {
		if a.known {
			if !little {
				a.weight *= e.model.Carry.Story
			}
			a.entity = false
			r.atoms = append(r.atoms, a)
		}
	}
	if little {
		r.text += " " + context
		if all := asksFor(r.lang, fold(context+" "+r.text)); !names && all != Other && all != YesNo || !valued(r.kind) {
			r.kind = all
		}
		r.flow, r.years = said.flow, append(r.years, said.years...)
		r.keys, r.boost = e.bag(r.lang, r.text), nil
		r.norm = e.norm(r.keys, r.boost)
	}
}

// explain says how the candidates were weighed.
func (e *Engine) explain(r *reading, list []candidate, bar float64) *Explanation {
	x := &Explanation{Concepts: r.concepts, Years: r.years, Bar: bar}
	for i := range r.atoms {
		a := &r.atoms[i]
		matched := len(list) > 0 && e.coverOf(e.evidenceOf(list[0].n), a, nil) != nowhere
		x.Words = append(x.Words, Word{a.text, a.weight, matched})
	}
	for _, c := range list {
		signals := make(map[string]float64)
		for i, v := range c.signals {
			if v != 0 {
				signals[meanings[i].name] = v
			}
		}
		x.Candidates = append(x.Candidates, Candidate{e.c.Sentences[c.n], c.confidence, signals})
	}
	return x
}

// FactAnswer is a fact as an answer to a question for it.
func (e *Engine) FactAnswer(f *corpus.Fact, l corpus.Lang) Answer {
	a := Answer{Question: f.Label.In(l), Lang: l, Outcome: Answered, Kind: kindOf(f.Value), Text: f.Answer.In(l), Confidence: 1, Facts: []*corpus.Fact{f}}
	for _, x := range f.Evidence {
		a.Evidence = append(a.Evidence, evidenceFor(x.Sentence, 1, f))
	}
	for _, s := range f.Evidence[0].Sentence.Passage.Sentences { // what stands around it
		quoted := slices.ContainsFunc(a.Evidence, func(v Evidence) bool { return v.Sentence == s })
		if !quoted && len(a.Further) < considered-1 {
			a.Further = append(a.Further, s)
		}
	}
	return a
}
