package answer

import (
	"context"
	"slices"
	"testing"
	"time"

	"kaede/corpus"
	"kaede/index"
)

// benchmarkQuestions are as people ask them, answerable and not.
var benchmarkQuestions = []Question{
	{Text: "When did Japan open its mission in Ottawa?"},
	{Text: "how much does canada sell to japan"},
	{Text: "and imports?", History: []string{"how much does canada sell to japan"}},
	{Text: "What are the six shared priorities?"},
	{Text: "how many freindship asociations are there"},
	{Text: "Who is the prime minister of Brazil and how old is he?"},
	{Text: "When was the JEC founded and how often does it meet?"},
	{Text: "I am a teacher from Halifax and would like to work in a school in Japan next year. How many Canadians take part in the JET programme?"},
	{Text: "Quel rang occupe l'économie japonaise dans le monde ?"},
	{Text: "Combien de personnes d'origine japonaise vivent au Canada ?"},
	{Text: "et à quelle fréquence se réunit-il ?", History: []string{"Quand le CEM a-t-il été créé ?"}},
	{Text: "Quelle est la population de Vancouver ?"},
	{Text: "日本のGDPは？"},
	{Text: "カナダは日本に何を輸出していますか？"},
	{Text: "それはいつですか？", History: []string{"行動計画を発表したのは誰ですか？"}},
	{Text: "大使の給料はいくらですか？"},
}

// BenchmarkAnswer asks questions in three languages in turn and tells the median and the 99th percentile.
func BenchmarkAnswer(b *testing.B) {
	e := shippedEngine(b)
	ctx := context.Background()
	for _, q := range benchmarkQuestions { // sentences are prepared when they are first a candidate
		if _, err := e.Answer(ctx, q); err != nil {
			b.Fatal(err)
		}
	}
	var took []time.Duration
	for b.Loop() {
		start := time.Now()
		if _, err := e.Answer(ctx, benchmarkQuestions[len(took)%len(benchmarkQuestions)]); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
}

// BenchmarkNew prepares an engine over the shipped corpus, as every start and every refresh does.
func BenchmarkNew(b *testing.B) {
	c, err := corpus.Load(corpus.Shipped())
	if err != nil {
		b.Fatal(err)
	}
	x, err := index.Temp(context.Background(), c)
	if err != nil {
		b.Fatal(err)
	}
	defer x.Close()
	for b.Loop() {
		New(x)
	}
}
