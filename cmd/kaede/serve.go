package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"kaede/bot"
	"kaede/bot/discord"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"
)

// tokenVariable is where the token is looked for first. It has no flag, for flags can be read by everybody on the machine.
const tokenVariable = "DISCORD_TOKEN"

const (
	watchEvery  = 2 * time.Second // for versions that other processes publish
	maxToken    = 4 << 10
	closeWithin = 2 * time.Second // of the HTTP server
)

// serving is the part of the configuration that concerns Discord.
type serving struct {
	tokenFile      string
	http           string
	home           []string
	moderatorRoles []string
	logQuestions   bool
	shard, shards  int
	api, gateway   string
}

// serveSettings are the settings of serve.
func serveSettings() []setting {
	serve := []string{"kaede", "serve"}
	return []setting{
		{name: "token-file", env: "KAEDE_TOKEN_FILE", hint: "FILE", only: serve, usage: "read Discord's token from `FILE` if " + tokenVariable + " is not set",
			set: func(c *config, v []string) error { c.serving.tokenFile = v[0]; return nil }},
		{name: "http", env: "KAEDE_HTTP", hint: "ADDRESS", def: "127.0.0.1:8080", only: append([]string{"health"}, serve...),
			usage: "`ADDRESS` of /healthz and /metrics, or none",
			set:   func(c *config, v []string) error { c.serving.http = v[0]; return isAddress(v[0]) }},
		{name: "home", env: "KAEDE_HOME", hint: "SERVER", list: true, only: serve, usage: "offer /corpus in the Discord server with the id `SERVER`; repeatable",
			set: func(c *config, v []string) error { c.serving.home = v; return areIDs(v) }},
		{name: "moderator-role", env: "KAEDE_MODERATOR_ROLE", hint: "ROLE", list: true, only: serve,
			usage: "let members with the role whose id is `ROLE` use /corpus, as well as those with Manage Server; repeatable",
			set:   func(c *config, v []string) error { c.serving.moderatorRoles = v; return areIDs(v) }},
		{name: "log-questions", env: "KAEDE_LOG_QUESTIONS", hint: "yes", def: "no", of: []string{"yes", "no"}, only: serve, usage: "`yes` to log the text of questions",
			set: func(c *config, v []string) error { c.serving.logQuestions = v[0] == "yes"; return nil }},
		{name: "shard", env: "KAEDE_SHARD", hint: "I/N", def: "0/1", only: serve, usage: "serve the part `I/N` of all Discord servers, 0/1 being all",
			set: func(c *config, v []string) (err error) {
				c.serving.shard, c.serving.shards, err = shardOf(v[0])
				return err
			}},
		{name: "discord-api", env: "KAEDE_DISCORD_API", hint: "URL", only: serve, usage: "use the Discord-compatible API at `URL`",
			set: func(c *config, v []string) error { c.serving.api = v[0]; return nil }},
		{name: "discord-gateway", env: "KAEDE_DISCORD_GATEWAY", hint: "URL", only: serve, usage: "use the gateway at `URL` instead of the one that the API names",
			set: func(c *config, v []string) error { c.serving.gateway = v[0]; return nil }},
	}
}

func isAddress(s string) error {
	if s == "none" {
		return nil
	}
	_, _, err := net.SplitHostPort(s)
	return err
}

func areIDs(list []string) error {
	for _, s := range list {
		if _, err := strconv.ParseUint(s, 10, 64); err != nil {
			return fmt.Errorf("%q is no id: switch on Discord's developer mode, then right-click and copy the id", s)
		}
	}
	return nil
}

func shardOf(s string) (shard, shards int, err error) {
	if n, _ := fmt.Sscanf(s, "%d/%d", &shard, &shards); n != 2 || shard < 0 || shards < 1 || shard >= shards {
		return 0, 0, fmt.Errorf("%q is no part such as 0/1 or 1/4", s)
	}
	return shard, shards, nil
}

// serveCommand is Kaede on Discord.
func (p *program) serveCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "serve",
		GroupID: groupAsk,
		Short:   "Answer on Discord",
		Long: `Serve is Kaede on Discord. It needs a bot's token, in the environment variable
DISCORD_TOKEN or in a file, and prints the links by which servers invite it and
people install it for themselves. Where Discord refuses the token or an intent
for good, the exit status is 2: starting it again would not help.

It answers mentions, replies, direct messages, /ask and more; moderators of the
home servers keep the corpus by /corpus. It takes over versions that another
process publishes in --data. SIGTERM lets it finish what it is answering.`,
		Example: `  DISCORD_TOKEN=... kaede serve --home 1234567890 --data /var/lib/kaede
  kaede serve --token-file /run/credentials/kaede/token --http 127.0.0.1:9090`,
		Args: cobra.NoArgs,
		RunE: p.serve,
	}
}

// start is what kaede does without a command: serve where there is a token, else talk.
func (p *program) start(c *cobra.Command, args []string) error {
	if p.env[tokenVariable] != "" || p.config.serving.tokenFile != "" {
		return p.serve(c, args)
	}
	return p.chat(c, args)
}

