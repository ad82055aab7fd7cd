package bot_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"

	"kaede/bot"
	"kaede/bot/answer"
	"kaede/corpus"
)

const seed = "canada-japan-relations"

// onShipped is the one bot over the shipped corpus that the tests of this binary share. It closes with the process.
var onShipped = sync.OnceValues(func() (*bot.Bot, error) {
	return bot.Open(context.Background(), bot.Options{Log: slog.New(slog.DiscardHandler)})
})

func shipped(t testing.TB) *bot.Bot {
	t.Helper()
	b, err := onShipped()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func ask(t testing.TB, b *bot.Bot, q bot.Question) bot.Reply {
	t.Helper()
	r, err := b.Ask(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Parts) == 0 {
		t.Fatalf("%q: no part", q.Text)
	}
	return r
}

func TestAsk(t *testing.T) {
	b := shipped(t)
	for _, tt := range []struct {
		q       bot.Question
		lang    corpus.Lang
		outcome answer.Outcome
		say     []string // what the first part says
	}{
		{bot.Question{Text: "When did Japan open its mission in Ottawa?"}, "en", answer.Answered, []string{"1928"}},
		{bot.Question{Text: "Is Japan Canada's largest trade partner?"}, "en", answer.Answered, []string{"No: ", "fourth"}},
		{bot.Question{Text: "Quand le CEM a-t-il été créé ?"}, "fr", answer.Answered, []string{"1976"}},
		{bot.Question{Text: "JECはいつ設立されましたか？"}, "ja", answer.Answered, []string{"1976年"}},
		{bot.Question{Text: "What is the GDP of Brazil?"}, "en", answer.Refused, []string{"My sources don't say.", "Brazil"}},
		{bot.Question{Text: "Quel est le PIB du Brésil ?"}, "fr", answer.Refused, []string{"Brésil"}},
		{bot.Question{Text: "ブラジルのGDPは？"}, "ja", answer.Refused, []string{"ブラジル"}},
		{bot.Question{Text: "hello there"}, "en", answer.Social, []string{"Kaede"}},
		{bot.Question{Text: "merci !"}, "fr", answer.Social, []string{"Kaede"}},
	} {
		r := ask(t, b, tt.q)
		p := r.Parts[0]
		if r.Lang != tt.lang || p.Outcome != tt.outcome || r.Answered() != (tt.outcome == answer.Answered) {
			t.Errorf("%s: %s in %s, answered %t", tt.q.Text, p.Outcome, r.Lang, r.Answered())
		}
		for _, s := range tt.say {
			if !strings.Contains(p.Say, s) {
				t.Errorf("%s: it says %q, without %q", tt.q.Text, p.Say, s)
			}
		}
		if (len(p.Evidence) > 0) != (tt.outcome == answer.Answered) {
			t.Errorf("%s: %d quotes", tt.q.Text, len(p.Evidence))
		}
		if r.Version != b.Status().Version {
			t.Errorf("%s: from version %q, which is not %q", tt.q.Text, r.Version, b.Status().Version)
		}
	}
}

func TestAskParts(t *testing.T) {
	b := shipped(t)
	r := ask(t, b, bot.Question{Text: "When was the JEC established? What is the capital of Peru?"})
	if len(r.Parts) != 2 || r.Parts[0].Outcome != answer.Answered || r.Parts[1].Outcome != answer.Refused || !r.Answered() {
		t.Errorf("two questions: %+v", r)
	}
	p := ask(t, b, bot.Question{Text: "how many freindship associations are there"}).Parts[0]
	if !slices.ContainsFunc(p.Notes, func(n string) bool { return strings.Contains(n, "freindship") && strings.Contains(n, "friendship") }) {
		t.Errorf("a typing error is mended and not told: %q", p.Notes)
	}
	p = ask(t, b, bot.Question{Text: "When was that?", History: []string{"Who released the Action Plan?"}}).Parts[0]
	if !slices.ContainsFunc(p.Notes, func(n string) bool { return strings.Contains(n, "Action Plan") }) {
		t.Errorf("what a follow-up was taken to ask is not told: %q", p.Notes)
	}
	p = ask(t, b, bot.Question{Text: "How many sister cities are there?"}).Parts[0]
	if len(p.Related) == 0 || len(p.Related) > 5 {
		t.Errorf("%d related facts", len(p.Related))
	}
	for _, f := range p.Related {
		if slices.Contains(p.Facts, f) {
			t.Errorf("fact %s is related to itself", f.ID)
		}
	}
}

// TestUnknownSource holds that a person is told in their language which document there is none of.
func TestUnknownSource(t *testing.T) {
	_, err := shipped(t).Ask(t.Context(), bot.Question{Text: "What is Japan's GDP?", Sources: []string{seed, "atlantis"}})
	said := notFound(t, err, "atlantis")
	if len(said) != 3 {
		t.Errorf("said in %d ways: %v", len(said), said)
	}
}

// notFound holds that err is a *bot.Error which names what there is none of, and gives what it says in the three languages.
func notFound(t *testing.T, err error, name string) map[string]bool {
	t.Helper()
	said := make(map[string]bool)
	var e *bot.Error
	if !errors.As(err, &e) || e.Code != bot.NotFound || !strings.Contains(e.Error(), name) {
		t.Errorf("%v, want not found: %s", err, name)
		return said
	}
	for _, l := range []string{"en", "fr", "ja"} {
		s := e.Say(l)
		if !strings.Contains(s, name) {
			t.Errorf("in %s it says %q", l, s)
		}
		said[s] = true
	}
	return said
}

func TestFact(t *testing.T) {
	b := shipped(t)
	for _, tt := range []struct {
		text string
		lang corpus.Lang
		id   string
		say  string
	}{
		{"japan-gdp", "en", "japan-gdp", "$5.7 trillion"},
		{"japan-gdp", "ja", "japan-gdp", "5兆7000億"},
		{"Japan's GDP", "en", "japan-gdp", "$5.7 trillion"},
		{"PIB du Japon", "fr", "japan-gdp", "5 700 milliards"},
		{"日本のGDP", "ja", "japan-gdp", "5兆7000億"},
	} {
		r, err := b.Fact(tt.text, tt.lang)
		if err != nil {
			t.Errorf("%q: %v", tt.text, err)
			continue
		}
		p := r.Parts[0]
		if p.Facts[0].ID != tt.id || !strings.Contains(strings.ReplaceAll(p.Say, "\u00a0", " "), tt.say) || len(p.Evidence) == 0 || r.Lang != tt.lang {
			t.Errorf("%q in %s: %s says %q", tt.text, tt.lang, p.Facts[0].ID, p.Say)
		}
	}
	for _, text := range []string{"", "   ", "zzzzqqqq"} {
		_, err := b.Fact(text, "fr")
		notFound(t, err, text)
	}
}

func TestTopics(t *testing.T) {
	b := shipped(t)
	total := 0
	seen := make(map[string]bool)
	for _, topic := range b.Topics() {
		facts := b.Facts(topic.ID)
		if topic.Facts != len(facts) || topic.Facts == 0 || seen[topic.ID] {
			t.Errorf("topic %s of %d facts has %d", topic.ID, topic.Facts, len(facts))
		}
		for _, f := range facts {
			if f.Topic != topic.ID {
				t.Errorf("topic %s has fact %s of %s", topic.ID, f.ID, f.Topic)
			}
		}
		for _, l := range corpus.Langs() {
			if name := b.TopicName(topic.ID, l); name == "" || strings.Contains(name, "topic_") {
				t.Errorf("topic %s is called %q in %s", topic.ID, name, l)
			}
		}
		total += topic.Facts
		seen[topic.ID] = true
	}
	if name := b.TopicName("trade", corpus.Japanese); !strings.Contains(name, "貿易") {
		t.Errorf("trade is called %q", name)
	}
	if all := len(b.Facts("")); total != all || all < 60 {
		t.Errorf("%d facts in topics, %d in all", total, all)
	}
	if facts := b.Facts("no-such-topic"); len(facts) != 0 {
		t.Errorf("%d facts on nothing", len(facts))
	}
}

// TestTopicNames holds every theme that ships to a name that a reader of Japanese can read.
func TestTopicNames(t *testing.T) {
	b := shipped(t)
	for _, topic := range b.Topics() {
		if name := b.TopicName(topic.ID, corpus.Japanese); name == strings.ReplaceAll(topic.ID, "-", " ") {
			t.Errorf("%s has no Japanese name: no concept has its id, and words/ja.yaml has no topic_%s", topic.ID, topic.ID)
		}
	}
}

func TestSuggest(t *testing.T) {
	b := shipped(t)
	for prefix, l := range map[string]corpus.Lang{"": "en", "jap": "en", "pib": "fr", "日本": "ja", "PIB": "fr"} {
		got := b.Suggest(prefix, l, 5)
		if len(got) == 0 || len(got) > 5 {
			t.Errorf("%q: %d choices", prefix, len(got))
		}
		for _, c := range got {
			if f, err := b.Fact(c.ID, l); err != nil || f.Parts[0].Facts[0].Label.In(l) != c.Label {
				t.Errorf("%q: %q is no fact called %q", prefix, c.ID, c.Label)
			}
		}
	}
	if got := b.Suggest("zzzzqqqq", "en", 5); len(got) != 0 {
		t.Errorf("nonsense is completed to %v", got)
	}
	if got := b.SuggestTopics("trad", "en", 3); len(got) == 0 || len(got) > 3 || !strings.Contains(strings.ToLower(got[0].Label), "trad") {
		t.Errorf("topics beginning with trad: %v", got)
	}
	if got := b.SuggestTopics("", "ja", 2); len(got) != 2 {
		t.Errorf("any two topics: %v", got)
	}
}

func TestSources(t *testing.T) {
	b := shipped(t)
	status := b.Status()
	sources := b.Sources()
	sentences := 0
	for _, s := range sources {
		sentences += s.Sentences
		if d, ok := b.Document(s.Document.ID); !ok || d != s.Document {
			t.Errorf("no document %s", s.Document.ID)
		}
	}
	if len(sources) != status.Documents || sentences != status.Sentences || sources[0].Facts == 0 {
		t.Errorf("%d sources with %d sentences, want %d with %d", len(sources), sentences, status.Documents, status.Sentences)
	}
	if status.Facts != len(b.Facts("")) || status.Concepts == 0 || status.Asks == 0 || status.NearMisses == 0 || status.Durable || !strings.HasPrefix(status.Digest, status.Version) {
		t.Errorf("status %+v", status)
	}
	if s, ok := b.Sentence(seed + "/2"); !ok || !strings.Contains(s.Text, "1928") {
		t.Errorf("the second sentence: %v", s)
	}
	for _, id := range []string{"", "x", seed, seed + "/0", seed + "/9999", seed + "/x", "none/1"} {
		if s, ok := b.Sentence(id); ok {
			t.Errorf("sentence %q: %q", id, s.Text)
		}
	}
	near, err := b.Passages(t.Context(), bot.Question{Text: "diplomatic missions"}, 3)
	if err != nil || len(near) != 3 || near[0].Score < near[1].Score || near[1].Score < near[2].Score {
		t.Errorf("passages: %v %v", near, err)
	}
}
