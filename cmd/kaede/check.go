package main

import (
	"errors"
	"fmt"

	"kaede/corpus"

	"github.com/spf13/cobra"
)

// checkCommand lints a corpus.
func (p *program) checkCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "check [DIR]",
		GroupID: groupCorpus,
		Short:   "Check a corpus and list every problem with its file and line",
		Long: `Check reads the corpus in DIR, or in --corpus, or else the one in the program, and
lists everything that is wrong with it as file:line: message.

Exit status: 0 clean, 1 problems.`,
		Example: `  kaede check my-corpus
  kaede check              # the corpus that ships with this program`,
		Args:              arguments(0, "DIR"),
		ValidArgsFunction: completeDirs,
		RunE: func(c *cobra.Command, args []string) error {
			dir := p.config.corpus
			if len(args) > 0 {
				if c.Flags().Changed("corpus") {
					return usagef("--corpus: DIR is given too; one of them is enough")
				}
				dir = args[0]
				if err := isDir(dir); err != nil {
					return usagef("DIR: %w", err)
				}
			}
			k, err := loadCorpus(dir)
			var check *corpus.CheckError
			if errors.As(err, &check) {
				fmt.Fprintln(p.out, check)
				return errReported
			}
			if err != nil {
				return fmt.Errorf("check: %w", err)
			}
			fmt.Fprintf(p.out, "clean: %s, %s, %s, %s, %s\n", count(len(k.Documents), "document"), count(len(k.Sentences), "sentence"),
				count(len(k.Facts), "fact"), count(len(k.Concepts), "concept"), count(len(k.Asks)+len(k.NearMisses), "labelled question"))
			return nil
		},
	}
}

// loadCorpus reads the corpus in dir, or the one in the program if dir is empty.
func loadCorpus(dir string) (*corpus.Corpus, error) {
	if dir == "" {
		return corpus.Load(corpus.Shipped())
	}
	return corpus.LoadDir(dir)
}

// count says how many, in English.
func count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}
