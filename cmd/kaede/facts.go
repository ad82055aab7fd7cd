package main

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"kaede/bot"
	"kaede/corpus"
	"kaede/index"

	"github.com/spf13/cobra"
)

// factsCommand lists topics, or the facts of one.
func (p *program) factsCommand() *cobra.Command {
	asJSON := false
	c := &cobra.Command{
		Use:     "facts [topic]",
		GroupID: groupAsk,
		Short:   "List the topics, or what is known of one",
		Long: `Facts lists the topics with the number of their facts, or the facts of one topic: what
they say, when it applies, who says so, and by when somebody should look whether it
still holds. What should have been looked at already is "due".`,
		Example: `  kaede facts
  kaede facts trade
  kaede facts 貿易 --lang ja
  kaede facts trade --json`,
		Args:              arguments(0, "topic"),
		ValidArgsFunction: p.completeTopics,
		RunE: func(c *cobra.Command, args []string) error {
			b, err := p.open(c.Context())
			if err != nil {
				return err
			}
			defer b.Close()
			id, err := wantedTopic(b, args)
			switch {
			case err != nil:
				return err
			case id == "" && asJSON:
				return writeJSON(p.out, p.topicsOut(b))
			case id == "":
				p.printer().table(p.topicsTable(b))
			case asJSON:
				return writeJSON(p.out, p.factsOut(b, id))
			default:
				p.printer().table(p.factsTable(b, id))
			}
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// wantedTopic is the topic that the arguments of a command name; empty if there are none.
func wantedTopic(b *bot.Bot, args []string) (string, error) {
	if len(args) == 0 {
		return "", nil
	}
	if id, ok := topic(b, args[0]); ok {
		return id, nil
	}
	var known []string
	for _, t := range b.Topics() {
		known = append(known, t.ID)
	}
	return "", usagef("topic: there is none called %q; %skaede facts lists them", args[0], didYouMean(args[0], known))
}

// topic finds a topic by its id or by the beginning of its name in any language.
func topic(b *bot.Bot, name string) (string, bool) {
	want := index.Fold(strings.TrimSpace(name))
	for _, t := range b.Topics() {
		if index.Fold(t.ID) == want {
			return t.ID, true
		}
	}
	for _, t := range b.Topics() {
		for _, l := range corpus.Langs() {
			if want != "" && strings.HasPrefix(index.Fold(b.TopicName(t.ID, l)), want) {
				return t.ID, true
			}
		}
	}
	return "", false
}

// own is the language in which facts are listed.
func (p *program) own() corpus.Lang { return cmp.Or(p.hint(), corpus.English) }

func (p *program) topicsTable(b *bot.Bot) *table {
	t := newTable(p.locale(), "topic", "facts", "newest", "due", "name")
	for _, topic := range b.Topics(p.config.sources...) {
		t.add(topic.ID, strconv.Itoa(topic.Facts), topic.Newest.String(), number(topic.Due), b.TopicName(topic.ID, p.own()))
	}
	return t
}

// number gives n for a table in which most are 0.
func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func (p *program) factsTable(b *bot.Bot, topic string) *table {
	t, l := newTable(p.locale(), "fact", "answer", "as_of", "source", "review"), p.own()
	for _, f := range b.Facts(topic, p.config.sources...) {
		review := f.ReviewBy.String()
		if b.Due(f) {
			review += " " + bot.Say(p.locale(), "terminal_due", nil)
		}
		t.add(f.Label.In(l), f.Answer.In(l), f.AsOf.String(), strings.Join(publishers(f), "; "), review)
	}
	return t
}

// publishers says who states a fact, each once.
func publishers(f *corpus.Fact) []string {
	var out []string
	for _, e := range f.Evidence {
		for _, s := range e.Sentence.From() {
			if s.Publisher != "" && !slices.Contains(out, s.Publisher) {
				out = append(out, s.Publisher)
			}
		}
	}
	return out
}

// topicOut is a topic as JSON.
type topicOut struct {
	Topic  string `json:"topic"`
	Name   string `json:"name"`
	Facts  int    `json:"facts"`
	Newest string `json:"newest,omitempty"`
	Due    int    `json:"due"`
}

func (p *program) topicsOut(b *bot.Bot) []topicOut {
	out := []topicOut{}
	for _, t := range b.Topics(p.config.sources...) {
		out = append(out, topicOut{t.ID, b.TopicName(t.ID, p.own()), t.Facts, t.Newest.String(), t.Due})
	}
	return out
}

// factOut is a fact as JSON.
type factOut struct {
	ID        string   `json:"id"`
	Label     string   `json:"label"`
	Answer    string   `json:"answer"`
	AsOf      string   `json:"as_of,omitempty"`
	Side      string   `json:"side,omitempty"`
	From      string   `json:"from,omitempty"`
	To        string   `json:"to,omitempty"`
	Sources   []string `json:"sources"`   // publishers
	Sentences []string `json:"sentences"` // ids of those that state it
	ReviewBy  string   `json:"review_by,omitempty"`
	Due       bool     `json:"due"`
}

func (p *program) factsOut(b *bot.Bot, topic string) []factOut {
	out, l := []factOut{}, p.own()
	for _, f := range b.Facts(topic, p.config.sources...) {
		o := factOut{f.ID, f.Label.In(l), f.Answer.In(l), f.AsOf.String(), f.Side, f.From.String(), f.To.String(),
			append([]string{}, publishers(f)...), nil, f.ReviewBy.String(), b.Due(f)}
		for _, e := range f.Evidence {
			o.Sentences = append(o.Sentences, e.Sentence.ID())
		}
		out = append(out, o)
	}
	return out
}
