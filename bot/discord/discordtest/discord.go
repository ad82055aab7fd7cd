package discordtest

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime/pprof"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Options say how a Discord differs from the usual; the zero value is strict and good for most tests.
type Options struct {
	Clock *Clock // nil: one that stands at noon of 23 November 2026
	Wall  bool   // use real time; Clock is then ignored

	// Report is told of each breach instead of t.Errorf. It must not call the Discord.
	Report   func(format string, args ...any)
	Tolerate []int // error codes that are no breach in this test; 4002: a presence of before version 8 in IDENTIFY

	Intents      int           // privileged intents granted in the portal; others close with 4014
	Shards       int           // what GET /gateway/bot recommends; 0: 1
	Concurrency  int           // IDENTIFYs allowed in 5 s, others get op 9; 0: not counted
	StartsADay   int           // IDENTIFYs a day; 0: 1000
	Heartbeat    time.Duration // 0: 41.25 s
	NoHeartbeats bool          // do not ask for heartbeats by a deadline, for a client on another clock
	SessionLife  time.Duration // how long a lost connection may be resumed; 0: 5 minutes
	Limits       []Limit       // rate limits that are counted; see DiscordLimits
	MaxUpload    int           // bytes of one file; 0: 10 MiB
	Seed         int64         // of faults by chance
	Patience     time.Duration // real time that waits take at most; 0: 1 min
	Spec         *Spec         // from FindSpec, to share it among tests; nil: read anew
}

// Discord is one stand-in for Discord with one application, its bot, and a world.
type Discord struct {
	Clock   *Clock
	Faults  *Faults  // of REST, to come
	Gateway *Gateway // what happens to its connections

	t      testing.TB
	opts   Options
	server *httptest.Server
	client *http.Transport
	spec   *Spec
	routes []route

	mu           sync.Mutex // guards everything below, and all that hangs from it
	changed      chan struct{}
	closed       bool
	active       map[net.Conn]bool // connections with a request under way
	lastID       int64
	token        string
	reset        []string // tokens of before
	bot          *User
	users        map[string]*User
	guilds       map[string]*guild
	channels     map[string]*channel
	messages     map[string]*Message
	files        map[string][]byte // content of attachments by id
	commands     map[string][]*Command
	created      map[string][]time.Time // of commands, by scope
	interactions map[string]*interaction
	tokens       map[string]*interaction // by token
	requests     []*Request
	buckets      map[string]*bucket
	invalid      int
}

// New starts a Discord that ends with the test.
func New(t testing.TB, opts Options) *Discord {
	t.Helper()
	if opts.Wall {
		opts.Clock = WallClock()
	} else if opts.Clock == nil {
		opts.Clock = NewClock(time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC))
	}
	if opts.Heartbeat == 0 {
		opts.Heartbeat = 41250 * time.Millisecond
	}
	if opts.SessionLife == 0 {
		opts.SessionLife = 5 * time.Minute
	}
	if opts.StartsADay == 0 {
		opts.StartsADay = 1000
	}
	if opts.MaxUpload == 0 {
		opts.MaxUpload = 10 << 20
	}
	if opts.Patience == 0 {
		opts.Patience = time.Minute
	}
	opts.Shards = max(opts.Shards, 1)
	d := &Discord{
		Clock: opts.Clock, t: t, opts: opts, spec: opts.Spec, changed: make(chan struct{}),
		users: make(map[string]*User), guilds: make(map[string]*guild), channels: make(map[string]*channel),
		messages: make(map[string]*Message), files: make(map[string][]byte), commands: make(map[string][]*Command),
		created: make(map[string][]time.Time), interactions: make(map[string]*interaction),
		tokens: make(map[string]*interaction), routes: routes(),
		buckets: make(map[string]*bucket), active: make(map[net.Conn]bool),
	}
	if d.spec == nil {
		var err error
		if d.spec, err = FindSpec(); err != nil {
			t.Fatalf("discordtest: read openapi.json: %v", err)
		}
		if d.spec == nil {
			t.Log("discordtest: no shared/discord/openapi.json here: bodies are not checked against it")
		}
	}
	d.Faults = newFaults(opts.Seed)
	d.Gateway = newGateway(d)
	d.bot = d.addUser(User{Name: "the bot", Bot: true})
	d.newToken()
	d.server = httptest.NewUnstartedServer(http.HandlerFunc(d.serve))
	d.server.Config.ConnState = d.connState
	d.server.Start()
	d.client = &http.Transport{MaxIdleConnsPerHost: 64}
	t.Cleanup(d.close)
	return d
}

