package discord

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"mime/multipart"
	"net"
	"net/http"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"kaede/bot/discord/gateway"
)

// Bounds of REST.
const (
	attemptWithin = 15 * time.Second
	maxAnswer     = 8 << 20
	maxBuckets    = 4096
	maxLimited    = 5 // answers 429 to one request, each after the wait that the one before asked for
	maxPause      = 8 * time.Second
	// Discord bans an address for 10,000 answers 401, 403 and 429 in ten minutes. We stop well before.
	maxInvalid    = 5000
	invalidWindow = 10 * time.Minute
	// Of 50 requests a second over all routes: never more than burst + perSecond in any second.
	perSecond, burst = 40, 10
)

// rest speaks to Discord's HTTP API. It keeps Discord's rate limits: one request at a time in each bucket, none where nothing
// is left, none at all during a global wait, which interactions alone ignore as Discord does. A request whose outcome is
// unknown is sent again only if that cannot do its work twice.
type rest struct {
	base, token string
	client      *http.Client
	clock       gateway.Clock
	rand        func() float64
	log         *slog.Logger
	metrics     *metrics

	refusing sync.Once
	refused  chan struct{} // closed when Discord refuses the token
	limit    *rate.Limiter // over all routes

	mu      sync.Mutex
	names   map[string]string // Discord's name for the bucket of a route; there are as many as routes
	global  time.Time         // nothing leaves before
	invalid int               // answers 401, 403 and 429 since
	since   time.Time

	buckets *lru[string, *bucket]
}

// bucket is the state of one rate limit. Whoever holds its turn may read and write the rest.
type bucket struct {
	turn  chan struct{}
	left  int // of the requests until reset
	reset time.Time
	known bool
}

func newREST(s *Server) *rest {
	return &rest{
		base: s.API, token: s.Token, client: s.Client, clock: s.Clock, rand: s.Rand, log: s.Log, metrics: s.metrics,
		refused: make(chan struct{}), limit: s.limit,
		names: make(map[string]string), buckets: newLRU[string, *bucket](maxBuckets),
	}
}

// request is one call. Its route is the path with %s for ids.
type request struct {
	method, route string
	ids           []any
	major         string // what has buckets of its own: a channel, guild or interaction
	query         string
	body          any
	files         []file
	interaction   bool          // a callback, or an edit by an interaction's token
	repeat        bool          // doing it twice is doing it once
	patience      time.Duration // how long it may wait in all; 0: a minute
}

// file is an upload. Its name is ours, never a person's.
type file struct {
	name    string
	content []byte
}

// apiError is a refusal by Discord.
type apiError struct {
	Status  int    `json:"-"`
	Code    int    `json:"code"`
	Message string `json:"message"`
}

func (e *apiError) Error() string {
	return fmt.Sprintf("Discord answers %d (code %d: %s)", e.Status, e.Code, e.Message)
}

// isCode reports whether err is Discord's refusal with one of the codes.
func isCode(err error, codes ...int) bool {
	var refused *apiError
	if !errors.As(err, &refused) {
		return false
	}
	for _, c := range codes {
		if refused.Code == c {
			return true
		}
	}
	return false
}

// Codes of refusals that are everyday.
const (
	codeUnknownChannel      = 10003
	codeUnknownMessage      = 10008
	codeUnknownInteraction  = 10062
	codeMissingAccess       = 50001
	codeArchived            = 50083
	codeNoHistory           = 160002
	codeMissingPermissions  = 50013
	codeCannotMessage       = 50007
	codeAlreadyAcknowledged = 40060
)

var (
	errImpatient = errors.New("the wait asked for is longer than the request is worth")
	errBudget    = errors.New("too many requests were refused; none leaves until Discord has forgotten")
	errRefused   = errors.New("the token is refused")
)

// do sends a request until it is answered for good or its patience is at an end, and decodes the answer into into unless that is nil.
func (r *rest) do(ctx context.Context, q request, into any) error {
	if q.patience == 0 {
		q.patience = time.Minute
	}
	deadline := r.clock.Now().Add(q.patience)
	for attempt := 0; ; attempt++ {
		got := r.attempt(ctx, q, into, deadline)
		again := got.limited && attempt < maxLimited || got.unsent || q.repeat && got.unclear
		if got.err == nil || !again || ctx.Err() != nil {
			return q.wrap(got.err, attempt)
		}
		if !got.limited { // a bucket that is limited knows itself how long
			pause := time.Duration((0.5 + r.rand()/2) * float64(min(250*time.Millisecond<<min(attempt, 10), maxPause)))
			if err := r.wait(ctx, r.clock.Now().Add(pause), deadline); err != nil {
				return q.wrap(got.err, attempt)
			}
		}
	}
}

// wrap names the request in its error, without ids and tokens. What an earlier attempt has done counts as done.
func (q request) wrap(err error, attempt int) error {
	switch {
	case err == nil,
		attempt > 0 && isCode(err, codeAlreadyAcknowledged),
		attempt > 0 && q.method == http.MethodDelete && isCode(err, codeUnknownMessage):
		return nil
	}
	return fmt.Errorf("%s %s: %w", q.method, strings.ReplaceAll(q.route, "%s", "…"), err)
}

