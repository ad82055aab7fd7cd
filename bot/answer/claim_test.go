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
	} {
		if a := askOf(t, e, []string{"canada-japan-relations"}, tt.text); a.Outcome != Answered || !strings.Contains(a.Text, tt.want) {
			t.Errorf("%q: %v %q, want %s", tt.text, a.Outcome, a.Text, tt.want)
		}
	}
	for _, text := range []string{"Did the JEC meet in 2015?", "Do 5 Japanese companies work in Canada?", "Are there 100 Canadian companies in Japan?"} {
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
