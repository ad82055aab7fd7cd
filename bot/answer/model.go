package answer

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"sync"
)

// Model weighs signals. It comes from the corpus's labelled questions by [Fit] and from nowhere else; the shipped one
// stands in weights.json.
type Model struct {
	Signals     []string `json:"signals"`  // the names of the signals, in the order in which the trees number them
	Labelled    Weights  `json:"labelled"` // for a corpus with labelled questions
	Plain       Weights  `json:"plain"`    // for a corpus without: signals of words only
	Carry       Carry    `json:"carry"`
	FactSignals []string `json:"fact_signals"`
	Fact        forest   `json:"fact"` // which fact of a sentence is asked for
	Sure        float64  `json:"sure"` // the share that the best fact must have among those of its sentence to be the answer
}

// Carry is what words from outside a question count for, against those of the question itself: 0 to 1.
type Carry struct {
	Names float64 `json:"names"` // from the earlier question: names, and all words where the follow-up asks nothing of its own
	Words float64 `json:"words"` // from the earlier question: words that are of no concept
	Rest  float64 `json:"rest"`  // from the earlier question: what was asked
	Story float64 `json:"story"` // from the story around the question
}

// Weights are those of the sentence model and its bar.
type Weights struct {
	Bar       float64 `json:"bar"`        // the confidence below which it refuses
	WellFound float64 `json:"well_found"` // the same for a sentence that does not state the kind of value asked for
	Forest    forest  `json:"forest"`
}

//go:embed weights.json
var weightsJSON []byte

var shippedModel = sync.OnceValue(func() *Model {
	m := new(Model)
	if err := json.Unmarshal(weightsJSON, m); err != nil {
		panic(fmt.Sprintf("weights.json: %v", err)) // Unreachable: a test reads it.
	}
	if !slices.Equal(m.Signals, namesOf(meanings[:])) || !slices.Equal(m.FactSignals, namesOf(factMeanings[:])) {
		panic("weights.json is of other signals: run kaede fit")
	}
	return m
})

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
