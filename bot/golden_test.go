package bot

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"kaede/bot/answer"
	"kaede/corpus"

	"golang.org/x/tools/txtar"
)

// ferry writes the corpus of testdata/ferry.txtar into a directory and gives its path.
func ferry(t *testing.T) string {
	t.Helper()
	a, err := txtar.ParseFile("testdata/ferry.txtar")
	if err != nil {
		t.Fatal(err)
	}
	fsys, err := txtar.FS(a)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "corpus")
	if err := os.CopyFS(dir, fsys); err != nil {
		t.Fatal(err)
	}
	return dir
}

// edit replaces words in a file.
func edit(t *testing.T, file, old, new string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(data), old) {
		t.Fatalf("%s does not hold %q", file, old)
	}
	if err := os.WriteFile(file, []byte(strings.ReplaceAll(string(data), old, new)), 0o644); err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T, o Options) *Bot {
	t.Helper()
	b, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return b
}

// goldenFloor is the share in percent below which no language may fall.
const goldenFloor = 93

// TestGoldenShipped asks the shipped corpus its golden questions.
func TestGoldenShipped(t *testing.T) {
	c, err := corpus.Load(corpus.Shipped())
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Golden) == 0 {
		t.Skip("the shipped corpus has no golden questions")
	}
	b := open(t, Options{})
	right, all := map[corpus.Lang]int{}, map[corpus.Lang]int{}
	for _, g := range c.Golden {
		reply, err := b.AskGolden(t.Context(), g)
		if err != nil {
			t.Fatal(err)
		}
		all[g.Lang]++
		if reply.Meets(g) {
			right[g.Lang]++
			continue
		}
		var said []string
		for _, p := range reply.Parts {
			said = append(said, p.Say)
		}
		t.Logf("%s %q: got %q, want %q, all of %q, refusal %t", g.Lang, g.Question, said, g.Answer, g.All, g.Refuse)
	}
	for _, l := range corpus.Langs() {
		t.Logf("%s: %d of %d right", l, right[l], all[l])
		if all[l] == 0 || 100*right[l] < goldenFloor*all[l] {
			t.Errorf("%s: %d of %d golden questions are answered rightly, want at least %d %%", l, right[l], all[l], goldenFloor)
		}
	}
}

// TestMeets judges replies.
func TestMeets(t *testing.T) {
	d := &corpus.Document{ID: "notes"}
	evidence := []answer.Evidence{{Sentence: &corpus.Sentence{Passage: &corpus.Passage{Document: d}}}}
	said := func(texts ...string) (r Reply) {
		for _, s := range texts {
			r.Parts = append(r.Parts, Part{Answer: answer.Answer{Outcome: answer.Answered, Evidence: evidence}, Say: s})
		}
		return r
	}
	refused := Reply{Parts: []Part{{Answer: answer.Answer{Outcome: answer.Refused}, Say: "My sources don't say 1928."}}}
	for _, test := range []struct {
		name   string
		golden corpus.Golden
		reply  Reply
		want   bool
	}{
		{"one of several", corpus.Golden{Answer: []string{"1929", "1928"}}, said("in 1928"), true},
		{"none of several", corpus.Golden{Answer: []string{"1929", "1928"}}, said("in 1930"), false},
		{"any case, width and space", corpus.Golden{Answer: []string{"$5.7 Trillion"}}, said("about ＄５．７\u00a0trillion"), true},
		{"all, in several parts", corpus.Golden{All: []string{"coal", "gas"}}, said("coal", "gas"), true},
		{"not all", corpus.Golden{All: []string{"coal", "gas"}}, said("coal"), false},
		{"all, but not the answer", corpus.Golden{Answer: []string{"oil"}, All: []string{"coal"}}, said("coal"), false},
		{"its document", corpus.Golden{Answer: []string{"oil"}, Document: &corpus.Document{ID: "notes"}}, said("oil"), true},
		{"another document", corpus.Golden{Answer: []string{"oil"}, Document: &corpus.Document{ID: "other"}}, said("oil"), false},
		{"refused, though its words hold it", corpus.Golden{Answer: []string{"1928"}}, refused, false},
		{"rightly refused", corpus.Golden{Refuse: true}, refused, true},
		{"not refused", corpus.Golden{Refuse: true}, said("oil"), false},
	} {
		if got := test.reply.Meets(test.golden); got != test.want {
			t.Errorf("%s: %t", test.name, got)
		}
	}
}