// connState notes which connections have a request under way.
func (d *Discord) connState(c net.Conn, state http.ConnState) {
	d.mu.Lock()
	defer d.unlock()
	if state == http.StateActive {
		d.active[c] = true
	} else {
		delete(d.active, c)
	}
}

// Go runs the bot on a goroutine of its own. All that it starts there must have ended when the test has.
func (d *Discord) Go(f func()) {
	go pprof.Do(context.Background(), pprof.Labels("discord", d.URL()), func(context.Context) { f() })
}

// leftOver returns the stacks of the goroutines that Go has started and that have not ended.
func (d *Discord) leftOver() string {
	var all bytes.Buffer
	if err := pprof.Lookup("goroutine").WriteTo(&all, 1); err != nil {
		return err.Error()
	}
	var left []string
	for stack := range strings.SplitSeq(all.String(), "\n\n") {
		if strings.Contains(stack, fmt.Sprintf("%q", d.URL())) {
			left = append(left, stack)
		}
	}
	return strings.Join(left, "\n\n")
}

// close reports what the bot has left open, then ends all.
func (d *Discord) close() {
	if !d.soon(func() bool { return d.Gateway.Connections() == 0 }) {
		d.breach("%d gateway connections are left open at the end", d.Gateway.Connections())
	}
	underWay := func() int {
		d.mu.Lock()
		defer d.mu.Unlock()
		return len(d.active)
	}
	if !d.soon(func() bool { return underWay() == 0 }) {
		d.breach("%d requests are under way at the end", underWay())
	}
	d.mu.Lock()
	d.closed = true
	d.mu.Unlock()
	d.Gateway.end()
	d.client.CloseIdleConnections()
	d.server.CloseClientConnections()
	d.server.Close()
	d.Gateway.running.Wait()
	for deadline := time.Now().Add(d.opts.Patience); d.leftOver() != ""; time.Sleep(time.Millisecond) { // nothing tells of a goroutine's end
		if time.Now().After(deadline) {
			d.breach("goroutines are left over at the end:\n%s", d.leftOver())
			return
		}
	}
}

// URL is the root of the server, without the path /api/v10 or /api/v9.
func (d *Discord) URL() string { return d.server.URL }

// GatewayURL is where the gateway listens, as GET /gateway answers.
func (d *Discord) GatewayURL() string {
	return "ws" + strings.TrimPrefix(d.server.URL, "http") + "/gateway"
}

// Token is the bot's token, without "Bot ".
func (d *Discord) Token() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.token
}

// ApplicationID is the application's id, which for Discord's newer applications is also the bot's.
func (d *Discord) ApplicationID() string { return d.bot.ID }

// BotUser is the bot as a user.
func (d *Discord) BotUser() User { return *d.bot }

// Mention is what a person types to address the bot.
func (d *Discord) Mention() string { return "<@" + d.bot.ID + ">" }

// newToken makes a token of Discord's shape.
func (d *Discord) newToken() {
	d.token = fmt.Sprintf("TVRJek5EVTJOemc1%s.fake.%s", d.newID(), "no-secret-at-all-but-it-must-not-leak")
}

// ResetToken makes a new token, as the portal's button does: the old one is refused by REST and closes the gateway with 4004.
func (d *Discord) ResetToken() string {
	d.mu.Lock()
	d.reset = append(d.reset, d.token)
	d.newToken()
	token := d.token
	d.unlock()
	d.Gateway.Close(4004)
	return token
}

// Transport sends requests for Discord's hosts to this Discord and fails on any other host.
func (d *Discord) Transport() http.RoundTripper { return transport{d} }

