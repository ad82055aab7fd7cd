package main

import (
	"cmp"
	"fmt"
	"time"

	"kaede/corpus"

	"github.com/spf13/cobra"
)

// versionsCommand lists what is kept. It opens no version, so that it also works where the one in use is broken.
func (p *program) versionsCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "versions",
		GroupID: groupCorpus,
		Short:   "List the versions of the corpus that are kept, newest first",
		Example: `  kaede versions --data /var/lib/kaede`,
		Args:    cobra.NoArgs,
		PreRunE: p.hasData,
		RunE: func(*cobra.Command, []string) error {
			versions, err := corpus.OpenStore(p.config.data).Versions()
			if err != nil {
				return err
			}
			if len(versions) == 0 {
				fmt.Fprintln(p.out, "none yet; kaede refresh makes the first")
				return nil
			}
			t := &table{head: []string{"VERSION", "PUBLISHED", "CORPUS", ""}}
			for _, v := range versions {
				state := ""
				switch {
				case v.Damaged:
					state = "damaged"
				case v.Current:
					state = "in use"
				}
				t.add(v.Name, v.Created.UTC().Format(time.DateTime)+" UTC", cmp.Or(v.Digest[:min(12, len(v.Digest))], "-"), state)
			}
			p.printer().table(t)
			return nil
		},
	}
}
