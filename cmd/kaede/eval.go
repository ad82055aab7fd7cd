package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"kaede/bot"
	"kaede/index"

	"github.com/spf13/cobra"
)

// evalCommand measures answers, or retrieval.
func (p *program) evalCommand() *cobra.Command {
	var misses, asJSON bool
	var least float64
	c := &cobra.Command{
		Use:     "eval QUESTIONS.jsonl | BENCHMARK_DIR",
		GroupID: groupMeasure,
		Short:   "Measure how many questions are answered rightly, and how well sentences are found",
		Long: `Eval asks every question of a file and prints the share of right answers and right
refusals: over all, by language, kind, tag and whether the text states the answer.

A line of the file is a JSON object: id, lang, question, history, answerable, answers
(any one is enough), all_of (every one is needed), kind, tags. An answer is right if
it contains what is wanted, whatever its case, width and spaces; a question that the
text does not answer is right if it is refused. Lines with odd and even numbers are
also counted apart: tune on the odd ones and look at the even ones.

Given a directory (passages.jsonl.gz and questions.jsonl.gz), it measures how high the
right sentence and passage stand among those found, and how long finding takes.`,
		Example: `  kaede eval questions.jsonl --source canada-japan-relations
  kaede eval questions.jsonl --misses | less
  kaede eval benchmarks/squad-dev`,
		Args:              arguments(1, "QUESTIONS.jsonl or BENCHMARK_DIR"),
		ValidArgsFunction: completeFiles,
		RunE: func(c *cobra.Command, args []string) error {
			info, err := os.Stat(args[0])
			if err != nil {
				return usageError{err}
			}
			if info.IsDir() {
				for _, name := range []string{"misses", "least"} {
					if c.Flags().Changed(name) {
						return usagef("--%s: only for a file of questions", name)
					}
				}
				return p.evalBenchmark(c.Context(), args[0], asJSON)
			}
			items, err := readItems(args[0])
			if err != nil {
				return err
			}
			b, err := p.open(c.Context())
			if err != nil {
				return err
			}
			defer b.Close()
			report, err := p.evaluate(c.Context(), b, items)
			if err != nil {
				return err
			}
			if !misses {
				report.Misses = nil
			}
			if asJSON {
				if err := writeJSON(p.out, report); err != nil {
					return err
				}
			} else {
				report.write(p.out)
			}
			if got := report.All.percent(); got < least {
				return fmt.Errorf("%.1f %% are right, fewer than the %g %% of --least", got, least)
			}
			return nil
		},
	}
	c.Flags().BoolVar(&misses, "misses", false, "also list what was not right: id, question, got, wanted")
	c.Flags().Float64Var(&least, "least", 0, "fail if fewer than `PERCENT` are right")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// item is one question with what is right.
type item struct {
	ID         string   `json:"id"`
	Lang       string   `json:"lang"`
	Question   string   `json:"question"`
	History    []string `json:"history"`
	Answerable bool     `json:"answerable"`
	Answers    []string `json:"answers"`
	AllOf      []string `json:"all_of"`
	Kind       string   `json:"kind"`
	Tags       []string `json:"tags"`
}

func readItems(name string) ([]item, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, usageError{err}
	}
	defer file.Close()
	var items []item
	r := bufio.NewReader(file)
	for n := 1; ; n++ {
		text, err := readLine(r)
		if err == io.EOF {
			break
		}
		if err == nil && strings.TrimSpace(text) == "" {
			continue
		}
		var it item
		if err == nil {
			err = json.Unmarshal([]byte(text), &it)
		}
		if err == nil && it.Question == "" {
			err = fmt.Errorf(`no "question"`)
		}
		if err == nil && it.Answerable && len(it.Answers)+len(it.AllOf) == 0 {
			err = fmt.Errorf(`answerable, but neither "answers" nor "all_of"`)
		}
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, n, err)
		}
		items = append(items, it)
	}
	if len(items) == 0 {
		return nil, fmt.Errorf("%s: no questions", name)
	}
	return items, nil
}

// share is how many of some questions were right.
type share struct {
	Right int `json:"right"`
	Of    int `json:"of"`
}

func (s share) add(right bool) share {
	s.Of++
	if right {
		s.Right++
	}
	return s
}

func (s share) percent() float64 { return 100 * float64(s.Right) / float64(max(s.Of, 1)) }

func (s share) String() string { return fmt.Sprintf("%5.1f %%  %d of %d", s.percent(), s.Right, s.Of) }

