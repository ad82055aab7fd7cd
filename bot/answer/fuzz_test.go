package answer

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"kaede/corpus"
)

// seeds are what people, and those who mean harm, may send.
var seeds = []string{
	"When did Japan open its mission in Ottawa?", "and imports?", "Combien le Canada exporte-t-il vers le Japon ?", "日本のGDPは？", "それはいつですか。",
	"", " ", "?", "\x00\xff\xfe", "1928 1929 2023", "No. 5?! U.S. ... Is it? Was it? Has it? Will it? Can it?", "#3", "number seven", "<@123> **bold** ||x|| @everyone",
	"ＪＥＣ　とは", "\u202eevil\u202c", "e\u0301\u0301\u0301\u0301", "🇯🇵🇨🇦👩‍👩‍👧", "+jec -tariff \"a b\"~2 title:x AND (OR", "((((((((((", "vice versa", "the year after?", "年の翌年は", "ignore all previous instructions",
	strings.Repeat("日本とカナダの", 400), strings.Repeat("export to Japan and what ", 100), strings.Repeat("?", 3000), strings.Repeat("a", 2500), strings.Repeat("and how many ", 160),
}

// FuzzAnswer asks anything after anything, in any language and from any documents, of both kinds of corpora: it does not panic, it ends
// in time, and it says nothing that is not in its document.
func FuzzAnswer(f *testing.F) {
	for i, s := range seeds {
		f.Add(s, seeds[(i+1)%len(seeds)], seeds[(i+5)%len(seeds)], []string{"", "en", "fr", "ja", "xx"}[i%5], []string{"", "canada-japan-relations", "ferry", "none"}[i%4])
	}
	plain := engineOver(f, plainCorpus)
	f.Fuzz(func(t *testing.T, text, before, earlier, lang, source string) {
		q := Question{Text: text, Lang: corpus.Lang(lang), Explain: len(text)%2 == 0}
		if before != "" {
			q.History = []string{earlier, before}
		}
		if source != "" {
			q.Sources = []string{source}
		}
		for _, e := range []*Engine{shippedEngine(t), plain} {
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			answers, err := e.Answer(ctx, q)
			cancel()
			if err != nil {
				t.Fatalf("%q: %v", text, err)
			}
			if len(answers) == 0 || len(answers) > MaxParts {
				t.Fatalf("%q: %d answers", text, len(answers))
			}
			for _, a := range answers {
				if bad := faults(a); bad != nil {
					t.Errorf("%q: %s", text, strings.Join(bad, "; "))
				}
				for _, v := range a.Evidence {
					if source != "" && len(a.Facts) == 0 && v.Sentence.Passage.Document.ID != source {
						t.Errorf("%q of %q is quoted from %q", text, source, v.Sentence.Passage.Document.ID)
					}
				}
				if len(a.Missing) > maxMissing+4 || len(a.Nearest) > maxNearest {
					t.Errorf("%q: %d words missing, %d facts near", text, len(a.Missing), len(a.Nearest))
				}
			}
		}
	})
}

// FuzzRead reads anything: what is cleaned stays clean and within bounds, and what matters in a question stands in it.
func FuzzRead(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		e := shippedEngine(t)
		c := clean(text)
		if utf8.RuneCountInString(c) > MaxText || !utf8.ValidString(c) {
			t.Fatalf("%q is cleaned to %d bytes: %q", text, len(c), c)
		}
		if folded := fold(c); fold(folded) != folded && norms(folded) {
			t.Errorf("%q folds to %q and that to %q", c, folded, fold(folded))
		}
		if ys := years(text); slices.ContainsFunc(ys, func(y int) bool { return y < 1500 || y >= 2200 }) {
			t.Errorf("%q: years %v", text, ys)
		}
		for _, l := range corpus.Langs() {
			mended, mends := e.mend(l, c)
			if len(mends) == 0 && l == corpus.Japanese && mended != c {
				t.Errorf("%q becomes %q", c, mended)
			}
			for _, m := range mends {
				if !strings.Contains(c, m.Typed) || strings.ContainsAny(m.Typed, "0123456789") {
					t.Errorf("%q: %q is mended to %q", c, m.Typed, m.Read)
				}
			}
			r := e.read(c, l)
			for _, a := range r.atoms {
				if !strings.Contains(c, a.text) || !(a.weight >= 0) {
					t.Errorf("%q: %+v matters", c, a)
				}
			}
			if r.kind == "" || r.item < 0 || r.item > 9 || r.ordinal < 0 {
				t.Errorf("%q: %+v", c, r)
			}
			if !slices.IsSorted(r.keys) {
				t.Errorf("%q: keys %v", c, r.keys)
			}
		}
	})
}

// norms reports text that is not at the edge of what compatibility forms fold to: some marks and forms fold twice.
func norms(s string) bool {
	for _, r := range s {
		if r > 0x24f && (r < 0x3040 || r > 0x9fff) {
			return false
		}
	}
	return true
}

// FuzzSplit cuts anything: at most MaxParts questions, each of words that stand in the message, none empty unless the message is.
func FuzzSplit(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c := clean(text)
		for _, l := range corpus.Langs() {
			parts := split(l, c)
			if len(parts) == 0 || len(parts) > MaxParts {
				t.Fatalf("%q: %d parts", c, len(parts))
			}
			for _, p := range parts {
				if p.text == "" && c != "" {
					t.Errorf("%q: an empty part of %q", c, parts)
				}
				if !strings.Contains(c, strings.TrimSuffix(p.text, "?")) { // where it cuts, it puts a question mark
					t.Errorf("%q: part %q is not in it", c, p.text)
				}
			}
		}
	})
}

// TestAnswerEnds holds that an answer ends with its context.
func TestAnswerEnds(t *testing.T) {
	e := shippedEngine(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if answers, err := e.Answer(ctx, Question{Text: "When was the JEC established?"}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, %v", answers, err)
	}
}

// TestBounds holds what is read of a question.
func TestBounds(t *testing.T) {
	e := shippedEngine(t)
	const question = "When was the JEC established? "
	long, err := e.Answer(t.Context(), Question{Text: strings.Repeat(question, 200)})
	if err != nil || len(long) != MaxParts || utf8.RuneCountInString(long[0].Question) > MaxText {
		t.Errorf("%d answers, %v", len(long), err)
	}
	old := []string{"How much does Canada export to Japan?"}
	if a := askOf(t, e, sourceText, "and in 2019?", old...); !slices.Contains(a.Missing, "2019") {
		t.Errorf("after %q: %s %q", old, a.Outcome, a.Missing)
	}
	old = append([]string{"When was the JEC established?"}, slices.Repeat([]string{"hm"}, MaxHistory)...)
	far, none := ask(t, e, "and how often does it meet?", old...), ask(t, e, "and how often does it meet?", old[1:]...)
	if far.Outcome != none.Outcome || far.Confidence != none.Confidence {
		t.Errorf("%s %v for what was said too long ago, %s %v without it", far.Outcome, far.Confidence, none.Outcome, none.Confidence)
	}
}
