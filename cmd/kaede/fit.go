package main

import (
	"encoding/json"
	"fmt"
	"os"

	"kaede/bot/answer"
	"kaede/index"

	"github.com/spf13/cobra"
)

// fitCommand finds the weights of the model that decides.
func (p *program) fitCommand() *cobra.Command {
	var out string
	c := &cobra.Command{
		Use:     "fit",
		GroupID: groupMeasure,
		Short:   "Find the model's weights from the corpus's labelled questions (for developers)",
		Long: `Fit finds the weights with which Kaede weighs what it found, from the labelled
questions of the corpus, and prints how well they do in cross-validation. The
weights are part of the program: with --out they are written as JSON, and the next
build has them. Nobody sets a weight by hand.`,
		Example: `  go run ./cmd/kaede fit --out bot/answer/weights.json`,
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			k, err := loadCorpus(p.config.corpus)
			if err != nil {
				return err
			}
			x, err := index.Temp(c.Context(), k)
			if err != nil {
				return fmt.Errorf("index corpus: %w", err)
			}
			defer x.Close()
			model, err := answer.Fit(c.Context(), x, p.out)
			if err != nil {
				return fmt.Errorf("fit model: %w", err)
			}
			if out == "" {
				return nil
			}
			data, err := json.MarshalIndent(model, "", "  ")
			if err != nil {
				return fmt.Errorf("write model: %w", err)
			}
			if err := os.WriteFile(out, append(data, '\n'), 0o644); err != nil {
				return fmt.Errorf("write model: %w", err)
			}
			return nil
		},
	}
	c.Flags().StringVar(&out, "out", "", "write the model as JSON to `FILE`")
	c.RegisterFlagCompletionFunc("out", completeFiles)
	return c
}
