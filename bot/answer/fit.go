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
	texts      []string      // ... and what they would answer
	fact       int           // which of them
}

// Fit finds the model from the labelled questions of the corpus of x, each asked as if it were not itself among them, and reports to w how
// well a model found on four fifths of them does on the last fifth.
//
// Which fact of a sentence is asked for comes first, since sentences are weighed by their facts too: the sentences of each fifth are weighed
// with facts weighed without it. Asks are to find their sentence; near misses are to find none. The sentence weights are a forest over
// the candidates; the bar is where the count of right answers and right refusals, less the wrong answers, is greatest.
func Fit(ctx context.Context, x *index.Index, w io.Writer) (*Model, error) {
	e := newEngine(x, &Model{})
	asked := e.trials()
	all, err := examples(ctx, asked, func(int) *Engine { return e }, (*Engine).factExample)
	if err != nil {
		return nil, err
	}
	var without [folds]*Engine // by fold, an engine whose model is found without it
	for f := range folds {
		without[f] = e.with(&Model{Fact: fitFacts(all, f)})
	}
	m := &Model{Signals: namesOf(meanings[:]), FactSignals: namesOf(factMeanings[:]), Fact: fitFacts(all, none)}
	m.Sure, m.SureValue = fitSure(all, without, w)
	for _, e := range without {
		e.model.Sure, e.model.SureValue = m.Sure, m.SureValue
	}
	ofFold := func(fold int) *Engine { return without[fold] }
	if all, err = examples(ctx, asked, ofFold, (*Engine).sentenceExample); err != nil {
		return nil, err
	}
	more, err := examples(ctx, append(e.exchanged(), e.verbatim()...), ofFold, (*Engine).sentenceExample)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(w, "labelled questions: %d; made of them and of the facts: %d\n", len(all), len(more))
	for _, x := range []struct {
		title   string
		of      func(*Model) *Weights
		only    func(int) bool
		penalty float64
	}{
		{"with labelled questions", func(m *Model) *Weights { return &m.Labelled }, nil, answerPenalty},
		{"with words only", func(m *Model) *Weights { return &m.Plain }, isPlain, plainPenalty},
	} {
		var trials []weighed
		for f := range folds {
			of := x.of(without[f].model)
			*of = fitSentences(all, more, x.only, f)
			trials = append(trials, weighFold(all, f, of)...)
		}
		of := x.of(m)
		*of = fitSentences(all, more, x.only, none)
		of.Bar = bestBar(trials, len(trials), countNear(trials), x.penalty)
		for f := range folds {
			x.of(without[f].model).Bar = of.Bar
		}
		report(w, x.title, trials, of.Bar)
	}
	paths, err := walk(ctx, asked, ofFold)
	if err != nil {
		return nil, err
	}
	m.Labelled.WellFound = fitWellFound(paths, answerPenalty)
	m.Plain.WellFound = 1 // no facts, nothing that they state
	for _, e := range without {
		e.model.Labelled.WellFound = m.Labelled.WellFound
	}
	if paths, err = walk(ctx, asked, ofFold); err != nil {
		return nil, err
	}
	reportWalk(w, paths)
	m.Carry, err = e.with(m).fitCarry(ctx, w)
	return m, err
}

// What a wrong answer counts for against a right one. By words alone, far paraphrases and near misses look alike, and whoever has but a text asks
// in its words.
const answerPenalty, plainPenalty = .75, .25

// with is the engine with another model.
func (e *Engine) with(m *Model) *Engine {
	own := *e
	own.model = m
	return &own
}

// fitSure finds the share from which the best fact of a sentence is the answer rather than the sentence, for facts put in words and for
// values, with engines whose facts are weighed without a fold each.
func fitSure(all []example, without [folds]*Engine, w io.Writer) (words, values float64) {
	right, n := 0, 0
	var ofWords, ofValues [steps + 1]float64 // by share: of those whose share is as large, what is won by giving the fact and not its sentence
	for i := range all {
		x := &all[i]
		if len(x.facts) < 2 {
			continue
		}
		n++
		best, share := x.bestFact(&without[x.fold].model.Fact)
		gain, worth := &ofWords, sentenceWorth
		if x.facts[best][factIsName] == 1 {
			gain, worth = &ofValues, 0
		}
		won := -1 - worth
		if strings.Contains(x.texts[best], x.texts[x.fact]) {
			right++
			won = 1 - worth
		}
		for b := range int(share*steps) + 1 {
			gain[b] += won
		}
	}
	best := func(gain *[steps + 1]float64) float64 {
		return float64(slices.Index(gain[:], slices.Max(gain[:]))) / steps
	}
	words, values = best(&ofWords), best(&ofValues)
	fmt.Fprintf(w, "right fact of the sentence: %.1f %% of %d; answered alone from a share of %.2f on, names from %.2f\n", 100*float64(right)/float64(max(n, 1)), n, words, values)
	return words, values
}

