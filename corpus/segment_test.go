package corpus

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// TestSegment has texts with a bar at every boundary.
func TestSegment(t *testing.T) {
	for _, marked := range []string{
		"One. |Two! |Three?",
		"  One.  |  Two.  ",
		"The U.S. Government agreed. |Canada did too.",
		"It trades with the U.S. |The agreement helps.",
		"It trades with the U.S. and the U.K. today.",
		"It left at 5 p.m. Tokyo time. |It came at 6 p.m. |The end.",
		"See No. 5 and Nos. 6 and 7 of Vol. 2. |No. |Really.",
		"He said no. |Then he left.",
		"Mr. Hayashi met Mrs. Joly, Dr. Smith and Prof. Tanaka. |They spoke.",
		"l’U.S. |L’accord avec J. A. Smith et l’U.S. Navy.",
		"J. Smith and M. L. King came, e.g. Monday, i.e. Tuesday.",
		"Toyota Motor Corp. Canada and Honda Canada Inc. |The two build cars.",
		"It was held on Sept. 3 and Oct. 4. |It ended.",
		"GDP of $5.7 trillion (2023) grew by 1.2 percent. |Good.",
		"The Joint Economic Committee (JEC) was established in 1976. |It meets.",
		"They agreed on: 1) energy; 2) trade; and 3) youth. |Then they left.",
		"Five areas: energy; infrastructure; tourism and youth exchange; science. |More.",
		"1. The rule of law.",
		"Canada’s “Strategy.” |It is new.",
		"He asked “why?” and left. |“Why?” |She knew.",
		"(It was late.) |They left. |(They came back.)",
		"It grew.[1] |It shrank.[2][3] |It ended.",
		"Wait... |What? |No!",
		"Wait... and see.",
		"Is Yahoo! big? |Yes.",
		"Version 2.0 is at example.org/a.b today. |Good.",
		"« Vraiment\u00a0? » demanda-t-il. |Oui\u00a0! |Bien.",
		"Il dit : «\u00a0Oui.\u00a0» |Elle dit non.",
		"M. Dupont et Mme Martin ont signé, p. 5, l’art. 3. |Fin.",
		"Qui\u202f? |Le Canada\u202f! |Le 1er mai.",
		"カナダは広い。|日本は狭い！|本当？|はい。",
		"「はい。そうです。」と彼は言った。|次の日、帰った。",
		"彼は「行きますか？」が口癖だ。|（2023年時点。数字は概算。）|次。",
		"首相は答えた。|「はい。」|記者は黙った。",
		"協定（CPTPP。通称）は発効した。|貿易が増えた。",
		"日本。|iPhoneは人気だ。",
		"開いた「だけの括弧。|次の文。",
		"閉じた」だけ。|次の文。",
		"Canadaは北。|Japan is east. |終わり。",
		"To develop responses, they work in fora, such as:",
		"",
	} {
		text := strings.ReplaceAll(marked, "|", "")
		want := []string{}
		for _, s := range strings.Split(marked, "|") {
			if s = strings.TrimSpace(s); s != "" {
				want = append(want, s)
			}
		}
		got := []string{}
		for _, s := range segment(text) {
			got = append(got, text[s.start:s.end])
		}
		if !slices.Equal(got, want) {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	}
}

// checkSegments holds what is true of any text: sentences in order, only white space around them.
func checkSegments(t *testing.T, text string) {
	t.Helper()
	at := 0
	for _, s := range segment(text) {
		if s.start < at || s.end <= s.start || strings.TrimSpace(text[at:s.start]) != "" {
			t.Fatalf("%q: sentence %v follows byte %d", text, s, at)
		}
		if strings.TrimSpace(text[s.start:s.end]) != text[s.start:s.end] || !utf8.ValidString(text[s.start:s.end]) {
			t.Fatalf("%q: sentence %v begins or ends inside a character or in white space", text, s)
		}
		at = s.end
	}
	if strings.TrimFunc(text[at:], unicode.IsSpace) != "" {
		t.Fatalf("%q: %q is in no sentence", text, text[at:])
	}
}

func FuzzSegment(f *testing.F) {
	for _, s := range []string{"One. Two.", "「はい。」と。", "U.S. No. 5.[1] « Oui ? » non. 1. A.", strings.Repeat(") ", 200), "a.「(” ‘"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			t.Skip() // refused by Load
		}
		checkSegments(t, text)
	})
}

// BenchmarkSegment must cost the same per byte for a hostile text as for a friendly one.
func BenchmarkSegment(b *testing.B) {
	for name, unit := range map[string]string{
		"friendly": "Canada and Japan signed it in 2019. The U.S. did not. ",
		"closing":  ")",
		"spaces":   ". ",
		"opening":  "「",
		"notes":    ".[1]",
	} {
		text := "a." + strings.Repeat(unit, 1<<16/len(unit))
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				segment(text)
			}
		})
	}
}

func TestJoin(t *testing.T) {
	for _, test := range []struct {
		lines []string
		want  string
	}{
		{[]string{"One line", "and another."}, "One line and another."},
		{[]string{"カナダは", "北にあり、", "広い。"}, "カナダは北にあり、広い。"},
		{[]string{"カナダは", "Canada", "である"}, "カナダは Canada である"},
	} {
		if got := join(test.lines); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}
