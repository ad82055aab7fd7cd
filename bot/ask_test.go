package bot_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"kaede/bot"
	"kaede/bot/answer"
	"kaede/corpus"
)

const seed = "canada-japan-relations"

// onShipped is the one bot over the shipped corpus that the tests of this binary share. It closes with the process.
var onShipped = sync.OnceValues(func() (*bot.Bot, error) {
	return bot.Open(context.Background(), bot.Options{Log: slog.New(slog.DiscardHandler)})
})

func shipped(t testing.TB) *bot.Bot {
	t.Helper()
	b, err := onShipped()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func ask(t testing.TB, b *bot.Bot, q bot.Question) bot.Reply {
	t.Helper()
	r, err := b.Ask(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Parts) == 0 {
		t.Fatalf("%q: no part", q.Text)
	}
	return r
}

// BenchmarkAsk asks questions in three languages in turn, as a door does, and tells the median and the 99th percentile.
func BenchmarkAsk(b *testing.B) {
	questions := []bot.Question{
		{Text: "When did Japan open its mission in Ottawa?"},
		{Text: "How much did Canada export to Japan in 2023?", Sources: []string{seed}},
		{Text: "Who was Canada's first minister to Japan?"},
		{Text: "Quel est le PIB du Japon ?"},
		{Text: "日本はカナダにとって何番目の貿易相手国ですか"},
		{Text: "What is the GDP of Brazil?"},
	}
	kaede := shipped(b)
	for _, q := range questions { // sentences are prepared when they are first a candidate
		ask(b, kaede, q)
	}
	var took []time.Duration
	for b.Loop() {
		start := time.Now()
		ask(b, kaede, questions[len(took)%len(questions)])
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
}

func TestAsk(t *testing.T) {
	b := shipped(t)
	for _, tt := range []struct {
		q       bot.Question
		lang    corpus.Lang
		outcome answer.Outcome
		say     []string // what the first part says
	}{
		{bot.Question{Text: "When did Japan open its mission in Ottawa?"}, "en", answer.Answered, []string{"1928"}},
		{bot.Question{Text: "Is Japan Canada's largest trade partner?"}, "en", answer.Answered, []string{"No: ", "fourth"}},
		{bot.Question{Text: "Quand le CEM a-t-il été créé ?"}, "fr", answer.Answered, []string{"1976"}},
		{bot.Question{Text: "JECはいつ設立されましたか？"}, "ja", answer.Answered, []string{"1976年"}},
		{bot.Question{Text: "What is the GDP of Brazil?"}, "en", answer.Refused, []string{"My sources don't say.", "Brazil"}},
		{bot.Question{Text: "Quel est le PIB du Brésil ?"}, "fr", answer.Refused, []string{"Brésil"}},
		{bot.Question{Text: "ブラジルのGDPは？"}, "ja", answer.Refused, []string{"ブラジル"}},
		{bot.Question{Text: "hello there"}, "en", answer.Social, []string{"Kaede"}},
		{bot.Question{Text: "merci !"}, "fr", answer.Social, []string{"Kaede"}},
	} {
		r := ask(t, b, tt.q)
		p := r.Parts[0]
		if r.Lang != tt.lang || p.Outcome != tt.outcome || r.Answered() != (tt.outcome == answer.Answered) {
			t.Errorf("%s: %s in %s, answered %t", tt.q.Text, p.Outcome, r.Lang, r.Answered())
		}
		for _, s := range tt.say {
			if !strings.Contains(p.Say, s) {
				t.Errorf("%s: it says %q, without %q", tt.q.Text, p.Say, s)
			}
		}
		if (len(p.Evidence) > 0) != (tt.outcome == answer.Answered) {
			t.Errorf("%s: %d quotes", tt.q.Text, len(p.Evidence))
		}
		if r.Version != b.Status().Version {
			t.Errorf("%s: from version %q, which is not %q", tt.q.Text, r.Version, b.Status().Version)
		}
	}
}

func TestAskParts(t *testing.T) {
	b := shipped(t)
	r := ask(t, b, bot.Question{Text: "When was the JEC established? What is the capital of Peru?"})
	if len(r.Parts) != 2 || r.Parts[0].Outcome != answer.Answered || r.Parts[1].Outcome != answer.Refused || !r.Answered() {
		t.Errorf("two questions: %+v", r)
	}
	p := ask(t, b, bot.Question{Text: "how many freindship associations are there"}).Parts[0]
	if !slices.ContainsFunc(p.Notes, func(n string) bool { return strings.Contains(n, "freindship") && strings.Contains(n, "friendship") }) {
		t.Errorf("a typing error is mended and not told: %q", p.Notes)
	}
	p = ask(t, b, bot.Question{Text: "When was that?", History: []string{"Who released the Action Plan?"}}).Parts[0]
	if !slices.ContainsFunc(p.Notes, func(n string) bool { return strings.Contains(n, "Action Plan") }) {
		t.Errorf("what a follow-up was taken to ask is not told: %q", p.Notes)
	}
	p = ask(t, b, bot.Question{Text: "How many sister cities are there?"}).Parts[0]
	if len(p.Related) == 0 || len(p.Related) > 5 {
		t.Errorf("%d related facts", len(p.Related))
	}
	for _, f := range p.Related {
		if slices.Contains(p.Facts, f) {
			t.Errorf("fact %s is related to itself", f.ID)
		}
	}
}

// TestUnknownSource holds that a person is told in their language which document there is none of.
func TestUnknownSource(t *testing.T) {
	_, err := shipped(t).Ask(t.Context(), bot.Question{Text: "What is Japan's GDP?", Sources: []string{seed, "atlantis"}})
	said := notFound(t, err, "atlantis")
	if len(said) != 3 {
		t.Errorf("said in %d ways: %v", len(said), said)
	}
}

// notFound holds that err is a *bot.Error which names what there is none of, and gives what it says in the three languages.
func notFound(t *testing.T, err error, name string) map[string]bool {
	t.Helper()
	said := make(map[string]bool)
	var e *bot.Error
	if !errors.As(err, &e) || e.Code != bot.NotFound || !strings.Contains(e.Error(), name) {
		t.Errorf("%v, want not found: %s", err, name)
		return said
	}
	for _, l := range []string{"en", "fr", "ja"} {
		s := e.Say(l)
		if !strings.Contains(s, name) {
			t.Errorf("in %s it says %q", l, s)
		}
		said[s] = true
	}
	return said
}

func TestFact(t *testing.T) {
	b := shipped(t)
	for _, tt := range []struct {
		text string
		lang corpus.Lang
		id   string
		say  string
	}{
		{"japan-gdp", "en", "japan-gdp", "$5.7 trillion"},
		{"japan-gdp", "ja", "japan-gdp", "5兆7000億"},
		{"Japan's GDP", "en", "japan-gdp", "$5.7 trillion"},
		{"PIB du Japon", "fr", "japan-gdp", "5 700 milliards"},
		{"日本のGDP", "ja", "japan-gdp", "5兆7000億"},
	} {
		r, err := b.Fact(tt.text, tt.lang)
		if err != nil {
			t.Errorf("%q: %v", tt.text, err)
			continue
		}
		p := r.Parts[0]
		if p.Facts[0].ID != tt.id || !strings.Contains(strings.ReplaceAll(p.Say, "\u00a0", " "), tt.say) || len(p.Evidence) == 0 || r.Lang != tt.lang {
			t.Errorf("%q in %s: %s says %q", tt.text, tt.lang, p.Facts[0].ID, p.Say)
		}
	}
	for _, text := range []string{"", "   ", "zzzzqqqq"} {
		_, err := b.Fact(text, "fr")
		notFound(t, err, text)
	}
}

// TestWithinSources holds that nothing said of some documents comes from others.
func TestWithinSources(t *testing.T) {
	b := shipped(t)
	r, err := b.Fact("CPTPP", "en", seed)
	if err != nil {
		t.Fatal(err)
	}
	asked := ask(t, b, bot.Question{Text: "What is Japan's GDP?", Sources: []string{seed}})
	for _, p := range slices.Concat(r.Parts, asked.Parts) {
		for _, e := range p.Evidence {
			if id := e.Sentence.Passage.Document.ID; id != seed {
				t.Errorf("%s quotes %s", p.Say, id)
			}
		}
		for _, f := range slices.Concat(p.Facts, p.Related, p.Since, p.Differs) {
			if !f.Within([]string{seed}) {
				t.Errorf("%s names the fact %s", p.Say, f.ID)
			}
		}
	}
	for _, c := range b.Suggest("CPTPP", "en", 25, seed) {
		if _, err := b.Fact(c.ID, "en", seed); err != nil {
			t.Errorf("it suggests %s: %v", c.ID, err)
		}
	}
	_, err = b.Fact("canada-minister-to-japan-first", "en", "no-such-document")
	if err == nil {
		t.Error("a fact is within a document that there is not")
	}
	if all, some := b.Topics(), b.Topics(seed); len(some) == 0 || len(some) >= len(all) {
		t.Errorf("%d topics of %d", len(some), len(all))
	}
	if some := b.Sources(seed); len(some) != 1 || some[0].Document.ID != seed {
		t.Errorf("sources %v", some)
	}
}

// TestOvertaken asks for what the source text states and time has overtaken: a reply states what is newer, or shows it beside what it
// states. Asked of the source text alone, it answers as that does.
func TestOvertaken(t *testing.T) {
	b := shipped(t)
	for _, tt := range []struct {
		question string
		says     string // the source text
		newer    string // the fact
	}{
		{"Which agreement on secrets are they negotiating?", "General Security of Information Agreement", "information-agreement-signed"},
		{"Quel accord sur les renseignements est en négociation ?", "Accord général sur la sécurité de l'information", "information-agreement-signed"},
		{"どの情報保護協定が交渉されていますか？", "情報保護協定", "information-agreement-signed"},
		{"What will Canada show at the Osaka Expo?", "cultural performances", "expo-held"},
		{"What are Canada and Japan committed to deepening?", "partnership", "comprehensive-strategic-partnership-date"},
		{"日本とカナダは何を深めると約束していますか？", "パートナーシップ", "comprehensive-strategic-partnership-date"},
		{"Where does Japan rank among investors in Canada?", "third", "investor-rank-2026"},
		{"カナダへの投資国として日本は何位ですか？", "第3位", "investor-rank-2026"},
		{"How much does Canada export to Japan?", "$15.8 billion", "exports-to-japan-2024"},
		{"Combien le Canada exporte-t-il vers le Japon ?", "15,8", "exports-to-japan-2024"},
	} {
		is := func(f *corpus.Fact) bool { return f.ID == tt.newer }
		p := ask(t, b, bot.Question{Text: tt.question}).Parts[0]
		switch {
		case slices.ContainsFunc(p.Facts, is):
		case !slices.ContainsFunc(p.Since, is):
			t.Errorf("%s: %q, and nothing of %s", tt.question, p.Say, tt.newer)
		case !slices.ContainsFunc(p.Notes, func(n string) bool { return strings.Contains(n, p.Since[0].Label.In(p.Lang)) }):
			t.Errorf("%s: %s is found, and told in none of %q", tt.question, tt.newer, p.Notes)
		}
		p = ask(t, b, bot.Question{Text: tt.question, Sources: []string{seed}}).Parts[0]
		if !strings.Contains(p.Say, tt.says) || len(p.Since) > 0 || slices.ContainsFunc(p.Facts, is) {
			t.Errorf("%s of the source text alone: %q since %d facts, want %q", tt.question, p.Say, len(p.Since), tt.says)
		}
	}
	for fact, newer := range map[string]string{
		"information-agreement-status": "information-agreement-signed", "expo-place": "expo-held", "committed-to-deepen-partnership": "comprehensive-strategic-partnership-date",
		"japan-fdi-rank-overall": "investor-rank-2026", "canada-exports-to-japan": "exports-to-japan-2024", "japan-ambassador-2020": "japan-ambassador-to-canada",
	} {
		for _, l := range corpus.Langs() {
			r, err := b.Fact(fact, l)
			if err != nil {
				t.Fatal(err)
			}
			if p := r.Parts[0]; !slices.ContainsFunc(p.Since, func(f *corpus.Fact) bool { return f.ID == newer }) || len(p.Notes) == 0 {
				t.Errorf("%s in %s: nothing of %s in %q", fact, l, newer, p.Notes)
			}
		}
	}
}

// TestTimes asks for one time among several, and for the newest, which is meant too where no time is asked for.
func TestTimes(t *testing.T) {
	b := shipped(t)
	for question, want := range map[string]string{
		"How much did Canada export to Japan as of 2018?":              "12.9",
		"As of 2021, how much did Canada export to Japan?":             "14.5",
		"As of 2023, how much did Canada export to Japan?":             "15.8",
		"What is the latest figure of Canada's exports to Japan?":      "15 billion (2024)",
		"Combien le Canada a-t-il exporté vers le Japon en 2018 ?":     "12,9",
		"En 2021, combien le Canada a-t-il exporté vers le Japon ?":    "14,5",
		"2018年のカナダの対日輸出額は？":                                            "129億",
		"2021年時点のカナダの対日輸出額は？":                                          "145億",
		"最新の対日輸出額は？":                                                   "150億",
		"Where did Japan rank among investors in Canada as of 2023?":   "third",
		"How much had Japan invested in Canada as of 2013?":            "17.3",
		"How many Canadians visited Japan, latest figure?":             "580,000",
		"As of 2019, who was Canada's ambassador to Japan?":            "Burney",
		"2019年時点の駐日カナダ大使は誰ですか？":                                        "バーニー",
		"Who was Japan's ambassador to Canada in 2015?":                "Monji",
		"How many people of Japanese origin lived in Canada in 2001?":  "85,000",
		"How many people of Japanese origin were counted in 2016?":     "121,485",
		"How many people of Japanese origin live in Canada?":           "129,425",
		"カナダに住む日系人は何人ですか？":                                             "129,425",
		"How much has Japan invested in Canada?":                       "49.3",
		"Who is Canada's ambassador to Japan?":                         "McKay",
		"How many Japanese Canadians were there over the years?":       "129,425 (2021)",
		"Combien de Canadiens ont visité le Japon au fil des années ?": "580 000 (2024)",
	} {
		if p := ask(t, b, bot.Question{Text: question}).Parts[0]; !strings.Contains(strings.ReplaceAll(p.Say, "\u00a0", " "), want) {
			t.Errorf("%s: %q, want %q", question, p.Say, want)
		}
	}
}

func TestTopics(t *testing.T) {
	b := shipped(t)
	total := 0
	seen := make(map[string]bool)
	for _, topic := range b.Topics() {
		facts := b.Facts(topic.ID)
		if topic.Facts != len(facts) || topic.Facts == 0 || seen[topic.ID] {
			t.Errorf("topic %s of %d facts has %d", topic.ID, topic.Facts, len(facts))
		}
		for _, f := range facts {
			if f.Topic != topic.ID {
				t.Errorf("topic %s has fact %s of %s", topic.ID, f.ID, f.Topic)
			}
		}
		for _, l := range corpus.Langs() {
			if name := b.TopicName(topic.ID, l); name == "" || strings.Contains(name, "topic_") {
				t.Errorf("topic %s is called %q in %s", topic.ID, name, l)
			}
		}
		total += topic.Facts
		seen[topic.ID] = true
	}
	if name := b.TopicName("trade", corpus.Japanese); !strings.Contains(name, "貿易") {
		t.Errorf("trade is called %q", name)
	}
	if all := len(b.Facts("")); total != all || all < 450 {
		t.Errorf("%d facts in topics, %d in all", total, all)
	}
	if facts := b.Facts("no-such-topic"); len(facts) != 0 {
		t.Errorf("%d facts on nothing", len(facts))
	}
}

// TestTopicNames holds every theme that ships to a name that a reader of Japanese can read.
func TestTopicNames(t *testing.T) {
	b := shipped(t)
	for _, topic := range b.Topics() {
		if name := b.TopicName(topic.ID, corpus.Japanese); name == strings.ReplaceAll(topic.ID, "-", " ") {
			t.Errorf("%s has no Japanese name: no concept has its id, and words/ja.yaml has no topic_%s", topic.ID, topic.ID)
		}
	}
}

func TestSuggest(t *testing.T) {
	b := shipped(t)
	for prefix, l := range map[string]corpus.Lang{"": "en", "jap": "en", "pib": "fr", "日本": "ja", "PIB": "fr"} {
		got := b.Suggest(prefix, l, 5)
		if len(got) == 0 || len(got) > 5 {
			t.Errorf("%q: %d choices", prefix, len(got))
		}
		for _, c := range got {
			if f, err := b.Fact(c.ID, l); err != nil || f.Parts[0].Facts[0].Label.In(l) != c.Label {
				t.Errorf("%q: %q is no fact called %q", prefix, c.ID, c.Label)
			}
		}
	}
	if got := b.Suggest("zzzzqqqq", "en", 5); len(got) != 0 {
		t.Errorf("nonsense is completed to %v", got)
	}
	if got := b.SuggestTopics("trad", "en", 3); len(got) == 0 || len(got) > 3 || !strings.Contains(strings.ToLower(got[0].Label), "trad") {
		t.Errorf("topics beginning with trad: %v", got)
	}
	if got := b.SuggestTopics("", "ja", 2); len(got) != 2 {
		t.Errorf("any two topics: %v", got)
	}
}

func TestSources(t *testing.T) {
	b := shipped(t)
	status := b.Status()
	sources := b.Sources()
	sentences := 0
	for _, s := range sources {
		sentences += s.Sentences
		if d, ok := b.Document(s.Document.ID); !ok || d != s.Document {
			t.Errorf("no document %s", s.Document.ID)
		}
	}
	if len(sources) != status.Documents || sentences != status.Sentences || sources[0].Facts == 0 {
		t.Errorf("%d sources with %d sentences, want %d with %d", len(sources), sentences, status.Documents, status.Sentences)
	}
	if status.Facts != len(b.Facts("")) || status.Concepts == 0 || status.Asks == 0 || status.NearMisses == 0 || status.Durable || !strings.HasPrefix(status.Digest, status.Version) {
		t.Errorf("status %+v", status)
	}
	r, err := b.Ask(t.Context(), bot.Question{Text: "diplomatic missions"})
	if err != nil || len(r.Parts[0].Further) < 3 {
		t.Errorf("further passages: %v %v", r.Parts[0].Further, err)
	}
}
