package discordtest

import (
	"bytes"
	"compress/zlib"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// Gateway intents, and the events that each lets through.
const (
	intentGuilds          = 1 << 0
	intentMembers         = 1 << 1
	intentPresences       = 1 << 8
	intentMessages        = 1 << 9
	intentReactions       = 1 << 10
	intentDirectMessages  = 1 << 12
	intentDirectReactions = 1 << 13
	intentContent         = 1 << 15
	privilegedIntents     = intentMembers | intentPresences | intentContent
	knownIntents          = 1<<17 - 1 | 1<<20 | 1<<21 | 1<<24 | 1<<25
)

// Gateway is Discord's gateway: the bot's connections and sessions, and the test's ways to disturb them.
type Gateway struct {
	d        *Discord
	upgrader websocket.Upgrader
	running  sync.WaitGroup

	// guarded by d.mu
	conns     map[*conn]bool
	sessions  map[string]*session
	log       []Frame
	starts    map[int][]time.Time // of IDENTIFYs by shard modulo concurrency
	today     []time.Time
	fatal     int // the close code after which the bot may not come again
	onConnect []Trouble
	onStart   map[int][]Trouble // by op: IDENTIFY or RESUME
	deadURL   bool
	noACK     bool
	padding   string
	delayed   [][]byte // dispatches held back to be sent out of order
	disorder  bool
}

// A Frame is something that the bot did on the gateway.
type Frame struct {
	At   time.Time
	Path string // of the connection
	Op   int    // -1: connected; -2: closed
	Data json.RawMessage
	Code int // of the close: 1006 where none was sent
}

// Operations and marks of Frame.Op.
const (
	OpConnected = -1
	OpClosed    = -2
	OpHeartbeat = 1
	OpIdentify  = 2
	OpResume    = 6
)

type session struct {
	id       string
	shard    [2]int
	intents  int
	compress bool
	seq      int
	events   [][]byte // of seq-len(events)+1 .. seq
	conn     *conn    // nil while it is lost
	lostAt   time.Time
	invalid  string // why it cannot be resumed
}

// kill makes a session impossible to resume; the first reason stays.
func (s *session) kill(why string) {
	if s.invalid == "" {
		s.invalid, s.events = why, nil
	}
}

// replayed is how many events a session keeps for RESUME.
const replayed = 20000

type conn struct {
	ws       *websocket.Conn
	path     string
	stream   *zlibStream // nil unless compress=zlib-stream
	session  *session
	silent   bool // neither hears nor speaks
	ready    bool // READY or RESUMED was sent
	heard    []time.Time
	deadline *Timer

	mu    sync.Mutex
	queue []frame       // to be written
	more  chan struct{} // something is queued
	done  chan struct{} // closed when the reader has ended
}

type frame struct {
	kind int // of websocket, or cut
	data []byte
}

// cut is the kind of a frame that is none: the socket is closed without a close frame.
const cut = -1

func newGateway(d *Discord) *Gateway {
	return &Gateway{d: d, conns: make(map[*conn]bool), sessions: make(map[string]*session),
		starts: make(map[int][]time.Time), onStart: make(map[int][]Trouble)}
}

// Connections counts the bot's open connections.
func (g *Gateway) Connections() int {
	g.d.mu.Lock()
	defer g.d.mu.Unlock()
	return len(g.conns)
}

// Ready counts the connections that have been sent READY or RESUMED.
func (g *Gateway) Ready() int {
	g.d.mu.Lock()
	defer g.d.mu.Unlock()
	n := 0
	for c := range g.conns {
		if c.ready {
			n++
		}
	}
	return n
}

// Log returns what the bot did so far.
func (g *Gateway) Log() []Frame {
	g.d.mu.Lock()
	defer g.d.mu.Unlock()
	return slices.Clone(g.log)
}

// Count counts the frames with one op so far.
func (g *Gateway) Count(op int) int {
	n := 0
	for _, f := range g.Log() {
		if f.Op == op {
			n++
		}
	}
	return n
}

// NewProcess tells that the bot's process ends and another comes, which knows no session and may connect after a fatal code.
func (g *Gateway) NewProcess() {
	g.d.mu.Lock()
	defer g.d.unlock()
	g.fatal = 0
	for _, s := range g.sessions {
		s.kill("it belongs to an earlier process")
	}
}

// end cuts all connections.
func (g *Gateway) end() {
	g.d.mu.Lock()
	defer g.d.unlock()
	for c := range g.conns {
		c.stopDeadline()
		c.ws.Close()
	}
}

// serve is one connection, from its handshake to its end.
func (g *Gateway) serve(w http.ResponseWriter, r *http.Request) {
	d := g.d
	path := strings.TrimSuffix(r.URL.Path, "/")
	d.mu.Lock()
	refuse := d.closed || g.deadURL && path != "/gateway"
	if !refuse {
		g.running.Add(1)
		defer g.running.Done()
	}
	if g.fatal != 0 {
		d.breach("connects again after the fatal close code %d", g.fatal)
	}
	var trouble Trouble
	var troubled bool
	if !refuse {
		trouble, troubled = take(&g.onConnect) // before the handshake is answered: who dials next gets the next
	}
	d.mu.Unlock()
	if refuse {
		http.Error(w, "bad gateway", http.StatusBadGateway)
		return
	}
	ws, err := g.upgrader.Upgrade(w, r, nil)
	if err != nil {
		d.breach("gateway handshake: %v", err)
		return
	}
	d.CheckNoTokens("gateway: the address", r.URL.String())
	c := &conn{ws: ws, path: path, more: make(chan struct{}, 1), done: make(chan struct{})}
	if r.URL.Query().Get("compress") == "zlib-stream" {
		c.stream = newZlibStream()
	}
	d.mu.Lock()
	g.conns[c] = true
	g.note(c, Frame{Op: OpConnected})
	version, encoding := r.URL.Query().Get("v"), r.URL.Query().Get("encoding")
	switch {
	case d.closed:
		c.ws.Close()
	case version != "9" && version != "10" || encoding != "json":
		d.breach("connects with v=%q encoding=%q", version, encoding)
		g.close(c, 4012)
	case troubled && g.disturb(c, trouble):
	default:
		c.send(object{"op": 10, "s": nil, "t": nil, "d": object{"heartbeat_interval": d.opts.Heartbeat.Milliseconds(), "_trace": []string{"fake"}}})
		g.expectHeartbeat(c)
	}
	d.unlock()
	g.running.Add(1)
	go func() {
		defer g.running.Done()
		c.write()
	}()
	g.read(c)
}

// put queues a frame.
func (c *conn) put(f frame) {
	c.mu.Lock()
	c.queue = append(c.queue, f)
	c.mu.Unlock()
	select {
	case c.more <- struct{}{}:
	default:
	}
}

// write sends what is queued until the reader ends.
func (c *conn) write() {
	for {
		select {
		case <-c.more:
		case <-c.done:
			return
		}
		c.mu.Lock()
		queue := c.queue
		c.queue = nil
		c.mu.Unlock()
		for _, f := range queue {
			if f.kind == cut {
				c.ws.Close()
				return
			}
			if f.kind == websocket.CloseMessage {
				// The client has a moment to answer, then the socket is closed.
				c.ws.SetReadDeadline(time.Now().Add(2 * time.Second))
			}
			if c.ws.WriteMessage(f.kind, f.data) != nil {
				return
			}
		}
	}
}

// send queues a payload, compressed as the client asked for.
func (c *conn) send(payload object) {
	raw, err := json.Marshal(payload)
	if err != nil {
		panic(err) // of our own making
	}
	c.sendRaw(raw)
}

func (c *conn) sendRaw(raw []byte) {
	switch {
	case c.silent:
	case c.stream != nil:
		packed := c.stream.pack(raw)
		half := len(packed) / 2 // Discord may split a payload over frames
		c.put(frame{websocket.BinaryMessage, packed[:half]})
		c.put(frame{websocket.BinaryMessage, packed[half:]})
	case c.session != nil && c.session.compress && c.session.seq%2 == 0:
		c.put(frame{websocket.BinaryMessage, packed(raw)})
	default:
		c.put(frame{websocket.TextMessage, raw})
	}
}

func packed(raw []byte) []byte {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	w.Write(raw)
	w.Close()
	return b.Bytes()
}

// zlibStream is the one compression context of a connection.
type zlibStream struct {
	b bytes.Buffer
	w *zlib.Writer
}

func newZlibStream() *zlibStream {
	s := new(zlibStream)
	s.w = zlib.NewWriter(&s.b)
	return s
}

func (s *zlibStream) pack(raw []byte) []byte {
	s.w.Write(raw)
	s.w.Flush()
	out := bytes.Clone(s.b.Bytes())
	s.b.Reset()
	return out
}

// note logs what the bot did.
func (g *Gateway) note(c *conn, f Frame) {
	f.At, f.Path = g.d.Clock.Now(), c.path
	g.log = append(g.log, f)
}

// close ends a connection with a code, and remembers the codes after which nobody may come again.
func (g *Gateway) close(c *conn, code int) {
	c.stopDeadline()
	if slices.Contains([]int{4004, 4010, 4011, 4012, 4013, 4014}, code) {
		g.fatal = code
	}
	if s := c.session; s != nil && slices.Contains([]int{4003, 4007, 4009}, code) {
		s.kill(fmt.Sprintf("Discord closed it with %d", code))
	}
	c.put(frame{websocket.CloseMessage, websocket.FormatCloseMessage(code, closeTexts(code))})
	c.silent = true
	g.detach(c)
}

func closeTexts(code int) string {
	return map[int]string{4000: "Unknown error.", 4001: "Unknown opcode.", 4002: "Decode error.", 4003: "Not authenticated.",
		4004: "Authentication failed.", 4005: "Already authenticated.", 4007: "Invalid seq.", 4008: "Rate limited.",
		4009: "Session timed out.", 4010: "Invalid shard.", 4011: "Sharding required.", 4012: "Invalid API version.",
		4013: "Invalid intent(s).", 4014: "Disallowed intent(s)."}[code]
}

// detach takes the session from its connection.
func (g *Gateway) detach(c *conn) {
	c.ready = false
	if s := c.session; s != nil && s.conn == c {
		s.conn, s.lostAt = nil, g.d.Clock.Now()
	}
}

// wrong closes a connection for what the bot should not have done.
func (g *Gateway) wrong(c *conn, code int, format string, args ...any) {
	g.d.breach("gateway: "+format, args...)
	g.close(c, code)
}

func (c *conn) stopDeadline() {
	if c.deadline != nil {
		c.deadline.Stop()
		c.deadline = nil
	}
}

// expectHeartbeat wants the next heartbeat within an interval, and closes half an interval later.
func (g *Gateway) expectHeartbeat(c *conn) {
	if g.d.opts.NoHeartbeats {
		return
	}
	// The timers look whether they are still wanted, for they may fire while a heartbeat comes in.
	var due, late *Timer
	due = g.d.Clock.hold(c.deadline, g.d.opts.Heartbeat, func() {
		g.d.mu.Lock()
		defer g.d.mu.Unlock()
		if c.deadline != due {
			return
		}
		late = g.d.Clock.hold(nil, g.d.opts.Heartbeat/2, func() {
			g.d.mu.Lock()
			defer g.d.unlock()
			if c.deadline == late {
				g.wrong(c, 4009, "no heartbeat for one and a half intervals")
			}
		})
		c.deadline = late
	})
	c.deadline = due
}

// read handles what the client sends until the connection ends.
func (g *Gateway) read(c *conn) {
	d := g.d
	var err error
	for {
		var kind int
		var raw []byte
		if kind, raw, err = c.ws.ReadMessage(); err != nil {
			break
		}
		d.mu.Lock()
		if !c.silent {
			g.handle(c, kind, raw)
		}
		d.unlock()
	}
	code := websocket.CloseAbnormalClosure
	var closed *websocket.CloseError
	if errors.As(err, &closed) {
		code = closed.Code
	}
	d.mu.Lock()
	c.stopDeadline()
	if s := c.session; s != nil && !c.silent && (code == websocket.CloseNormalClosure || code == websocket.CloseGoingAway) {
		s.kill(fmt.Sprintf("the bot closed it with %d", code))
	}
	g.detach(c)
	g.note(c, Frame{Op: OpClosed, Code: code})
	delete(g.conns, c)
	d.unlock()
	close(c.done)
	c.ws.Close()
}

// handle answers one payload of the client.
func (g *Gateway) handle(c *conn, kind int, raw []byte) {
	d := g.d
	now := d.Clock.Now()
	c.heard = append(slices.DeleteFunc(c.heard, func(t time.Time) bool { return now.Sub(t) >= time.Minute }), now)
	var p struct {
		Op   *int            `json:"op"`
		Data json.RawMessage `json:"d"`
	}
	switch {
	case len(c.heard) > 120:
		g.wrong(c, 4008, "more than 120 payloads in 60 s")
		return
	case kind != websocket.TextMessage || len(raw) > 4096:
		g.wrong(c, 4002, "a payload of %d bytes (at most 4096, text)", len(raw))
		return
	case json.Unmarshal(raw, &p) != nil || p.Op == nil:
		g.wrong(c, 4002, "a payload that is no JSON: %.100q", raw)
		return
	}
	g.note(c, Frame{Op: *p.Op, Data: p.Data})
	if *p.Op != OpIdentify && *p.Op != OpResume {
		d.checkNoTokens(fmt.Sprintf("gateway: op %d", *p.Op), string(raw))
	}
	if c.session == nil && !slices.Contains([]int{OpHeartbeat, OpIdentify, OpResume}, *p.Op) {
		g.wrong(c, 4003, "op %d before IDENTIFY", *p.Op)
		return
	}
	switch *p.Op {
	case OpHeartbeat:
		g.heartbeat(c, p.Data)
	case OpIdentify:
		g.identify(c, p.Data)
	case OpResume:
		g.resume(c, p.Data)
	case 3:
		g.presence(c, p.Data)
	case 8:
		g.members(c, p.Data)
	case 4:
		g.wrong(c, 4001, "a voice state: this bot has no voice")
	default:
		g.wrong(c, 4001, "unknown op %d", *p.Op)
	}
}

func (g *Gateway) heartbeat(c *conn, data json.RawMessage) {
	var seq *int
	if err := json.Unmarshal(data, &seq); err != nil {
		g.wrong(c, 4002, "heartbeat with d = %s", data)
		return
	}
	if seq != nil && c.session != nil && *seq > c.session.seq {
		g.wrong(c, 4007, "heartbeat with seq %d, the last one sent is %d", *seq, c.session.seq)
		return
	}
	g.expectHeartbeat(c)
	if !g.noACK {
		c.send(object{"op": 11, "s": nil, "t": nil, "d": nil})
	}
}

func (g *Gateway) identify(c *conn, data json.RawMessage) {
	d := g.d
	p := struct {
		Token      string
		Intents    *int
		Shard      *[2]int
		Compress   bool
		Properties map[string]any
		Presence   json.RawMessage
	}{}
	shard := [2]int{0, 1}
	err := json.Unmarshal(data, &p)
	if p.Shard != nil {
		shard = *p.Shard
	}
	switch {
	case c.session != nil:
		g.wrong(c, 4005, "a second IDENTIFY")
		return
	case err != nil:
		g.wrong(c, 4002, "IDENTIFY: %v", err)
		return
	case strings.TrimPrefix(p.Token, "Bot ") != d.token:
		g.close(c, 4004)
		return
	case p.Intents == nil || *p.Intents&^knownIntents != 0:
		g.wrong(c, 4013, "IDENTIFY with unknown intents, or none")
		return
	case *p.Intents&privilegedIntents&^d.opts.Intents != 0:
		g.close(c, 4014)
		return
	case shard[1] < 1 || shard[0] < 0 || shard[0] >= shard[1]:
		g.wrong(c, 4010, "IDENTIFY with shard %v", shard)
		return
	case len(d.guilds)/shard[1] > 2500:
		g.wrong(c, 4011, "%d guilds on %d shards", len(d.guilds), shard[1])
		return
	case p.Properties == nil:
		g.wrong(c, 4002, "IDENTIFY without properties")
		return
	}
	if p.Presence != nil && !isPresence(p.Presence) && !slices.Contains(d.opts.Tolerate, 4002) {
		d.breach("gateway: IDENTIFY with presence %s", p.Presence) // Discord ignores it
	}
	now := d.Clock.Now()
	for _, s := range g.sessions {
		if s.shard == shard && g.resumable(s) == "" {
			d.breach("gateway: IDENTIFY where the session %s could be resumed", s.id)
			s.kill("replaced by a new one")
		}
	}
	g.today = append(g.lastDay(), now)
	if len(g.today) > d.opts.StartsADay {
		g.wrong(c, 4004, "more than %d IDENTIFYs a day", d.opts.StartsADay)
		return
	}
	if n := d.opts.Concurrency; n > 0 {
		key := shard[0] % n
		g.starts[key] = append(slices.DeleteFunc(g.starts[key], func(t time.Time) bool { return now.Sub(t) >= 5*time.Second }), now)
		if len(g.starts[key]) > 1 {
			g.invalidate(c, false)
			return
		}
	}
	if t, troubled := g.takeStart(OpIdentify); troubled && g.disturb(c, t) {
		return
	}
	s := &session{id: fmt.Sprintf("%032x", len(g.sessions)+1), shard: shard, intents: *p.Intents, compress: p.Compress, conn: c}
	g.sessions[s.id] = s
	c.session, c.ready = s, true
	guilds := []*guild{}
	unavailable := []object{}
	for _, gd := range d.guilds {
		if !gd.WithoutBot && shardOf(gd.ID, shard[1]) == shard[0] {
			guilds = append(guilds, gd)
		}
	}
	slices.SortFunc(guilds, func(a, b *guild) int { return strings.Compare(a.ID, b.ID) })
	for _, gd := range guilds {
		unavailable = append(unavailable, object{"id": gd.ID, "unavailable": true})
	}
	me := wireUser(d.bot)
	me["verified"], me["mfa_enabled"], me["email"] = true, true, nil
	g.event(s, "READY", object{"v": 10, "user": me, "guilds": unavailable, "session_id": s.id, "shard": shard,
		"resume_gateway_url": strings.TrimSuffix(d.GatewayURL(), "/gateway") + "/resume/" + s.id,
		"application":        object{"id": d.bot.ID, "flags": 0}, "private_channels": []any{}, "session_type": "normal"})
	for _, gd := range guilds {
		if !gd.unavailable && s.intents&intentGuilds != 0 {
			g.event(s, "GUILD_CREATE", d.wireGuildCreate(gd))
		}
	}
}

// lastDay returns when IDENTIFYs came in the last 24 hours.
func (g *Gateway) lastDay() []time.Time {
	now := g.d.Clock.Now()
	g.today = slices.DeleteFunc(g.today, func(t time.Time) bool { return now.Sub(t) >= 24*time.Hour })
	return g.today
}

// resumable returns why a session cannot be resumed, or nothing if it can; one that is connected is not in question.
func (g *Gateway) resumable(s *session) string {
	switch {
	case s.invalid != "":
		return s.invalid
	case s.conn != nil:
		return "it is connected"
	case g.d.Clock.Now().Sub(s.lostAt) > g.d.opts.SessionLife:
		return "it has expired"
	}
	return ""
}

func (g *Gateway) resume(c *conn, data json.RawMessage) {
	d := g.d
	var p struct {
		Token     string
		SessionID string `json:"session_id"`
		Seq       *int
	}
	err := json.Unmarshal(data, &p)
	switch {
	case c.session != nil:
		g.wrong(c, 4005, "RESUME on a connection that has a session")
		return
	case err != nil || p.Seq == nil:
		g.wrong(c, 4002, "RESUME %s", data)
		return
	case strings.TrimPrefix(p.Token, "Bot ") != d.token:
		g.close(c, 4004)
		return
	}
	if t, troubled := g.takeStart(OpResume); troubled && g.disturb(c, t) {
		return
	}
	s := g.sessions[p.SessionID]
	if s == nil {
		d.breach("gateway: RESUME of the unknown session %q", p.SessionID)
		g.invalidate(c, false)
		return
	}
	if c.path != "/resume/"+s.id && !g.deadURL {
		d.breach("gateway: RESUME on %s instead of the resume URL", c.path)
	}
	if old := s.conn; old != nil { // half-open: the client has noticed first
		old.silent = true
		old.stopDeadline()
		old.ws.Close()
		g.detach(old)
	}
	if why := g.resumable(s); why != "" {
		if strings.HasPrefix(why, "the bot closed it") || strings.HasPrefix(why, "op 9") {
			d.breach("gateway: RESUME of a session that cannot be resumed: %s", why)
		}
		g.invalidate(c, false)
		return
	}
	if *p.Seq > s.seq || *p.Seq < 0 {
		g.wrong(c, 4007, "RESUME with seq %d, the last one sent is %d", *p.Seq, s.seq)
		return
	}
	if *p.Seq < s.seq-len(s.events) {
		s.kill("too many events were missed")
		g.invalidate(c, false)
		return
	}
	c.session, c.ready, s.conn = s, true, c
	for _, raw := range s.events[len(s.events)-(s.seq-*p.Seq):] {
		c.sendRaw(raw)
	}
	g.event(s, "RESUMED", object{"_trace": []string{"fake"}})
}

// invalidate sends op 9.
func (g *Gateway) invalidate(c *conn, resumable bool) {
	if s := c.session; s != nil && !resumable {
		s.kill("op 9 was sent")
	}
	c.send(object{"op": 9, "s": nil, "t": nil, "d": resumable})
	g.detach(c)
	c.session = nil
}

func (g *Gateway) presence(c *conn, data json.RawMessage) {
	if !isPresence(data) {
		g.wrong(c, 4002, "presence %s", data)
	}
}

// isPresence reports whether data is a presence with all that it takes, and no field that version 8 has taken away, such as game.
func isPresence(data json.RawMessage) bool {
	var fields map[string]json.RawMessage
	var p struct {
		Status     string
		Activities []struct {
			Name string
			Type *int
		}
	}
	if json.Unmarshal(data, &fields) != nil || json.Unmarshal(data, &p) != nil || len(fields) != 4 {
		return false
	}
	for _, name := range []string{"since", "activities", "status", "afk"} {
		if fields[name] == nil {
			return false
		}
	}
	for _, a := range p.Activities {
		if a.Name == "" || length(a.Name) > 128 || a.Type == nil {
			return false
		}
	}
	return slices.Contains([]string{"online", "dnd", "idle", "invisible", "offline"}, p.Status)
}

// members answers a request for the members of one guild, a thousand to a chunk.
func (g *Gateway) members(c *conn, data json.RawMessage) {
	var p struct {
		GuildID string `json:"guild_id"`
		Query   *string
		UserIDs []string `json:"user_ids"`
		Nonce   string
	}
	d := g.d
	if err := json.Unmarshal(data, &p); err != nil {
		g.wrong(c, 4002, "members request %s", data)
		return
	}
	gd := d.guilds[p.GuildID]
	if gd == nil || gd.WithoutBot || p.Query == nil && len(p.UserIDs) == 0 || len(p.Nonce) > 32 {
		g.wrong(c, 4002, "members request %s", data)
		return
	}
	list := []object{}
	for id, m := range gd.members {
		if slices.Contains(p.UserIDs, id) || p.Query != nil && strings.HasPrefix(m.user.Name, *p.Query) {
			list = append(list, d.wireMember(m))
		}
	}
	count := (len(list) + 999) / 1000
	for i := range max(count, 1) {
		chunk := list[i*1000 : min(len(list), (i+1)*1000)]
		g.event(c.session, "GUILD_MEMBERS_CHUNK", object{"guild_id": gd.ID, "members": chunk, "chunk_index": i,
			"chunk_count": max(count, 1), "nonce": p.Nonce})
	}
}

// event gives a session its next dispatch, which it gets now or when it resumes.
func (g *Gateway) event(s *session, name string, data any) {
	s.seq++
	payload := object{"op": 0, "s": s.seq, "t": name, "d": data}
	if fields, ok := data.(object); ok && g.padding != "" {
		fields["a_field_of_next_year"] = g.padding
	}
	raw, err := json.Marshal(payload)
	if err != nil {
		panic(err) // of our own making
	}
	s.events = append(s.events, raw)
	if len(s.events) > replayed {
		s.events = slices.Clone(s.events[len(s.events)-replayed/2:])
	}
	switch c := s.conn; {
	case c == nil || !c.ready:
	case g.disorder:
		g.delayed = append(g.delayed, raw)
		if len(g.delayed) == 2 {
			c.sendRaw(g.delayed[1])
			c.sendRaw(g.delayed[0])
			g.delayed, g.disorder = nil, false
		}
	default:
		c.sendRaw(raw)
	}
}

// eachSession calls f for the sessions that an event for a guild, or with none a shard 0 event, concerns.
func (g *Gateway) eachSession(guildID string, f func(*session)) {
	for _, s := range g.sessions {
		if s.invalid == "" && (s.conn != nil || g.resumable(s) == "") && s.shard[0] == shardOf(guildID, s.shard[1]) {
			f(s)
		}
	}
}

func shardOf(guildID string, shards int) int {
	id, _ := strconv.ParseUint(or(guildID, "0"), 10, 64)
	return int((id >> 22) % uint64(shards))
}

// dispatchGuild sends an event of a guild with the intent that it needs.
func (d *Discord) dispatchGuild(g *guild, name string, data object) {
	if g == nil || g.WithoutBot {
		return
	}
	intent := intentGuilds
	if strings.HasPrefix(name, "GUILD_MEMBER") {
		intent = intentMembers
	}
	d.Gateway.eachSession(g.ID, func(s *session) {
		if s.intents&intent != 0 {
			d.Gateway.event(s, name, data)
		}
	})
}

// dispatchIn sends an event of a channel to sessions with its intent, of guilds or of direct messages, if the bot sees the
// channel.
func (d *Discord) dispatchIn(c *channel, guildIntent, directIntent int, f func(*session)) {
	intent := directIntent
	if c.GuildID != "" {
		intent = guildIntent
	}
	if c.Type == GroupDM || d.permissions(c, d.bot.ID)&ViewChannel == 0 {
		return
	}
	d.Gateway.eachSession(c.GuildID, func(s *session) {
		if s.intents&intent != 0 {
			f(s)
		}
	})
}

// A Trouble is how the gateway meets one connection, IDENTIFY or RESUME instead of as it should: any of its parts, in the
// order of the fields. After Heartbeat and ACK alone it goes on as it should.
type Trouble struct {
	Heartbeat bool // op 1
	ACK       bool // op 11, of no heartbeat
	Silent    bool // says nothing more and hears nothing
	Reconnect bool // op 7
	Invalid   bool // op 9, with
	Resumable bool //   d true
	Code      int  // closes with this code
	Drop      bool // cuts the socket without a close frame
}

// OnConnect gives the next connections their troubles, one each, in place of HELLO.
func (g *Gateway) OnConnect(list ...Trouble) {
	g.d.mu.Lock()
	defer g.d.mu.Unlock()
	g.onConnect = append(g.onConnect, list...)
}

// OnIdentify gives the next IDENTIFYs their troubles, one each, in place of READY.
func (g *Gateway) OnIdentify(list ...Trouble) { g.addStart(OpIdentify, list) }

// OnResume gives the next RESUMEs their troubles, one each, in place of what they missed.
func (g *Gateway) OnResume(list ...Trouble) { g.addStart(OpResume, list) }

func (g *Gateway) addStart(op int, list []Trouble) {
	g.d.mu.Lock()
	defer g.d.mu.Unlock()
	g.onStart[op] = append(g.onStart[op], list...)
}

func (g *Gateway) takeStart(op int) (Trouble, bool) {
	list := g.onStart[op]
	t, ok := take(&list)
	g.onStart[op] = list
	return t, ok
}

func take(list *[]Trouble) (Trouble, bool) {
	if len(*list) == 0 {
		return Trouble{}, false
	}
	t := (*list)[0]
	*list = (*list)[1:]
	return t, t != Trouble{}
}

// disturb does to a connection what t says, and reports whether that takes the place of what should come.
func (g *Gateway) disturb(c *conn, t Trouble) bool {
	if t.Heartbeat {
		c.send(object{"op": 1, "s": nil, "t": nil, "d": nil})
	}
	if t.ACK {
		c.send(object{"op": 11, "s": nil, "t": nil, "d": nil})
	}
	if t.Reconnect {
		c.send(object{"op": 7, "s": nil, "t": nil, "d": nil})
	}
	if t.Invalid {
		if !t.Resumable {
			for _, s := range g.sessions {
				if s.conn == nil {
					s.kill("op 9 was sent")
				}
			}
		}
		g.invalidate(c, t.Resumable)
	}
	switch {
	case t.Code != 0:
		g.close(c, t.Code)
	case t.Drop:
		c.stopDeadline()
		c.silent = true
		g.detach(c)
		c.put(frame{kind: cut})
	case t.Silent:
		c.stopDeadline()
		c.silent = true
	}
	t.Heartbeat, t.ACK = false, false
	return t != Trouble{}
}

// Disturb does to all connections what t says.
func (g *Gateway) Disturb(t Trouble) {
	g.d.mu.Lock()
	defer g.d.unlock()
	for c := range g.conns {
		g.disturb(c, t)
	}
}

// Drop cuts all connections without a close frame.
func (g *Gateway) Drop() { g.Disturb(Trouble{Drop: true}) }

// Close closes all connections with a code.
func (g *Gateway) Close(code int) { g.Disturb(Trouble{Code: code}) }

// HalfOpen lets all connections fall silent: they stay open, say nothing and hear nothing.
func (g *Gateway) HalfOpen() { g.Disturb(Trouble{Silent: true}) }

// Reconnect sends op 7 to all connections.
func (g *Gateway) Reconnect() { g.Disturb(Trouble{Reconnect: true}) }

// Invalidate sends op 9 to all connections.
func (g *Gateway) Invalidate(resumable bool) { g.Disturb(Trouble{Invalid: true, Resumable: resumable}) }

// RequestHeartbeat sends op 1 to all connections.
func (g *Gateway) RequestHeartbeat() { g.Disturb(Trouble{Heartbeat: true}) }

// SendACK acknowledges a heartbeat, asked or not: with WithholdACK before, a late one.
func (g *Gateway) SendACK() { g.Disturb(Trouble{ACK: true}) }

// WithholdACK stops acknowledging heartbeats, or begins again.
func (g *Gateway) WithholdACK(withhold bool) {
	g.d.mu.Lock()
	defer g.d.mu.Unlock()
	g.noACK = withhold
}

// DeadResumeURL lets the resume URLs answer 502, or revives them.
func (g *Gateway) DeadResumeURL(dead bool) {
	g.d.mu.Lock()
	defer g.d.mu.Unlock()
	g.deadURL = dead
}

// Pad gives each later dispatch an unknown field of so many bytes; 0 ends it.
func (g *Gateway) Pad(n int) {
	g.d.mu.Lock()
	defer g.d.mu.Unlock()
	g.padding = strings.Repeat("x", n)
}

// Dispatch sends any event to all sessions, whatever it is.
func (g *Gateway) Dispatch(name string, data any) {
	g.d.mu.Lock()
	defer g.d.unlock()
	for _, s := range g.sessions {
		if s.invalid == "" {
			g.event(s, name, data)
		}
	}
}

// SendRaw sends bytes as a text frame to all connections, whatever they are.
func (g *Gateway) SendRaw(raw []byte) {
	g.d.mu.Lock()
	defer g.d.unlock()
	for c := range g.conns {
		c.put(frame{websocket.TextMessage, raw})
	}
}

// Repeat sends the last n dispatches of each session once more.
func (g *Gateway) Repeat(n int) {
	g.d.mu.Lock()
	defer g.d.unlock()
	for c := range g.conns {
		if s := c.session; s != nil {
			for _, raw := range s.events[max(0, len(s.events)-n):] {
				c.sendRaw(raw)
			}
		}
	}
}

// Disorder sends the next two dispatches in the wrong order.
func (g *Gateway) Disorder() {
	g.d.mu.Lock()
	defer g.d.mu.Unlock()
	g.disorder = true
}
