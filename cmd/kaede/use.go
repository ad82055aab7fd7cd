package main

import (
	"errors"
	"fmt"

	"kaede/corpus"

	"github.com/spf13/cobra"
)

// useCommand rolls back, or forward.
func (p *program) useCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "use VERSION",
		GroupID: groupCorpus,
		Short:   "Answer from another version that is kept; nothing is rebuilt",
		Long: `Use makes VERSION the version in use, an older one as well as a newer one. Its files
are first read and held against their digests. Whoever answers from the directory
takes it over.`,
		Example:           `  kaede use 20261123T101500.000Z-0a1b2c3d4e5f --data /var/lib/kaede`,
		Args:              arguments(1, "VERSION"),
		PreRunE:           p.hasData,
		ValidArgsFunction: p.completeVersions,
		RunE: func(c *cobra.Command, args []string) error {
			store := corpus.OpenStore(p.config.data)
			err := store.Verify(c.Context(), args[0])
			var damage *corpus.DamageError
			switch {
			case errors.Is(err, corpus.ErrNoVersion):
				return usagef("VERSION: there is none called %q; kaede versions lists them", args[0])
			case errors.As(err, &damage):
				return fmt.Errorf("%w; use another one, or publish a sound one with kaede refresh", err)
			case err != nil:
				return err
			}
			if err := store.Use(args[0]); err != nil {
				return err
			}
			fmt.Fprintf(p.out, "in use: %s\n", args[0])
			return nil
		},
	}
}
