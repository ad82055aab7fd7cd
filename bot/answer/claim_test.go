package answer

import (
	"strings"
	"testing"

	"kaede/corpus"
)

// What asks whether a claim is so is no part of it; a question with a question word is no claim.
func TestClaimOf(t *testing.T) {
	for _, tt := range []struct {
		lang        corpus.Lang
		text, claim string // no claim: empty
	}{
		{corpus.English, "Japan buys canola, right?", "Japan buys canola"},
		{corpus.English, "the JEC meets yearly, doesn't it", "the JEC meets yearly"},
		{corpus.English, "they signed it in 2019 didnt they?", "they signed it in 2019"},
		{corpus.English, "I heard that Japan is third. Is that so?", "Japan is third"},
		{corpus.English, "is it true that Canada has 25 of them?", "Canada has 25 of them?"},
		{corpus.English, "so i thought canada opened first, am i wrong", "canada opened first"},
		{corpus.English, "How old is it?", ""},
		{corpus.English, "what does it do, does it sell fish?", ""},
		{corpus.English, "Does Japan buy canola?", ""},
		{corpus.English, "Right?", ""},
		{corpus.English, "they buy canola, no?", "they buy canola"},
		{corpus.English, "Did Japan say no?", ""},
		{corpus.French, "ils en achètent, non ?", "ils en achètent"},
		{corpus.French, "Le Japon a-t-il dit non ?", ""},
		{corpus.French, "Le Japon achète du canola, n'est-ce pas ?", "Le Japon achète du canola"},
		{corpus.French, "c'est vrai que le Japon est troisième ?", "le Japon est troisième ?"},
		{corpus.French, "Quel est son rang, c'est ça ?", ""},
		{corpus.Japanese, "日本は3位って本当ですか？", "日本は3位"},
		{corpus.Japanese, "日本は何位ですか？", ""},
	} {
		want, is := tt.claim, tt.claim != ""
		if !is {
			want = tt.text
		}
		if got, ok := claimOf(tt.lang, tt.text); got != want || ok != is {
			t.Errorf("%q: %q, %v; want %q, %v", tt.text, got, ok, want, is)
		}
	}
}

// A wrong value in a yes-or-no question gets the right one, if the question names what happened, or is what people ask of what is counted;
// else nothing does.
func TestCorrects(t *testing.T) {
	e := shippedEngine(t)
	for _, tt := range []struct{ text, want string }{
		{"Did Japan open its mission in Ottawa in 1935?", "1928"},
		{"Did the ACSA enter into force in 2017?", "2019"},
		{"the ACSA entered into force in 2017, didn't it?", "2019"},
		{"Le CEM a-t-il été créé en 1990 ?", "1976"},
		{"Are there 12 sister cities?", "71"},
		{"there are seven shared priorities, right?", "six"},
		{"Someone told me only 200 Canadians are JET alumni. Is that true?", "10,000"},
		{"姉妹都市は50組だけって本当？", "71"},
		{"is japan our #1 trade partner?", "fourth"},
		{"Is Japan Canada's no. 1 trade partner?", "fourth"},
		{"Le Japon est-il le partenaire commercial no 1 du Canada ?", "quatrième"},
		{"Is Japan Canada's second largest source of FDI overall?", "third"},
		{"C'est vrai que le Japon est le troisième partenaire commercial du Canada ?", "quatrième"},
	} {
		if a := askOf(t, e, []string{"canada-japan-relations"}, tt.text); a.Outcome != Answered || !strings.Contains(a.Text, tt.want) {
			t.Errorf("%q: %v %q, want %s", tt.text, a.Outcome, a.Text, tt.want)
		}
	}
	for _, text := range []string{"Is Canada the third largest economy?", "Is Canada Japan's biggest trade partner?", "カナダは日本の3番目の貿易相手ですか", "Did the JEC meet in 2015?", "Do 5 Japanese companies work in Canada?", "Are there 100 Canadian companies in Japan?"} {
		if a := askOf(t, e, []string{"canada-japan-relations"}, text); a.Outcome != Refused {
			t.Errorf("%q: %v %q, want a refusal", text, a.Outcome, a.Text)
		}
	}
	if a := askOf(t, e, nil, "Do only Canada and Japan take part in the PSMX?"); a.Verdict == Yes {
		t.Errorf("a multinational initiative: yes, %q", a.Text)
	}
}

// A figure for a country is none for a part of it, a month tells no day, and the number of which some are asked for is not theirs.
func TestNarrowerThanStated(t *testing.T) {
	e := shippedEngine(t)
	for _, text := range []string{
		"how many people of Japanese origin live in Vancouver", "トロントにいる日系人の人数", "On which day of October 2022 was the action plan released?",
		"of the 600,000 travellers how many were Canadians?",
	} {
		if a := askOf(t, e, []string{"canada-japan-relations"}, text); a.Outcome != Refused {
			t.Errorf("%q: %v %q, want a refusal", text, a.Outcome, a.Text)
		}
	}
	for text, want := range map[string]string{
		"I live in Vancouver. How many people of Japanese origin are there in Canada?": "129,425",
		"On which day did Canada open its mission in Tokyo?":                           "21",
		"which WTO reform group does Canada lead":                                      "Ottawa Group",
	} {
		if a := askOf(t, e, []string{"canada-japan-relations"}, text); a.Outcome != Answered || !strings.Contains(a.Text, want) {
			t.Errorf("%q: %v %q, want %s", text, a.Outcome, a.Text, want)
		}
	}
}

