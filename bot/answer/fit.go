package answer

import (
	"context"
	"fmt"
	"hash/fnv"
	"io"
	"math"
	"runtime"
	"sync"

	"kaede/corpus"
)

// folds is into how many parts the labelled questions are cut for cross-validation.
const folds = 5

// none is no fold.
const none = -1

// example is one labelled question with its weighed candidates.
type example struct {
	fold       int
	lang       corpus.Lang
	wants      int // the sentence that answers; -1 for a near miss
	candidates []signals
	right      []bool
	facts      []factSignals // the facts of the sentence that answers, if the question was written for one of them
	fact       int           // which of them
}

// Fit finds the weights of the model from the labelled questions of the engine's corpus, each asked as if it were not
// itself among them, and reports to w how well weights found on four fifths of them do on the last fifth.
//
// Asks are to find their sentence; near misses are to find none. The sentence weights are a forest over the
// candidates; the bar is where the count of right answers and right refusals, less the wrong answers, is greatest.
func (e *Engine) Fit(ctx context.Context, w io.Writer) (*Model, error) {
	all, err := e.examples(ctx)
	if err != nil {
		return nil, err
	}
	m := &Model{Signals: signalNames[:], Fact: make(map[string]float64)}
	m.Labelled = fitSentences(all, nil, none)
	m.Plain = fitSentences(all, isPlain, none)
	fact := fitFacts(all, none)
	for i, name := range factSignalNames {
		m.Fact[name] = round(fact[i])
	}
	fmt.Fprintf(w, "labelled questions: %d\n", len(all))
	report(w, "with labelled questions", all, nil)
	report(w, "with words only", all, isPlain)
	right, n := 0, 0
	for f := range folds {
		weights := fitFacts(all, f)
		for i := range all {
			if x := &all[i]; x.fold == f && len(x.facts) > 1 {
				n++
				if bestFact(x.facts, weights) == x.fact {
					right++
				}
			}
		}
	}
	fmt.Fprintf(w, "right fact of the sentence: %.1f %% of %d\n", 100*float64(right)/float64(max(n, 1)), n)
	return m, nil
}

// isPlain reports a signal that needs no labelled questions.
func isPlain(signal int) bool {
	switch signal {
	case sigBias, sigOwn, sigAround, sigText, sigHas, sigLacks, sigStranger, sigYear, sigYearAround, sigOtherYear, sigSuper, sigBroken, sigShort:
		return true
	}
	return false
}

