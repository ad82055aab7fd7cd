package discord

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/gorilla/websocket"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/time/rate"

	"kaede/bot"
	"kaede/bot/discord/gateway"
	"kaede/corpus"
)

// DefaultAPI is Discord's own.
const DefaultAPI = "https://discord.com/api/v10"

// Server is Kaede on Discord. Set the fields, make it ready with Init, run it once.
type Server struct {
	Bot   *bot.Bot
	Token string // without "Bot "

	API     string // address of the HTTP API with its version; empty: DefaultAPI
	Gateway string // address of the gateway; empty: the API says
	Shard   int
	Shards  int // 0: 1

	Home           []string // ids of the servers that have the moderators' commands
	ModeratorRoles []string // ids of roles whose members are moderators besides those with Manage Server
	LogQuestions   bool

	User, Channel Pace // of questions; zero: 5 at once and 10 a minute, 15 at once and 40 a minute
	Queue         int  // questions that may wait; 0: 256

	Client  *http.Client // nil: one with time-outs
	Clock   gateway.Clock
	Rand    func() float64 // in [0,1)
	Log     *slog.Logger
	Metrics prometheus.Registerer // nil: a registry of its own

	Announce func(name, invite string) // called once, when Discord has said who we are; nil: nobody is told

	limit        *rate.Limiter // of requests over all routes; nil: Discord's
	rest         *rest
	gateway      *gateway.Gateway
	metrics      *metrics
	messages     *queue // questions in channels; a lane for each channel
	interactions *queue // a lane for each interaction
	notices      *queue // what is said where nothing is answered
	users        *pacer
	channels     *pacer
	presses      *pacer
	told         *pacer                  // notices to people and channels
	seen         *lru[string, bool]      // ids of events, and of what was posted
	muted        *lru[string, time.Time] // channels in which we may not speak, until then
	byQuestion   *lru[string, *exchange]
	byAnswer     *lru[string, *exchange]
	lookups      *pacer
	began        time.Time

	mu          sync.Mutex
	self, appID string // from READY
	announced   bool
	work        context.Context // of everything that is being answered
	background  sync.WaitGroup
	refreshing  sync.Mutex
}

// Bounds of what is remembered and done at once.
const (
	maxSeen      = 8192
	maxMuted     = 4096
	maxExchanges = 10000
	workers      = 64
	drainWithin  = 8 * time.Second
)

// Init fills in what is not set and registers the metrics. It fails only if the metrics are registered already.
func (s *Server) Init() error {
	if s.API == "" {
		s.API = DefaultAPI
	}
	if s.Client == nil {
		s.Client = &http.Client{Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, MaxIdleConnsPerHost: 32, IdleConnTimeout: 90 * time.Second,
			TLSHandshakeTimeout: 10 * time.Second, ForceAttemptHTTP2: true,
		}}
	}
	if s.Clock.Now == nil {
		s.Clock = gateway.RealClock()
	}
	if s.Rand == nil {
		s.Rand = rand.Float64
	}
	if s.Log == nil {
		s.Log = slog.Default()
	}
	if s.Metrics == nil {
		s.Metrics = prometheus.NewRegistry()
	}
	if s.User == (Pace{}) {
		s.User = Pace{6 * time.Second, 5}
	}
	if s.Channel == (Pace{}) {
		s.Channel = Pace{1500 * time.Millisecond, 15}
	}
	if s.limit == nil {
		s.limit = rate.NewLimiter(perSecond, burst)
	}
	if s.Queue == 0 {
		s.Queue = 256
	}
	s.messages = newQueue(s.Queue, workers, func(j job) { s.drop("messages", j) })
	s.interactions = newQueue(s.Queue, workers, func(j job) { s.drop("interactions", j) })
	s.notices = newQueue(64, 4, func(job) {})
	s.users, s.channels = newPacer(s.User), newPacer(s.Channel)
	s.presses = newPacer(Pace{time.Second, 10})
	s.told = newPacer(Pace{time.Minute, 1})
	s.lookups = newPacer(Pace{time.Second, 10})
	s.seen = newLRU[string, bool](maxSeen)
	s.muted = newLRU[string, time.Time](maxMuted)
	s.byQuestion = newLRU[string, *exchange](maxExchanges)
	s.byAnswer = newLRU[string, *exchange](maxExchanges)
	s.gateway = &gateway.Gateway{
		Token: s.Token, Shard: s.Shard, Shards: s.Shards, Compress: true,
		Intents: discordgo.IntentsGuilds | discordgo.IntentsGuildMessages | discordgo.IntentsDirectMessages,
		Presence: map[string]any{"status": "online", "afk": false, "since": nil,
			"activities": []any{map[string]any{"name": "/ask", "type": discordgo.ActivityTypeListening}}},
		Where:  s.where,
		Dialer: &websocket.Dialer{Proxy: http.ProxyFromEnvironment, HandshakeTimeout: 20 * time.Second},
		Handle: s.handle, Log: s.Log, Clock: s.Clock, Rand: s.Rand,
	}
	var err error
	if s.metrics, err = newMetrics(s.Metrics, s); err != nil {
		return fmt.Errorf("register metrics: %w", err)
	}
	s.rest = newREST(s)
	return nil
}

// Ready reports whether the gateway connection is up.
func (s *Server) Ready() bool { return s.gateway.Ready() }

