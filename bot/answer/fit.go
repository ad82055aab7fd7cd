package answer

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"math"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"

	"kaede/corpus"
	"kaede/index"
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
	all, err := e.examples(ctx, len(e.asked), func(i int) trial {
		q := e.x.Question(i)
		t := trial{text: q.Text, lang: q.Lang, wants: int(e.asked[i].sentence), skip: i, fact: q.Fact}
		if e.asked[i].near {
			t.wants = -1
			if d := e.asked[i].document; d != nil {
				t.within = []string{d.ID}
			}
		}
		return t
	})
	if err != nil {
		return nil, err
	}
	made := append(e.exchanged(), e.verbatim()...)
	more, err := e.examples(ctx, len(made), func(i int) trial { return made[i] })
	if err != nil {
		return nil, err
	}
	m := &Model{Signals: signalNames[:], FactSignals: factSignalNames[:]}
	m.Fact = fitFacts(all, none)
	fmt.Fprintf(w, "labelled questions: %d; made of them and of the facts: %d\n", len(all), len(more))
	for _, x := range []struct {
		title   string
		into    *Weights
		only    func(int) bool
		penalty float64 // by words alone, far paraphrases and near misses look alike; whoever has but a text asks in its words
	}{{"with labelled questions", &m.Labelled, nil, .75}, {"with words only", &m.Plain, isPlain, .25}} {
		trials := crossValidate(all, more, x.only)
		*x.into = fitSentences(all, more, x.only, none)
		x.into.Bar = bestBar(trials, x.penalty)
		report(w, x.title, trials, x.into.Bar)
	}
	if m.Carry, err = e.fitCarry(ctx, m, w); err != nil {
		return nil, err
	}
	right, n := 0, 0
	var gain [steps + 1]int // by share: right facts less wrong ones, of those whose share is as large
	for f := range folds {
		weights := fitFacts(all, f)
		for i := range all {
			x := &all[i]
			if x.fold != f || len(x.facts) < 2 {
				continue
			}
			n++
			best, share := bestFact(x.facts, &weights)
			worth := -1
			if best == x.fact {
				right++
				worth = 1
			}
			for b := range int(share*steps) + 1 {
				gain[b] += worth
			}
		}
	}
	for b := range gain {
		if gain[b] > gain[int(m.Sure*steps+.5)] {
			m.Sure = float64(b) / steps
		}
	}
	fmt.Fprintf(w, "right fact of the sentence: %.1f %% of %d; answered alone from a share of %.2f on\n", 100*float64(right)/float64(max(n, 1)), n, m.Sure)
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

// trial is one question that is asked for fitting.
type trial struct {
	text   string
	lang   corpus.Lang
	wants  int          // the sentence that answers; -1 if none does
	skip   int          // the labelled question that it is; -1 if none
	fact   *corpus.Fact // the fact for which it was written, if any
	within []string     // the only documents to ask; nil for all
}

// examples weighs the candidates of n questions.
func (e *Engine) examples(ctx context.Context, n int, at func(int) trial) ([]example, error) {
	out := make([]example, n)
	errs := make([]error, runtime.GOMAXPROCS(0))
	var wait sync.WaitGroup
	for p := range errs {
		wait.Go(func() {
			for i := p; i < len(out); i += len(errs) {
				if errs[p] = e.example(ctx, at(i), &out[i]); errs[p] != nil {
					return
				}
			}
		})
	}
	wait.Wait()
	return out, errors.Join(errs...)
}

func (e *Engine) example(ctx context.Context, t trial, x *example) error {
	h := fnv.New32a()
	io.WriteString(h, t.text)
	x.fold, x.lang, x.wants, x.fact = int(h.Sum32()%folds), t.lang, t.wants, -1
	s, list, err := e.consider(ctx, e.read(clean(t.text), t.lang), t.within, t.skip)
	if err != nil {
		return fmt.Errorf("weigh %q: %w", t.text, err)
	}
	for _, c := range list {
		x.candidates = append(x.candidates, c.signals)
		right := c.n == x.wants
		if t.fact != nil {
			right = slices.Contains(e.standing(s.r, x.wants, t.fact), c.n)
		}
		x.right = append(x.right, right)
	}
	if t.fact != nil {
		for j, f := range e.factsFor(s, x.wants) {
			x.facts = append(x.facts, f.signals)
			if f.view.fact == t.fact {
				x.fact = j
			}
		}
	}
	return nil
}

// Which share of the asks is exchanged: one in so many.
const exchangeEvery = 4

