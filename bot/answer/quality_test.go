package answer

import (
	"slices"
	"strings"
	"testing"

	"kaede/corpus"
	"kaede/index"
)

// labelled gives about n labelled questions that wanted takes, spread over all that the corpus has.
func labelled(t testing.TB, e *Engine, n int, wanted func(index.Question) bool) []index.Question {
	t.Helper()
	var all []index.Question
	for i := range e.x.Questions() {
		if q := e.x.Question(i); wanted(q) {
			all = append(all, q)
		}
	}
	if len(all) < n {
		t.Fatalf("%d labelled questions, want %d", len(all), n)
	}
	out := make([]index.Question, n)
	for i := range out {
		out[i] = all[i*len(all)/n]
	}
	return out
}

func isAsk(q index.Question) bool { return q.NearMiss == nil }

func isNearMiss(q index.Question) bool { return q.NearMiss != nil }

// wants are the sentences that answer an ask: those of its fact, or its own.
func wants(q index.Question) []*corpus.Sentence {
	if q.Fact == nil {
		return []*corpus.Sentence{q.Sentence}
	}
	var out []*corpus.Sentence
	for _, v := range q.Fact.Evidence {
		out = append(out, v.Sentence)
	}
	return out
}

// quotesOneOf reports that an answer quotes a sentence of the list.
func quotesOneOf(answers []Answer, list []*corpus.Sentence) bool {
	return slices.ContainsFunc(answers, func(a Answer) bool {
		return slices.ContainsFunc(a.Evidence, func(v Evidence) bool { return slices.Contains(list, v.Sentence) })
	})
}

// atLeast fails unless right of n is at least share.
func atLeast(t *testing.T, what string, right, n int, share float64) {
	t.Helper()
	t.Logf("%s: %d of %d (%.1f %%)", what, right, n, 100*float64(right)/float64(n))
	if float64(right) < share*float64(n) {
		t.Errorf("%s: %d of %d, want at least %.0f %%", what, right, n, 100*share)
	}
}

// TestQuality asks labelled questions as they stand. What the shipped model does on questions that it has not seen, the command fit
// says; this holds that the model, the signals and the corpus belong together.
func TestQuality(t *testing.T) {
	e := shippedEngine(t)
	for _, l := range corpus.Langs() {
		t.Run(string(l), func(t *testing.T) {
			t.Parallel()
			asks := labelled(t, e, 100, func(q index.Question) bool { return isAsk(q) && q.Lang == l })
			found := 0
			for _, q := range asks {
				answers, err := e.Answer(t.Context(), Question{Text: q.Text, Lang: l})
				if err != nil {
					t.Fatal(err)
				}
				if quotesOneOf(answers, wants(q)) {
					found++
				}
			}
			atLeast(t, "asks answered with their sentence", found, len(asks), .90)
		})
	}
	t.Run("near misses", func(t *testing.T) {
		t.Parallel()
		near := labelled(t, e, 100, isNearMiss)
		refused := 0
		for _, q := range near {
			answers, err := e.Answer(t.Context(), Question{Text: q.Text, Lang: q.Lang})
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(answers, func(a Answer) bool { return a.Outcome == Answered }) {
				refused++
			}
		}
		atLeast(t, "near misses refused", refused, len(near), .85)
	})
	t.Run("facts", func(t *testing.T) {
		t.Parallel()
		asks := labelled(t, e, 150, func(q index.Question) bool { return q.Sentence == nil && q.Fact != nil && valued(kindOf(q.Fact.Value)) })
		right := 0
		for _, q := range asks {
			answers, err := e.Answer(t.Context(), Question{Text: q.Text, Lang: q.Lang})
			if err != nil {
				t.Fatal(err)
			}
			want := q.Fact.Answer.In(q.Lang)
			if slices.ContainsFunc(answers, func(a Answer) bool {
				return strings.Contains(a.Text, want) || len(a.Facts) == 0 && quotesOneOf(answers, wants(q))
			}) {
				right++
			}
		}
		atLeast(t, "values answered, or the sentence that holds them", right, len(asks), .85)
	})
}

// TestNewTopic asks labelled questions after one on something else: a new topic is not dragged into the old one.
func TestNewTopic(t *testing.T) {
	t.Parallel()
	e := shippedEngine(t)
	asks := labelled(t, e, 240, isAsk)
	alone, after := 0, 0
	for i, q := range asks {
		var before string
		for j := range asks {
			o := asks[(i+len(asks)/2+j)%len(asks)]
			if o.Lang == q.Lang && !slices.ContainsFunc(wants(o), func(s *corpus.Sentence) bool { return slices.Contains(wants(q), s) }) {
				before = o.Text
				break
			}
		}
		for _, history := range [][]string{nil, {before}} {
			answers, err := e.Answer(t.Context(), Question{Text: q.Text, Lang: q.Lang, History: history})
			if err != nil {
				t.Fatal(err)
			}
			if !quotesOneOf(answers, wants(q)) {
				break
			}
			if history == nil {
				alone++
			} else {
				after++
			}
		}
	}
	atLeast(t, "asks answered after another topic as they are alone", after, alone, .85)
}

// TestEvidence holds of hundreds of answers that each quote is a substring of its document and that its marks lie in it.
func TestEvidence(t *testing.T) {
	t.Parallel()
	e := shippedEngine(t)
	answered := make(map[corpus.Lang]int)
	for i, q := range labelled(t, e, 500, func(index.Question) bool { return true }) {
		var history []string
		if i%3 == 0 {
			history = []string{e.x.Question(i).Text}
		}
		answers, err := e.Answer(t.Context(), Question{Text: q.Text, History: history})
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range answers {
			if f := faults(a); f != nil {
				t.Errorf("%q: %s", q.Text, strings.Join(f, "; "))
			}
			if a.Outcome == Answered {
				answered[a.Lang]++
			}
		}
	}
	for _, l := range corpus.Langs() {
		if answered[l] < 50 {
			t.Errorf("only %d answers in %s", answered[l], l)
		}
	}
	for _, f := range e.c.Facts {
		for _, l := range corpus.Langs() {
			a := e.FactAnswer(f, l)
			if bad := faults(a); bad != nil {
				t.Errorf("fact %s: %s", f.ID, strings.Join(bad, "; "))
			}
			if len(a.Evidence[0].Marks) == 0 {
				t.Errorf("fact %s: nothing is marked", f.ID)
			}
		}
	}
}