// outcome is what became of one attempt.
type outcome struct {
	err     error
	limited bool // 429: not done
	unsent  bool // never reached Discord
	unclear bool // may have been done
}

func (r *rest) attempt(ctx context.Context, q request, into any, deadline time.Time) outcome {
	b, err := r.enter(ctx, q, deadline)
	if err != nil {
		return outcome{err: err}
	}
	defer b.leave()
	ctx, cancel := context.WithTimeout(ctx, attemptWithin)
	defer cancel()
	made, err := r.build(ctx, q)
	if err != nil {
		return outcome{err: err}
	}
	resp, err := r.client.Do(made)
	if err != nil {
		var dialling *net.OpError
		unsent := errors.As(err, &dialling) && dialling.Op == "dial"
		return outcome{err: plain(err), unsent: unsent, unclear: !unsent}
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	r.learn(q, b, resp.Header)
	switch {
	case resp.StatusCode == http.StatusTooManyRequests:
		return outcome{err: r.hold(q, b, resp.Header, raw), limited: true}
	case resp.StatusCode >= 500:
		return outcome{err: &apiError{Status: resp.StatusCode, Message: http.StatusText(resp.StatusCode)}, unclear: true}
	case resp.StatusCode >= 400:
		return outcome{err: r.refusal(q, resp.StatusCode, raw)}
	case into == nil:
		return outcome{}
	case err == nil:
		err = json.Unmarshal(raw, into)
	}
	if err != nil {
		return outcome{err: fmt.Errorf("read the answer: %w", plain(err)), unclear: true}
	}
	return outcome{}
}

// plain takes the address, which may hold an interaction's token, out of an error.
func plain(err error) error {
	var of *url.Error
	if errors.As(err, &of) {
		return of.Err
	}
	return err
}

// enter waits until a request may leave, and takes the turn of its bucket.
func (r *rest) enter(ctx context.Context, q request, deadline time.Time) (*bucket, error) {
	b := r.bucket(q)
	err := r.takeTurn(ctx, b, deadline)
	if err != nil {
		return nil, err
	}
	err = r.mayLeave(ctx, q, b, deadline)
	if err != nil {
		b.leave()
		return nil, err
	}
	return b, nil
}

// takeTurn waits for the turn of a bucket.
func (r *rest) takeTurn(ctx context.Context, b *bucket, deadline time.Time) error {
	select {
	case b.turn <- struct{}{}:
		return nil
	default:
	}
	waiting, stop := context.WithCancel(ctx)
	defer stop()
	late := make(chan struct{})
	go func() {
		if r.clock.Sleep(waiting, deadline.Sub(r.clock.Now())) == nil {
			close(late)
		}
	}()
	select {
	case b.turn <- struct{}{}:
		return nil
	case <-late:
		return errImpatient
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (b *bucket) leave() { <-b.turn }

func (r *rest) mayLeave(ctx context.Context, q request, b *bucket, deadline time.Time) error {
	for {
		now := r.clock.Now()
		r.mu.Lock()
		global, invalid := r.global, r.invalid
		if now.Sub(r.since) >= invalidWindow {
			invalid = 0
		}
		r.mu.Unlock()
		until := b.reset
		switch {
		case invalid >= maxInvalid:
			return errBudget
		case !q.interaction && global.After(now):
			until = global
		case !b.known || b.left > 0 || !b.reset.After(now):
			if !b.reset.After(now) {
				b.left, b.known = 1, false // a new window, of which the next answer tells
			}
			if !q.interaction {
				if err := r.wait(ctx, now.Add(r.limit.ReserveN(now, 1).DelayFrom(now)), deadline); err != nil {
					return err
				}
			}
			b.left--
			return nil
		}
		if err := r.wait(ctx, until, deadline); err != nil {
			return err
		}
	}
}

// wait sleeps until a time, unless that is after the deadline.
func (r *rest) wait(ctx context.Context, until, deadline time.Time) error {
	if until.After(deadline) {
		return errImpatient
	}
	if d := until.Sub(r.clock.Now()); d > 0 {
		return r.clock.Sleep(ctx, d)
	}
	return nil
}

// bucket returns the bucket that a request is counted in, as far as is known.
func (r *rest) bucket(q request) *bucket {
	key := q.method + " " + q.route
	r.mu.Lock()
	if name, ok := r.names[key]; ok {
		key = name
	}
	r.mu.Unlock()
	return r.buckets.getOr(key+" "+q.major, func() *bucket { return &bucket{turn: make(chan struct{}, 1)} })
}

// learn notes what an answer tells about its bucket, whose turn we have.
func (r *rest) learn(q request, b *bucket, h http.Header) {
	left, err1 := strconv.Atoi(h.Get("X-RateLimit-Remaining"))
	after, err2 := strconv.ParseFloat(h.Get("X-RateLimit-Reset-After"), 64)
	shared := b
	if name := h.Get("X-RateLimit-Bucket"); name != "" {
		r.mu.Lock()
		route := q.method + " " + q.route
		if known := r.names[route]; known != name && len(r.names) < maxBuckets {
			r.names[route] = name
			shared = r.buckets.getOr(name+" "+q.major, func() *bucket { return b })
		}
		r.mu.Unlock()
	}
	if err1 != nil || err2 != nil {
		return
	}
	note := func(b *bucket) { b.left, b.known, b.reset = left, true, r.clock.Now().Add(seconds(after)) }
	note(b)
	if shared != b {
		select {
		case shared.turn <- struct{}{}:
			note(shared)
			shared.leave()
		default: // a request is under way in it and learns itself
		}
	}
}

func seconds(s float64) time.Duration {
	return time.Duration(math.Ceil(min(max(s, 0), 1e6)*1000)) * time.Millisecond
}

// hold notes how long a 429 asks to wait, and for what.
func (r *rest) hold(q request, b *bucket, h http.Header, raw []byte) error {
	var body struct {
		RetryAfter *float64 `json:"retry_after"`
		Global     bool
	}
	json.Unmarshal(raw, &body) // HTML comes from the edge, before Discord itself
	edge := body.RetryAfter == nil
	wait, err := strconv.ParseFloat(h.Get("Retry-After"), 64)
	switch {
	case !edge:
		wait = *body.RetryAfter
	case err != nil:
		wait = 60
	}
	scope := "user"
	switch {
	case body.Global || h.Get("X-RateLimit-Global") != "":
		scope = "global"
	case edge:
		scope = "edge"
	case h.Get("X-RateLimit-Scope") == "shared":
		scope = "shared"
	}
	until := r.clock.Now().Add(seconds(wait))
	r.mu.Lock()
	if scope == "global" || scope == "edge" {
		if until.After(r.global) {
			r.global = until
		}
	}
	r.mu.Unlock()
	if scope != "global" || q.interaction {
		b.left, b.known, b.reset = 0, true, until
	}
	r.count(scope != "shared")
	r.metrics.limited.WithLabelValues(scope).Inc()
	r.log.Warn("Discord asks to wait", "route", q.method+" "+q.route, "scope", scope, "wait", seconds(wait))
	return &apiError{Status: http.StatusTooManyRequests, Message: "rate limited"}
}

// refusal words a 4xx, and stops everything when it is the token that is refused.
func (r *rest) refusal(q request, status int, raw []byte) error {
	refused := &apiError{Message: http.StatusText(status)}
	json.Unmarshal(raw, refused) // what is no JSON keeps the status's own words
	refused.Status = status
	r.count(status == http.StatusUnauthorized || status == http.StatusForbidden)
	if status == http.StatusUnauthorized && !q.interaction {
		r.refusing.Do(func() { close(r.refused) })
		return errRefused
	}
	return refused
}

func (r *rest) count(invalid bool) {
	if !invalid {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if now := r.clock.Now(); now.Sub(r.since) >= invalidWindow {
		r.since, r.invalid = now, 0
	}
	r.invalid++
}

// userAgent is of the form that Discord wants, "DiscordBot ($url, $version)". Kaede has no page of its own.
const userAgent = "DiscordBot (https://kaede.invalid, 1)"

// build makes the HTTP request.
func (r *rest) build(ctx context.Context, q request) (*http.Request, error) {
	var body io.Reader
	kind := ""
	if q.body != nil {
		raw, err := json.Marshal(q.body)
		if err != nil {
			return nil, fmt.Errorf("encode: %w", err)
		}
		kind = "application/json"
		if len(q.files) > 0 {
			if raw, kind, err = multipartOf(raw, q.files); err != nil {
				return nil, err
			}
		}
		body = bytes.NewReader(raw)
	}
	made, err := http.NewRequestWithContext(ctx, q.method, r.base+fmt.Sprintf(q.route, q.ids...)+q.query, body)
	if err != nil {
		return nil, plain(err)
	}
	made.Header.Set("User-Agent", userAgent)
	if !q.interaction {
		made.Header.Set("Authorization", "Bot "+r.token)
	}
	if kind != "" {
		made.Header.Set("Content-Type", kind)
	}
	return made, nil
}

func multipartOf(payload []byte, files []file) (raw []byte, kind string, err error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part := func(disposition, kind string, content []byte) {
		h := textproto.MIMEHeader{"Content-Disposition": {disposition}, "Content-Type": {kind}}
		if to, e := w.CreatePart(h); e != nil {
			err = e
		} else if _, e := to.Write(content); e != nil {
			err = e
		}
	}
	part(`form-data; name="payload_json"`, "application/json", payload)
	for i, f := range files {
		part(fmt.Sprintf(`form-data; name="files[%d]"; filename=%q`, i, f.name), "text/plain; charset=utf-8", f.content)
	}
	if e := w.Close(); e != nil {
		err = e
	}
	return b.Bytes(), w.FormDataContentType(), err
}
