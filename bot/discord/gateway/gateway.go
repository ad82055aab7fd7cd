package gateway

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/gorilla/websocket"
)

// Clock is the time that all waits follow.
type Clock struct {
	Now   func() time.Time
	Sleep func(ctx context.Context, d time.Duration) error // returns early with the context's error
}

// RealClock is the clock on the wall.
func RealClock() Clock {
	return Clock{Now: time.Now, Sleep: func(ctx context.Context, d time.Duration) error {
		t := time.NewTimer(d)
		defer t.Stop()
		select {
		case <-t.C:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}}
}

// Gateway is one shard's connection. Set the fields before Run and leave them.
type Gateway struct {
	Token    string // without "Bot "
	Intents  discordgo.Intent
	Shard    int
	Shards   int  // 0: 1
	Compress bool // ask for payloads compressed with zlib
	Presence any  // as Discord describes it; nil: none

	Where  func(context.Context) (Address, error) // asked before each connection that does not resume; a *FatalError ends Run
	Dialer *websocket.Dialer
	Handle func(Event)
	Log    *slog.Logger
	Clock  Clock
	Rand   func() float64 // in [0,1)

	ready      atomic.Bool
	reconnects atomic.Int64
}

// Address is where to connect, and how many sessions may still be started.
type Address struct {
	URL        string
	Exhausted  bool // no session may be started before ResetAfter
	ResetAfter time.Duration
}

// Event is one dispatch. Data is a *discordgo.Ready, *discordgo.MessageCreate and so on, or nil for types that nobody here needs.
type Event struct {
	Type string
	Data any
}

// Guild is as much of a GUILD_CREATE, which may be a megabyte, as anybody here needs.
type Guild struct{ ID string }

// FatalError is a refusal that trying again cannot mend.
type FatalError struct {
	Code int // of the close; 0 where it came over REST
	Text string
}

func (e *FatalError) Error() string {
	if e.Code == 0 {
		return e.Text
	}
	return fmt.Sprintf("%s (close code %d)", e.Text, e.Code)
}

// Ready reports whether the connection is up: READY or RESUMED has come.
func (g *Gateway) Ready() bool { return g.ready.Load() }

// Reconnects counts the connections after the first.
func (g *Gateway) Reconnects() int64 { return g.reconnects.Load() }

// session is what it takes to resume.
type session struct {
	id, url   string
	seq       int64 // of the last dispatch, 0 before the first
	elsewhere bool  // the next attempt alone leaves url aside, since that was dead or did not let us resume
}

// Pauses between attempts.
const (
	firstPause = time.Second
	longest    = 2 * time.Minute
)

// Run connects, and connects again, until ctx ends or Discord refuses for good.
func (g *Gateway) Run(ctx context.Context) error {
	var s session
	for failures := 0; ; g.reconnects.Add(1) {
		started, err := g.connect(ctx, &s)
		g.ready.Store(false)
		var fatal *FatalError
		var invalid *invalidError
		var pause time.Duration
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.As(err, &fatal):
			return fatal
		case errors.As(err, &invalid):
			failures++ // an op 9 may be about too many starts: the next pauses grow
			pause = g.jitter(time.Second, 5*time.Second)
			if failures > 2 {
				pause += backoff(failures)
			}
		case started:
			failures = 0
		default:
			failures++
			pause = g.jitter(backoff(failures)/2, backoff(failures))
			if failures%5 == 0 {
				s.elsewhere = true
			}
		}
		g.Log.Warn("gateway connection ended", "err", err, "resumes", s.id != "", "pause", pause.Round(time.Millisecond))
		if g.Clock.Sleep(ctx, pause) != nil {
			return nil
		}
	}
}

func backoff(failures int) time.Duration { return min(firstPause<<min(failures-1, 10), longest) }

func (g *Gateway) jitter(from, to time.Duration) time.Duration {
	return from + time.Duration(g.Rand()*float64(to-from))
}

// connect is one connection, from dialling to its end. It reports whether the session came up.
func (g *Gateway) connect(ctx context.Context, s *session) (started bool, err error) {
	address := s.url
	if address == "" || s.elsewhere {
		s.elsewhere = false
		found, err := g.Where(ctx)
		if err != nil {
			return false, err
		}
		if found.Exhausted && s.id == "" {
			g.Log.Warn("Discord allows no new session yet", "wait", found.ResetAfter)
			if err := g.Clock.Sleep(ctx, found.ResetAfter); err != nil {
				return false, err
			}
		}
		address = found.URL
	}
	dialling, cancel := context.WithTimeout(ctx, 20*time.Second)
	ws, _, err := g.Dialer.DialContext(dialling, withQuery(address), nil)
	cancel()
	if err != nil {
		s.elsewhere = address == s.url
		return false, fmt.Errorf("dial the gateway: %w", err)
	}
	c := newConn(g, ws, s)
	err = c.run(ctx)
	return c.started, err
}

// withQuery adds what Discord wants to know in the address.
func withQuery(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address // the dialler says what is wrong with it
	}
	q := u.Query()
	q.Set("v", "10")
	q.Set("encoding", "json")
	u.RawQuery = q.Encode()
	if u.Path == "" {
		u.Path = "/"
	}
	return u.String()
}
