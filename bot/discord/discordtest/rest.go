package discordtest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Request is one that the bot made over REST.
type Request struct {
	Method, Path string
	Route        string // "POST /channels/{channel_id}/messages"; empty for an unknown one
	Query        url.Values
	Body         []byte // JSON; of a multipart body the payload_json
	Files        []File
	At           time.Time
	Status       int // 0 while it is being answered
	Answer       []byte
}

// A File is an uploaded file.
type File struct {
	Name, Type string
	Content    []byte
}

const maxRequest = 25 << 20

// Requests returns all requests so far, in order of arrival.
func (d *Discord) Requests() []Request {
	d.mu.Lock()
	defer d.mu.Unlock()
	list := make([]Request, len(d.requests))
	for i, r := range d.requests {
		list[i] = *r
	}
	return list
}

// RequestsTo returns the requests on one route, such as "POST /channels/{channel_id}/messages".
func (d *Discord) RequestsTo(route string) []Request {
	return slices.DeleteFunc(d.Requests(), func(r Request) bool { return r.Route != route })
}

// InvalidRequests counts the answers 401, 403 and 429, of which Discord allows 10,000 in ten minutes.
func (d *Discord) InvalidRequests() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.invalid
}

// call is a request on a known route.
type call struct {
	*Request
	params map[string]string // of the route: channel_id, ...
}

// answer is what the handler of a route answers; body nil with 204.
type answer struct {
	status int
	body   any
}

// apiError is a refusal as Discord words it.
type apiError struct {
	status, code int
	message      string
	faults       []fault // for 50035, the tree of what is wrong
	breach       bool    // a bot that knows the rules would not have asked
	wait         time.Duration
	scope        string // of a 429: user, shared or global
}

func (e *apiError) Error() string {
	text := fmt.Sprintf("%d %d %s", e.status, e.code, e.message)
	for _, f := range e.faults {
		text += fmt.Sprintf("; %s: %s %s", f.path, f.code, f.message)
	}
	return text
}

func refuse(status, code int, message string) *apiError {
	return &apiError{status: status, code: code, message: message}
}

func breachOf(status, code int, message string) *apiError {
	return &apiError{status: status, code: code, message: message, breach: true}
}

type handler func(*Discord, *call) (answer, error)

type route struct {
	method, path string
	handle       handler
	open         bool // needs no Authorization
}

func routes() []route {
	return slices.Concat([]route{
		{"GET", "/gateway", (*Discord).getGateway, false},
		{"GET", "/gateway/bot", (*Discord).getGatewayBot, false},
		{"GET", "/users/@me", (*Discord).getMe, false},
		{"GET", "/users/{user_id}", (*Discord).getUser, false},
		{"POST", "/users/@me/channels", (*Discord).postDM, false},
		{"GET", "/applications/@me", (*Discord).getApplication, false},
		{"GET", "/oauth2/applications/@me", (*Discord).getApplication, false},
		{"GET", "/channels/{channel_id}", (*Discord).getChannel, false},
		{"POST", "/channels/{channel_id}/typing", (*Discord).postTyping, false},
		{"GET", "/guilds/{guild_id}", (*Discord).getGuild, false},
		{"GET", "/guilds/{guild_id}/channels", (*Discord).getGuildChannels, false},
		{"GET", "/guilds/{guild_id}/roles", (*Discord).getGuildRoles, false},
		{"GET", "/guilds/{guild_id}/threads/active", (*Discord).getActiveThreads, false},
		{"GET", "/guilds/{guild_id}/members/{user_id}", (*Discord).getMember, false},
	}, messageRoutes(), interactionRoutes(), commandRoutes())
}

// match finds the route of a path; a fixed segment beats a parameter.
func (d *Discord) match(method, path string) (route, map[string]string, bool) {
	segments := strings.Split(path, "/")
	var best route
	var bestParams map[string]string
	fewest := len(segments) + 1
	for _, r := range d.routes {
		pattern := strings.Split(r.path, "/")
		if r.method != method || len(pattern) != len(segments) {
			continue
		}
		params := make(map[string]string)
		ok := true
		for i, p := range pattern {
			if strings.HasPrefix(p, "{") {
				name := strings.Trim(p, "{}")
				value, err := url.PathUnescape(segments[i])
				ok = ok && err == nil && value != "" && (!strings.HasSuffix(name, "_id") || isSnowflake(value))
				params[name] = value
			} else {
				ok = ok && p == segments[i]
			}
		}
		if ok && len(params) < fewest {
			best, bestParams, fewest = r, params, len(params)
		}
	}
	return best, bestParams, best.handle != nil
}

func isSnowflake(s string) bool {
	_, err := strconv.ParseUint(s, 10, 64)
	return err == nil
}

