package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"kaede/bot"
	"kaede/bot/answer"
	"kaede/corpus"
	"kaede/index"

	"github.com/peterh/liner"
	"github.com/spf13/cobra"
)

// chat talks: with a person at a terminal, or with whatever is piped in, line by line.
func (p *program) chat(c *cobra.Command, _ []string) error {
	b, err := p.open(c.Context())
	if err != nil {
		return err
	}
	defer b.Close()
	talk := &conversation{program: p, bot: b}
	if isTerminal(p.in) && isTerminal(p.out) && liner.TerminalSupported() {
		return talk.edit(c.Context())
	}
	n, failed := 0, false
	for line, err := range lines(c.Context(), p.in) {
		n++
		if err == errLongLine {
			fmt.Fprintf(p.err, "kaede: line %d: %v\n", n, err)
			failed = true
			continue
		}
		if err != nil {
			return fmt.Errorf("read line: %w", err)
		}
		quit, err := talk.hear(c.Context(), line)
		if err != nil {
			return err
		}
		if quit {
			break
		}
	}
	if failed {
		return errReported
	}
	return nil
}

// conversation is one chat in the terminal.
type conversation struct {
	*program
	bot     *bot.Bot
	history []string // the last questions, oldest first
	said    bool     // something was said before
}

// command is one that begins with a slash.
type command struct {
	name string
	do   func(t *conversation, rest string) error
}

// commands are those of the conversation, apart from /quit.
func commands() []command {
	return []command{
		{"/fact", (*conversation).fact},
		{"/facts", (*conversation).facts},
		{"/sources", (*conversation).sources},
		{"/help", (*conversation).help},
	}
}

// hear answers one line.
func (t *conversation) hear(ctx context.Context, line string) (quit bool, err error) {
	line = strings.TrimSpace(line)
	name, rest, _ := strings.Cut(line, " ")
	name = strings.ToLower(name)
	switch {
	case line == "":
		return false, nil
	case name == "/quit":
		return true, nil
	case t.said:
		fmt.Fprintln(t.out)
	}
	t.said = true
	if !strings.HasPrefix(line, "/") {
		return false, t.ask(ctx, line)
	}
	for _, c := range commands() {
		if c.name == name {
			return false, c.do(t, strings.TrimSpace(rest))
		}
	}
	return false, t.say("terminal_unknown_command", map[string]any{"Command": printable(name)})
}

func (t *conversation) ask(ctx context.Context, text string) error {
	reply, err := t.bot.Ask(ctx, bot.Question{Text: text, Lang: t.hint(), History: t.history, Sources: t.config.sources})
	if err != nil {
		return err
	}
	// A greeting is nothing that a later question follows up.
	if slices.ContainsFunc(reply.Parts, func(p bot.Part) bool { return p.Outcome != answer.Social }) {
		t.history = append(t.history, text)
		t.history = t.history[max(0, len(t.history)-answer.MaxHistory):]
	}
	return t.reply(reply)
}

func (t *conversation) reply(reply bot.Reply) error {
	pr := t.printer()
	err := pr.reply(reply)
	pr.related(reply)
	return err
}

// printer is plain where nobody sits at the keyboard.
func (t *conversation) printer() printer {
	pr := t.program.printer()
	pr.styled = pr.styled && isTerminal(t.in)
	return pr
}

// say says something in the person's language.
func (t *conversation) say(id string, data map[string]any) error {
	pr := t.printer()
	for _, line := range strings.Split(strings.TrimSpace(bot.Say(t.locale(), id, data)), "\n") {
		if err := pr.line(0, line); err != nil {
			return err
		}
	}
	return nil
}

func (t *conversation) help(string) error { return t.say("terminal_help", nil) }

func (t *conversation) sources(string) error {
	t.printer().table(t.sourcesTable(t.bot))
	return nil
}

func (t *conversation) facts(rest string) error {
	if rest == "" {
		t.printer().table(t.topicsTable(t.bot))
		return nil
	}
	id, ok := topic(t.bot, rest)
	if !ok {
		return t.say("terminal_no_topic", map[string]any{"Topic": printable(rest)})
	}
	t.printer().table(t.factsTable(t.bot, id))
	return nil
}

func (t *conversation) fact(rest string) error {
	if rest == "" {
		return t.say("terminal_which_fact", nil)
	}
	_, lang := t.choices(rest)
	reply, err := t.bot.Fact(rest, lang, t.config.sources...)
	var unknown *bot.Error
	if errors.As(err, &unknown) {
		return t.say("terminal_no_topic", map[string]any{"Topic": printable(rest)})
	}
	if err != nil {
		return err
	}
	return t.reply(reply)
}