// sentenceWorth is what a whole sentence is worth as an answer, against the very words asked for; the wrong ones cost as much as the right ones are
// worth. Who asks for a name wants no sentence.
const sentenceWorth = .25

// walked is what became of a labelled question on the whole path, checks of what is stated included.
type walked struct {
	near, answered, right bool
	valued, value         bool    // it was written for a fact; the answer holds its value
	unstated              float64 // the confidence, where all but the kind of value asked for is there; else 0
}

// walk asks the labelled questions on the whole path, each on the engine of its fold.
func walk(ctx context.Context, asked []trial, ofFold func(int) *Engine) ([]walked, error) {
	return each(ctx, asked, func(e *Engine, t trial) (w walked, err error) {
		s, list, err := e.find(ctx, e.read(clean(t.text), t.lang), t.within, t.skip)
		if err != nil || len(list) == 0 {
			return walked{near: t.wants < 0}, err
		}
		best := list[0]
		w = walked{near: t.wants < 0, answered: e.passes(s, best), valued: t.fact != nil}
		w.right = best.n == t.wants || t.fact != nil && slices.Contains(e.standing(s.r, t.wants, t.fact), best.n)
		if best.confidence >= e.weights().Bar && !e.contradicts(s, best) && !e.states(s, best.n) {
			w.unstated = best.confidence
		}
		if w.answered && w.valued {
			a := Answer{Lang: t.lang}
			e.shorten(&a, s, list)
			w.value = slices.Contains(a.Facts, t.fact) || strings.Contains(a.Text, t.fact.Answer.In(t.lang)) || len(a.Facts) == 0 && w.right
		}
		return w, nil
	}, ofFold)
}

// fitWellFound finds the confidence from which a sentence answers that does not state the kind of value asked for.
func fitWellFound(all []walked, penalty float64) float64 {
	near := 0
	for _, w := range all {
		if w.near {
			near++
		}
	}
	var trials []weighed
	for _, w := range all {
		if w.unstated > 0 {
			t := weighed{right: w.right, confidence: w.unstated}
			if w.near {
				t.wants = -1
			}
			trials = append(trials, t)
		}
	}
	return bestBar(trials, len(all), near, penalty)
}

