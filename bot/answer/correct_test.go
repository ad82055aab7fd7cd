package answer

import (
	"strings"
	"testing"
)

// A wrong year in a yes-or-no question gets the right one, if the question names what happened; else nothing does.
func TestCorrectsYear(t *testing.T) {
	e := shippedEngine(t)
	for _, tt := range []struct{ text, want string }{
		{"Did Japan open its mission in Ottawa in 1935?", "1928"},
		{"Did the ACSA enter into force in 2017?", "2019"},
		{"Le CEM a-t-il été créé en 1990 ?", "1976"},
	} {
		if a := askOf(t, e, nil, tt.text); a.Outcome != Answered || !strings.Contains(a.Text, tt.want) {
			t.Errorf("%q: %v %q, want %s", tt.text, a.Outcome, a.Text, tt.want)
		}
	}
	if a := askOf(t, e, nil, "Did the JEC meet in 2015?"); a.Outcome != Refused {
		t.Errorf("meeting of a year not named: %v %q, want a refusal", a.Outcome, a.Text)
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