func (p *program) serve(c *cobra.Command, _ []string) error {
	for _, name := range []string{"source", "lang"} {
		if place := p.config.places[name]; place != "" {
			return usagef("%s: serve answers everybody from all documents, in their own languages; leave it out", place)
		}
	}
	token, err := p.token()
	if err != nil {
		return err
	}
	// A refresh keeps all processors busy. Where Go runs twice as many threads as there are processors, the kernel gives one to an event
	// at once; Go itself would let it wait for the end of a time slice, at each of its steps.
	runtime.SetDefaultGOMAXPROCS()
	runtime.GOMAXPROCS(2 * runtime.GOMAXPROCS(0))
	// What opens the corpus leaves much behind. Where that goes soon, what stays lies close together.
	percent := debug.SetGCPercent(10)
	defer debug.SetGCPercent(percent)
	log := p.serveLog()
	b, err := bot.Open(c.Context(), bot.Options{Corpus: p.config.corpus, Data: p.config.data, Log: log})
	if err != nil {
		return err
	}
	defer b.Close()
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	s := &discord.Server{
		Bot: b, Token: token, API: discord.APIAddress(p.config.serving.api), Gateway: p.config.serving.gateway,
		Shard: p.config.serving.shard, Shards: p.config.serving.shards,
		Home: p.config.serving.home, ModeratorRoles: p.config.serving.moderatorRoles, LogQuestions: p.config.serving.logQuestions,
		Log: log, Metrics: registry,
	}
	s.Announce = func(name string) {
		fmt.Fprintf(p.out, "kaede: on Discord as %s\nkaede: invite it by %s\nkaede: install it for yourself by %s\n", name, s.Invite(), s.Install())
	}
	if err := s.Init(); err != nil {
		return err
	}
	work, ctx := errgroup.WithContext(c.Context())
	if p.config.serving.http != "none" {
		listener, err := net.Listen("tcp", p.config.serving.http)
		if err != nil {
			return fmt.Errorf("--http: %w", err)
		}
		fmt.Fprintf(p.out, "kaede: health and metrics at http://%s\n", listener.Addr())
		work.Go(func() error { return serveHTTP(ctx, listener, operation(b, s, registry)) })
	}
	work.Go(func() error { return b.Watch(ctx, watchEvery) })
	work.Go(func() error {
		err := s.Run(ctx)
		if fatal := new(discord.FatalError); errors.As(err, &fatal) {
			return usageError{err}
		}
		if err != nil {
			return err
		}
		return context.Canceled // so that the others end too
	})
	work.Go(func() error {
		err := warm(ctx, b)
		debug.SetGCPercent(percent)
		giveBack() // what opening the corpus took
		return err
	})
	work.Go(func() error {
		quiet := time.NewTicker(quietEvery)
		defer quiet.Stop()
		return giveBackWhenQuiet(ctx, quiet.C)
	})
	if err := work.Wait(); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// warm makes ready what the first question in each language would wait for.
func warm(ctx context.Context, b *bot.Bot) error {
	for _, text := range [...]string{"Where is Japan?", "Où est le Japon ?", "日本はどこですか"} {
		if _, err := b.Ask(ctx, bot.Question{Text: text}); err != nil && ctx.Err() == nil {
			return fmt.Errorf("search the corpus: %w", err)
		}
	}
	return nil
}

// token reads Discord's token. It never appears in an error.
func (p *program) token() (string, error) {
	token := p.env[tokenVariable]
	if name := p.config.serving.tokenFile; token == "" && name != "" {
		f, err := os.Open(name)
		if err != nil {
			return "", usagef("--token-file: %w", err)
		}
		defer f.Close()
		raw, err := io.ReadAll(io.LimitReader(f, maxToken))
		if err != nil {
			return "", usagef("--token-file: %w", err)
		}
		token = string(raw)
	}
	token = strings.TrimPrefix(strings.TrimSpace(token), "Bot ")
	if token == "" || strings.ContainsAny(token, " \t\r\n") {
		return "", usagef("serve needs a bot's token: set %s, or write it into a file and name that by --token-file", tokenVariable)
	}
	return token, nil
}

// serveLog is the log of a server, which tells more than a terminal wants to see, unless its level is set.
func (p *program) serveLog() *slog.Logger {
	if p.config.places["log-level"] == "" {
		p.config.logLevel = slog.LevelInfo
	}
	return p.config.logger(p.err)
}

// health is what /healthz tells.
type health struct {
	Ready   bool   `json:"ready"`
	Gateway bool   `json:"gateway"` // the connection to Discord is up
	Index   bool   `json:"index"`   // a corpus is open
	Version string `json:"version"` // of the corpus
	Program string `json:"program"` // and its version
}

// operation is what an operator can ask over HTTP.
func operation(b *bot.Bot, s *discord.Server, registry *prometheus.Registry) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		h := health{Gateway: s.Ready(), Version: b.Status().Version, Program: versionLine()}
		h.Index = h.Version != ""
		h.Ready = h.Gateway && h.Index
		w.Header().Set("Content-Type", "application/json")
		if !h.Ready {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		json.NewEncoder(w).Encode(h)
	})
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	return mux
}

// serveHTTP serves until ctx ends.
func serveHTTP(ctx context.Context, l net.Listener, h http.Handler) error {
	server := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second,
		IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10}
	stop := context.AfterFunc(ctx, func() {
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeWithin)
		defer cancel()
		server.Shutdown(closing)
	})
	defer stop()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve HTTP: %w", err)
	}
	return ctx.Err()
}
