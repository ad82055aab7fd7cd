package answer

import (
	"cmp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"kaede/corpus"
)

// The tests of this file change the corpus and see the answers follow: nothing is known but what stands there.

// mirror exchanges the two countries in a text, all but the name of the document.
var mirror = strings.NewReplacer(
	"canada-japan-relations", "canada-japan-relations",
	"Canadian", "Japanese", "Japanese", "Canadian", "Canada", "Japan", "Japan", "Canada", "Ottawa", "Tokyo", "Tokyo", "Ottawa",
	"ottawa", "tokyo", "tokyo", "ottawa", "canada", "japan", "japan", "canada",
	"canadienne", "japonaise", "japonaise", "canadienne", "canadien", "japonais", "japonais", "canadien", "Japon", "Canada", "japon", "canada",
	"カナダ", "日本", "日本", "カナダ", "オタワ", "東京", "東京", "オタワ", "対日", "対加", "対加", "対日",
)

// eachPart passes the parts of the files of a folder, facts or lines, that hold one of the texts through change, each once.
func (x *edit) eachPart(folder string, texts []string, change func(string) string) {
	x.t.Helper()
	end := "\n"
	if folder == "facts/" {
		end = "\n\n" // facts stand apart
	}
	found := make(map[string]bool)
	for path, f := range x.files {
		if !strings.HasPrefix(path, folder) {
			continue
		}
		parts := strings.SplitAfter(string(f.Data), end)
		for i, p := range parts {
			for _, text := range texts {
				if strings.Contains(p, text) {
					found[text] = true
					parts[i] = change(p)
				}
			}
		}
		x.files[path] = &fstest.MapFile{Data: []byte(strings.Join(parts, ""))}
	}
	for _, text := range texts {
		if !found[text] {
			x.t.Fatalf("nothing in %s holds %q", folder, text)
		}
	}
}

// eachSentence passes sentences, given by how they begin, through change, with their translations, given by words of theirs, and
// with everything that rests on them.
func (x *edit) eachSentence(change func(string) string, sentences []string, translations ...string) {
	x.t.Helper()
	var facts []string
	for _, f := range shippedEngine(x.t).c.Facts {
		if slices.ContainsFunc(f.Evidence, func(v corpus.Evidence) bool {
			return slices.ContainsFunc(sentences, func(s string) bool { return strings.HasPrefix(v.Sentence.Text, s) })
		}) {
			facts = append(facts, "- id: "+f.ID+"\n")
		}
	}
	x.eachPart("facts/", facts, change)
	x.eachPart("documents/", slices.Concat(sentences, translations), change)
	x.eachPart("asks/", sentences, change)
	x.eachPart("near-misses/", sentences, change)
}

func drop(string) string { return "" }

// TestChangedCorpus asks the same questions of the source text and of copies that say something else.
func TestChangedCorpus(t *testing.T) {
	type reply struct {
		question, want string // what the short answer holds; empty: refused
	}
	for _, tt := range []struct {
		name          string
		change        func(*edit)
		before, after []reply
	}{
		{
			name: "another year and another figure",
			change: func(x *edit) {
				for _, folder := range []string{"documents/", "facts/", "asks/", "near-misses/"} {
					x.replace(folder, "1976", "1968")
				}
				x.replace("", "15.8", "18.3", "15,8", "18,3", "158億", "183億")
			},
			before: []reply{
				{"When was the JEC established?", "1976"}, {"JECはいつ設立されましたか？", "1976年"},
				{"How much does Canada export to Japan?", "$15.8 billion"}, {"カナダの対日輸出額は？", "158億"},
			},
			after: []reply{
				{"When was the JEC established?", "1968"}, {"Quand le CEM a-t-il été créé ?", "1968"}, {"JECはいつ設立されましたか？", "1968年"},
				{"How much does Canada export to Japan?", "$18.3 billion"}, {"Combien le Canada exporte-t-il vers le Japon ?", "18,3 milliards"}, {"カナダの対日輸出額は？", "183億"},
			},
		},
		{
			name: "sentences removed",
			change: func(x *edit) {
				x.eachSentence(drop, []string{"The stock of Canadian direct investment in Japan was valued at", "Canadians are\u00a0long-standing"},
					"Le stock d'investissements directs canadiens au Japon", "environ 10 000 anciens", "日本におけるカナダの直接投資残高", "カナダ人は長年にわたりこ")
			},
			before: []reply{
				{"How much has Canada invested in Japan?", "$4.1 billion"},
				{"Combien d'anciens du JET ?", "10 000"},
				{"How much has Japan invested in Canada?", "$49.3 billion"},
			},
			after: []reply{
				{"How much has Canada invested in Japan?", ""},
				{"Combien d'anciens du JET ?", ""},
				{"How much has Japan invested in Canada?", "$49.3 billion"},
			},
		},
		{
			name: "two countries exchanged",
			change: func(x *edit) {
				x.eachSentence(mirror.Replace, []string{"Canada and Japan have a long history", "Canada inaugurated its diplomatic mission"},
					"remontent à 1928", "a inauguré sa mission diplomatique", "1928年にさかのぼります", "カナダは1929年5月21日")
			},
			before: []reply{
				{"When did Japan open its mission in Ottawa?", "1928"}, {"When did Canada open its mission in Tokyo?", "1929"},
				{"Quand la mission canadienne à Tokyo a-t-elle ouvert ?", "21 mai 1929"}, {"日本がオタワに公使館を開いたのはいつですか？", "1928年"},
			},
			after: []reply{
				{"When did Japan open its mission in Ottawa?", "1929"}, {"When did Canada open its mission in Tokyo?", "1928"},
				{"Quand la mission canadienne à Tokyo a-t-elle ouvert ?", "1928"}, {"日本がオタワに公使館を開いたのはいつですか？", "1929年5月21日"},
			},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			x := shippedCopy(t)
			delete(x.files, "coverage.yaml") // it counts sentences
			tt.change(x)
			holds := func(when string, e *Engine, replies []reply) {
				for _, r := range replies {
					a := askOf(t, e, sourceText, r.question)
					if f := faults(a); f != nil {
						t.Errorf("%s, %s: %s", when, r.question, strings.Join(f, "; "))
					}
					switch {
					case r.want == "" && a.Outcome == Answered:
						t.Errorf("%s, %s: %q (%.2f), want a refusal", when, r.question, a.Text, a.Confidence)
					case r.want != "" && (a.Outcome != Answered || !strings.Contains(a.Text, r.want)):
						t.Errorf("%s, %s: %s %q (%.2f), want %q", when, r.question, a.Outcome, a.Text, a.Confidence, r.want)
					}
				}
			}
			holds("before", shippedEngine(t), tt.before)
			holds("after", engineOver(t, x.files), tt.after)
		})
	}
}