// exchanged makes near misses of asks, by an exchange after which nothing states what is asked: another year or number than any that the
// corpus has, a country, place, person or thing that it does not name, or, for what a fact says of one side alone, the
// other side. The ask that each was made of stays among the labelled questions and lures.
func (e *Engine) exchanged() []trial {
	var out []trial
	strangers := e.strangers()
	for i := range e.asked {
		q := e.x.Question(i)
		if e.asked[i].near || i%exchangeEvery != 0 && q.Fact == nil {
			continue
		}
		add := func(text string) {
			if text != q.Text {
				out = append(out, trial{text: text, lang: q.Lang, wants: -1, skip: -1})
			}
		}
		// swap puts a stranger of its kind in the place of the first concept that may be exchanged.
		swap := func(may func(*corpus.Concept) bool) {
			done := false
			add(e.rewrite(q.Lang, q.Text, func(m index.ConceptMatch) (string, bool) {
				others := strangers[m.Concept.Kind]
				if done || len(others) == 0 || !may(m.Concept) {
					return "", false
				}
				done = true
				return others[i%len(others)].Names[q.Lang][0], true
			}))
		}
		isSide := func(k *corpus.Concept) bool { return k.ID == canada || k.ID == japan }
		folded := fold(q.Text)
		if ys := years(folded); len(ys) > 0 && i%exchangeEvery == 0 {
			add(strings.Replace(q.Text, strconv.Itoa(ys[0]), strconv.Itoa(ys[0]-3-i%17), 1))
			continue
		}
		if n := digits.FindString(q.Text); len(n) > 1 && i%exchangeEvery == 0 {
			number, _ := strconv.Atoi(n)
			add(strings.Replace(q.Text, n, strconv.Itoa(number+3+i%17), 1))
			continue
		}
		sides := make(map[string]int)
		for _, m := range e.x.Concepts(q.Lang, q.Text) {
			if isSide(m.Concept) {
				sides[m.Concept.ID]++
			}
		}
		switch {
		case len(sides) == 1 && q.Sentence == nil && q.Fact != nil && i%2 == 0:
			if subject := e.sideOf(q.Fact.Subject); subject != "" && sides[subject] > 0 && e.sideOf(q.Fact.Object) == "" {
				add(e.turn(q.Lang, q.Text))
			}
		case i%exchangeEvery != 0:
		case len(sides) > 0 && i/exchangeEvery%2 == 0:
			swap(isSide)
		default:
			v := e.evidenceOf(int(e.asked[i].sentence))
			swap(func(k *corpus.Concept) bool { return !isSide(k) && v.names[k.ID] })
		}
	}
	return out
}

// blanks are the words that people put where a value of a kind is asked for.
var blanks = map[corpus.Lang]map[Kind]string{
	corpus.English:  {Date: "when", Number: "how many", Money: "how much", Rank: "which place", Person: "who", Place: "where", Organisation: "which organisation", Reason: "why", Other: "what"},
	corpus.French:   {Date: "quand", Number: "combien", Money: "combien", Rank: "quel rang", Person: "qui", Place: "où", Organisation: "quelle organisation", Reason: "pourquoi", Other: "quoi"},
	corpus.Japanese: {Date: "いつ", Number: "いくつ", Money: "いくら", Rank: "何位", Person: "誰", Place: "どこ", Organisation: "どの組織", Reason: "なぜ", Other: "何"},
}

// verbatim makes questions that keep the words of the text: the sentence of a fact with a blank for its value, and the bare label of the fact.
// Asks are mostly paraphrases, and without these a question in the text's own words would look like a near miss.
func (e *Engine) verbatim() []trial {
	var out []trial
	for _, f := range e.c.Facts {
		s := f.Evidence[0].Sentence
		kind := kindOf(f.Value)
		for _, l := range corpus.Langs() {
			blank := blanks[l][kind]
			if blank == "" {
				blank = blanks[l][Other]
			}
			text, value := s.Translation[l], f.Answer[l]
			if l == s.Passage.Document.Lang {
				text, value = f.Evidence[0].Quote, f.Evidence[0].Words
				if text == value {
					text = s.Text
				}
			}
			if value != "" && strings.Contains(text, value) && len(value) < len(text) {
				text = strings.Replace(text, value, blank, 1)
				out = append(out, trial{text: strings.TrimRight(text, ".。 ") + "?", lang: l, wants: s.N, skip: -1, fact: f})
			}
			if label := f.Label[l]; label != "" {
				out = append(out, trial{text: label, lang: l, wants: s.N, skip: -1, fact: f})
			}
		}
	}
	return out
}

// strangers are the concepts that no sentence names, by their kind, of the kinds that may be exchanged for one another.
func (e *Engine) strangers() map[string][]*corpus.Concept {
	named := make(map[string]bool)
	for n := range e.c.Sentences {
		for id := range e.evidenceOf(n).names {
			named[id] = true
		}
	}
	out := make(map[string][]*corpus.Concept)
	for _, k := range e.c.Concepts {
		if !named[k.ID] && (entityKinds[k.Kind] || k.Kind == "thing") {
			out[k.Kind] = append(out[k.Kind], k)
		}
	}
	return out
}