// serve answers everything that comes to the port.
func (d *Discord) serve(w http.ResponseWriter, r *http.Request) {
	path := r.URL.EscapedPath()
	switch {
	case path == "/gateway" || path == "/gateway/" || strings.HasPrefix(path, "/resume/"):
		d.Gateway.serve(w, r)
	case strings.HasPrefix(path, "/attachments/"):
		d.serveFile(w, r)
	default:
		d.serveREST(w, r)
	}
}

func (d *Discord) serveREST(w http.ResponseWriter, r *http.Request) {
	path, ok := strings.CutPrefix(r.URL.EscapedPath(), "/api/v10")
	if !ok {
		path, ok = strings.CutPrefix(r.URL.EscapedPath(), "/api/v9")
	}
	made := &Request{Method: r.Method, Path: path, Query: r.URL.Query()}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	var rt route
	c := &call{Request: made}
	if ok {
		rt, c.params, ok = d.match(r.Method, path)
	}
	d.mu.Lock()
	if d.closed {
		d.mu.Unlock()
		http.Error(w, "closed", http.StatusServiceUnavailable)
		return
	}
	made.At = d.Clock.Now()
	d.requests = append(d.requests, made)
	d.checkHeaders(r, raw)
	if ok {
		made.Route = r.Method + " " + rt.path
	}
	f := d.Faults.next(made.Route)
	d.unlock()

	if f.Hold != nil {
		select {
		case <-f.Hold:
		case <-r.Context().Done():
			return
		}
	}
	var got reply
	d.mu.Lock()
	limited := d.count(c)
	switch {
	case err != nil:
		got = d.reply(c, answer{}, breachOf(413, 40005, "Request entity too large"))
	case !ok:
		got = d.reply(c, answer{}, breachOf(404, 0, "404: Not Found"))
	case limited != nil:
		got = d.reply(c, answer{}, limited)
	case f.fails() && !f.After:
		got = d.replyFault(c, f)
	default:
		done, err := d.handle(rt, c, r, raw)
		got = d.reply(c, done, err)
		if f.fails() {
			got = d.replyFault(c, f)
		}
	}
	if f.ContentType != "" {
		got.header.Set("Content-Type", f.ContentType)
	}
	d.log(c, got)
	d.unlock()
	got.write(w, r, f)
}

func (d *Discord) handle(rt route, c *call, r *http.Request, raw []byte) (answer, error) {
	if !rt.open && r.Header.Get("Authorization") != "Bot "+d.token {
		return answer{}, refuse(401, 0, "401: Unauthorized")
	}
	if err := d.readBody(c, r, raw); err != nil {
		return answer{}, err
	}
	got, err := rt.handle(d, c)
	if err == nil && len(c.Body) > 0 {
		if err := d.spec.checkRequest(c); err != nil {
			d.breach("%s: the body is not as Discord describes it: %v\n  %.800s", c.Route, err, c.Body)
		}
	}
	return got, err
}

// readBody takes a JSON or multipart body apart.
func (d *Discord) readBody(c *call, r *http.Request, raw []byte) error {
	if len(raw) == 0 {
		return nil
	}
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" && kind != "multipart/form-data" {
		return breachOf(400, 50035, "Expected \"Content-Type\" header to be one of {'application/json', 'multipart/form-data'}.")
	}
	if kind == "application/json" {
		c.Body = raw
	} else {
		form, err := multipart.NewReader(bytes.NewReader(raw), params["boundary"]).ReadForm(maxRequest)
		if err != nil {
			return breachOf(400, 50035, "Invalid multipart body: "+err.Error())
		}
		if list := form.Value["payload_json"]; len(list) == 1 {
			c.Body = []byte(list[0])
		}
		for n := range len(form.File) {
			list := form.File[fmt.Sprintf("files[%d]", n)]
			if len(list) == 0 && n == 0 {
				list = form.File["file"]
			}
			if len(list) != 1 {
				return breachOf(400, 50035, fmt.Sprintf("files[%d] is missing: files are numbered from 0", n))
			}
			f, err := readFile(list[0])
			if err != nil {
				return err
			}
			c.Files = append(c.Files, f)
		}
	}
	if len(c.Body) > 0 && !json.Valid(c.Body) {
		return breachOf(400, 50109, "The request body contains invalid JSON.")
	}
	return nil
}

func readFile(h *multipart.FileHeader) (File, error) {
	f, err := h.Open()
	if err != nil {
		return File{}, err
	}
	defer f.Close()
	content, err := io.ReadAll(f)
	return File{Name: h.Filename, Type: h.Header.Get("Content-Type"), Content: content}, err
}