// examples weighs the candidates of every labelled question.
func (e *Engine) examples(ctx context.Context) ([]example, error) {
	out := make([]example, len(e.asked))
	errs := make([]error, runtime.GOMAXPROCS(0))
	var wait sync.WaitGroup
	for p := range errs {
		wait.Go(func() {
			for i := p; i < len(out); i += len(errs) {
				if errs[p] = e.example(ctx, i, &out[i]); errs[p] != nil {
					return
				}
			}
		})
	}
	wait.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (e *Engine) example(ctx context.Context, i int, x *example) error {
	q := e.x.Question(i)
	h := fnv.New32a()
	io.WriteString(h, q.Text)
	x.fold, x.lang, x.wants, x.fact = int(h.Sum32()%folds), q.Lang, -1, -1
	if a := &e.asked[i]; !a.near {
		x.wants = int(a.sentence)
	}
	s, list, err := e.consider(ctx, e.read(clean(q.Text), q.Lang), nil, i)
	if err != nil {
		return fmt.Errorf("weigh labelled question %d: %w", i, err)
	}
	for _, c := range list {
		x.candidates = append(x.candidates, c.signals)
		x.right = append(x.right, c.n == x.wants)
	}
	if q.Fact != nil {
		for j, f := range e.factsFor(s, x.wants) {
			x.facts = append(x.facts, f.signals)
			if f.view.fact == q.Fact {
				x.fact = j
			}
		}
	}
	return nil
}

// fitSentences finds the weights and the bar on all examples but those of a fold.
func fitSentences(all []example, only func(int) bool, without int) Weights {
	var rows []*signals
	var ys []float64
	for i := range all {
		x := &all[i]
		if x.fold == without {
			continue
		}
		for j := range x.candidates {
			rows = append(rows, &x.candidates[j])
			y := 0.0
			if x.right[j] {
				y = 1
			}
			ys = append(ys, y)
		}
	}
	var used []int
	for i := range numSignals {
		if only == nil || only(i) {
			used = append(used, i)
		}
	}
	w := Weights{Forest: grow(rows, ys, used)}
	w.Bar = bestBar(all, &w, without)
	return w
}

// round keeps weights short in the file.
func round(x float64) float64 { return math.Round(x*1000) / 1000 }

// outcome is what weights make of an example: the place of the best candidate and its confidence.
func (x *example) outcome(w *Weights) (best int, confidence float64) {
	best = -1
	for j := range x.candidates {
		if c := w.Forest.confidence(&x.candidates[j]); c > confidence {
			best, confidence = j, c
		}
	}
	return best, confidence
}

// bestBar finds the bar at which right answers and right refusals, less wrong answers, are most.
func bestBar(all []example, w *Weights, without int) float64 {
	const steps = 100
	var gain [steps + 1]float64 // by bar
	for i := range all {
		x := &all[i]
		if x.fold == without {
			continue
		}
		best, confidence := x.outcome(w)
		for b := range gain {
			switch answered := confidence >= float64(b)/steps; {
			case answered && best >= 0 && x.right[best]:
				gain[b]++
			case answered:
				gain[b]--
			case x.wants < 0:
				gain[b]++
			}
		}
	}
	bar := 0
	for b := range gain {
		if gain[b] > gain[bar] {
			bar = b
		}
	}
	return float64(bar) / steps
}

// report prints what weights found on the other folds do on each fold.
func report(w io.Writer, title string, all []example, only func(int) bool) {
	type sums struct{ asks, found, answered, near, refused, wrong int }
	var total sums
	byLang := make(map[corpus.Lang]*sums)
	var buckets [10]struct {
		n     int
		right int
		sum   float64
	}
	for f := range folds {
		weights := fitSentences(all, only, f)
		for i := range all {
			x := &all[i]
			if x.fold != f {
				continue
			}
			if byLang[x.lang] == nil {
				byLang[x.lang] = new(sums)
			}
			best, confidence := x.outcome(&weights)
			right := best >= 0 && x.right[best]
			answered := confidence >= weights.Bar
			for _, s := range []*sums{&total, byLang[x.lang]} {
				if x.wants >= 0 {
					s.asks++
					if right {
						s.found++
						if answered {
							s.answered++
						}
					}
				} else {
					s.near++
					if !answered {
						s.refused++
					}
				}
				if answered && !right {
					s.wrong++
				}
			}
			if answered {
				b := &buckets[min(int(confidence*10), 9)]
				b.n++
				b.sum += confidence
				if right {
					b.right++
				}
			}
		}
	}
	share := func(a, b int) float64 { return 100 * float64(a) / float64(max(b, 1)) }
	line := func(name string, s *sums) {
		fmt.Fprintf(w, "  %-4s asks %5d: right sentence first %5.1f %%, and answered %5.1f %%; near misses %5d: refused %5.1f %%; wrong answers %4.1f %% of all\n",
			name, s.asks, share(s.found, s.asks), share(s.answered, s.asks), s.near, share(s.refused, s.near), share(s.wrong, s.asks+s.near))
	}
	fmt.Fprintf(w, "%s, %d-fold cross-validation:\n", title, folds)
	line("all", &total)
	for _, l := range corpus.Langs() {
		if s := byLang[l]; s != nil {
			line(string(l), s)
		}
	}
	for b, x := range buckets {
		if x.n > 0 {
			fmt.Fprintf(w, "  answered with confidence %.1f to %.1f: %5d, on average %.2f; right %.2f\n", float64(b)/10, float64(b+1)/10, x.n, x.sum/float64(x.n), float64(x.right)/float64(x.n))
		}
	}
}

// fitFacts finds the fact weights: a conditional logistic regression of which fact of its sentence a question was written for.
// Examples of the fold without are left out.
func fitFacts(all []example, without int) [numFactSignals]float64 {
	var beta [numFactSignals]float64
	const ridge, rate, steps = 1e-4, 2.0, 300
	var momentum [numFactSignals]float64
	for range steps {
		var g [numFactSignals]float64
		n := 0
		for i := range all {
			x := &all[i]
			if x.fold == without || x.fact < 0 || len(x.facts) < 2 {
				continue
			}
			n++
			ps := make([]float64, len(x.facts))
			sum := 0.0
			for j := range x.facts {
				ps[j] = math.Exp(dot(&x.facts[j], &beta))
				sum += ps[j]
			}
			for j := range x.facts {
				d := -ps[j] / sum
				if j == x.fact {
					d++
				}
				for k, v := range x.facts[j] {
					g[k] += d * v
				}
			}
		}
		for k := range beta {
			momentum[k] = .9*momentum[k] + .1*(g[k]/float64(max(n, 1))-ridge*beta[k])
			beta[k] += rate * 5 * momentum[k]
		}
	}
	return beta
}

func dot(g *factSignals, w *[numFactSignals]float64) float64 {
	sum := 0.0
	for i, x := range g {
		sum += x * w[i]
	}
	return sum
}

func bestFact(facts []factSignals, w [numFactSignals]float64) int {
	best := 0
	for j := range facts {
		if dot(&facts[j], &w) > dot(&facts[best], &w) {
			best = j
		}
	}
	return best
}
