package main

import (
	"context"
	"fmt"
	"strings"

	"kaede/bot"

	"github.com/spf13/cobra"
)

// askCommand answers one question, or each line of standard input.
func (p *program) askCommand() *cobra.Command {
	var jsonl, explain bool
	c := &cobra.Command{
		Use:     "ask [question]",
		GroupID: groupAsk,
		Short:   "Answer one question, or each line of standard input",
		Long: `Ask answers the question in its arguments or, without any, each line of standard
input. The answer comes first, then the sentence it was read in, then the source.

Exit status: 0 answered, 3 an honest "my sources don't say" or nothing that was asked,
such as a greeting (any of several lines), 1 an error, 2 a mistake in how it was called.

With --jsonl it reads a JSON object a line and writes one a line, in the same order:

  in   {"question": "...", "history": ["earlier question", ...], "lang": ""}
  out  {"question": "...", "lang": "en", "answered": true, "answer": "1928", "confidence": 0.97,
        "evidence": [{"document": "...", "text": "...", "translation": "", "score": 1}],
        "facts": ["fact-id"], "missing": ["words it did not find"]}

history and lang may be left out. A line that cannot be read has its error in its
place; the others are answered, and the exit status is 1. So it is without --jsonl.`,
		Example: `  kaede ask "When did Japan open its mission in Ottawa?"
  echo "Quel est le PIB du Japon ?" | kaede ask
  kaede ask --explain --source canada-japan-relations "what does Canada buy from Japan?"
  kaede ask --jsonl < questions.jsonl > answers.jsonl`,
		Args: func(_ *cobra.Command, args []string) error {
			if jsonl && len(args) > 0 {
				return usagef("--jsonl reads questions from standard input, not from arguments")
			}
			if !jsonl && len(args) > 0 && strings.TrimSpace(strings.Join(args, " ")) == "" {
				return usagef("question: want words, got none")
			}
			if !jsonl && len(args) == 0 && isTerminal(p.in) {
				return usagef(`question: none given; kaede ask "...", or pipe one in, or talk with: kaede`)
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			b, err := p.open(c.Context())
			if err != nil {
				return err
			}
			defer b.Close()
			switch {
			case jsonl:
				return p.askLines(c.Context(), b, explain)
			case len(args) > 0:
				return p.askAll(c.Context(), b, explain, func(yield func(string, error) bool) {
					yield(strings.Join(args, " "), nil)
				})
			default:
				return p.askAll(c.Context(), b, explain, lines(c.Context(), p.in))
			}
		},
	}
	c.Flags().BoolVar(&jsonl, "jsonl", false, "read and write JSON lines")
	c.Flags().BoolVar(&explain, "explain", false, "also show how each answer was found")
	return c
}

// askAll answers each question for a person, and reports errRefused if any was refused.
func (p *program) askAll(ctx context.Context, b *bot.Bot, explain bool, questions func(func(string, error) bool)) error {
	printer := p.printer()
	line, asked, refused, failed := 0, 0, false, false
	for text, err := range questions {
		line++
		if err == errLongLine {
			fmt.Fprintf(p.err, "kaede: line %d: %v\n", line, err)
			failed = true
			continue
		}
		if err != nil {
			return fmt.Errorf("read question: %w", err)
		}
		if strings.TrimSpace(text) == "" {
			continue
		}
		reply, err := b.Ask(ctx, bot.Question{Text: text, Lang: p.hint(), Sources: p.config.sources, Explain: explain})
		if err != nil {
			return err
		}
		if asked > 0 {
			fmt.Fprintln(p.out)
		}
		asked++
		refused = refused || !reply.Answered()
		if err := printer.reply(reply); err != nil {
			return err
		}
	}
	switch {
	case failed:
		return errReported
	case asked == 0:
		return usagef("question: standard input has none")
	case refused:
		return errRefused
	}
	return nil
}