// evalReport is what eval found.
type evalReport struct {
	All          share            `json:"all"`
	Odd          share            `json:"odd"`  // lines 1, 3, 5, ...
	Even         share            `json:"even"` // lines 2, 4, 6, ...
	Answerable   share            `json:"answerable"`
	Unanswerable share            `json:"unanswerable"`
	Langs        map[string]share `json:"by_lang"`
	Kinds        map[string]share `json:"by_kind"`
	Tags         map[string]share `json:"by_tag"`
	WrongAnswers share            `json:"wrong_answers"` // answers given that were wrong, of all questions
	Short        share            `json:"short_answers"` // answers of at most maxShort characters, of those to questions for a date, figure or name
	Reliability  []reliability    `json:"reliability"`
	MedianMS     float64          `json:"median_ms"`
	P99MS        float64          `json:"p99_ms"`
	Misses       []miss           `json:"misses,omitempty"`
}

// reliability tells how many answers of about one confidence were right.
type reliability struct {
	From float64 `json:"from"` // the confidence; to is From + 0.1
	Mean float64 `json:"mean"` // of the confidences
	share
}

// miss is one question that was not right.
type miss struct {
	ID       string  `json:"id"`
	Question string  `json:"question"`
	Got      string  `json:"got"` // empty if it refused
	Wanted   string  `json:"wanted"`
	Sure     float64 `json:"confidence"`
}

// maxShort is how long a date, figure or name may be, in characters.
const maxShort = 90

// evaluate asks every item, one at a time, without telling its language.
func (p *program) evaluate(ctx context.Context, b *bot.Bot, items []item) (*evalReport, error) {
	r := &evalReport{Langs: map[string]share{}, Kinds: map[string]share{}, Tags: map[string]share{}}
	var times []time.Duration
	var buckets [10]reliability
	for n, it := range items {
		start := time.Now()
		reply, err := b.Ask(ctx, bot.Question{Text: it.Question, History: it.History, Lang: p.config.lang, Sources: p.config.sources})
		if err != nil {
			return nil, fmt.Errorf("ask %s: %w", it.ID, err)
		}
		times = append(times, time.Since(start))
		got := newLineOut(it.Question, reply)
		right := it.right(got)
		r.All = r.All.add(right)
		if n%2 == 0 {
			r.Odd = r.Odd.add(right)
		} else {
			r.Even = r.Even.add(right)
		}
		if it.Answerable {
			r.Answerable = r.Answerable.add(right)
		} else {
			r.Unanswerable = r.Unanswerable.add(right)
		}
		r.Langs[it.Lang] = r.Langs[it.Lang].add(right)
		r.Kinds[it.Kind] = r.Kinds[it.Kind].add(right)
		for _, tag := range it.Tags {
			r.Tags[tag] = r.Tags[tag].add(right)
		}
		r.WrongAnswers = r.WrongAnswers.add(got.Answered && !right)
		if got.Answered {
			k := &buckets[min(int(got.Confidence*10), 9)]
			k.Mean += got.Confidence
			k.share = k.add(right)
			switch it.Kind {
			case "date", "number", "money", "person", "place", "organisation":
				r.Short = r.Short.add(utf8.RuneCountInString(got.Answer) <= maxShort)
			}
		}
		if !right {
			r.Misses = append(r.Misses, miss{it.ID, it.Question, got.Answer, it.wanted(), got.Confidence})
		}
	}
	for i, k := range buckets {
		if k.Of > 0 {
			k.From, k.Mean = float64(i)/10, k.Mean/float64(k.Of)
			r.Reliability = append(r.Reliability, k)
		}
	}
	slices.Sort(times)
	r.MedianMS, r.P99MS = milliseconds(times[len(times)/2]), milliseconds(times[len(times)*99/100])
	return r, nil
}

// right tells whether an answer is right by the rules of the questions' authors.
func (it item) right(got lineOut) bool {
	if !it.Answerable {
		return !got.Answered
	}
	if !got.Answered {
		return false
	}
	has := func(want string) bool { return bot.Holds(got.Answer, want) }
	if len(it.AllOf) > 0 {
		for _, want := range it.AllOf {
			if !has(want) {
				return false
			}
		}
		return true
	}
	return slices.ContainsFunc(it.Answers, has)
}

