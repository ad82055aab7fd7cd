package main

import (
	"slices"
	"strings"

	"kaede/corpus"

	"github.com/spf13/cobra"
)

// timelineCommand lists what is known by its date.
func (p *program) timelineCommand() *cobra.Command {
	asJSON := false
	c := &cobra.Command{
		Use:     "timeline [topic]",
		GroupID: groupAsk,
		Short:   "List what happened when, oldest first",
		Long: `Timeline lists the facts that have a date, the oldest first, of one topic or of all:
events, terms of office, and figures by the year to which they apply.`,
		Example: `  kaede timeline
  kaede timeline trade
  kaede timeline 貿易 --lang ja --json`,
		Args:              arguments(0, "topic"),
		ValidArgsFunction: p.completeTopics,
		RunE: func(c *cobra.Command, args []string) error {
			b, err := p.open(c.Context())
			if err != nil {
				return err
			}
			defer b.Close()
			id, err := wantedTopic(b, args)
			if err != nil {
				return err
			}
			moments := timeline(b.Facts(id, p.config.sources...), p.own())
			if asJSON {
				return writeJSON(p.out, moments)
			}
			t := newTable(p.locale(), "date", "what", "answer", "source")
			for _, m := range moments {
				date := m.Date
				if m.To != "" {
					date += " to " + m.To
				}
				t.add(date, m.Label, m.Answer, strings.Join(m.Sources, "; "))
			}
			p.printer().table(t)
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// moment is one line of a timeline, and an object of its JSON.
type moment struct {
	Date    string   `json:"date"`
	To      string   `json:"to,omitempty"` // the end of a term
	Fact    string   `json:"fact"`
	Label   string   `json:"label"`
	Answer  string   `json:"answer,omitempty"` // empty where the date is the answer
	Sources []string `json:"sources"`          // publishers

	at corpus.Date
}

// timeline gives the facts that have a date, the oldest first, and each point of a series.
func timeline(facts []*corpus.Fact, l corpus.Lang) []moment {
	moments := []moment{}
	for _, f := range facts {
		add := func(at, to corpus.Date, says string) {
			if !at.IsZero() {
				moments = append(moments, moment{at.String(), to.String(), f.ID, f.Label.In(l), says, append([]string{}, publishers(f)...), at})
			}
		}
		switch v := f.Value.(type) {
		case corpus.Date:
			add(v, f.To, "")
		case corpus.Series:
			for _, p := range v.Points {
				add(p.At, corpus.Date{}, v.Quantity(p).In(l))
			}
		default:
			if f.From.IsZero() {
				add(f.AsOf, corpus.Date{}, f.Answer.In(l))
			} else {
				add(f.From, f.To, f.Answer.In(l))
			}
		}
	}
	slices.SortStableFunc(moments, func(a, b moment) int { return a.at.Compare(b.at) })
	return moments
}
