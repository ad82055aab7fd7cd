package main

import (
	"strconv"

	"kaede/bot"

	"github.com/spf13/cobra"
)

// sourcesCommand lists the documents.
func (p *program) sourcesCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "sources",
		GroupID: groupAsk,
		Short:   "List the documents, with what rests on them",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			b, err := p.open(c.Context())
			if err != nil {
				return err
			}
			defer b.Close()
			sourcesTable(b, p.locale()).write(p.out, p.printer().width)
			return nil
		},
	}
}

func sourcesTable(b *bot.Bot, voice string) *table {
	t := &table{head: []string{"SOURCE", "TITLE", "PUBLISHER", "LANGUAGE", "DATE", "SENTENCES", "FACTS"}}
	for _, s := range b.Sources() {
		d := s.Document
		t.add(d.ID, d.Title, d.Publisher, string(d.Lang), documentDate(voice, d), strconv.Itoa(s.Sentences), strconv.Itoa(s.Facts))
	}
	return t
}