// plainCorpus is what anyone might have: texts without facts, lexicon or labelled questions.
var plainCorpus = fstest.MapFS{
	"lighthouse.md": {Data: []byte(`# The lighthouse of Cape Amber

The lighthouse of Cape Amber was built in 1874 by the engineer Ruth Calder. It stands 41 metres above the sea and its
lamp is seen from 30 kilometres away.

## The keepers

Eleven keepers lived on the cape until 1987, when the lamp was made automatic. The last keeper, Tom Ibarra, wrote a diary about the
storms. His diary is shown in the village library.
`)},
	"ferry.md": {Data: []byte(`# The ferry to Sorrel Island

The ferry to Sorrel Island leaves the village every morning at seven. A ticket costs 12 dollars for adults, and children under six
travel free. The crossing takes fifty minutes in calm weather.

In winter the ferry stops, because the strait freezes. The mail is then carried over the ice by sledge.
`)},
}

func TestPlainCorpus(t *testing.T) {
	e := engineOver(t, plainCorpus)
	for question, want := range map[string]string{
		"When was the lighthouse built?":                        "built in 1874",
		"Who built the lighthouse of Cape Amber?":               "Ruth Calder",
		"how many keepers lived on the cape":                    "Eleven keepers",
		"Where is the diary shown?":                             "village library",
		"How much does a ticket for the ferry cost?":            "12 dollars",
		"why does the ferry stop in winter?":                    "strait freezes",
		"How long does the crossing take in calm weather":       "fifty minutes",
		"How is the mail carried over the ice?":                 "sledge",
		"who was the last keeper":                               "Tom Ibarra",
		"When does the ferry to Sorrel Island leave?":           "at seven",
		"From how far away is the lamp of the lighthouse seen?": "30 kilometres",
	} {
		a := ask(t, e, question)
		if f := faults(a); f != nil {
			t.Errorf("%s: %s", question, strings.Join(f, "; "))
		}
		if a.Outcome != Answered || !strings.Contains(a.Evidence[0].Sentence.Text, want) {
			t.Errorf("%s: %s %q (%.2f), nearest %v; want %q", question, a.Outcome, a.Text, a.Confidence, a.Further, want)
		}
	}
	for _, question := range []string{
		"What is the capital of Mongolia?", "Who won the chess championship?", "How do I bake sourdough bread?", "When did the volcano erupt?",
		"Quel est le prix de l'essence ?", "株価はいくらですか", "asdf qwer zxcv",
	} {
		if a := ask(t, e, question); a.Outcome == Answered {
			t.Errorf("%s: %q (%.2f), want a refusal", question, a.Text, a.Confidence)
		}
	}
}

// TestSources holds that documents which may not answer do not.
func TestSources(t *testing.T) {
	e := engineOver(t, plainCorpus)
	const question = "When was the lighthouse built?"
	for _, tt := range []struct {
		sources []string
		want    Outcome
	}{
		{nil, Answered}, {[]string{"lighthouse"}, Answered}, {[]string{"ferry", "lighthouse"}, Answered}, {[]string{"ferry"}, Refused}, {[]string{"none"}, Refused}, {[]string{}, Refused},
	} {
		answers, err := e.Answer(t.Context(), Question{Text: question, Sources: tt.sources})
		if err != nil {
			t.Fatal(err)
		}
		if got := answers[0].Outcome; got != tt.want {
			t.Errorf("from %q: %s, want %s", tt.sources, got, tt.want)
		}
	}
}

