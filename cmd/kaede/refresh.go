package main

import (
	"fmt"

	"kaede/bot"
	"kaede/corpus"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
)

// refreshCommand takes a changed corpus into use.
func (p *program) refreshCommand() *cobra.Command {
	force := false
	c := &cobra.Command{
		Use:     "refresh",
		GroupID: groupCorpus,
		Short:   "Check, index and publish the corpus again, and show what changed",
		Long: `Refresh reads the corpus in --corpus (or the one in the program), checks it, indexes
it aside and publishes it as a new version in --data. Whoever answers from that
directory goes on meanwhile, and takes the new version over.

If anything is wrong, every problem is listed, the exit status is 1, and the old
version stays in use. So it does if a question of the corpus's golden.yaml that is
answered rightly now would be no longer; --force publishes all the same. A version in
use that is damaged is no hindrance: refresh replaces it.`,
		Example: `  kaede refresh --corpus my-corpus --data /var/lib/kaede`,
		Args:    cobra.NoArgs,
		PreRunE: p.needsData,
		RunE: func(c *cobra.Command, _ []string) error {
			progress, end := p.progress()
			done, err := bot.Refresh(c.Context(), bot.Options{Corpus: p.config.corpus, Data: p.config.data, Log: p.log},
				bot.RefreshOptions{Progress: progress, Force: force})
			end()
			if err != nil {
				return err
			}
			fmt.Fprintf(p.out, "published %s\n", done.Version)
			p.writeDiff(done.Diff)
			p.writeGolden("won", "+", done.Won)
			p.writeGolden("lost", "-", done.Lost)
			return nil
		},
	}
	c.Flags().BoolVar(&force, "force", false, "publish although golden questions are lost")
	return c
}

// writeGolden names the golden questions that a refresh has won or lost.
func (p *program) writeGolden(what, mark string, golden []corpus.Golden) {
	if len(golden) == 0 {
		return
	}
	fmt.Fprintf(p.out, "golden     %d %s\n", len(golden), what)
	questions := make([]string, len(golden))
	for i, g := range golden {
		questions[i] = printable(g.Question)
	}
	p.writeIDs(mark, questions)
}

// needsData refuses a command on kept versions where none are kept.
func (p *program) needsData(c *cobra.Command, _ []string) error {
	if p.config.data == "" {
		return usagef("--data: %s needs the directory in which versions are kept", c.Name())
	}
	return nil
}

// hasData refuses a command on kept versions where none have ever been kept.
func (p *program) hasData(c *cobra.Command, args []string) error {
	if err := p.needsData(c, args); err != nil {
		return err
	}
	if err := isDir(p.config.data); err != nil {
		return usagef("--data: %w", err)
	}
	return nil
}

// progress shows on a terminal how far a refresh is; elsewhere it shows nothing. end clears it.
func (p *program) progress() (progress bot.Progress, end func()) {
	if !isTerminal(p.err) {
		return nil, func() {}
	}
	var bar *progressbar.ProgressBar
	var shown bot.Stage
	end = func() {
		if bar != nil {
			bar.Clear()
		}
	}
	return func(stage bot.Stage, done, total int) {
		if bar == nil || stage != shown {
			end()
			shown = stage
			bar = progressbar.NewOptions(max(total, 1), progressbar.OptionSetWriter(p.err),
				progressbar.OptionSetDescription(bot.Say(p.locale(), "terminal_stage_"+string(stage), nil)), progressbar.OptionSetWidth(30),
				progressbar.OptionSetPredictTime(false), progressbar.OptionSetElapsedTime(false), progressbar.OptionClearOnFinish())
			bar.RenderBlank()
		}
		bar.ChangeMax(max(total, 1))
		bar.Set(done)
	}, end
}

// maxListed bounds how many ids of each change are named.
const maxListed = 20

func (p *program) writeDiff(d corpus.Diff) {
	if d.IsZero() {
		fmt.Fprintln(p.out, "nothing changed")
		return
	}
	for _, kind := range []struct {
		name   string
		change corpus.Change
	}{{"documents", d.Documents}, {"passages", d.Passages}, {"facts", d.Facts}} {
		c := kind.change
		fmt.Fprintf(p.out, "%-10s %d added, %d changed, %d removed\n", kind.name, len(c.Added), len(c.Changed), len(c.Removed))
		p.writeIDs("+", c.Added)
		p.writeIDs("~", c.Changed)
		p.writeIDs("-", c.Removed)
	}
}

func (p *program) writeIDs(mark string, ids []string) {
	for i, id := range ids {
		if i == maxListed {
			fmt.Fprintf(p.out, "  %s and %d more\n", mark, len(ids)-maxListed)
			return
		}
		fmt.Fprintf(p.out, "  %s %s\n", mark, id)
	}
}