// fitSentences finds the weights and the bar on all examples but those of a fold.
func fitSentences(all, more []example, only func(int) bool, without int) Weights {
	var rows []*signals
	var ys []float64
	for _, x := range slices.Concat(all, more) {
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
	return Weights{Forest: grow(rows, ys, used, &signalSense)}
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

// steps is how finely shares are told apart.
const steps = 100

// unanswerable is the share of people's questions that no source answers, as far as anybody knows: near misses count for as much
// in the choice of the bar, however many there are.
const unanswerable = .2

// bestBar finds the bar at which right answers and right refusals, less the wrong answers times a penalty, are most: a wrong answer is worse
// than a refusal, a refusal of what is plainly stated is bad too, and the labelled near misses come nearer to the asks than people's do.
func bestBar(trials []weighed, penalty float64) float64 {
	near := 0
	for _, t := range trials {
		if t.wants < 0 {
			near++
		}
	}
	each := unanswerable / (1 - unanswerable) * float64(len(trials)-near) / float64(max(near, 1))
	var gain [steps + 1]float64 // by bar
	for _, t := range trials {
		worth := 1.0
		if t.wants < 0 {
			worth = each
		}
		for b := range gain {
			switch answered := t.confidence >= float64(b)/steps; {
			case answered && t.right:
				gain[b]++
			case answered:
				gain[b] -= penalty * worth
			case t.wants < 0:
				gain[b] += worth
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

// weighed is what weights found without an example make of it.
type weighed struct {
	lang       corpus.Lang
	wants      int
	right      bool // the best candidate is the sentence that answers
	confidence float64
}

// crossValidate weighs each example with weights found on the other folds.
func crossValidate(all, more []example, only func(int) bool) []weighed {
	var out []weighed
	for f := range folds {
		w := fitSentences(all, more, only, f)
		for i := range all {
			if x := &all[i]; x.fold == f {
				best, confidence := x.outcome(&w)
				out = append(out, weighed{x.lang, x.wants, best >= 0 && x.right[best], confidence})
			}
		}
	}
	return out
}

// report prints how the examples did, answered from the bar on.
func report(w io.Writer, title string, trials []weighed, bar float64) {
	type sums struct{ asks, found, answered, near, refused, wrong int }
	var total sums
	byLang := make(map[corpus.Lang]*sums)
	var buckets [10]struct {
		n     int
		right int
		sum   float64
	}
	for _, t := range trials {
		if byLang[t.lang] == nil {
			byLang[t.lang] = new(sums)
		}
		answered := t.confidence >= bar
		for _, s := range []*sums{&total, byLang[t.lang]} {
			if t.wants >= 0 {
				s.asks++
				if t.right {
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
			if answered && !t.right {
				s.wrong++
			}
		}
		b := &buckets[min(int(t.confidence*10), 9)]
		b.n++
		b.sum += t.confidence
		if t.right {
			b.right++
		}
	}
	share := func(a, b int) float64 { return 100 * float64(a) / float64(max(b, 1)) }
	line := func(name string, s *sums) {
		fmt.Fprintf(w, "  %-4s asks %5d: right sentence first %5.1f %%, and answered %5.1f %%; near misses %5d: refused %5.1f %%; wrong answers %4.1f %% of all\n",
			name, s.asks, share(s.found, s.asks), share(s.answered, s.asks), s.near, share(s.refused, s.near), share(s.wrong, s.asks+s.near))
	}
	fmt.Fprintf(w, "%s, %d-fold cross-validation, answered from %.2f on:\n", title, folds, bar)
	line("all", &total)
	for _, l := range corpus.Langs() {
		if s := byLang[l]; s != nil {
			line(string(l), s)
		}
	}
	for b, x := range buckets {
		if x.n > 0 {
			fmt.Fprintf(w, "  confidence %.1f to %.1f: %5d, on average %.2f; right %.2f\n", float64(b)/10, float64(b+1)/10, x.n, x.sum/float64(x.n), float64(x.right)/float64(x.n))
		}
	}
}

// fitFacts finds the forest that tells which fact of its sentence a question was written for, without the examples of a fold.
func fitFacts(all []example, without int) forest {
	var rows []*signals
	var ys []float64
	used := make([]int, numFactSignals)
	for i := range used {
		used[i] = i
	}
	for _, x := range all {
		if x.fold == without || x.fact < 0 || len(x.facts) < 2 {
			continue
		}
		for j := range x.facts {
			rows = append(rows, &x.facts[j])
			y := 0.0
			if j == x.fact {
				y = 1
			}
			ys = append(ys, y)
		}
	}
	return grow(rows, ys, used, &factSense)
}

// bestFact gives the fact that is asked for, and its share.
func bestFact(facts []factSignals, f *forest) (int, float64) {
	scores := make([]float64, len(facts))
	for j := range facts {
		scores[j] = f.confidence(&facts[j])
	}
	return slices.Index(scores, slices.Max(scores)), share(scores)
}
