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

// TestTable aligns columns by what a terminal shows, and gives way where it must.
func TestTable(t *testing.T) {
	tb := &table{head: []string{"A", "B"}}
	tb.add("日本", "x")
	tb.add("ab", strings.Repeat("long ", 20))
	var out bytes.Buffer
	tb.write(&out, 26)
	want := "A     B\n日本  x\nab    long long long long…\n"
	if got := out.String(); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}
