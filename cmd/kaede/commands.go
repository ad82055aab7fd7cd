package main

import (
	"strings"

	"github.com/spf13/cobra"
)

// The groups under which --help lists the commands.
const (
	groupAsk     = "ask"
	groupCorpus  = "corpus"
	groupMeasure = "measure"
	groupSelf    = "self"
)

// commands is the table of commands.
func (p *program) commands() []*cobra.Command {
	return []*cobra.Command{
		p.askCommand(),
		p.factsCommand(),
		p.timelineCommand(),
		p.sourcesCommand(),
		p.serveCommand(),
		p.healthCommand(),
		p.newCommand(),
		p.checkCommand(),
		p.refreshCommand(),
		p.versionsCommand(),
		p.useCommand(),
		p.evalCommand(),
		p.fitCommand(),
		p.versionCommand(),
	}
}

// rootCommand is kaede itself.
func (p *program) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "kaede",
		Short: "Answers about Canada-Japan relations, word for word from its sources",
		Long: `Kaede (楓, "maple") answers questions about Canada-Japan relations in English,
French and Japanese. Every answer is quoted from a source that it shows you;
where its sources don't say, neither does Kaede.

Without a command it talks with you here, in the terminal, or serves Discord where
DISCORD_TOKEN is set.`,
		Example: `  kaede                                      talk; /help lists what you can do, Ctrl-D leaves
  kaede ask "When did Japan open its mission in Ottawa?"
  kaede ask "Combien d'étudiants le programme JET a-t-il accueillis ?"
  kaede ask 日本はカナダにとって何番目の貿易相手国ですか
  kaede facts trade                          what is known of a topic
  kaede ask --jsonl < questions.jsonl        a line in, a line out
  kaede check my-corpus                      every problem of a corpus, with file and line
  kaede refresh --corpus my-corpus --data /var/lib/kaede`,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE:          p.start,
		Version:       versionLine(),

		SuggestionsMinimumDistance: 2,
	}
	root.SetVersionTemplate("{{.Version}}\n")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.Args = func(_ *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		hint := "'kaede --help' lists them"
		if near := root.SuggestionsFor(args[0]); len(near) > 0 {
			hint = "did you mean " + strings.Join(near, " or ") + "?"
		} else if len(args) > 1 || strings.ContainsAny(args[0], " ?？") {
			hint = `to ask a question: kaede ask "` + strings.Join(args, " ") + `"`
		}
		return usagef("there is no command %q; %s", args[0], hint)
	}
	root.AddGroup(
		&cobra.Group{ID: groupAsk, Title: "Asking:"},
		&cobra.Group{ID: groupCorpus, Title: "Keeping a corpus:"},
		&cobra.Group{ID: groupMeasure, Title: "Measuring:"},
		&cobra.Group{ID: groupSelf, Title: "The program itself:"},
	)
	root.SetHelpCommandGroupID(groupSelf)
	root.SetCompletionCommandGroupID(groupSelf)
	root.AddCommand(p.commands()...)
	addFlags(root)
	return root
}