// reportWalk prints what became of the labelled questions on the whole path.
func reportWalk(w io.Writer, all []walked) {
	var asks, near, right, wrong, valued, value, refused int
	for _, x := range all {
		switch {
		case x.near && !x.answered:
			near, refused = near+1, refused+1
		case x.near:
			near++
		case x.answered && x.right:
			asks, right = asks+1, right+1
		case x.answered:
			asks, wrong = asks+1, wrong+1
		default:
			asks++
		}
		if x.answered && x.valued {
			valued++
			if x.value {
				value++
			}
		}
	}
	share := func(n, of int) float64 { return 100 * float64(n) / float64(max(of, 1)) }
	fmt.Fprintf(w, "on the whole path: asks answered with their sentence %.1f %%, with another %.1f %%; answers that hold the fact asked for %.1f %%; near misses refused %.1f %%\n",
		share(right, asks), share(wrong, asks), share(value, valued), share(refused, near))
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

// trials are the labelled questions.
func (e *Engine) trials() []trial {
	out := make([]trial, e.x.Questions())
	for i := range e.x.Questions() {
		q, a := e.x.Question(i), e.labelOf(i)
		out[i] = trial{text: q.Text, lang: q.Lang, wants: a.sentence, skip: i, fact: q.Fact}
		if a.near {
			out[i].wants = -1
			if a.document != nil {
				out[i].within = []string{a.document.ID}
			}
		}
	}
	return out
}

// fold is the part of the labelled questions to which a trial belongs.
func (t *trial) fold() int {
	h := fnv.New32a()
	io.WriteString(h, t.text)
	return int(h.Sum32() % folds)
}

// each does something with each trial, several at once, on the engine of its fold.
func each[T any](ctx context.Context, trials []trial, do func(*Engine, trial) (T, error), ofFold func(int) *Engine) ([]T, error) {
	out := make([]T, len(trials))
	errs := make([]error, runtime.GOMAXPROCS(0))
	var wait sync.WaitGroup
	for p := range errs {
		wait.Go(func() {
			for i := p; i < len(out) && errs[p] == nil; i += len(errs) {
				if out[i], errs[p] = do(ofFold(trials[i].fold()), trials[i]); errs[p] != nil {
					errs[p] = fmt.Errorf("weigh %q: %w", trials[i].text, errs[p])
				}
			}
		})
	}
	wait.Wait()
	return out, errors.Join(errs...)
}

// examples makes an example of each trial.
func examples(ctx context.Context, trials []trial, ofFold func(int) *Engine, fill func(*Engine, *example, trial, *scene, []candidate)) ([]example, error) {
	return each(ctx, trials, func(e *Engine, t trial) (example, error) {
		x := example{fold: t.fold(), lang: t.lang, wants: t.wants, fact: -1}
		s, list, err := e.consider(ctx, e.read(clean(t.text), t.lang), t.within, t.skip)
		if err == nil {
			fill(e, &x, t, s, list)
		}
		return x, err
	}, ofFold)
}

// factExample fills in the facts of the sentence that answers.
func (e *Engine) factExample(x *example, t trial, s *scene, _ []candidate) {
	if t.fact == nil {
		return
	}
	for j, f := range e.factsFor(s, x.wants) {
		x.facts, x.texts = append(x.facts, f.signals), append(x.texts, f.view.fact.Answer.In(t.lang))
		if f.view.fact == t.fact {
			x.fact = j
		}
	}
}

// sentenceExample fills in the candidates.
func (e *Engine) sentenceExample(x *example, t trial, s *scene, list []candidate) {
	for _, c := range list {
		x.candidates = append(x.candidates, c.signals)
		right := c.n == x.wants
		if t.fact != nil {
			right = slices.Contains(e.standing(s.r, x.wants, t.fact), c.n)
		}
		x.right = append(x.right, right)
	}
}

// Which share of the asks is exchanged: one in so many.
const exchangeEvery = 4

// exchanged makes near misses of asks, by an exchange after which nothing states what is asked: another year or number than any that the
// corpus has, a country, place, person or thing that it does not name, or, for what a fact says of one side alone, the
// other side. The ask that each was made of stays among the labelled questions and lures.
func (e *Engine) exchanged() []trial {
	var out []trial
	strangers := e.strangers()
	for i := range e.x.Questions() {
		q := e.x.Question(i)
		if e.labelOf(i).near || i%exchangeEvery != 0 && q.Fact == nil {
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
				add(turn(q.Lang, q.Text))
			}
		case i%exchangeEvery != 0:
		case len(sides) > 0 && i/exchangeEvery%2 == 0:
			swap(isSide)
		default:
			v := e.evidenceOf(e.labelOf(i).sentence)
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

// verbatim makes questions that keep the words of the text: the sentence of a fact with a blank for its value.
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
	return Weights{Forest: grow(rows, ys, used, meanings[:])}
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
func bestBar(trials []weighed, all, near int, penalty float64) float64 {
	each := unanswerable / (1 - unanswerable) * float64(all-near) / float64(max(near, 1))
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

func countNear(trials []weighed) int {
	n := 0
	for _, t := range trials {
		if t.wants < 0 {
			n++
		}
	}
	return n
}

// weighed is what weights found without an example make of it.
type weighed struct {
	lang       corpus.Lang
	wants      int
	right      bool // the best candidate is the sentence that answers
	confidence float64
}

// weighFold weighs the examples of a fold with weights found without it.
func weighFold(all []example, fold int, w *Weights) []weighed {
	var out []weighed
	for i := range all {
		if x := &all[i]; x.fold == fold {
			best, confidence := x.outcome(w)
			out = append(out, weighed{x.lang, x.wants, best >= 0 && x.right[best], confidence})
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
	return grow(rows, ys, used, factMeanings[:])
}

// bestFact gives the fact that is asked for, and the share of what it answers.
func (x *example) bestFact(f *forest) (int, float64) {
	scores := make([]float64, len(x.facts))
	for j := range x.facts {
		scores[j] = f.confidence(&x.facts[j])
	}
	best := slices.Index(scores, slices.Max(scores))
	return best, share(scores, x.texts, best)
}
