package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"kaede/bot/answer"
	"kaede/corpus"
	"kaede/index"
)

// ErrClosed is returned by a bot that was closed.
var ErrClosed = errors.New("the bot is closed")

// maxRelated is how many related facts a part of a reply carries.
const maxRelated = 5

// acquire pins the live version.
func (b *Bot) acquire() (*version, func(), error) {
	v, release := b.live.Acquire()
	if v == nil {
		return nil, nil, ErrClosed
	}
	return v, release, nil
}

// Ask answers a message. Sources that no document has are an *Error with code NotFound.
func (b *Bot) Ask(ctx context.Context, q Question) (Reply, error) {
	v, release, err := b.acquire()
	if err != nil {
		return Reply{}, err
	}
	defer release()
	return v.ask(ctx, q)
}

func (v *version) ask(ctx context.Context, q Question) (Reply, error) {
	for _, id := range q.Sources {
		if _, ok := v.Corpus().Document(id); !ok {
			return Reply{}, &Error{Code: NotFound, Detail: fmt.Errorf("no document %q", id), Data: map[string]any{"Name": id}}
		}
	}
	answers, err := v.Answer(ctx, q)
	if err != nil {
		return Reply{}, fmt.Errorf("answer: %w", err)
	}
	r := Reply{Lang: answers[0].Lang, Version: v.name}
	for _, a := range answers {
		r.Parts = append(r.Parts, v.part(a, q.Sources))
	}
	return r, nil
}

// part puts an answer into Kaede's words, with what other sources say unless only some may speak. Every quote was checked by the engine
// to stand in its document.
func (v *version) part(a answer.Answer, sources []string) Part {
	p := Part{Answer: a}
	l := string(a.Lang)
	switch a.Outcome {
	case answer.Answered:
		p.Say = a.Text
		if a.Verdict != "" {
			p.Say = Say(l, "verdict_"+string(a.Verdict), map[string]any{"Text": a.Text})
		}
		p.Related = related(v.Corpus(), a, sources)
		if len(sources) == 0 {
			p.addLater(v.Corpus())
		}
	case answer.Refused:
		p.Say = refusal(a)
	case answer.Social:
		p.Say = Say(l, "social", nil)
	}
	if a.Outcome != answer.Social {
		if a.Assumed != "" {
			p.Notes = append(p.Notes, Say(l, "assumed", map[string]any{"Question": a.Assumed}))
		}
		if a.After != "" {
			p.Notes = append(p.Notes, Say(l, "after", map[string]any{"Question": a.After}))
		}
	}
	for _, m := range a.Mended {
		p.Notes = append(p.Notes, Say(l, "mended", map[string]any{"Typed": m.Typed, "Read": m.Read}))
	}
	return p
}

func refusal(a answer.Answer) string {
	l := string(a.Lang)
	id, words := "refusal_missing", a.Missing
	if len(words) == 0 {
		id, words = "refusal_apart", a.Apart
	}
	if len(words) == 0 {
		return Say(l, "refusal", nil)
	}
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = Say(l, "quoted", map[string]any{"Text": w})
	}
	return Say(l, id, map[string]any{"Words": strings.Join(quoted, Say(l, "and_separator", nil))})
}

// related gives other facts on what the answer is about: those of its sentences, then of its subject.
func related(c *corpus.Corpus, a answer.Answer, sources []string) []*corpus.Fact {
	var near, far []*corpus.Fact
	for _, f := range c.Facts {
		if slices.Contains(a.Facts, f) || !f.Within(sources) {
			continue
		}
		rests := slices.ContainsFunc(f.Evidence, func(e corpus.Evidence) bool {
			return slices.ContainsFunc(a.Evidence, func(x answer.Evidence) bool { return x.Sentence == e.Sentence })
		})
		switch {
		case rests:
			near = append(near, f)
		case len(a.Facts) > 0 && f.Topic == a.Facts[0].Topic && f.Subject == a.Facts[0].Subject:
			far = append(far, f)
		}
	}
	out := append(near, far...)
	return out[:min(len(out), maxRelated)]
}

