package main

import (
	"bytes"
	"strings"
	"testing"

	"kaede/bot/answer"
	"kaede/corpus"

	"github.com/charmbracelet/x/ansi"
)

// TestPrintable lets no text command a terminal or turn its lines around.
func TestPrintable(t *testing.T) {
	for in, want := range map[string]string{
		"Ottawa — 東京 $5.7 trillion": "Ottawa — 東京 $5.7 trillion",
		"a\x1b[31mb\u009b1m\x07":    "a [31mb 1m ",
		"a\nb\tc\r\x7f":             "a b c  ",
		"a\u202eb\u2066c\u200f":     "abc",
	} {
		if got := printable(in); got != want {
			t.Errorf("printable(%q) is %q, want %q", in, got, want)
		}
	}
}

// TestEvidence marks the words that answer, changes nothing else, and keeps within the width in any script.
func TestEvidence(t *testing.T) {
	for _, text := range []string{
		"The ferry between Vancouver and Yokohama opened in 1931, and closed thirty years later without a word to anybody.",
		"バンクーバーと横浜を結ぶ連絡船は1931年に開業し、三十年後に誰にも何も告げずに廃止されましたが、船は今も港に残っています。",
	} {
		d := &corpus.Document{ID: "d", Title: "T", Publisher: "P", Lang: corpus.English}
		s := &corpus.Sentence{Passage: &corpus.Passage{Document: d}, Text: text}
		at := strings.Index(text, "1931")
		e := answer.Evidence{Sentence: s, Marks: [][2]int{{at, at + 4}}}
		for _, width := range []int{0, 30, 80} {
			var out bytes.Buffer
			pr := printer{out: &out, width: width, styled: width > 0, voice: func(l corpus.Lang) string { return string(l) }}
			pr.evidence(e, corpus.English)
			if width > 0 && !strings.Contains(out.String(), mark+"1931"+plain) {
				t.Errorf("nothing is marked in %q", out.String())
			}
			for line := range strings.Lines(ansi.Strip(out.String())) {
				if w := ansi.StringWidth(strings.TrimSuffix(line, "\n")); width > 0 && w > width {
					t.Errorf("%q is %d wide, want at most %d", line, w, width)
				}
			}
			squeeze := func(s string) string { return strings.Join(strings.Fields(s), "") }
			if !strings.Contains(squeeze(ansi.Strip(out.String())), squeeze(text)) {
				t.Errorf("%q is not quoted in %q", text, out.String())
			}
		}
	}
}

// TestTable aligns columns by what a terminal shows, wraps the widest cells, and gives up columns rather than break an id.
func TestTable(t *testing.T) {
	tb := &table{head: []string{"A", "B"}}
	tb.add("日本", "x")
	tb.add("an-id", strings.Repeat("long ", 5)+"end")
	for width, want := range map[int]string{
		0:  "A      B\n日本   x\nan-id  long long long long long end\n",
		22: "A      B\n日本   x\nan-id  long long long\n       long long end\n",
		20: "A      B\n日本   x\nan-id  long long\n       long long\n       long end\n",
		18: "日本\n  B: x\n\nan-id\n  B: long long long\n  long long end\n",
	} {
		var out bytes.Buffer
		printer{out: &out, width: width}.table(tb)
		if got := out.String(); got != want {
			t.Errorf("at %d columns got\n%swant\n%s", width, got, want)
		}
	}
	var out bytes.Buffer
	printer{out: &out, voice: func(corpus.Lang) string { return "fr" }}.table(newTable("fr", "fact"))
	if got, want := out.String(), "Rien ici.\n"; got != want {
		t.Errorf("an empty table is %q, want %q", got, want)
	}
}

// TestWrap keeps together what must be copied, and breaks Japanese as it is printed in books.
func TestWrap(t *testing.T) {
	for text, want := range map[string]string{
		"type /help now": "type /help\nnow",
		"see https://harbour.example/maple-line here": "see\nhttps://harbour.example/maple-line\nhere",
		"    /facts  the topics":                      "    /facts\nthe topics",
		"連絡船は開業（廃止）":                                  "連絡船は開\n業（廃止）",
		"これは連絡船、です。はい。":                               "これは連絡\n船、です。\nはい。",
		"one\ntwo": "one\ntwo",
	} {
		if got := wrap(text, 10); got != want {
			t.Errorf("%q is wrapped as %q, want %q", text, got, want)
		}
	}
}