func (it item) wanted() string {
	switch {
	case !it.Answerable:
		return "a refusal"
	case len(it.AllOf) > 0:
		return strings.Join(it.AllOf, " + ")
	default:
		return strings.Join(it.Answers, " | ")
	}
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// write prints the report for people.
func (r *evalReport) write(w io.Writer) {
	fmt.Fprintf(w, "right          %v\n", r.All)
	fmt.Fprintf(w, "  odd lines    %v\n", r.Odd)
	fmt.Fprintf(w, "  even lines   %v\n", r.Even)
	fmt.Fprintf(w, "answerable     %v\n", r.Answerable)
	fmt.Fprintf(w, "unanswerable   %v\n", r.Unanswerable)
	fmt.Fprintf(w, "wrong answers  %v\n", r.WrongAnswers)
	fmt.Fprintf(w, "short answers  %v  (dates, figures and names of at most %d characters)\n", r.Short, maxShort)
	fmt.Fprintf(w, "time           %.2f ms median, %.2f ms 99th percentile\n", r.MedianMS, r.P99MS)
	for _, by := range []struct {
		title  string
		shares map[string]share
	}{{"by language", r.Langs}, {"by kind", r.Kinds}, {"by tag", r.Tags}} {
		fmt.Fprintf(w, "\n%s\n", by.title)
		for _, name := range slices.Sorted(maps.Keys(by.shares)) {
			fmt.Fprintf(w, "  %-14s %v\n", cmp.Or(name, "none"), by.shares[name])
		}
	}
	fmt.Fprintf(w, "\nanswers by confidence\n")
	for _, k := range r.Reliability {
		fmt.Fprintf(w, "  %.1f to %.1f     %v right, %.2f on average\n", k.From, k.From+.1, k.share, k.Mean)
	}
	if len(r.Misses) > 0 {
		fmt.Fprintf(w, "\nnot right\n")
	}
	for _, m := range r.Misses {
		fmt.Fprintf(w, "  %s  %s\n    got     %s  (%.2f)\n    wanted  %s\n", m.ID, m.Question, cmp.Or(m.Got, "a refusal"), m.Sure, m.Wanted)
	}
}

// benchmarkReport is what eval found in a retrieval benchmark.
type benchmarkReport struct {
	Documents int           `json:"documents"`
	All       int           `json:"sentences_indexed"`
	Build     float64       `json:"build_s"`
	Sentences qualityReport `json:"sentences"`
	Passages  qualityReport `json:"passages"`
	MedianMS  float64       `json:"median_ms"`
	P99MS     float64       `json:"p99_ms"`
}

type qualityReport struct {
	Questions int     `json:"questions"`
	R1        float64 `json:"r_at_1"`
	R5        float64 `json:"r_at_5"`
	R10       float64 `json:"r_at_10"`
	MRR       float64 `json:"mrr"`
}

// evalBenchmark measures the index on a retrieval benchmark.
func (p *program) evalBenchmark(ctx context.Context, dir string, asJSON bool) error {
	c, questions, err := index.ReadBenchmark(dir)
	if err != nil {
		return err
	}
	start := time.Now()
	x, err := index.Temp(ctx, c)
	if err != nil {
		return fmt.Errorf("index benchmark: %w", err)
	}
	defer x.Close()
	built := time.Since(start)
	found, err := index.RunBenchmark(ctx, x, questions)
	if err != nil {
		return err
	}
	quality := func(q index.Quality) qualityReport { return qualityReport{q.Questions, q.R1, q.R5, q.R10, q.MRR} }
	r := benchmarkReport{
		Documents: len(c.Documents), All: len(c.Sentences), Build: built.Seconds(),
		Sentences: quality(found.Sentences), Passages: quality(found.Passages),
		MedianMS: milliseconds(found.Median), P99MS: milliseconds(found.P99),
	}
	if asJSON {
		return writeJSON(p.out, r)
	}
	fmt.Fprintf(p.out, "%d sentences of %d documents, indexed in %.1f s\n", r.All, r.Documents, r.Build)
	for _, q := range []struct {
		title string
		qualityReport
	}{{"sentences", r.Sentences}, {"passages", r.Passages}} {
		fmt.Fprintf(p.out, "%-10s R@1 %.3f  R@5 %.3f  R@10 %.3f  MRR %.3f  over %d questions\n", q.title, q.R1, q.R5, q.R10, q.MRR, q.Questions)
	}
	fmt.Fprintf(p.out, "ten best   %.2f ms median, %.2f ms 99th percentile\n", r.MedianMS, r.P99MS)
	return nil
}

func writeJSON(w io.Writer, v any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(v)
}
