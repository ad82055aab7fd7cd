package index

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"kaede/corpus"
)

// BenchmarkQuestion is one question of a retrieval benchmark.
type BenchmarkQuestion struct {
	ID       string
	Text     string
	Lang     corpus.Lang
	Gold     []int // places in Corpus.Sentences, any of which is right
	Passages []int // the same for Corpus.Passages
	Sample   bool  // among those to report; all are where the folder names no sample
}

// maxBenchmark bounds an unpacked benchmark file.
const maxBenchmark = 1 << 30

// ReadBenchmark reads a folder of passages.jsonl.gz, questions.jsonl.gz and perhaps sample2000.txt, the format of the answer
// retrieval benchmarks. Sentence bounds are code points, as the folder gives them. Passages that follow each other under one
// title are one document. The language is told from the text.
func ReadBenchmark(dir string) (*corpus.Corpus, []BenchmarkQuestion, error) {
	c, sentences, passages, err := readPassages(filepath.Join(dir, "passages.jsonl.gz"))
	if err != nil {
		return nil, nil, fmt.Errorf("read benchmark: %w", err)
	}
	sample, err := readSample(dir)
	if err != nil {
		return nil, nil, fmt.Errorf("read benchmark: %w", err)
	}
	type line struct {
		ID       string   `json:"id"`
		Q        string   `json:"q"`
		Gold     [][2]int `json:"gold"`
		Passages []int    `json:"passages"`
	}
	var questions []BenchmarkQuestion
	err = readLines(filepath.Join(dir, "questions.jsonl.gz"), func(l line) error {
		q := BenchmarkQuestion{ID: l.ID, Text: l.Q, Lang: c.Documents[0].Lang, Sample: sample == nil || sample[l.ID]}
		for _, g := range l.Gold {
			n, ok := sentences[g]
			if !ok {
				return fmt.Errorf("question %s: no sentence %v", l.ID, g)
			}
			q.Gold = append(q.Gold, n)
		}
		for _, id := range l.Passages {
			p, ok := passages[id]
			if !ok {
				return fmt.Errorf("question %s: no passage %d", l.ID, id)
			}
			q.Passages = append(q.Passages, p)
		}
		questions = append(questions, q)
		return nil
	})
	if err != nil {
		return nil, nil, fmt.Errorf("read benchmark: %w", err)
	}
	return c, questions, nil
}

func readPassages(file string) (*corpus.Corpus, map[[2]int]int, map[int]int, error) {
	type line struct {
		ID    int      `json:"id"`
		Title string   `json:"title"`
		Text  string   `json:"text"`
		Sents [][2]int `json:"sents"`
	}
	c := &corpus.Corpus{Digest: file}
	sentences, passages := map[[2]int]int{}, map[int]int{}
	var d *corpus.Document
	err := readLines(file, func(l line) error {
		if d == nil || d.Title != l.Title {
			d = &corpus.Document{ID: fmt.Sprintf("d%d", len(c.Documents)), Title: l.Title, File: file}
			c.Documents = append(c.Documents, d)
		}
		p := &corpus.Passage{N: len(c.Passages), Document: d, Text: l.Text}
		passages[l.ID] = p.N
		c.Passages, d.Passages = append(c.Passages, p), append(d.Passages, p)
		offsets := make([]int, 0, len(l.Text)+1) // of each code point
		for i := range l.Text {
			offsets = append(offsets, i)
		}
		offsets = append(offsets, len(l.Text))
		for place, b := range l.Sents {
			if b[0] < 0 || b[0] >= b[1] || b[1] >= len(offsets) {
				return fmt.Errorf("passage %d: bounds %v", l.ID, b)
			}
			start, end := offsets[b[0]], offsets[b[1]]
			s := &corpus.Sentence{N: len(c.Sentences), Passage: p, Place: place + 1, Text: l.Text[start:end], Start: start}
			sentences[[2]int{l.ID, place}] = s.N
			c.Sentences, p.Sentences = append(c.Sentences, s), append(p.Sentences, s)
		}
		return nil
	})
	if err != nil {
		return nil, nil, nil, err
	}
	if len(c.Passages) == 0 {
		return nil, nil, nil, fmt.Errorf("%s: no passages", file)
	}
	lang := guessLang(c.Passages)
	for _, d := range c.Documents {
		d.Lang = lang
	}
	return c, sentences, passages, nil
}

