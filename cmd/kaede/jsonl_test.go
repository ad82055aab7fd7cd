package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"kaede/bot"
)

// tinyProgram is a program over the corpus of four sentences.
func tinyProgram(t testing.TB, in io.Reader, out io.Writer) (*program, *bot.Bot) {
	t.Helper()
	p := &program{in: in, out: out, config: config{corpus: "testdata/corpus"}}
	p.log = p.config.logger(io.Discard)
	b, err := p.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return p, b
}

// TestAskLinesOrder asks many lines at once: each has its answer in its own place.
func TestAskLinesOrder(t *testing.T) {
	var in, out bytes.Buffer
	const n = 500
	for i := range n {
		switch {
		case i%50 == 7:
			fmt.Fprintln(&in, "{")
		case i%50 == 8:
			fmt.Fprintf(&in, "{\"question\": %q}\n", strings.Repeat("long ", maxLine/5))
		default:
			fmt.Fprintf(&in, "{\"question\": \"question %d\"}\r\n", i)
		}
	}
	p, b := tinyProgram(t, &in, &out)
	if err := p.askLines(t.Context(), b, false); !errors.Is(err, errReported) {
		t.Errorf("error %v, want errReported", err)
	}
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	if len(lines) != n {
		t.Fatalf("%d lines, want %d", len(lines), n)
	}
	for i, line := range lines {
		var got lineOut
		if err := json.Unmarshal([]byte(line), &got); err != nil {
			t.Fatalf("line %d: %v", i+1, err)
		}
		want, wrong := fmt.Sprintf("question %d", i), i%50 == 7 || i%50 == 8
		if wrong {
			want = ""
		}
		if got.Question != want || strings.HasPrefix(got.Error, fmt.Sprintf("line %d: ", i+1)) != wrong {
			t.Errorf("line %d is %.200s", i+1, line)
		}
	}
}

// TestAskLinesTurns asks on only after each answer, as a program at the other end of two pipes does.
func TestAskLinesTurns(t *testing.T) {
	in, ask := io.Pipe()
	answer, out := io.Pipe()
	p, b := tinyProgram(t, in, out)
	var ended sync.WaitGroup
	ended.Go(func() {
		if err := p.askLines(t.Context(), b, false); err != nil {
			t.Error(err)
		}
		out.Close()
	})
	decoder := json.NewDecoder(answer)
	for i := range 5 {
		question := fmt.Sprintf("question %d", i)
		fmt.Fprintf(ask, "{\"question\": %q}\n", question)
		var got lineOut
		if err := decoder.Decode(&got); err != nil {
			t.Fatal(err)
		}
		if got.Question != question {
			t.Errorf("answer to %q, want %q", got.Question, question)
		}
	}
	ask.Close()
	ended.Wait()
}

// errDisk is what a full disk says.
var errDisk = errors.New("no space left on device")

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errDisk }

// TestAskLinesEnds ends when nobody reads the answers, when the input fails, and when it is told to.
func TestAskLinesEnds(t *testing.T) {
	t.Run("output", func(t *testing.T) {
		p, b := tinyProgram(t, strings.NewReader(strings.Repeat("{\"question\": \"x\"}\n", 10_000)), fullDisk{})
		if err := p.askLines(t.Context(), b, false); !errors.Is(err, errDisk) {
			t.Errorf("error %v, want %v", err, errDisk)
		}
	})
	t.Run("input", func(t *testing.T) {
		var out bytes.Buffer
		p, b := tinyProgram(t, iotest.ErrReader(errDisk), &out)
		if err := p.askLines(t.Context(), b, false); !errors.Is(err, errReported) || !strings.Contains(out.String(), errDisk.Error()) {
			t.Errorf("error %v and output %q", err, out.String())
		}
	})
	t.Run("interrupted", func(t *testing.T) {
		in, _ := io.Pipe() // never written to
		p, b := tinyProgram(t, in, io.Discard)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := p.askLines(ctx, b, false); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want canceled", err)
		}
	})
}

// FuzzAskLines feeds anything to ask --jsonl: a line of JSON for each line that is not blank, and each is valid.
func FuzzAskLines(f *testing.F) {
	f.Add([]byte(`{"question": "When did the ferry open?", "history": ["a", "b"], "lang": "en"}`))
	f.Add([]byte("\ufeff{\"question\": \"\"}\r\n\r\n{\"question\": null}\nx\n[]"))
	f.Add([]byte(`{"question": "\ud800 \u0000", "history": null, "lang": "ja"}`))
	f.Add([]byte("{\"question\": \"\xff\"}\n{\"question\": \"a\"} {\"question\": \"b\"}"))
	p, b := tinyProgram(f, nil, nil)
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > maxLine {
			return // Longer lines have a test of their own.
		}
		want := 0
		for line := range strings.SplitSeq(string(data), "\n") {
			if strings.TrimSpace(line) != "" {
				want++
			}
		}
		var out bytes.Buffer
		one := *p
		one.in, one.out = bytes.NewReader(data), &out
		if err := one.askLines(t.Context(), b, true); err != nil && !errors.Is(err, errReported) {
			t.Fatal(err)
		}
		if got := strings.Count(out.String(), "\n"); got != want {
			t.Fatalf("%d lines, want %d:\n%s", got, want, out.String())
		}
		for line := range strings.Lines(out.String()) {
			var got lineOut
			if err := json.Unmarshal([]byte(line), &got); err != nil || !utf8.ValidString(line) {
				t.Fatalf("line %q: %v", line, err)
			}
			if got.Answered && (got.Answer == "" || len(got.Evidence) == 0) {
				t.Fatalf("answered without an answer or evidence: %s", line)
			}
		}
	})
}

// BenchmarkColdStart runs kaede ask on the shipped corpus as a person does.
func BenchmarkColdStart(b *testing.B) {
	program := filepath.Join(b.TempDir(), "kaede")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		b.Fatalf("build: %v\n%s", err, out)
	}
	for b.Loop() {
		out, err := exec.Command(program, "ask", "When did Japan open its mission in Ottawa?").Output()
		if err != nil || !bytes.HasPrefix(out, []byte("1928\n")) {
			b.Fatalf("%v: %s", err, out)
		}
	}
}

// BenchmarkColdStartVersion is what of a cold start is the program's own.
func BenchmarkColdStartVersion(b *testing.B) {
	for b.Loop() {
		if code := run(b.Context(), []string{"version"}, nil, io.Discard, io.Discard, nil); code != exitOK {
			b.Fatal(code)
		}
	}
}