// Fact is the quick fact of that id, or the one whose label text names best, of those within the sources if any are given. None is an
// *Error with code NotFound.
func (b *Bot) Fact(text string, l corpus.Lang, sources ...string) (Reply, error) {
	v, release, err := b.acquire()
	if err != nil {
		return Reply{}, err
	}
	defer release()
	f, ok := v.Corpus().Fact(text)
	if !ok || !f.Within(sources) {
		choices := v.complete(text, l, 1, sources)
		if strings.TrimSpace(text) == "" || len(choices) == 0 {
			return Reply{}, &Error{Code: NotFound, Detail: fmt.Errorf("no fact %q", text), Data: map[string]any{"Name": text}}
		}
		f, _ = v.Corpus().Fact(choices[0].ID)
	}
	return Reply{Lang: l, Parts: []Part{v.part(v.FactAnswer(f, l), sources)}, Version: v.name}, nil
}

// complete is Index.Complete over the facts within the sources.
func (v *version) complete(prefix string, l corpus.Lang, n int, sources []string) []index.Choice {
	if len(sources) == 0 {
		return v.Index().Complete(prefix, l, n)
	}
	out := slices.DeleteFunc(v.Index().Complete(prefix, l, len(v.Corpus().Facts)), func(c index.Choice) bool {
		f, ok := v.Corpus().Fact(c.ID)
		return !ok || !f.Within(sources)
	})
	return out[:min(n, len(out))]
}

// Topic is a theme with what is known of it.
type Topic struct {
	ID     string
	Facts  int
	Newest corpus.Date // the last date of which any of its facts speaks; zero if of none
	Due    int         // facts that somebody should look at again
}

// Topics lists the themes in the order of the corpus; of facts within the sources if any are given.
func (b *Bot) Topics(sources ...string) []Topic {
	var out []Topic
	for _, f := range b.Facts("", sources...) {
		i := slices.IndexFunc(out, func(t Topic) bool { return t.ID == f.Topic })
		if i < 0 {
			out = append(out, Topic{ID: f.Topic})
			i = len(out) - 1
		}
		t := &out[i]
		t.Facts++
		if d := latest(f); d.Compare(t.Newest) > 0 {
			t.Newest = d
		}
		if b.Due(f) {
			t.Due++
		}
	}
	return out
}

// latest is the last date of which a fact speaks; zero if of none.
func latest(f *corpus.Fact) corpus.Date {
	dates := []corpus.Date{f.AsOf, f.From, f.To}
	switch v := f.Value.(type) {
	case corpus.Date:
		dates = append(dates, v)
	case corpus.Series:
		dates = append(dates, v.Points[len(v.Points)-1].At)
	}
	return slices.MaxFunc(dates, corpus.Date.Compare)
}

// TopicName is what a theme is called: the name of its concept, where there is one.
func (b *Bot) TopicName(id string, l corpus.Lang) string {
	v, release, err := b.acquire()
	if err != nil {
		return id
	}
	defer release()
	if k, ok := v.Corpus().Concept(id); ok && len(k.Names[l]) > 0 {
		return k.Names[l][0]
	}
	if s := Say(string(l), "topic_"+id, nil); s != "topic_"+id {
		return s
	}
	return strings.ReplaceAll(id, "-", " ")
}

// Facts lists the facts of a theme in the order of the corpus, of all themes if topic is empty; those within the sources if any are
// given.
func (b *Bot) Facts(topic string, sources ...string) []*corpus.Fact {
	v, release, err := b.acquire()
	if err != nil {
		return nil
	}
	defer release()
	var out []*corpus.Fact
	for _, f := range v.Corpus().Facts {
		if (topic == "" || f.Topic == topic) && f.Within(sources) {
			out = append(out, f)
		}
	}
	return out
}

