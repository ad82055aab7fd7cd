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
		Example: `  kaede                               # talk; /help lists what you can do, Ctrl-D leaves
  kaede ask "When did Japan open its mission in Ottawa?"
  kaede ask "Quel est le PIB du Japon ?"
  kaede ask 日本はカナダにとって何番目の貿易相手国ですか
  kaede facts trade                   # what is known of a topic
  kaede ask --jsonl < questions.jsonl # a line in, a line out
  kaede check my-corpus               # every problem of a corpus, with file and line
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
		if near := root.SuggestionsFor(args[0]); len(near) == 0 && (len(args) > 1 || strings.ContainsAny(args[0], " ?？")) {
			return usagef(`there is no command %q; to ask a question: kaede ask "%s"`, args[0], strings.Join(args, " "))
		}
		return noCommand(root, args[0])
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
	p.addFlags(root)
	root.CompletionOptions.SetDefaultShellCompDirective(cobra.ShellCompDirectiveNoFileComp)
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		switch c.Name() {
		case "help": // cobra's own takes what it does not know for no mistake
			c.RunE = func(_ *cobra.Command, args []string) error {
				found, rest, err := root.Find(args)
				if err != nil || len(rest) > 0 {
					return noCommand(root, args[0])
				}
				return found.Help()
			}
		case "completion":
			c.Args = cobra.ArbitraryArgs
			c.RunE = func(c *cobra.Command, args []string) error {
				if len(args) > 0 {
					return noCommand(c, args[0])
				}
				return c.Help()
			}
		}
	}
	return root
}

// noCommand refuses the name of a command that c has not.
func noCommand(c *cobra.Command, name string) error {
	if near := c.SuggestionsFor(name); len(near) > 0 {
		return usagef("there is no command %q; did you mean %s?", name, strings.Join(near, " or "))
	}
	return usagef("there is no command %q; '%s --help' lists them", name, c.CommandPath())
}

// arguments refuses a call with other arguments than the named ones, the first of which are required.
func arguments(required int, names ...string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		switch {
		case len(args) < required:
			return usagef("%s: none given", names[len(args)])
		case len(args) > len(names):
			return usagef("%q: one argument too many", args[len(names)])
		}
		return nil
	}
}