// Near misses: the sources give one share of the population, not the population.
func TestShareIsNotWhole(t *testing.T) {
	e := shippedEngine(t)
	if a := askOf(t, e, nil, "what is the population of Japan"); a.Outcome != Refused {
		t.Errorf("population: %v %q, want a refusal", a.Outcome, a.Text)
	}
	if a := askOf(t, e, nil, "what share of the population is of Japanese origin"); !strings.Contains(a.Text, "0.35") {
		t.Errorf("share: %v %q, want 0.35%%", a.Outcome, a.Text)
	}
}

func TestTwoThingsAtOnce(t *testing.T) {
	a := askOf(t, shippedEngine(t), nil, "What is Japan's GDP and its rank among national economies?")
	for _, want := range []string{"5.7 trillion", "fourth"} {
		if !strings.Contains(a.Text, want) {
			t.Errorf("%v %q: no %q", a.Outcome, a.Text, want)
		}
	}
}

// Which of two things was first is told by the dates of both; what else stands before something is no such question.
func TestComparesTimes(t *testing.T) {
	e := shippedEngine(t)
	seed := []string{"canada-japan-relations"}
	for _, tt := range []struct {
		text    string
		verdict Verdict
		first   string // what stands first in the answer
	}{
		{"Did Canada open its mission in Tokyo before Japan opened one in Ottawa?", No, "1929"},
		{"Did Japan open its mission in Ottawa earlier than Canada opened one in Tokyo?", Yes, "1928"},
		{"Which came first, Canada's Indo-Pacific Strategy or Japan's updated National Security Strategy?", "", "November 2022"},
		{"Le Canada a-t-il ouvert sa mission à Tokyo après l'ouverture de celle du Japon à Ottawa ?", Yes, "1929"},
		{"カナダが東京に公館を開いたのは、日本がオタワに開いたのより先ですか？", No, "1929"},
	} {
		a := askOf(t, e, seed, tt.text)
		at, other := strings.Index(a.Text, tt.first), strings.LastIndex(a.Text, "19")
		if tt.first[0] != '1' {
			other = strings.LastIndex(a.Text, "2022")
		}
		if a.Outcome != Answered || a.Verdict != tt.verdict || len(a.Facts) != 2 || at < 0 || at >= other {
			t.Errorf("%q: %v %q %q", tt.text, a.Outcome, a.Verdict, a.Text)
		}
	}
	if a := askOf(t, e, seed, "How many people travelled between the two before the pandemic?"); len(a.Facts) != 1 || !strings.Contains(a.Text, "600,000") {
		t.Errorf("%v %q", a.Outcome, a.Text)
	}
}

// Of one thing that goes both ways, the side that is named first acts in what is named first.
func TestComparesBothWays(t *testing.T) {
	e := shippedEngine(t)
	for text, want := range map[string]Verdict{
		"Does Canada invest more in Japan than Japan invests in Canada?":          No,
		"Japan invests more in Canada than Canada does in Japan, true?":           Yes,
		"Le Canada investit-il plus au Japon que le Japon n'investit au Canada ?": No,
		"Does Canada export more to Japan than it imports from there?":            No,
		"Are Canada's imports from Japan worth more than its exports to Japan?":   Yes,
	} {
		if a := askOf(t, e, []string{"canada-japan-relations"}, text); a.Verdict != want {
			t.Errorf("%q: %v %q %q, want %q", text, a.Outcome, a.Verdict, a.Text, want)
		}
	}
}

// What flows one way is what is asked for, by whatever name the other side calls it.
func TestFlowOfAnswer(t *testing.T) {
	e := shippedEngine(t)
	for text, want := range map[string]string{
		"Combien le Japon a-t-il exporté de marchandises vers le Canada en 2023 ?": "20,7",
		"What did Japan sell to Canada in 2023, in dollars?":                       "20.7",
		"日本からカナダへの輸出額は？":                                                           "207億",
	} {
		if a := askOf(t, e, []string{"canada-japan-relations"}, text); !strings.Contains(a.Text, want) {
			t.Errorf("%q: %v %q, want %s", text, a.Outcome, a.Text, want)
		}
	}
	if a := askOf(t, e, []string{"canada-japan-relations"}, "and the other direction?", "How much has Japan invested in Canada?"); !strings.Contains(a.Text, "4.1") {
		t.Errorf("the other direction: %v %q", a.Outcome, a.Text)
	}
}
