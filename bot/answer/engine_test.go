package answer

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"kaede/corpus"
	"kaede/index"
)

// onShipped is the one engine over the shipped corpus that the tests of this binary share. It closes with the process.
var onShipped = sync.OnceValues(func() (*Engine, error) { return openEngine(corpus.Shipped()) })

// openEngine gives an engine over the corpus of fsys.
func openEngine(fsys fs.FS) (*Engine, error) {
	c, err := corpus.Load(fsys)
	if err != nil {
		return nil, err
	}
	x, err := index.Temp(context.Background(), c)
	if err != nil {
		return nil, err
	}
	return New(x), nil
}

// shippedEngine gives the shared engine. Nobody closes it.
func shippedEngine(t testing.TB) *Engine {
	t.Helper()
	e, err := onShipped()
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// engineOver gives an engine of its own over a corpus, closed with the test.
func engineOver(t testing.TB, fsys fs.FS) *Engine {
	t.Helper()
	e, err := openEngine(fsys)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

// ask asks one question after others.
func ask(t testing.TB, e *Engine, text string, history ...string) Answer {
	t.Helper()
	return askOf(t, e, nil, text, history...)
}

// sourceText is the document that the shipped corpus began with; the rest is briefs of our own.
var sourceText = []string{"canada-japan-relations"}

// askOf asks one question of some documents alone, after others.
func askOf(t testing.TB, e *Engine, sources []string, text string, history ...string) Answer {
	t.Helper()
	answers, err := e.Answer(t.Context(), Question{Text: text, History: history, Sources: sources})
	if err != nil {
		t.Fatal(err)
	}
	if len(answers) != 1 {
		t.Fatalf("%q: %d answers, want one", text, len(answers))
	}
	return answers[0]
}

// faults lists what is wrong with any answer, right or not: an outcome without what belongs to it, a quote that is not in its
// document, marks outside the sentence, a confidence that is no chance.
func faults(a Answer) []string {
	var out []string
	fault := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if !(a.Confidence >= 0 && a.Confidence <= 1) {
		fault("confidence %v", a.Confidence)
	}
	if !slices.Contains([]corpus.Lang{corpus.English, corpus.French, corpus.Japanese}, a.Lang) {
		fault("language %q", a.Lang)
	}
	switch a.Outcome {
	case Answered:
		if strings.TrimSpace(a.Text) == "" || len(a.Evidence) == 0 {
			fault("an answer %q with %d quotes", a.Text, len(a.Evidence))
		}
	case Refused, Social:
		if a.Text != "" || a.Verdict != "" || len(a.Evidence) != 0 || len(a.Facts) != 0 {
			fault("%s, but it says %q %q with %d quotes and %d facts", a.Outcome, a.Verdict, a.Text, len(a.Evidence), len(a.Facts))
		}
	default:
		fault("outcome %q", a.Outcome)
	}
	for _, v := range a.Evidence {
		s := v.Sentence
		if s.Text == "" || s.Start < 0 || !strings.HasPrefix(s.Passage.Text[min(s.Start, len(s.Passage.Text)):], s.Text) || !slices.Contains(s.Passage.Document.Passages, s.Passage) {
			fault("quote %q is not at %d of passage %d", s.Text, s.Start, s.Passage.N)
		}
		end := 0
		for _, m := range v.Marks {
			if m[0] < end || m[0] >= m[1] || m[1] > len(s.Text) {
				fault("mark %v of %q, whose %d bytes end the last mark at %d", m, s.Text, len(s.Text), end)
				break
			}
			end = m[1]
		}
	}
	for _, f := range a.Facts {
		if !slices.ContainsFunc(f.Evidence, func(x corpus.Evidence) bool {
			return slices.ContainsFunc(a.Evidence, func(v Evidence) bool {
				return v.Sentence == x.Sentence && strings.Contains(v.Sentence.Text, x.Quote) && strings.Contains(x.Quote, x.Words)
			})
		}) {
			fault("fact %s is answered and not quoted", f.ID)
		}
	}
	return out
}

// edit is a corpus whose files can be changed, and which notices an edit that changes nothing.
type edit struct {
	t     testing.TB
	files fstest.MapFS
}

// shippedCopy gives the shipped corpus for editing.
func shippedCopy(t testing.TB) *edit {
	t.Helper()
	files := fstest.MapFS{}
	err := fs.WalkDir(corpus.Shipped(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(corpus.Shipped(), path)
		files[path] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return &edit{t, files}
}

// replace puts new for old in every file whose path has the prefix; it must occur there.
func (x *edit) replace(prefix string, oldNew ...string) {
	x.t.Helper()
	for i := 0; i < len(oldNew); i += 2 {
		found := false
		for path, f := range x.files {
			if strings.HasPrefix(path, prefix) && strings.Contains(string(f.Data), oldNew[i]) {
				found = true
				x.files[path] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(string(f.Data), oldNew[i], oldNew[i+1]))}
			}
		}
		if !found {
			x.t.Fatalf("no %q in %s*", oldNew[i], prefix)
		}
	}
}
