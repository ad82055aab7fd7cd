package discord

import (
	"kaede/bot"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics count what an operator wants to see. Labels come from closed sets, but for the version in use, never from what people write.
type metrics struct {
	questions *prometheus.CounterVec // way, language, outcome
	seconds   *prometheus.HistogramVec
	refreshes *prometheus.CounterVec
	dropped   *prometheus.CounterVec
	slowed    *prometheus.CounterVec
	limited   *prometheus.CounterVec
}

// newMetrics makes the metrics and registers them with to.
func newMetrics(to prometheus.Registerer, s *Server) (*metrics, error) {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "kaede", Name: name, Help: help}, labels)
	}
	gauge := func(name, help string, value func() float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: "kaede", Name: name, Help: help}, value)
	}
	m := &metrics{
		questions: counter("questions_total", "Questions by way they came, language and outcome (answered, refused, social, error).", "way", "language", "outcome"),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: "kaede", Name: "answer_seconds",
			Help:    "Time from an event to the answer's request, by way.",
			Buckets: []float64{.001, .002, .005, .01, .02, .05, .1, .25, .5, 1, 1.5, 3, 10}}, []string{"way"}),
		refreshes: counter("refreshes_total", "Refreshes of the corpus by outcome.", "outcome"),
		dropped:   counter("queue_dropped_total", "Events dropped, the oldest first, because the queue was full.", "queue"),
		slowed:    counter("limited_people_total", "Questions not answered because a person or channel asked too many.", "who"),
		limited:   counter("rest_429_total", "Answers 429 of Discord by scope.", "scope"),
	}
	ready := func() float64 {
		if s.Ready() {
			return 1
		}
		return 0
	}
	collectors := []prometheus.Collector{
		m.questions, m.seconds, m.refreshes, m.dropped, m.slowed, m.limited, corpusInfo{s.Bot},
		gauge("gateway_ready", "1 while the gateway connection is up.", ready),
		prometheus.NewCounterFunc(prometheus.CounterOpts{Namespace: "kaede", Name: "gateway_reconnects_total", Help: "Gateway connections after the first."},
			func() float64 { return float64(s.gateway.Reconnects()) }),
		gauge("queue_length", "Events that wait.", func() float64 { return float64(s.messages.len() + s.interactions.len()) }),
		gauge("corpus_facts", "Facts in the corpus in use.", func() float64 { return float64(s.Bot.Status().Facts) }),
		gauge("corpus_documents", "Documents in the corpus in use.", func() float64 { return float64(s.Bot.Status().Documents) }),
	}
	for _, c := range collectors {
		if err := to.Register(c); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// corpusInfo tells which version of the corpus is in use, whoever has put it there.
type corpusInfo struct{ bot *bot.Bot }

var corpusInfoDesc = prometheus.NewDesc("kaede_corpus_info", "1 for the version of the corpus in use.", []string{"version"}, nil)

func (corpusInfo) Describe(to chan<- *prometheus.Desc) { to <- corpusInfoDesc }

func (i corpusInfo) Collect(to chan<- prometheus.Metric) {
	to <- prometheus.MustNewConstMetric(corpusInfoDesc, prometheus.GaugeValue, 1, i.bot.Status().Version)
}
