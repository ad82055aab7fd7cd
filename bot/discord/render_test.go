package discord

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"kaede/bot"
	"kaede/corpus"
)

var now = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// sentenceIn makes a document of one sentence.
func sentenceIn(d *corpus.Document, text string) *corpus.Sentence {
	p := &corpus.Passage{Document: d, Text: text}
	s := &corpus.Sentence{Passage: p, Place: 1, Text: text}
	p.Sentences = []*corpus.Sentence{s}
	d.Passages = append(d.Passages, p)
	return s
}

func TestSourceLine(t *testing.T) {
	t.Parallel()
	en := voiceOf(corpus.English, "en-GB")
	for _, c := range []struct {
		d    corpus.Document
		v    voice
		want string
	}{
		{corpus.Document{Title: "A *text*", URL: "https://a.example/x", Publisher: "Someone", Published: corpus.Date{Year: 2025, Month: 5, Day: 1}}, en,
			`[A \*text\*](<https://a.example/x>) · Someone · published 2025-05-01 (18 months old)`},
		{corpus.Document{Title: "T", Published: corpus.Date{Year: 2026, Month: 11}}, en, "T · published 2026-11 (less than a month old)"},
		{corpus.Document{Title: "T", Published: corpus.Date{Year: 2026, Month: 10, Day: 20}}, en, "T · published 2026-10-20 (1 month old)"},
		{corpus.Document{Title: "T", FiguresTo: 2025}, en, "T · figures to 2025 (1 year old)"},
		{corpus.Document{Title: "T", FiguresTo: 2023}, voiceOf(corpus.French, ""), "T · chiffres jusqu’à 2023 (il y a 3 ans)"},
		{corpus.Document{Title: "T", Retrieved: corpus.Date{Year: 2024, Month: 11, Day: 23}}, voiceOf(corpus.Japanese, ""), "T · 2024-11-23 取得（2年前）"},
		{corpus.Document{Title: "T", URL: "http://a.example/x"}, en, "[T](<http://a.example/x>) · date not known"},
		{corpus.Document{Title: "T", URL: "javascript:alert(1)"}, en, "T · date not known"},
		{corpus.Document{Title: "T"}, en, "T · date not known"},
		{corpus.Document{Title: "T", URL: "https://a.example/)>evil"}, en, "T · date not known"},
	} {
		if got := sourceLine(&c.d, c.v, now); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}

func TestEmphasised(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("word ", 100) + "the answer is here" + strings.Repeat(" more", 100)
	at := strings.Index(long, "the answer")
	for _, c := range []struct {
		text  string
		marks [][2]int
		want  string
	}{
		{"It opened in 1928, then.", [][2]int{{13, 17}}, "It opened in **1928**, then."},
		{"It opened in 1928, then.", [][2]int{{12, 18}}, "It opened in **1928,** then."},
		{"a * b", nil, `a \* b`},
		{"1) law 2) peace", [][2]int{{0, 6}, {7, 15}}, "**1) law** **2) peace**"},
		{"日本は1928年に開設", [][2]int{{9, 16}}, "日本は**1928年**に開設"},
		{"- dash first", nil, `\- dash first`},
	} {
		if got := emphasised(c.text, c.marks, 900); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
	short := emphasised(long, [][2]int{{at, at + 10}}, 200)
	if !strings.Contains(short, "**the answer**") || width(short) > 230 || !strings.HasPrefix(short, "… ") || !strings.HasSuffix(short, " …") {
		t.Errorf("a long sentence is shown as %q", short)
	}
	for size := 100; size < 200; size++ {
		for _, word := range strings.Fields(emphasised(long, nil, size)) {
			if word != "word" && word != "…" {
				t.Fatalf("at %d characters a word is cut to %q", size, word)
			}
		}
	}
}

// Further passages with long sources are fewer rather than cut to nothing.
func TestPassagesStayReadable(t *testing.T) {
	t.Parallel()
	var list []*corpus.Sentence
	for n := range maxMore {
		d := &corpus.Document{ID: fmt.Sprint("brief", n), Lang: corpus.English, Brief: true}
		s := sentenceIn(d, strings.Repeat("It is a sentence that is rather long. ", 10))
		for range 3 {
			s.Sources = append(s.Sources, &corpus.Source{Title: "A report with a title", Publisher: "A ministry",
				URL: "https://ministry.example/" + strings.Repeat("x", 180), Published: corpus.Date{Year: 2025}})
		}
		list = append(list, s)
	}
	out := renderPassages(list, 0, voiceOf(corpus.English, ""), now)
	checkMessage(t, "passages", out.message(0))
	quotes := 0
	for line := range strings.SplitSeq(out.content, "\n") {
		if text, ok := strings.CutPrefix(line, "> "); ok {
			if quotes++; width(text) < minQuote-maxWord {
				t.Errorf("a passage is cut to %q", text)
			}
		}
	}
	if sources := strings.Count(out.content, "https://"); quotes < 3 || sources != quotes {
		t.Errorf("%d passages with %d sources:\n%s", quotes, sources, out.content)
	}
}

// Whatever a corpus holds and however many questions there are, a reply is a message that Discord takes.
func FuzzRenderReply(f *testing.F) {
	f.Add("1928", "Japan opened a mission in Ottawa in 1928.", "When?", "https://a.example", 1, 37)
	f.Add("**", strings.Repeat("long ", 2000), strings.Repeat("@everyone ", 100), strings.Repeat("x", 3000), 4, 3)
	f.Add("", "\\\\\\", "`", "", 2, 0)
	f.Add(strings.Repeat("日本", 900), strings.Repeat("😀", 900), "", "https://b.example/"+strings.Repeat("p", 380), 4, 4)
	f.Fuzz(func(t *testing.T, say, text, question, url string, parts, mark int) {
		text = strings.ToValidUTF8(text, "")
		var r bot.Reply
		r.Lang, r.Version = corpus.French, say
		d := &corpus.Document{ID: question, Title: say, Publisher: question, URL: url, Lang: corpus.English, Note: text}
		s := sentenceIn(d, text)
		s.Translation = corpus.Text{corpus.French: text}
		fact := func(id string) *corpus.Fact {
			return &corpus.Fact{ID: id, Label: corpus.Text{corpus.English: say}, Answer: corpus.Text{corpus.English: text}}
		}
		marks := [][2]int{}
		if mark >= 0 && mark < len(text) && utf8.RuneStart(text[mark]) {
			marks = append(marks, [2]int{mark, len(text)})
		}
		for n := range 1 + max(parts, -parts)%4 {
			p := bot.Part{Say: say, Notes: []string{question, say}, Related: []*corpus.Fact{fact("f" + fmt.Sprint(n)), fact(say)}}
			p.Outcome = []bot.Outcome{bot.Answered, bot.Refused, bot.Social}[n%3]
			p.Nearest = p.Related
			p.Evidence = []bot.Evidence{{Sentence: s, Marks: marks}, {Sentence: s}}
			r.Parts = append(r.Parts, p)
		}
		v := voiceOf(r.Lang, "")
		how := shown{asker: "123456789012345678", echo: question, now: now, more: []*corpus.Sentence{s, s, s, s, s}}
		for name, out := range map[string]view{
			"reply":    renderReply(r, v, how),
			"passages": renderPassages(how.more, 2, v, now),
			"document": renderDocument(d, customID{op: opTurn, lang: v.lang, args: []string{keyOf(d.ID)}}, sentenceKey(s), v, now),
			"facts":    renderFacts(say, []*corpus.Fact{fact("a"), fact("b"), fact("c")}, customID{op: opFacts, lang: v.lang}, v),
			"sources":  renderSources([]bot.Source{{Document: d}, {Document: d}}, customID{op: opList, lang: v.lang}, v, now),
		} {
			checkMessage(t, name, out.message(0))
		}
	})
}

// checkMessage holds a message to Discord's limits.
func checkMessage(t *testing.T, name string, m message) {
	t.Helper()
	if n := width(m.Content); n == 0 || n > maxContent {
		t.Errorf("%s: the content has %d characters", name, n)
	}
	if !utf8.ValidString(m.Content) {
		t.Errorf("%s: the content is no UTF-8", name)
	}
	if len(m.Components) > 5 {
		t.Errorf("%s: %d rows", name, len(m.Components))
	}
	seen := make(map[string]bool)
	for _, r := range m.Components {
		if len(r.Components) < 1 || len(r.Components) > 5 {
			t.Errorf("%s: a row of %d", name, len(r.Components))
		}
		for _, b := range r.Components {
			if n := width(b.Label); n < 1 || n > 80 {
				t.Errorf("%s: a label of %d: %q", name, n, b.Label)
			}
			if len(b.CustomID) < 1 || len(b.CustomID) > 100 || seen[b.CustomID] {
				t.Errorf("%s: custom id %q", name, b.CustomID)
			}
			seen[b.CustomID] = true
		}
	}
	raw, err := json.Marshal(m)
	if err != nil || !strings.Contains(string(raw), `"allowed_mentions":{"parse":[],"replied_user":false}`) {
		t.Errorf("%s: %s, %v", name, raw, err)
	}
}

// No language lacks a sentence, and none is said that no file has.
func TestWords(t *testing.T) {
	t.Parallel()
	words := make(map[string]map[string]string)
	for _, l := range commandLocales() {
		raw, err := os.ReadFile("../words/" + l + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		all := make(map[string]string)
		if err := yaml.Unmarshal(raw, &all); err != nil {
			t.Fatalf("%s: %v", l, err)
		}
		words[l] = all
	}
	placeholders := func(s string) int { return strings.Count(s, "{{.") }
	for l, all := range words {
		for id, s := range all {
			if !strings.HasPrefix(id, "discord_") {
				continue
			}
			for other, there := range words {
				if there[id] == "" || placeholders(there[id]) != placeholders(s) {
					t.Errorf("%s says %q, %s says %q", l, s, other, there[id])
				}
			}
			if strings.Count(s, "{{.") == 0 && bot.Say(l, id, nil) != s {
				t.Errorf("%s: %s is said as %q", l, id, bot.Say(l, id, nil))
			}
		}
	}
}
