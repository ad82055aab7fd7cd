package gateway

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
	"golang.org/x/time/rate"
)

// Operations of the gateway.
const (
	opDispatch       = 0
	opHeartbeat      = 1
	opIdentify       = 2
	opResume         = 6
	opReconnect      = 7
	opInvalidSession = 9
	opHello          = 10
	opACK            = 11
)

// closeResumable is sent whenever we end a connection: of the codes, 1000 and 1001 alone would end the session too.
const closeResumable = 4000

const (
	maxPayload   = 16 << 20
	startWithin  = 30 * time.Second
	writeWithin  = 10 * time.Second
	closeWithin  = time.Second
	minHeartbeat = 10 * time.Millisecond // of a server that asks for nonsense
)

// Why a connection ends by our own doing.
var (
	errReconnect = errors.New("the server asks to reconnect")
	errSilent    = errors.New("heartbeats are not acknowledged")
	errSlow      = errors.New("the session did not start in time")
)

// invalidError is op 9.
type invalidError struct{ resumable bool }

func (e *invalidError) Error() string {
	return fmt.Sprintf("the server calls the session invalid (resumable: %v)", e.resumable)
}

// conn is one connection.
type conn struct {
	g       *Gateway
	ws      *websocket.Conn
	s       *session
	started bool         // READY or RESUMED has come
	watched func()       // ends the watch over the start
	seq     atomic.Int64 // of s, for the heart
	acked   atomic.Bool
	limit   *rate.Limiter // of heartbeats that the server asks for

	writing sync.Mutex
	ending  sync.Once
	why     error // set once by end; read when reading has failed
	tasks   sync.WaitGroup
}

func newConn(g *Gateway, ws *websocket.Conn, s *session) *conn {
	c := &conn{g: g, ws: ws, s: s, limit: rate.NewLimiter(1, 55)}
	ws.SetReadLimit(maxPayload)
	c.seq.Store(s.seq)
	c.acked.Store(true)
	return c
}

// run reads until the connection ends, and returns when all its goroutines have.
func (c *conn) run(ctx context.Context) error {
	inner, cancel := context.WithCancel(ctx)
	defer c.tasks.Wait()
	defer cancel()
	defer c.ws.Close()
	stop := context.AfterFunc(ctx, func() { c.end(ctx.Err()) })
	defer stop()
	starting, watched := context.WithCancel(inner)
	c.watched = watched
	c.tasks.Go(func() {
		if c.g.Clock.Sleep(starting, startWithin) == nil {
			c.end(errSlow)
		}
	})
	err := c.read(inner)
	c.end(err) // waits for an end that is under way, so that why may be read
	if c.why != nil {
		err = c.why
	}
	return c.judge(err)
}

// end says goodbye once, keeping the session, and gives the other side a moment to answer.
func (c *conn) end(why error) {
	c.ending.Do(func() {
		c.why = why
		message := websocket.FormatCloseMessage(closeResumable, "")
		c.ws.WriteControl(websocket.CloseMessage, message, time.Now().Add(closeWithin))
		c.ws.NetConn().SetReadDeadline(time.Now().Add(closeWithin))
	})
}

// judge turns the end of a connection into what Run must know, and forgets a session that is gone.
func (c *conn) judge(err error) error {
	var closed *websocket.CloseError
	var invalid *invalidError
	switch {
	case errors.As(err, &invalid) && !invalid.resumable:
		*c.s = session{}
	case errors.As(err, &closed):
		switch closed.Code {
		case 4004:
			return &FatalError{closed.Code, "Discord refuses the token"}
		case 4010, 4011:
			return &FatalError{closed.Code, "Discord refuses this shard, or asks for (more) shards"}
		case 4012:
			return &FatalError{closed.Code, "Discord no longer speaks this version of the gateway"}
		case 4013:
			return &FatalError{closed.Code, "Discord does not know these intents"}
		case 4014:
			return &FatalError{closed.Code, "an intent is asked for that is not enabled for this application in the Developer Portal"}
		case 4003, 4007, 4009:
			*c.s = session{}
		}
	}
	return err
}

type payload struct {
	Op   int             `json:"op"`
	Data json.RawMessage `json:"d"`
	Seq  *int64          `json:"s"`
	Type string          `json:"t"`
}

// read handles payloads until one ends the connection.
func (c *conn) read(ctx context.Context) error {
	for {
		kind, raw, err := c.ws.ReadMessage()
		if err == nil && kind == websocket.BinaryMessage {
			if raw, err = inflate(raw); err != nil {
				err = fmt.Errorf("decompress a payload: %w", err)
			}
		}
		if err != nil {
			return err
		}
		var p payload
		if err := json.Unmarshal(raw, &p); err != nil {
			c.g.Log.Warn("skipped a gateway payload that is no JSON", "bytes", len(raw))
			continue
		}
		if err := c.handle(ctx, p); err != nil {
			return err
		}
	}
}

