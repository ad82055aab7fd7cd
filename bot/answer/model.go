package answer

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"math"
	"sync"
)

// Model weighs signals. Its weights come from the corpus's labelled questions by [Fit] and from nowhere else; the shipped ones
// stand in weights.json.
type Model struct {
	Labelled Weights            `json:"labelled"` // for a corpus with labelled questions
	Plain    Weights            `json:"plain"`    // for a corpus without: signals of words only
	Fact     map[string]float64 `json:"fact"`
	FactBias float64            `json:"fact_bias"`
}

// Weights are those of the sentence model and its bar.
type Weights struct {
	Signals map[string]float64 `json:"signals"`
	Bar     float64            `json:"bar"` // the confidence below which it refuses

	dense signals
}

//go:embed weights.json
var weightsJSON []byte

var shippedModel = sync.OnceValue(func() *Model {
	m := new(Model)
	if err := json.Unmarshal(weightsJSON, m); err != nil {
		panic(fmt.Sprintf("weights.json: %v", err)) // Unreachable: a test reads it.
	}
	m.prepare()
	return m
})

func (m *Model) prepare() {
	for _, w := range []*Weights{&m.Labelled, &m.Plain} {
		for i, name := range signalNames {
			w.dense[i] = w.Signals[name]
		}
	}
}

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// confidence is the chance that a sentence with these signals answers.
func (w *Weights) confidence(g *signals) float64 {
	sum := 0.0
	for i, x := range g {
		sum += w.dense[i] * x
	}
	return sigmoid(sum)
}

// fact is how well a fact with these signals fits what is asked.
func (m *Model) fact(g *factSignals) float64 {
	sum := m.FactBias
	for i, name := range factSignalNames {
		sum += m.Fact[name] * g[i]
	}
	return sigmoid(sum)
}