// Run serves until ctx ends, then finishes what it is answering, for 8 s at most, and returns nil. It returns a
// *gateway.FatalError at once when Discord refuses for good.
func (s *Server) Run(ctx context.Context) error {
	work, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWork()
	s.work, s.began = work, s.Clock.Now()
	running, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	s.background.Go(func() {
		select {
		case <-s.rest.refused:
			stop(&gateway.FatalError{Text: "Discord refuses the token"})
		case <-running.Done():
		}
	})
	err := s.gateway.Run(running)
	var fatal *gateway.FatalError
	if err == nil && errors.As(context.Cause(running), &fatal) {
		err = fatal
	}
	stop(nil)
	s.drain(stopWork)
	return err
}

// drain lets what is being answered end, then ends it.
func (s *Server) drain(stopWork context.CancelFunc) {
	patience, done := context.WithCancel(context.Background())
	defer done()
	s.background.Go(func() {
		if s.Clock.Sleep(patience, drainWithin) == nil {
			stopWork()
		}
	})
	s.messages.close()
	s.interactions.close()
	s.notices.close()
	done()
	stopWork()
	s.background.Wait()
}

// where asks Discord for the gateway, or knows it from the configuration.
func (s *Server) where(ctx context.Context) (gateway.Address, error) {
	var got struct {
		URL   string `json:"url"`
		Start struct {
			Remaining  *int    `json:"remaining"`
			ResetAfter float64 `json:"reset_after"` // milliseconds
		} `json:"session_start_limit"`
	}
	err := s.rest.do(ctx, request{method: "GET", route: "/gateway/bot", repeat: true, patience: time.Second}, &got) // Run waits longer, and says so
	switch {
	case errors.Is(err, errRefused):
		return gateway.Address{}, &gateway.FatalError{Text: "Discord refuses the token"}
	case err != nil && s.Gateway == "":
		return gateway.Address{}, fmt.Errorf("ask Discord for its gateway: %w", err)
	}
	if s.Gateway != "" {
		got.URL = s.Gateway
	}
	return gateway.Address{
		URL: got.URL, Exhausted: got.Start.Remaining != nil && *got.Start.Remaining <= 0,
		ResetAfter: seconds(got.Start.ResetAfter / 1000),
	}, nil
}

// handle takes an event from the gateway and does not block.
func (s *Server) handle(e gateway.Event) {
	now := s.Clock.Now()
	switch d := e.Data.(type) {
	case *discordgo.Ready:
		s.ready(d)
	case *discordgo.MessageCreate:
		s.onMessage(d.Message, now)
	case *discordgo.MessageUpdate:
		s.onEdit(d.Message, now)
	case *discordgo.MessageDelete:
		s.onDelete(d.ChannelID, d.ID, now)
	case *discordgo.MessageDeleteBulk:
		for _, id := range d.Messages {
			s.onDelete(d.ChannelID, id, now)
		}
	case *discordgo.InteractionCreate:
		s.onInteraction(d.Interaction, now)
	}
}

// ready notes who we are and registers the commands once.
func (s *Server) ready(d *discordgo.Ready) {
	s.mu.Lock()
	first := !s.announced
	s.announced = true
	s.self, s.appID = d.User.ID, d.User.ID
	if d.Application != nil && d.Application.ID != "" {
		s.appID = d.Application.ID
	}
	s.mu.Unlock()
	if !first {
		return
	}
	s.Log.Info("Kaede is on Discord", "user", d.User.Username, "servers", len(d.Guilds), "invite", s.Invite())
	if s.Announce != nil {
		s.Announce(clean(d.User.Username), s.Invite())
	}
	s.background.Go(func() { s.register(s.work) })
}

func (s *Server) me() (self, appID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.self, s.appID
}

// What Kaede needs to be allowed: to see channels, to answer there and in threads, and to read back what was asked.
const permissions = discordgo.PermissionViewChannel | discordgo.PermissionSendMessages |
	discordgo.PermissionSendMessagesInThreads | discordgo.PermissionReadMessageHistory

// Invite is the link by which a server or a person gets Kaede. It is empty before Discord has said who we are.
func (s *Server) Invite() string {
	_, app := s.me()
	if app == "" {
		return ""
	}
	return fmt.Sprintf("https://discord.com/oauth2/authorize?client_id=%s&permissions=%d&scope=bot%%20applications.commands", app, permissions)
}

// guard runs f and outlives its panic.
func (s *Server) guard(what string, f func()) {
	defer func() {
		if r := recover(); r != nil {
			s.Log.Error("panicked", "doing", what, "panic", r, "stack", string(debug.Stack()))
		}
	}()
	f()
}

// drop counts a job that is dropped and lets it be excused.
func (s *Server) drop(name string, j job) {
	s.metrics.dropped.WithLabelValues(name).Inc()
	if j.missed != nil {
		s.notices.push(job{lane: j.lane, run: func() { s.guard("excuse", j.missed) }})
	}
}

// count notes what became of a question.
func (s *Server) count(way string, lang corpus.Lang, outcome string, arrived time.Time) {
	s.metrics.questions.WithLabelValues(way, string(lang), outcome).Inc()
	s.metrics.seconds.WithLabelValues(way).Observe(s.Clock.Now().Sub(arrived).Seconds())
}

// APIAddress completes the address of an API: one that names no version gets the one we speak.
func APIAddress(base string) string {
	base = strings.TrimRight(base, "/")
	if base == "" {
		return DefaultAPI
	}
	if i := strings.LastIndex(base, "/v"); i >= 0 && strings.Trim(base[i+2:], "0123456789") == "" && base[i+2:] != "" {
		return base
	}
	if !strings.HasSuffix(base, "/api") {
		base += "/api"
	}
	return base + "/v10"
}