func inflate(raw []byte) ([]byte, error) {
	z, err := zlib.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	out, err := io.ReadAll(io.LimitReader(z, maxPayload+1))
	if err == nil && len(out) > maxPayload {
		err = errors.New("larger than allowed")
	}
	return out, err
}

// handle acts on one payload; an error ends the connection.
func (c *conn) handle(ctx context.Context, p payload) error {
	switch p.Op {
	case opHello:
		return c.hello(ctx, p.Data)
	case opACK:
		c.acked.Store(true)
	case opHeartbeat:
		if c.limit.AllowN(c.g.Clock.Now(), 1) {
			return c.heartbeat()
		}
	case opReconnect:
		return errReconnect
	case opInvalidSession:
		var resumable bool
		json.Unmarshal(p.Data, &resumable) // anything else counts as false
		return &invalidError{resumable}
	case opDispatch:
		if p.Seq != nil && *p.Seq > c.s.seq {
			c.s.seq = *p.Seq
			c.seq.Store(*p.Seq)
		}
		c.dispatch(p)
	}
	return nil
}

// hello starts the heart, then resumes or identifies.
func (c *conn) hello(ctx context.Context, data json.RawMessage) error {
	var hello struct {
		Interval int64 `json:"heartbeat_interval"`
	}
	if err := json.Unmarshal(data, &hello); err != nil || hello.Interval <= 0 {
		return fmt.Errorf("HELLO without an interval: %.100s", data)
	}
	interval := max(time.Duration(hello.Interval)*time.Millisecond, minHeartbeat)
	c.tasks.Go(func() { c.beat(ctx, interval) })
	if c.s.id != "" {
		return c.send(opResume, map[string]any{"token": c.g.Token, "session_id": c.s.id, "seq": c.s.seq})
	}
	identify := map[string]any{
		"token": c.g.Token, "intents": c.g.Intents, "compress": c.g.Compress, "shard": [2]int{c.g.Shard, max(c.g.Shards, 1)},
		"properties": map[string]string{"os": runtime.GOOS, "browser": "kaede", "device": "kaede"},
	}
	if c.g.Presence != nil {
		identify["presence"] = c.g.Presence
	}
	return c.send(opIdentify, identify)
}

// beat sends heartbeats, the first after a random part of the interval, and ends a connection that does not answer them.
func (c *conn) beat(ctx context.Context, interval time.Duration) {
	wait := time.Duration(c.g.Rand() * float64(interval))
	for c.g.Clock.Sleep(ctx, wait) == nil {
		wait = interval
		if !c.acked.Swap(false) {
			c.end(errSilent)
			return
		}
		if err := c.heartbeat(); err != nil {
			c.end(err)
			return
		}
	}
}

func (c *conn) heartbeat() error {
	if seq := c.seq.Load(); seq > 0 {
		return c.send(opHeartbeat, seq)
	}
	return c.send(opHeartbeat, nil)
}

func (c *conn) send(op int, data any) error {
	raw, err := json.Marshal(map[string]any{"op": op, "d": data})
	if err != nil {
		return err // Unreachable: plain values.
	}
	c.writing.Lock()
	defer c.writing.Unlock()
	c.ws.SetWriteDeadline(time.Now().Add(writeWithin))
	if err := c.ws.WriteMessage(websocket.TextMessage, raw); err != nil {
		return fmt.Errorf("send op %d: %w", op, err)
	}
	return nil
}

// dispatch notes what concerns the session and hands the event on.
func (c *conn) dispatch(p payload) {
	switch p.Type {
	case "READY":
		var ready struct {
			SessionID string `json:"session_id"`
			URL       string `json:"resume_gateway_url"`
		}
		if err := json.Unmarshal(p.Data, &ready); err != nil || ready.SessionID == "" {
			c.g.Log.Warn("READY names no session; it cannot be resumed", "err", err)
		}
		c.s.id, c.s.url = ready.SessionID, ready.URL
		c.start()
	case "RESUMED":
		c.start()
	}
	data, left, err := decode(p.Type, p.Data)
	if len(left) > 0 {
		c.g.Log.Warn("left out parts of an event", "type", p.Type, "parts", left)
	}
	if err != nil {
		c.g.Log.Warn("skipped an event", "type", p.Type, "err", err)
		return
	}
	c.deliver(Event{Type: p.Type, Data: data})
}

// deliver hands on an event; a handler that panics loses that event alone.
func (c *conn) deliver(e Event) {
	defer func() {
		if r := recover(); r != nil {
			c.g.Log.Error("the handler of an event panicked", "type", e.Type, "panic", r, "stack", string(debug.Stack()))
		}
	}()
	c.g.Handle(e)
}

func (c *conn) start() {
	c.started = true
	c.watched()
	c.g.ready.Store(true)
}
