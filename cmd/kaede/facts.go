package main

import (
	"cmp"
	"strconv"
	"strings"

	"kaede/bot"
	"kaede/corpus"
	"kaede/index"

	"github.com/spf13/cobra"
)

// factsCommand lists topics, or the facts of one.
func (p *program) factsCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "facts [topic]",
		GroupID: groupAsk,
		Short:   "List the topics, or what is known of one",
		Example: `  kaede facts
  kaede facts trade
  kaede facts 貿易 --lang ja`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			b, err := p.open(c.Context())
			if err != nil {
				return err
			}
			defer b.Close()
			lang := cmp.Or(p.hint(), corpus.English)
			if len(args) == 0 {
				topicsTable(b, lang).write(p.out, p.printer().width)
				return nil
			}
			id, ok := topic(b, args[0])
			if !ok {
				var known []string
				for _, t := range b.Topics() {
					known = append(known, t.ID)
				}
				return usagef("topic: there is none called %q; known: %s", args[0], strings.Join(known, ", "))
			}
			factsTable(b, id, lang).write(p.out, p.printer().width)
			return nil
		},
	}
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

func topicsTable(b *bot.Bot, l corpus.Lang) *table {
	t := &table{head: []string{"TOPIC", "FACTS", "NAME"}}
	for _, topic := range b.Topics() {
		t.add(topic.ID, strconv.Itoa(topic.Facts), b.TopicName(topic.ID, l))
	}
	return t
}

func factsTable(b *bot.Bot, topic string, l corpus.Lang) *table {
	t := &table{head: []string{"FACT", "ANSWER", "AS OF"}}
	for _, f := range b.Facts(topic) {
		t.add(f.Label.In(l), f.Answer.In(l), f.AsOf.String())
	}
	return t
}