// guessLang tells the language of passages by their kana, and else by their stop words.
func guessLang(passages []*corpus.Passage) corpus.Lang {
	kana, french, english := 0, 0, 0
	for _, p := range passages[:min(len(passages), 100)] {
		kana += strings.Count(p.Text, "の")
		french += strings.Count(p.Text, " le ") + strings.Count(p.Text, " la ") + strings.Count(p.Text, " les ")
		english += strings.Count(p.Text, " the ") + strings.Count(p.Text, " of ")
	}
	switch {
	case kana > french && kana > english:
		return corpus.Japanese
	case french > english:
		return corpus.French
	}
	return corpus.English
}

func readSample(dir string) (map[string]bool, error) {
	text, err := os.ReadFile(filepath.Join(dir, "sample2000.txt"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return set(string(text)), nil
}

// readLines reads a gzipped file of JSON lines.
func readLines[T any](file string, use func(T) error) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	z, err := gzip.NewReader(bufio.NewReaderSize(f, 1<<16))
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	lines := bufio.NewReaderSize(io.LimitReader(z, maxBenchmark), 1<<16)
	for n := 1; ; n++ {
		text, err := lines.ReadBytes('\n')
		if len(bytes.TrimSpace(text)) > 0 {
			var v T
			if err := json.Unmarshal(text, &v); err != nil {
				return fmt.Errorf("%s:%d: %w", file, n, err)
			}
			if err := use(v); err != nil {
				return fmt.Errorf("%s:%d: %w", file, n, err)
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s:%d: %w", file, n, err)
		}
	}
}

// Quality is how high the right thing stands on average.
type Quality struct {
	Questions   int
	MRR         float64 // mean of 1/rank, 0 where it is not among the first 100
	R1, R5, R10 float64 // share of questions with rank at most 1, 5, 10
	Found       float64 // share with rank at most 100
}

// String gives the figures on one line.
func (q Quality) String() string {
	return fmt.Sprintf("MRR %.4f  R@1 %.4f  R@5 %.4f  R@10 %.4f  R@100 %.4f  (%d questions)", q.MRR, q.R1, q.R5, q.R10, q.Found, q.Questions)
}

// add counts one more question; a rank of 0 is not found.
func (q *Quality) add(rank int) {
	before := float64(q.Questions)
	q.Questions++
	mean := func(m *float64, v float64) { *m = (*m*before + v) / (before + 1) }
	within := func(limit int) float64 {
		if rank > 0 && rank <= limit {
			return 1
		}
		return 0
	}
	if rank > 0 && rank <= 100 {
		mean(&q.MRR, 1/float64(rank))
	} else {
		mean(&q.MRR, 0)
	}
	mean(&q.R1, within(1))
	mean(&q.R5, within(5))
	mean(&q.R10, within(10))
	mean(&q.Found, within(100))
}

// Report is what RunBenchmark measured.
type Report struct {
	Sentences, Passages Quality
	Median, P99         time.Duration // of a top-10 search, one at a time
}

// String gives the report on three lines.
func (r Report) String() string {
	return fmt.Sprintf("sentences  %v\npassages   %v\nlatency    median %v  p99 %v", r.Sentences, r.Passages, r.Median, r.P99)
}

// RunBenchmark asks the questions of the sample, one at a time: once for the 100 best sentences, and once, timed, for the ten best.
// A passage stands where its best sentence does.
func RunBenchmark(ctx context.Context, x *Index, questions []BenchmarkQuestion) (Report, error) {
	var report Report
	var times []time.Duration
	for _, q := range questions {
		if !q.Sample {
			continue
		}
		result, err := x.Search(ctx, Query{Lang: q.Lang, Text: q.Text, Limit: maxLimit})
		if err != nil {
			return Report{}, fmt.Errorf("benchmark question %s: %w", q.ID, err)
		}
		rank, passageRank := 0, 0
		seen := map[int]bool{}
		for i, h := range result.Sentences {
			if i < 100 && rank == 0 && slices.Contains(q.Gold, h.N) {
				rank = i + 1
			}
			p := x.corpus.Sentences[h.N].Passage.N
			if !seen[p] {
				seen[p] = true
				if len(seen) <= 100 && passageRank == 0 && slices.Contains(q.Passages, p) {
					passageRank = len(seen)
				}
			}
		}
		report.Sentences.add(rank)
		report.Passages.add(passageRank)
		start := time.Now()
		if _, err := x.Search(ctx, Query{Lang: q.Lang, Text: q.Text, Limit: 10}); err != nil {
			return Report{}, fmt.Errorf("benchmark question %s: %w", q.ID, err)
		}
		times = append(times, time.Since(start))
	}
	if len(times) > 0 {
		slices.Sort(times)
		report.Median, report.P99 = times[len(times)/2], times[len(times)*99/100]
	}
	return report, nil
}
