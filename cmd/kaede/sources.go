package main

import (
	"fmt"
	"strconv"

	"kaede/bot"

	"github.com/spf13/cobra"
)

// sourcesCommand lists the documents, and what the briefs among them rest on.
func (p *program) sourcesCommand() *cobra.Command {
	asJSON := false
	c := &cobra.Command{
		Use:     "sources",
		GroupID: groupAsk,
		Short:   "List what is held, from whom, how old it is and what rests on it",
		Long: `Sources lists the documents: from whom they are, how old, how many sentences can be
quoted and how many facts rest on them, and how many of these are due for review. Below
stand the publications that were read for the briefs, which are documents of our own.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			b, err := p.open(c.Context())
			if err != nil {
				return err
			}
			defer b.Close()
			if asJSON {
				return writeJSON(p.out, newSourcesOut(b, p.config.sources))
			}
			p.printer().table(p.sourcesTable(b))
			if read := p.publicationsTable(b); len(read.rows) > 0 {
				fmt.Fprintln(p.out)
				p.printer().table(read)
			}
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func (p *program) sourcesTable(b *bot.Bot) *table {
	t := newTable(p.locale(), "source", "title", "publisher", "language", "date", "sentences", "facts", "due")
	for _, s := range b.Sources(p.config.sources...) {
		d := s.Document
		t.add(d.ID, d.Title, d.Publisher, string(d.Lang), documentDate(p.locale(), d), strconv.Itoa(s.Sentences), strconv.Itoa(s.Facts), number(s.Due))
	}
	return t
}

func (p *program) publicationsTable(b *bot.Bot) *table {
	t := newTable(p.locale(), "read_for_briefs", "title", "publisher", "kind", "side", "date", "read", "sentences", "facts", "due")
	for _, s := range b.Publications() {
		t.add(s.ID, s.Title, s.Publisher, s.Kind, s.Side, s.Published.String(), s.Seen.String(), strconv.Itoa(s.Sentences), strconv.Itoa(s.Facts), number(s.Due))
	}
	return t
}

// sourcesOut is all that answers can rest on, as JSON.
type sourcesOut struct {
	Documents    []sourceOut `json:"documents"`
	Publications []sourceOut `json:"read_for_briefs"`
}

type sourceOut struct {
	ID        string `json:"id"`
	Title     string `json:"title"`
	Publisher string `json:"publisher"`
	URL       string `json:"url,omitempty"`
	Lang      string `json:"lang,omitempty"`
	Kind      string `json:"kind,omitempty"`
	Side      string `json:"side,omitempty"`
	Brief     bool   `json:"brief,omitempty"`
	Published string `json:"published,omitempty"`
	FiguresTo int    `json:"figures_to,omitempty"`
	Read      string `json:"read,omitempty"` // when its copy was read or fetched
	Sentences int    `json:"sentences"`
	Facts     int    `json:"facts"`
	Due       int    `json:"due"`
}

func newSourcesOut(b *bot.Bot, ids []string) sourcesOut {
	out := sourcesOut{[]sourceOut{}, []sourceOut{}}
	for _, s := range b.Sources(ids...) {
		d := s.Document
		out.Documents = append(out.Documents, sourceOut{ID: d.ID, Title: d.Title, Publisher: d.Publisher, URL: d.URL, Lang: string(d.Lang), Kind: d.Kind, Side: d.Side,
			Brief: d.Brief, Published: d.Published.String(), FiguresTo: d.FiguresTo, Read: d.Retrieved.String(), Sentences: s.Sentences, Facts: s.Facts, Due: s.Due})
	}
	for _, s := range b.Publications() {
		out.Publications = append(out.Publications, sourceOut{ID: s.ID, Title: s.Title, Publisher: s.Publisher, URL: s.URL, Kind: s.Kind, Side: s.Side,
			Published: s.Published.String(), Read: s.Seen.String(), Sentences: s.Sentences, Facts: s.Facts, Due: s.Due})
	}
	return out
}
