package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"kaede/bot"
	"kaede/corpus"

	"github.com/spf13/cobra"
)

// The exit statuses, on which scripts rely.
const (
	exitOK      = 0
	exitError   = 1
	exitUsage   = 2
	exitRefused = 3 // an honest "my sources don't say", or nothing was asked
)

func main() {
	signal.Ignore(syscall.SIGPIPE) // that nobody reads on is then an error of writing, after which the program clears up
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	context.AfterFunc(ctx, stop) // so that a second Ctrl-C ends the program at once
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Environ()))
}

// program is one run of kaede: what its commands share.
type program struct {
	in       io.Reader
	out, err io.Writer
	env      environment
	config   config // resolved before a command starts
	log      *slog.Logger
}

// run is the whole program. It returns the exit status.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, env []string) int {
	out := &output{Writer: stdout}
	p := &program{in: stdin, out: out, err: stderr, env: newEnvironment(env)}
	root := p.rootCommand()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(out)
	root.SetErr(stderr)
	started := false
	root.PersistentPreRunE = func(c *cobra.Command, _ []string) (err error) {
		started = true
		p.config, err = p.env.configure(c.Flags())
		if err != nil {
			return err
		}
		p.log = p.config.logger(stderr)
		for _, name := range p.env.unknown() {
			// Not an error: container platforms set variables of the form KAEDE_PORT for a service of this name.
			p.log.Warn("unknown environment variable", "name", name)
		}
		return nil
	}
	ran, err := root.ExecuteContextC(ctx)
	if err != nil && !started {
		err = usageError{err} // what cobra itself refuses: flags, arguments, names of commands
	}
	if out.failed != nil {
		err = out.failed
	}
	return p.finish(ran, err)
}

// output is standard output. It keeps the first error of writing, for most of what prints does not look.
type output struct {
	io.Writer
	failed error
}

// Write writes nothing more after an error.
func (o *output) Write(text []byte) (n int, err error) {
	if o.failed == nil {
		n, o.failed = o.Writer.Write(text)
	}
	return n, o.failed
}

// finish reports err as a person needs it and turns it into an exit status.
func (p *program) finish(c *cobra.Command, err error) int {
	var usage usageError
	var say *bot.Error
	var check *corpus.CheckError
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errRefused):
		return exitRefused
	case errors.Is(err, errReported), errors.Is(err, syscall.EPIPE):
		return exitError
	case errors.As(err, &usage):
		fmt.Fprintf(p.err, "kaede: %v\n", err)
		fmt.Fprintf(p.err, "Try '%s --help'.\n", c.CommandPath())
		return exitUsage
	case errors.As(err, &say):
		fmt.Fprintf(p.err, "kaede: %s\n", say.Say(p.locale()))
		if say.Detail != nil {
			fmt.Fprintf(p.err, "       %v\n", say.Detail)
		}
		return exitError
	case errors.As(err, &check):
		fmt.Fprintf(p.err, "kaede: the corpus has %s:\n%v\n", count(len(check.Problems), "problem"), check)
		return exitError
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(p.err, "kaede: interrupted")
		return exitError
	default:
		fmt.Fprintf(p.err, "kaede: %v\n", err)
		return exitError
	}
}

// errRefused ends a command that refused honestly and has said so.
var errRefused = errors.New("refused")

// errReported ends a command that failed and has already said why.
var errReported = errors.New("reported")

// usageError is a mistake in how kaede was called or configured.
type usageError struct{ error }

// usagef makes a usageError.
func usagef(format string, a ...any) error { return usageError{fmt.Errorf(format, a...)} }

// open opens the bot that the configuration describes. The caller closes it.
func (p *program) open(ctx context.Context) (*bot.Bot, error) {
	// Nearly all that a start makes stays: looking for garbage as often as later would take an eighth of its time.
	defer debug.SetGCPercent(debug.SetGCPercent(300))
	b, err := bot.Open(ctx, bot.Options{Corpus: p.config.corpus, Data: p.config.data, Log: p.log})
	if err != nil {
		return nil, err
	}
	if err := p.knowsSources(b); err != nil {
		b.Close()
		return nil, err
	}
	return b, nil
}

// knowsSources refuses a --source that names no document.
func (p *program) knowsSources(b *bot.Bot) error {
	for _, id := range p.config.sources {
		if _, ok := b.Document(id); ok {
			continue
		}
		var known []string
		for _, s := range b.Sources() {
			known = append(known, s.Document.ID)
		}
		return usagef("%s: there is no document %q; %skaede sources lists them", p.config.places["source"], id, didYouMean(id, known))
	}
	return nil
}

// didYouMean asks whether the nearest of some names was meant; it is empty if none is near.
func didYouMean(typed string, names []string) string {
	nearest, least := "", 1+len(typed)/2
	for _, name := range names {
		n := edits(typed, name)
		if strings.Contains(name, typed) {
			n = 0
		}
		if n < least {
			nearest, least = name, n
		}
	}
	if nearest == "" {
		return ""
	}
	return fmt.Sprintf("did you mean %s? ", nearest)
}

// edits is how many characters must be put in, left out or exchanged to make b of a.
func edits(a, b string) int {
	row := make([]int, len(b)+1) // for what was read of a: to each beginning of b
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			exchanged := diagonal
			if a[i] != b[j] {
				exchanged++
			}
			diagonal = row[j+1]
			row[j+1] = min(exchanged, diagonal+1, row[j]+1)
		}
	}
	return row[len(b)]
}