// Suggest completes the label of a fact, in any script; popular ones on an empty prefix. It reads memory only.
func (b *Bot) Suggest(prefix string, l corpus.Lang, n int, sources ...string) []index.Choice {
	v, release, err := b.acquire()
	if err != nil {
		return nil
	}
	defer release()
	return v.complete(prefix, l, n, sources)
}

// SuggestTopics completes the name of a theme.
func (b *Bot) SuggestTopics(prefix string, l corpus.Lang, n int, sources ...string) []index.Choice {
	var out []index.Choice
	for _, t := range b.Topics(sources...) {
		name := b.TopicName(t.ID, l)
		if len(out) < n && (strings.Contains(index.Fold(name), index.Fold(prefix)) || strings.Contains(t.ID, index.Fold(prefix))) {
			out = append(out, index.Choice{ID: t.ID, Label: name})
		}
	}
	return out
}

// Document finds a document.
func (b *Bot) Document(id string) (*corpus.Document, bool) {
	v, release, err := b.acquire()
	if err != nil {
		return nil, false
	}
	defer release()
	return v.Corpus().Document(id)
}

// Documents lists the documents in the order of the corpus.
func (b *Bot) Documents() []*corpus.Document {
	v, release, err := b.acquire()
	if err != nil {
		return nil
	}
	defer release()
	return v.Corpus().Documents
}

// Sources lists the documents with what rests on them; only those with these ids if any are given.
func (b *Bot) Sources(ids ...string) []Source {
	v, release, err := b.acquire()
	if err != nil {
		return nil
	}
	defer release()
	c := v.Corpus()
	var out []Source
	for _, d := range c.Documents {
		if len(ids) > 0 && !slices.Contains(ids, d.ID) {
			continue
		}
		s := Source{Document: d}
		for _, p := range d.Passages {
			s.Sentences += len(p.Sentences)
		}
		s.Facts, s.Due = b.resting(c, func(s *corpus.Sentence) bool { return s.Passage.Document == d })
		out = append(out, s)
	}
	return out
}

// Publications lists what the briefs rest on, with what rests on each.
func (b *Bot) Publications() []Publication {
	v, release, err := b.acquire()
	if err != nil {
		return nil
	}
	defer release()
	c := v.Corpus()
	var out []Publication
	for _, source := range c.Sources {
		p := Publication{Source: source}
		cites := func(s *corpus.Sentence) bool { return slices.Contains(s.Sources, source) }
		for _, s := range c.Sentences {
			if cites(s) {
				p.Sentences++
			}
		}
		p.Facts, p.Due = b.resting(c, cites)
		out = append(out, p)
	}
	return out
}

// resting counts the facts that rest on certain sentences, and those of them that are due for review.
func (b *Bot) resting(c *corpus.Corpus, on func(*corpus.Sentence) bool) (facts, due int) {
	for _, f := range c.Facts {
		if slices.ContainsFunc(f.Evidence, func(e corpus.Evidence) bool { return on(e.Sentence) }) {
			facts++
			if b.Due(f) {
				due++
			}
		}
	}
	return facts, due
}

// Due reports whether the time has come to look whether a fact still holds.
func (b *Bot) Due(f *corpus.Fact) bool {
	year, month, day := b.options.Now().UTC().Date()
	today := corpus.Date{Year: year, Month: int(month), Day: day}
	return !f.ReviewBy.IsZero() && !today.Before(f.ReviewBy)
}

// Status tells the state of the corpus that answers; the zero Status after Close.
func (b *Bot) Status() Status {
	v, release, err := b.acquire()
	if err != nil {
		return Status{}
	}
	defer release()
	c := v.Corpus()
	return Status{
		Version: v.name, Digest: c.Digest, Durable: b.store != nil,
		Documents: len(c.Documents), Passages: len(c.Passages), Sentences: len(c.Sentences),
		Facts: len(c.Facts), Concepts: len(c.Concepts), Asks: len(c.Asks), NearMisses: len(c.NearMisses),
	}
}
