package answer

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kaede/corpus"
)

var update = flag.Bool("update", false, "rewrite the golden dialogues")

// TestDialogues holds whole conversations with the shipped corpus, or with one document of it, against testdata/dialogues. With -update their answers are rewritten, but not if the line
// that counts them would change: an answer that turns into a refusal is put there by hand or not at all.
func TestDialogues(t *testing.T) {
	for _, l := range corpus.Langs() {
		t.Run(string(l), func(t *testing.T) {
			file := filepath.Join("testdata", "dialogues", string(l)+".txt")
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got, counted := replay(t, shippedEngine(t), l, string(data))
			if string(data) == got {
				return
			}
			if !strings.Contains(string(data), "\n"+counted+"\n") {
				t.Fatalf("it is no longer as %s counts it: %s", file, counted)
			}
			if !*update {
				t.Fatalf("%s; run go test ./bot/answer -run TestDialogues -update, and read what changed", firstDifference(string(data), got))
			}
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// replay asks the questions of a page again and gives the page as it is now, and the line that counts its questions.
func replay(t *testing.T, e *Engine, l corpus.Lang, page string) (got, counted string) {
	var b strings.Builder
	var history, sources []string
	counts := make(map[Outcome]int)
	questions := 0
	answered := false // the lines after a question, up to the next blank one, are its answer
	for line := range strings.Lines(page) {
		text, isQuestion := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "> ")
		switch {
		case isQuestion:
			answers, err := e.Answer(t.Context(), Question{Text: text, History: history, Sources: sources})
			if err != nil {
				t.Fatal(err)
			}
			b.WriteString(line)
			for _, a := range answers {
				if f := faults(a); f != nil {
					t.Errorf("%q: %s", text, strings.Join(f, "; "))
				}
				if a.Lang != l {
					t.Errorf("%q is answered in %s", text, a.Lang)
				}
				tell(&b, a)
				counts[a.Outcome]++
			}
			questions++
			history = append(history, text)
			answered = true
			continue
		case strings.HasPrefix(line, "# "):
			history, sources = nil, nil
			if _, id, ok := strings.Cut(strings.TrimSuffix(line, "]\n"), "["); ok {
				sources = []string{id}
			}
		case line == "\n":
			answered = false
		}
		if !answered {
			b.WriteString(line)
		}
	}
	return b.String(), fmt.Sprintf("%d questions: %d answered, %d refused, %d talk", questions, counts[Answered], counts[Refused], counts[Social])
}

// tell writes an answer as a person would like to read it: the short answer, then the source's sentence with the words that answer in
// brackets and its translation.
func tell(b *strings.Builder, a Answer) {
	if a.After != "" {
		fmt.Fprintf(b, "  (… %s)\n", a.After)
	}
	if a.Assumed != "" {
		fmt.Fprintf(b, "  (%s)\n", a.Assumed)
	}
	for _, m := range a.Mended {
		fmt.Fprintf(b, "  (%s → %s)\n", m.Typed, m.Read)
	}
	switch a.Outcome {
	case Social:
		b.WriteString("  :)\n")
	case Refused:
		b.WriteString("  — not in the sources")
		if len(a.Missing) > 0 {
			fmt.Fprintf(b, ": %s", strings.Join(a.Missing, ", "))
		}
		if len(a.Apart) > 0 {
			fmt.Fprintf(b, " (of other things: %s)", strings.Join(a.Apart, ", "))
		}
		b.WriteString("\n")
		for _, f := range a.Nearest {
			fmt.Fprintf(b, "    ? %s\n", f.Label.In(a.Lang))
		}
	case Answered:
		b.WriteString("  ")
		if a.Verdict != "" {
			fmt.Fprintf(b, "%s: ", a.Verdict)
		}
		fmt.Fprintf(b, "%s\n", a.Text)
		for _, v := range a.Evidence {
			fmt.Fprintf(b, "    “%s”\n", marked(v))
			if s := v.Sentence.Translation[a.Lang]; s != "" && s != a.Text {
				fmt.Fprintf(b, "    = %s\n", s)
			}
		}
	}
}

func marked(v Evidence) string {
	var b strings.Builder
	last := 0
	for _, m := range v.Marks {
		b.WriteString(v.Sentence.Text[last:m[0]] + "[" + v.Sentence.Text[m[0]:m[1]] + "]")
		last = m[1]
	}
	b.WriteString(v.Sentence.Text[last:])
	return b.String()
}

func firstDifference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	question := ""
	for i := range max(len(w), len(g)) {
		a, b := "(end)", "(end)"
		if i < len(w) {
			a = w[i]
		}
		if i < len(g) {
			b = g[i]
		}
		if a != b {
			return fmt.Sprintf("line %d, after %q:\n  is   %q\n  want %q", i+1, question, b, a)
		}
		if strings.HasPrefix(a, "> ") {
			question = a
		}
	}
	return "same"
}
