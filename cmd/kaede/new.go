package main

import (
	"fmt"
	"os"
	"strings"

	"kaede/corpus"

	"github.com/spf13/cobra"
)

// newCommand writes a file to begin with.
func (p *program) newCommand() *cobra.Command {
	out := ""
	c := &cobra.Command{
		Use:     "new " + strings.Join(corpus.Kinds(), "|") + " [ID]",
		GroupID: groupCorpus,
		Short:   "Write a commented example of a document, a fact, a concept or a source to begin with",
		Long: `New prints an example with a note on every key, or saves it with --out. Change it into
what you want to add, and let kaede check tell you what is still wrong.`,
		Example: `  kaede new fact
  kaede new document harbour --out my-corpus/documents/harbour.md
  kaede new concept >> my-corpus/lexicon/places.yaml`,
		Args:      arguments(1, "what to write", "ID"),
		ValidArgs: corpus.Kinds(),
		RunE: func(c *cobra.Command, args []string) error {
			id := ""
			if len(args) > 1 {
				if id = args[1]; !corpus.IsID(id) {
					return usagef("ID: %q has other characters than small letters, digits and hyphens", id)
				}
			}
			text, ok := corpus.Skeleton(args[0], id)
			if !ok {
				return usagef("there is no %q to begin; use one of %s", args[0], strings.Join(corpus.Kinds(), ", "))
			}
			if out == "" {
				_, err := fmt.Fprint(p.out, text)
				return err
			}
			return p.writeNew(out, text)
		},
	}
	c.Flags().StringVar(&out, "out", "", "save it in `FILE`, which must not be there yet")
	c.RegisterFlagCompletionFunc("out", completeFiles)
	return c
}

// writeNew saves text in a new file.
func (p *program) writeNew(name, text string) error {
	file, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o644)
	if os.IsExist(err) {
		return usagef("--out: %s is there already; to add to a list in it, leave --out away and append: >> %s", name, name)
	}
	if err != nil {
		return usagef("--out: %w", err)
	}
	if _, err := file.WriteString(text); err != nil {
		file.Close()
		return fmt.Errorf("write %s: %w", name, err)
	}
	if err := file.Close(); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	fmt.Fprintf(p.out, "%s: change it, then run kaede check\n", name)
	return nil
}
