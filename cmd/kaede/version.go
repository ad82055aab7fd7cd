package main

import (
	"cmp"
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// versionCommand says what runs.
func (p *program) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		GroupID: groupSelf,
		Short:   "Print the program's version",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			info, ok := debug.ReadBuildInfo()
			if !ok {
				info = &debug.BuildInfo{}
			}
			var revision, changed string
			for _, s := range info.Settings {
				switch {
				case s.Key == "vcs.revision":
					revision = " " + s.Value[:min(12, len(s.Value))]
				case s.Key == "vcs.modified" && s.Value == "true":
					changed = " with changes"
				}
			}
			fmt.Fprintf(p.out, "kaede %s%s%s, %s\n", cmp.Or(info.Main.Version, "(devel)"), revision, changed, cmp.Or(info.GoVersion, "unknown Go"))
			return nil
		},
	}
}