// TestRefreshGolden holds a refresh to the golden questions, with versions on disk and without.
func TestRefreshGolden(t *testing.T) {
	for _, kept := range []bool{true, false} {
		dir := ferry(t)
		o := Options{Corpus: dir, Now: func() time.Time { return time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC) }}
		if kept {
			o.Data = t.TempDir()
		}
		b := open(t, o)
		before := b.Status().Version
		versions := func() int {
			v, _ := b.Versions()
			return len(v)
		}
		held := versions()

		edit(t, dir+"/documents/maple-line.md", "opened in 1931", "opened in 1932")
		edit(t, dir+"/facts/ferry.yaml", "1931", "1932")
		var tested bool
		_, err := b.Refresh(t.Context(), RefreshOptions{Progress: func(s Stage, done, total int) { tested = tested || s == Testing && total == 4 }})
		var lost *Error
		if !errors.As(err, &lost) || lost.Code != GoldenLost {
			t.Fatalf("kept %t: got %v, want %s", kept, err, GoldenLost)
		}
		for _, l := range locales {
			say := lost.Say(l)
			if !strings.Contains(say, "3") || !strings.Contains(say, "\n- When did the ferry open?\n") || strings.Contains(say, "world cup") {
				t.Errorf("%s: %q does not name the three questions lost", l, say)
			}
		}
		if !tested {
			t.Error("asking the golden questions is no stage of the refresh")
		}
		if b.Status().Version != before || versions() != held {
			t.Error("a refresh that was refused left another version")
		}

		done, err := b.Refresh(t.Context(), RefreshOptions{Force: true})
		if err != nil {
			t.Fatal(err)
		}
		if len(done.Lost) != 3 || len(done.Won) != 0 || b.Status().Version == before {
			t.Errorf("forced: %+v", done)
		}
		// What it never had is not lost, and what it has again is won.
		edit(t, dir+"/golden.yaml", "1931", "1932")
		done, err = b.Refresh(t.Context(), RefreshOptions{})
		if err != nil || len(done.Lost) != 0 || len(done.Won) != 0 {
			t.Errorf("with new expectations: %+v, %v", done, err)
		}
		edit(t, dir+"/documents/maple-line.md", "opened in 1932", "opened in 1933")
		edit(t, dir+"/facts/ferry.yaml", "1932", "1933")
		edit(t, dir+"/golden.yaml", "1932", "1933")
		done, err = b.Refresh(t.Context(), RefreshOptions{})
		if err != nil || len(done.Lost) != 0 || len(done.Won) != 3 {
			t.Errorf("with a new answer: %+v, %v", done, err)
		}
	}
}

// TestSince sets newer facts and other figures beside an answer, unless a source was chosen.
func TestSince(t *testing.T) {
	b := open(t, Options{Corpus: ferry(t)})
	for _, test := range []struct {
		fact           string
		since, differs []string
	}{
		{"passengers-2019", []string{"passengers-2024"}, []string{"passengers-2019-board"}},
		{"passengers-2019-board", nil, []string{"passengers-2019"}},
		{"passengers-2022", []string{"passengers-2024"}, nil},
		{"passengers-2024", nil, nil},
		{"captain-2021", []string{"captain"}, nil},
		{"captain", nil, nil},
		{"opening", nil, nil},
	} {
		r, err := b.Fact(test.fact, corpus.English)
		if err != nil {
			t.Fatal(err)
		}
		p := r.Parts[0]
		if got := ids(p.Since); !slices.Equal(got, test.since) {
			t.Errorf("%s: since %v, want %v", test.fact, got, test.since)
		}
		if got := ids(p.Differs); !slices.Equal(got, test.differs) {
			t.Errorf("%s: differs %v, want %v", test.fact, got, test.differs)
		}
	}
	for l, want := range map[corpus.Lang][]string{
		corpus.English:  {"Since then: Passengers in 2024: 6,300 (The Gazette, 2024)", "Sources differ: 4,200 (Harbour Museum, 2019), 4,350 (Harbour Board, 2019)"},
		corpus.French:   {"Depuis : Passagers en 2024 : 6\u00a0300 (The Gazette, 2024)", "Les sources divergent : 4\u00a0200 (Harbour Museum, 2019), 4\u00a0350 (Harbour Board, 2019)"},
		corpus.Japanese: {"その後：2024年の乗客数：6,300（The Gazette、2024）", "資料によって異なります：4,200（Harbour Museum、2019）、4,350（Harbour Board、2019）"},
	} {
		r, err := b.Fact("passengers-2019", l)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Parts[0].Notes; !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", l, got, want)
		}
	}
	for _, tt := range []struct {
		sources []string
		want    string
	}{{nil, "Mary Lee"}, {[]string{"maple-line"}, "Haru Tanaka"}} { // the newest, or what the chosen source says
		r, err := b.Ask(t.Context(), Question{Text: "Who is the ferry's captain of Kobe?", Sources: tt.sources})
		if err != nil {
			t.Fatal(err)
		}
		if p := r.Parts[0]; p.Text != tt.want || len(p.Since) > 0 {
			t.Errorf("from %v: %q, since %v, %q", tt.sources, p.Text, ids(p.Since), p.Notes)
		}
	}
	r, err := b.Fact("captain-2021", corpus.English)
	if want := []string{"Since then: Captain since: Mary Lee (The Gazette, 2025-02)"}; err != nil || !slices.Equal(r.Parts[0].Notes, want) {
		t.Errorf("%q, %v, want %q", r.Parts[0].Notes, err, want)
	}
}

func ids(facts []*corpus.Fact) (ids []string) {
	for _, f := range facts {
		ids = append(ids, f.ID)
	}
	return ids
}