type transport struct{ d *Discord }

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	own, err := url.Parse(t.d.server.URL)
	if err != nil {
		return nil, err
	}
	hosts := []string{"discord.com", "cdn.discordapp.com", "media.discordapp.net", own.Host}
	if !slices.Contains(hosts, r.URL.Host) {
		t.d.breach("request to a host that is not Discord's: %s", r.URL.Host)
		return nil, fmt.Errorf("discordtest: no way to host %s", r.URL.Host)
	}
	r = r.Clone(r.Context())
	r.URL.Scheme, r.URL.Host, r.Host = own.Scheme, own.Host, ""
	return t.d.client.RoundTrip(r)
}

// breach reports that a rule was broken.
func (d *Discord) breach(format string, args ...any) {
	if d.opts.Report != nil {
		d.opts.Report(format, args...)
		return
	}
	d.t.Errorf("discordtest: "+format, args...)
}

// unlock releases mu and wakes those who wait for a change.
func (d *Discord) unlock() {
	d.wake()
	d.mu.Unlock()
}

func (d *Discord) wake() {
	close(d.changed)
	d.changed = make(chan struct{})
}

// soon returns true as soon as ok does, which is asked again after each change, or false after Options.Patience.
func (d *Discord) soon(ok func() bool) bool {
	deadline := time.NewTimer(d.opts.Patience)
	defer deadline.Stop()
	for {
		d.mu.Lock()
		changed := d.changed
		d.mu.Unlock()
		if ok() {
			return true
		}
		select {
		case <-changed:
		case <-deadline.C:
			return ok()
		}
	}
}

// WaitFor returns when ok does; it asks after each change of the world, each request and each frame. It ends the test when
// that takes longer than Options.Patience.
func (d *Discord) WaitFor(what string, ok func() bool) {
	d.t.Helper()
	if !d.soon(ok) {
		d.t.Fatalf("discordtest: waited in vain for %s\n%s", what, d.summary())
	}
}

// WaitMessage waits for a message of the bot in a channel that ok accepts, and returns it.
func (d *Discord) WaitMessage(what, channelID string, ok func(Message) bool) Message {
	d.t.Helper()
	var found Message
	d.WaitFor(what, func() bool {
		for _, m := range d.Messages(channelID) {
			if m.Author.ID == d.bot.ID && !m.Loading() && (ok == nil || ok(m)) {
				found = m
				return true
			}
		}
		return false
	})
	return found
}

// summary lists the last requests, for a test that waits in vain.
func (d *Discord) summary() string {
	var b strings.Builder
	requests := d.Requests()
	for _, r := range requests[max(0, len(requests)-8):] {
		fmt.Fprintf(&b, "  %s %s -> %d %.200s\n", r.Method, r.Path, r.Status, r.Answer)
	}
	fmt.Fprintf(&b, "  %d gateway connections", d.Gateway.Connections())
	return b.String()
}

// CheckNoTokens reports a breach if text, such as a log, holds the bot's token or an interaction's.
func (d *Discord) CheckNoTokens(what, text string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.checkNoTokens(what, text)
}

func (d *Discord) checkNoTokens(what, text string) {
	for _, token := range append(d.reset, d.token) {
		if strings.Contains(text, token) {
			d.breach("%s holds the bot's token", what)
		}
	}
	if !strings.Contains(text, tokenStart) {
		return
	}
	for _, i := range d.interactions {
		if strings.Contains(text, i.Token) {
			d.breach("%s holds the token of interaction %s", what, i.ID)
		}
	}
}

// Forget drops what a long test would pile up: the logs of requests and frames, messages with their files, and interactions
// older than their tokens live.
func (d *Discord) Forget() {
	d.mu.Lock()
	defer d.unlock()
	d.requests, d.Gateway.log = nil, nil
	clear(d.messages)
	clear(d.files)
	for _, c := range d.channels {
		c.messages = nil
	}
	for id, i := range d.interactions {
		if d.Clock.Now().Sub(i.At) > tokenLife {
			delete(d.interactions, id)
			delete(d.tokens, i.Token)
		}
	}
}