// choices are the facts that text may mean, in the language in which text begins their label, else in the person's own.
func (t *conversation) choices(text string) ([]index.Choice, corpus.Lang) {
	own := t.own()
	langs := corpus.Langs()
	for _, l := range append([]corpus.Lang{own}, langs[:]...) {
		all := t.bot.Suggest(text, l, maxOffered, t.config.sources...)
		begun := slices.DeleteFunc(slices.Clone(all), func(c index.Choice) bool { return !strings.HasPrefix(index.Fold(c.Label), index.Fold(text)) })
		if len(begun) > 0 {
			return begun, l
		}
	}
	return t.bot.Suggest(text, own, maxOffered, t.config.sources...), own
}

// maxOffered bounds what Tab offers.
const maxOffered = 50

// complete offers what the line may become: commands, facts after /fact, topics after /facts.
func (t *conversation) complete(line string) []string {
	var out []string
	add := func(begin string, choices []index.Choice) {
		for _, c := range choices {
			out = append(out, begin+printable(c.Label))
		}
	}
	switch begin, rest, found := strings.Cut(line, " "); {
	case begin == "/fact" && found:
		choices, _ := t.choices(rest)
		add("/fact ", choices)
	case begin == "/facts" && found:
		add("/facts ", t.bot.SuggestTopics(rest, t.own(), maxOffered, t.config.sources...))
	case strings.HasPrefix(line, "/"):
		for _, c := range append(commands(), command{name: "/quit"}) {
			if strings.HasPrefix(c.name, line) {
				out = append(out, c.name)
			}
		}
	}
	return out
}

// edit talks with a person at a terminal. Ctrl-C clears the line, and leaves when pressed again; Ctrl-D leaves.
func (t *conversation) edit(ctx context.Context) error {
	if err := t.say("terminal_welcome", nil); err != nil {
		return err
	}
	editor := liner.NewLiner()
	defer editor.Close()
	editor.SetCtrlCAborts(true)
	editor.SetCompleter(t.complete)
	if file, err := os.Open(t.historyFile()); err == nil {
		editor.ReadHistory(io.LimitReader(file, maxLine)) // A history that cannot be read is no reason not to talk.
		file.Close()
	}
	defer t.keepHistory(editor)
	pressed := false
	for {
		line, err := prompt(ctx, editor)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.Is(err, liner.ErrPromptAborted) && pressed:
			return nil
		case errors.Is(err, liner.ErrPromptAborted):
			pressed = true
			if err := t.say("terminal_leave", nil); err != nil {
				return err
			}
			continue
		case ctx.Err() != nil:
			fmt.Fprintln(t.out) // what was being typed stays on its line
			return ctx.Err()
		case err != nil:
			return fmt.Errorf("read line: %w", err)
		}
		pressed = false
		if strings.TrimSpace(line) != "" {
			editor.AppendHistory(line)
		}
		if quit, err := t.hear(ctx, line); quit || err != nil {
			return err
		}
		fmt.Fprintln(t.out)
		t.said = false
	}
}

// prompt reads a line. It does not wait for one after ctx has ended.
func prompt(ctx context.Context, editor *liner.State) (string, error) {
	type result struct {
		line string
		err  error
	}
	read := make(chan result, 1)
	go func() {
		line, err := editor.Prompt("> ")
		read <- result{line, err}
	}()
	select {
	case r := <-read:
		return r.line, r.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// historyFile is where the questions typed are kept for the next chat; empty if the person has no place for it.
func (p *program) historyFile() string {
	if dir := p.env["XDG_STATE_HOME"]; filepath.IsAbs(dir) {
		return filepath.Join(dir, "kaede", "history")
	}
	if home := p.env["HOME"]; filepath.IsAbs(home) {
		return filepath.Join(home, ".local", "state", "kaede", "history")
	}
	return ""
}

// keepHistory writes the history for the owner's eyes only.
func (t *conversation) keepHistory(editor *liner.State) {
	name := t.historyFile()
	if name == "" {
		return
	}
	if err := writeHistory(name, editor); err != nil {
		t.log.Debug("history is not kept", "err", err)
	}
}

func writeHistory(name string, editor *liner.State) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	file, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = editor.WriteHistory(file)
	return errors.Join(err, file.Close())
}
