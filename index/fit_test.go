package index

import (
	"flag"
	"fmt"
	"go/format"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"kaede/corpus"
)

var fit = flag.Bool("fit", false, "fit the weights on -benchmarks and write weights.go")

// fitted are the sets whose questions may be used for fitting.
var fitted = map[corpus.Lang][]string{
	corpus.English:  {"squad-dev"},
	corpus.French:   {"piaf-fr"},
	corpus.Japanese: {"jaquad-dev", "jsquad-valid"},
}

// ofLexicon are the last signals, which benchmarks cannot teach, having no lexicon: the shipped corpus does.
const ofLexicon = 2

// example is one question with its candidates.
type example struct {
	signals [][signals]float64
	gold    []bool
	odd     bool // in an odd tenth of its set: neighbours share their texts, so a set is split in tenths
}

// TestFit fits the weights of each language to the questions, checks them on the half that they were not fitted to, and writes
// weights.go.
func TestFit(t *testing.T) {
	if !*fit {
		t.Skip("no -fit")
	}
	lines := map[corpus.Lang]string{}
	for _, lang := range corpus.Langs() {
		var odd, even []example
		for _, set := range fitted[lang] {
			for _, e := range examples(t, set) {
				if e.odd {
					odd = append(odd, e)
				} else {
					even = append(even, e)
				}
			}
		}
		w := weighting[lang]
		before := w.list()
		fromOdd, fromEven := train(odd, before), train(even, before)
		t.Logf("%s: MRR on the other half: before %.4f and %.4f, fitted %.4f and %.4f", lang,
			meanRank(even, before), meanRank(odd, before), meanRank(even, fromOdd), meanRank(odd, fromEven))
		after := fromOdd
		if lang == corpus.English {
			after = train(append(odd, even...), before)
		}
		lines[lang] = literal(after)
	}
	rewrite(t, lines)
}

// TestFitConcepts fits the weights of what the lexicon tells to one in ten of the asks of the shipped corpus, checks them on another tenth,
// and writes weights.go. The other weights stay as they are.
func TestFitConcepts(t *testing.T) {
	if !*fit {
		t.Skip("no -fit")
	}
	c, err := corpus.Load(corpus.Shipped())
	if err != nil {
		t.Fatal(err)
	}
	x, err := Temp(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	lines := map[corpus.Lang]string{}
	for _, lang := range corpus.Langs() {
		var tenths [2][]example
		for i, a := range c.Asks {
			if a.Lang != lang || i%10 > 1 {
				continue
			}
			result, err := x.Search(t.Context(), Query{Lang: lang, Text: a.Text, Limit: 60})
			if err != nil {
				t.Fatal(err)
			}
			var e example
			for _, h := range result.Sentences {
				e.signals = append(e.signals, h.Signals.list())
				e.gold = append(e.gold, h.N == a.Sentence.N)
			}
			tenths[i%10] = append(tenths[i%10], e)
		}
		w := weighting[lang]
		before := w.list()
		after, best := before, 0.0
		for _, concepts := range []float64{0, 2, 4, 6, 8, 11, 15, 20} {
			for _, opposite := range []float64{0, -1, -2, -4, -8} {
				w := before
				w[signals-2], w[signals-1] = concepts, opposite
				if m := meanRank(tenths[0], w); m > best {
					after, best = w, m
				}
			}
		}
		t.Logf("%s: MRR on the other tenth: before %.4f, fitted %.4f", lang, meanRank(tenths[1], before), meanRank(tenths[1], after))
		lines[lang] = literal(after)
	}
	rewrite(t, lines)
}

// rewrite puts weights into weights.go.
func rewrite(t *testing.T, lines map[corpus.Lang]string) {
	text, err := os.ReadFile("weights.go")
	if err != nil {
		t.Fatal(err)
	}
	for lang, name := range map[corpus.Lang]string{corpus.English: "English", corpus.French: "French", corpus.Japanese: "Japanese"} {
		line := regexp.MustCompile(`corpus\.` + name + `: .*`)
		text = line.ReplaceAll(text, []byte("corpus."+name+": "+lines[lang]))
	}
	if text, err = format.Source(text); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("weights.go", text, 0o644); err != nil {
		t.Fatal(err)
	}
}

// literal writes weights as Go.
func literal(w [signals]float64) string {
	fields := reflect.TypeFor[Signals]()
	var parts []string
	for i, v := range w {
		parts = append(parts, fmt.Sprintf("%s: %.3g", fields.Field(i).Name, v))
	}
	return "{" + strings.Join(parts, ", ") + "},"
}

func examples(t *testing.T, set string) []example {
	c, questions, err := ReadBenchmark(filepath.Join(*benchmarks, set))
	if err != nil {
		t.Fatal(err)
	}
	x, err := Temp(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	list := make([]example, len(questions))
	for i, q := range questions {
		result, err := x.Search(t.Context(), Query{Lang: q.Lang, Text: q.Text, Limit: 60})
		if err != nil {
			t.Fatal(err)
		}
		list[i].odd = oddTenth(i, len(questions))
		for _, h := range result.Sentences {
			list[i].signals = append(list[i].signals, h.Signals.list())
			list[i].gold = append(list[i].gold, slices.Contains(q.Gold, h.N))
		}
	}
	return list
}

func oddTenth(i, n int) bool { return i*10/n%2 == 0 }

// meanRank gives the mean of 1/rank of the first right candidate.
func meanRank(list []example, w [signals]float64) float64 {
	sum := 0.0
	for _, e := range list {
		best := math.Inf(-1)
		for i, s := range e.signals {
			if e.gold[i] {
				best = max(best, sumUp(w, s))
			}
		}
		rank := 1.0
		for i, s := range e.signals {
			if !e.gold[i] && sumUp(w, s) >= best {
				rank++
			}
		}
		if !math.IsInf(best, -1) {
			sum += 1 / rank
		}
	}
	return sum / float64(len(list))
}

func sumUp(w, s [signals]float64) float64 {
	sum := 0.0
	for k := range w {
		sum += w[k] * s[k]
	}
	return sum
}

// train changes all weights but those of the lexicon. It makes the right candidates likely, likelihood being the softmax of the score, by gradient descent with Adam's steps.
func train(list []example, w [signals]float64) [signals]float64 {
	var mean, square [signals]float64
	for step := 1.0; step <= 250; step++ {
		gradient := slope(list, w)
		rate := .3 * math.Pow(.01, step/250)
		for k := range signals - ofLexicon {
			mean[k] = .9*mean[k] + .1*gradient[k]
			square[k] = .99*square[k] + .01*gradient[k]*gradient[k]
			w[k] -= rate * mean[k] / (1 - math.Pow(.9, step)) / (math.Sqrt(square[k]/(1-math.Pow(.99, step))) + 1e-8)
		}
	}
	return w
}

// slope is the gradient of the mean negative logarithm of the right candidates' likelihood.
func slope(list []example, w [signals]float64) (gradient [signals]float64) {
	for _, e := range list {
		if !slices.Contains(e.gold, true) {
			continue
		}
		p := make([]float64, len(e.signals))
		for i, s := range e.signals {
			p[i] = sumUp(w, s)
		}
		top := slices.Max(p)
		all, right := 0.0, 1e-300
		for i := range p {
			p[i] = math.Exp(p[i] - top)
			all += p[i]
			if e.gold[i] {
				right += p[i]
			}
		}
		for i, s := range e.signals {
			d := p[i] / all
			if e.gold[i] {
				d -= p[i] / right
			}
			for k := range gradient {
				gradient[k] += d * s[k] / float64(len(list))
			}
		}
	}
	return gradient
}