// TestSourceAlone asks one document of the shipped corpus alone, also for what it shares with others and for what only others tell: no
// quote is from another.
func TestSourceAlone(t *testing.T) {
	t.Parallel()
	e := shippedEngine(t)
	own := func(document, question string) {
		t.Helper()
		answers, err := e.Answer(t.Context(), Question{Text: question, Sources: []string{document}})
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range answers {
			for _, v := range a.Evidence {
				if id := v.Sentence.Passage.Document.ID; id != document {
					t.Errorf("%q of %s: %q, with a quote from %s", question, document, a.Text, id)
				}
			}
		}
	}
	shared := 0
	for _, f := range e.c.Facts {
		documents := make(map[string]bool)
		for _, v := range f.Evidence {
			documents[v.Sentence.Passage.Document.ID] = true
		}
		if len(documents) == 1 {
			continue
		}
		shared++
		for id := range documents {
			for _, l := range corpus.Langs() {
				own(id, f.Label.In(l)+"?")
			}
		}
	}
	if shared == 0 {
		t.Error("no fact rests on several documents")
	}
	for _, q := range labelled(t, e, 100, isAsk) {
		own(sourceText[0], q.Text)
	}
}

// TestExplain holds that an explanation tells of the words, candidates and bar by which it was decided.
func TestExplain(t *testing.T) {
	e := shippedEngine(t)
	for question, matched := range map[string]bool{"When was the JEC established?": true, "When was the zeppelin established?": false} {
		answers, err := e.Answer(t.Context(), Question{Text: question, Explain: true})
		if err != nil {
			t.Fatal(err)
		}
		a := answers[0]
		x := a.Explanation
		if x == nil || len(x.Candidates) == 0 || len(x.Words) == 0 {
			t.Fatalf("%s: explained by %+v", question, x)
		}
		if best := x.Candidates[0]; best.Confidence != a.Confidence || (best.Confidence >= x.Bar) != (a.Outcome == Answered) {
			t.Errorf("%s: %s at %v, though the best is %v and the bar %v", question, a.Outcome, a.Confidence, best.Confidence, x.Bar)
		}
		if !slices.IsSortedFunc(x.Candidates, func(a, b Candidate) int { return cmp.Compare(b.Confidence, a.Confidence) }) {
			t.Errorf("%s: the candidates are in no order", question)
		}
		for _, c := range x.Candidates {
			for name := range c.Signals {
				if !slices.Contains(namesOf(meanings[:]), name) {
					t.Errorf("%s: no signal is called %q", question, name)
				}
			}
		}
		all := !slices.ContainsFunc(x.Words, func(w Word) bool { return !w.Matched })
		if all != matched {
			t.Errorf("%s: words %+v", question, x.Words)
		}
	}
	if a := ask(t, e, "When was the JEC established?"); a.Explanation != nil {
		t.Error("it explains what nobody asked it to")
	}
}

// TestSeriesOfTwoKinds holds that an amount and a share that differ in their time too are not taken for one series.
func TestSeriesOfTwoKinds(t *testing.T) {
	fact := func(id, quote, words, asOf, value string) string {
		return "- id: " + id + "\n  topic: ferry\n  subject: ferry\n  relation: freight\n  as_of: " + asOf + "\n  label: {en: Freight of the ferry, fr: Fret du bac, ja: フェリーの貨物}\n  " + value +
			"\n  asks:\n    en: [how much freight did the ferry carry, what was the freight of the ferry worth]\n  evidence:\n    - document: ferry\n      quote: " + quote + "\n      words: " + words + "\n\n"
	}
	e := engineOver(t, fstest.MapFS{
		"documents/ferry.md": {Data: []byte("---\nid: ferry\ntitle: The ferry\npublisher: Harbour Board\nlanguage: en\n---\n\nIn 2019 the freight of the ferry was worth 5 million dollars.\n\nIn 2024 the freight of the ferry took 40 per cent of its deck.\n")},
		"lexicon/ferry.yaml": {Data: []byte("- {id: ferry, kind: thing, en: [ferry], fr: [bac], ja: [フェリー]}\n- {id: freight, kind: thing, en: [freight], fr: [fret], ja: [貨物]}\n")},
		"facts/ferry.yaml": {Data: []byte(fact("freight-worth", "the freight of the ferry was worth 5 million dollars", "5 million dollars", "2019", "quantity: {number: 5e6, unit: dollars, currency: CAD}") +
			fact("freight-share", "the freight of the ferry took 40 per cent of its deck", "40 per cent", "2024", "quantity: {number: 40, unit: percent}"))},
	})
	if a := ask(t, e, "How much was the freight of the ferry worth?"); a.Outcome != Answered || !strings.Contains(a.Text, "5 million") {
		t.Errorf("%s %q", a.Outcome, a.Text)
	}
}