// decode reads the JSON body into v; a field of the wrong type is Discord's 50035.
func (c *call) decode(v any) error {
	if len(c.Body) == 0 {
		return nil
	}
	err := json.Unmarshal(c.Body, v)
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &wrong):
		return invalid(fault{path: wrong.Field, code: "BASE_TYPE_BAD", message: err.Error()})
	case err != nil:
		return invalid(fault{path: "", code: "BASE_TYPE_BAD", message: err.Error()})
	}
	return nil
}

var userAgent = regexp.MustCompile(`^DiscordBot \(https?://[^\s,()]+, [^\s,()]+\)( |$)`)

// checkHeaders looks for a proper User-Agent and for tokens where they must not be.
func (d *Discord) checkHeaders(r *http.Request, raw []byte) {
	if !userAgent.MatchString(r.UserAgent()) {
		d.breach("%s %s: User-Agent %q is not \"DiscordBot (url, version)\"", r.Method, r.URL.Path, r.UserAgent())
	}
	if strings.Contains(r.URL.String(), d.token) {
		d.breach("%s %s: the bot's token is in the address", r.Method, r.URL.Path)
	}
	d.checkNoTokens(r.Method+" "+r.URL.Path+": the body", string(raw))
	for name, values := range r.Header {
		if name != "Authorization" && strings.Contains(strings.Join(values, " "), d.token) {
			d.breach("%s %s: the bot's token is in the header %s", r.Method, r.URL.Path, name)
		}
	}
}

// reply is an answer ready to be sent.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// reply words an answer, or the error that stands for it.
func (d *Discord) reply(c *call, got answer, err error) reply {
	header := http.Header{}
	if err != nil {
		var refused *apiError
		if !errors.As(err, &refused) {
			refused = breachOf(500, 0, err.Error())
		}
		got = answer{refused.status, refused.wire()}
		if refused.breach && !slices.Contains(d.opts.Tolerate, refused.code) {
			d.breach("%s %s: %v\n  body: %.500s", c.Method, c.Path, refused, c.Body)
		}
		if refused.status == 429 {
			refused.limitHeaders(header)
		}
	}
	if header.Get("X-RateLimit-Global") == "" {
		d.rateHeaders(header, c)
	}
	var raw []byte
	if got.body != nil {
		if raw, err = json.Marshal(got.body); err != nil {
			d.breach("encode the answer: %v", err)
		}
		header.Set("Content-Type", "application/json")
	}
	if c.Route != "" {
		d.spec.checkAnswer(d, c, got.status, raw)
	}
	return reply{got.status, header, raw}
}

// log notes what was answered.
func (d *Discord) log(c *call, got reply) {
	c.Status, c.Answer = got.status, got.body
	if got.status == 401 || got.status == 403 || got.status == 429 {
		d.invalid++
		if d.invalid == 10000 {
			d.breach("10,000 answers 401, 403 or 429: Discord bans the address")
		}
	}
}

// write sends the reply, cut or held in the middle where the fault says so.
func (got reply) write(w http.ResponseWriter, r *http.Request, f RESTFault) {
	for name, values := range got.header {
		w.Header()[name] = values
	}
	if !f.Cut && f.HoldBody == nil {
		w.WriteHeader(got.status)
		w.Write(got.body)
		return
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(got.body)))
	w.WriteHeader(got.status)
	w.Write(got.body[:len(got.body)/2])
	http.NewResponseController(w).Flush()
	if f.Cut {
		panic(http.ErrAbortHandler)
	}
	select {
	case <-f.HoldBody:
		w.Write(got.body[len(got.body)/2:])
	case <-r.Context().Done():
	}
}

// wire is the error's body with its tree: {"content": {"_errors": [{"code", "message"}]}}.
func (e *apiError) wire() object {
	body := object{"code": e.code, "message": e.message}
	if e.status == 429 {
		body["retry_after"], body["global"] = e.wait.Seconds(), e.scope == "global"
	}
	if len(e.faults) == 0 {
		return body
	}
	tree := object{}
	for _, f := range e.faults {
		at := tree
		for key := range strings.SplitSeq(f.path, ".") {
			if key == "" {
				continue
			}
			next, ok := at[key].(object)
			if !ok {
				next = object{}
				at[key] = next
			}
			at = next
		}
		list, _ := at["_errors"].([]object)
		at["_errors"] = append(list, object{"code": f.code, "message": f.message})
	}
	body["errors"] = tree
	return body
}

// A Limit is a bucket: so many calls in so long, for each channel, guild or webhook. Routes in one Limit share it. No
// routes: the global limit, from which interactions' callbacks are exempt.
type Limit struct {
	Routes []string
	Calls  int
	Per    time.Duration
}

