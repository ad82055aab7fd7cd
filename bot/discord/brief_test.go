package discord

import (
	"strings"
	"testing"
	"time"

	"kaede/bot/answer"
	"kaede/bot/discord/discordtest"
	"kaede/corpus"
)

// TestBriefSources shows a brief's sentence with what it rests on, not as a text of ours.
func TestBriefSources(t *testing.T) {
	source := func(title string) *corpus.Source {
		return &corpus.Source{Title: title, Publisher: "The Gazette", URL: "https://gazette.example/" + title, Seen: corpus.Date{Year: 2026, Month: 11}}
	}
	brief := &corpus.Document{ID: "ferry", Title: "The ferry", Publisher: "Kaede", Lang: corpus.English, Brief: true}
	s := &corpus.Sentence{Text: "It opened in 1931.", Passage: &corpus.Passage{Document: brief}, Sources: []*corpus.Source{source("one"), source("two"), source("three")}}
	lines := quoteLines(answer.Evidence{Sentence: s, Marks: [][2]int{{13, 17}}}, voice{locale: "en-US", lang: corpus.English}, time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC), 900, maxSources)
	if len(lines) != 1+maxSources {
		t.Fatalf("got %q, want the quote and %d sources", lines, maxSources)
	}
	for i, title := range []string{"one", "two"} {
		if got := lines[1+i]; !strings.Contains(got, "https://gazette.example/"+title) || !strings.Contains(got, "The Gazette") || !strings.Contains(got, "2026-11") || strings.Contains(got, "Kaede") {
			t.Errorf("source %d is shown as %q", i, got)
		}
	}
}

// TestSinceThen shows what has overtaken the source text, unless that alone is asked.
func TestSinceThen(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{}).start()
	const question, name, since = "Which agreement on secrets are they negotiating?", "General Security of Information Agreement", "Since then: Security of Information Agreement signed"
	_, reply := r.asks(question)
	mustContain(t, "the reply", reply.Content, name, since)
	alone := r.answer(r.Invoke(r.talk.ID, r.aki.ID, "ask", map[string]any{"question": question, "source": "canada-japan-relations"}))
	mustContain(t, "the source text's answer", alone.Content, name)
	if strings.Contains(alone.Content, "Since then") {
		t.Errorf("the source text alone tells what it does not know:\n%s", alone.Content)
	}
}