// DiscordLimits are the limits that bots usually meet.
func DiscordLimits() []Limit {
	const message = "/channels/{channel_id}/messages"
	return []Limit{
		{nil, 50, time.Second},
		{[]string{"POST " + message}, 5, 5 * time.Second},
		{[]string{"PATCH " + message + "/{message_id}"}, 5, 5 * time.Second},
		{[]string{"DELETE " + message + "/{message_id}"}, 5, time.Second},
		{[]string{"POST /channels/{channel_id}/typing"}, 5, 5 * time.Second},
		{[]string{"PUT " + message + "/{message_id}/reactions/{emoji_name}/@me"}, 1, 250 * time.Millisecond},
		{[]string{"POST /webhooks/{webhook_id}/{webhook_token}",
			"PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original"}, 5, 2 * time.Second},
	}
}

type bucket struct {
	limit    Limit
	scope    string
	left     int
	reset    time.Time
	knew     bool      // an answer said that nothing is left
	told     bool      // a 429, or such an answer, was sent
	toldAt   time.Time // in real time
	refusals int       // since told
}

// inFlight is the real time in which a request may cross the 429 that would have held it back; ten may at most.
const inFlight = time.Second

// bucketsOf returns the buckets that a call is counted in.
func (d *Discord) bucketsOf(c *call) []*bucket {
	var list []*bucket
	for i, l := range d.opts.Limits {
		key := fmt.Sprintf("%d", i)
		switch {
		case len(l.Routes) == 0 && isInteraction(c.Route):
			continue
		case len(l.Routes) > 0 && !slices.Contains(l.Routes, c.Route):
			continue
		case len(l.Routes) > 0:
			key += c.major()
		}
		b := d.buckets[key]
		if b == nil {
			b = &bucket{}
			d.buckets[key] = b
		}
		if now := d.Clock.Now(); !now.Before(b.reset) {
			*b = bucket{limit: l, scope: "user", left: l.Calls, reset: now.Add(l.Per)}
			if len(l.Routes) == 0 {
				b.scope = "global"
			}
		}
		list = append(list, b)
	}
	return list
}

func isInteraction(route string) bool {
	return strings.Contains(route, " /interactions/") || strings.Contains(route, "/webhooks/{webhook_id}/{webhook_token}")
}

// major is the part of the path that has buckets of its own.
func (c *call) major() string {
	return c.params["channel_id"] + "/" + c.params["guild_id"] + "/" + c.params["webhook_id"] + c.params["webhook_token"]
}

// count takes the call from its buckets, or refuses it with 429. It is a breach if the bot could have known.
func (d *Discord) count(c *call) error {
	if c.Route == "" {
		return nil
	}
	if b := d.waiting(c); b != nil {
		return d.refused(c, b, b.scope)
	}
	for _, b := range d.bucketsOf(c) {
		if b.left == 0 {
			return d.refused(c, b, b.scope)
		}
		b.left--
	}
	return nil
}

// refused is the 429 of an exhausted bucket.
func (d *Discord) refused(c *call, b *bucket, scope string) error {
	wait := b.reset.Sub(d.Clock.Now())
	b.refusals++
	if b.told && (b.knew || b.refusals > 10 || time.Since(b.toldAt) > inFlight) {
		d.breach("%s: called %v before its rate limit allows it", c.Route, wait)
	}
	if !b.told {
		b.told, b.toldAt = true, time.Now()
	}
	return &apiError{status: 429, message: "You are being rate limited.", wait: wait, scope: scope}
}

// limitHeaders are those of a 429: with the global scope only the documented three.
func (e *apiError) limitHeaders(h http.Header) {
	h.Set("Retry-After", strconv.Itoa(int(math.Ceil(e.wait.Seconds()))))
	h.Set("X-RateLimit-Scope", e.scope)
	if e.scope == "global" {
		h.Set("X-RateLimit-Global", "true")
	}
}

// rateHeaders tells the state of the call's own bucket.
func (d *Discord) rateHeaders(h http.Header, c *call) {
	limit, left, reset, per, name := 1000, 999, d.Clock.Now().Add(time.Second), time.Second, c.Route
	for _, b := range d.bucketsOf(c) {
		if len(b.limit.Routes) > 0 {
			limit, left, reset, per, name = b.limit.Calls, b.left, b.reset, b.reset.Sub(d.Clock.Now()), b.limit.Routes[0]
			if left == 0 && !b.told {
				b.told, b.knew, b.toldAt = true, true, time.Now()
			}
		}
	}
	sum := sha256.Sum256([]byte(name))
	h.Set("X-RateLimit-Limit", strconv.Itoa(limit))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(left))
	h.Set("X-RateLimit-Reset", fmt.Sprintf("%.3f", float64(reset.UnixMilli())/1000))
	h.Set("X-RateLimit-Reset-After", fmt.Sprintf("%.3f", per.Seconds()))
	h.Set("X-RateLimit-Bucket", hex.EncodeToString(sum[:16]))
}
