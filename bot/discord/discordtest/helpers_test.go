package discordtest_test

import (
	"bytes"
	"compress/zlib"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"kaede/bot/discord/discordtest"
)

// m is a JSON object.
type m = map[string]any

// report collects breaches.
type report struct {
	mu   sync.Mutex
	list []string
}

func (r *report) add(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list = append(r.list, fmt.Sprintf(format, args...))
}

// want takes all breaches so far; with no text there must be none, else just one, which holds it.
func (r *report) want(t *testing.T, text string) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	all := strings.Join(r.list, "\n")
	switch {
	case text == "" && len(r.list) > 0:
		t.Errorf("unexpected breach: %s", all)
	case text != "" && (len(r.list) != 1 || !strings.Contains(all, text)):
		t.Errorf("want one breach with %q, got %q", text, r.list)
	}
	r.list = nil
}

// drop forgets breaches that hold a text.
func (r *report) drop(text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list = slices.DeleteFunc(r.list, func(s string) bool { return strings.Contains(s, text) })
}

// find reads the document once for all tests: its schemas take a while to compile.
var find = sync.OnceValues(discordtest.FindSpec)

func spec(t *testing.T) *discordtest.Spec {
	t.Helper()
	s, err := find()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// world is a Discord with one guild, one channel and one person.
type world struct {
	*discordtest.Discord
	report
	home discordtest.Guild
	talk discordtest.Channel
	aki  discordtest.User
	http *http.Client
}

func newWorld(t *testing.T, opts discordtest.Options) *world {
	t.Helper()
	w := new(world)
	t.Cleanup(func() { w.report.want(t, "") })
	opts.Report, opts.Spec = w.add, spec(t)
	w.Discord = discordtest.New(t, opts)
	w.home = w.AddGuild("home")
	w.talk = w.AddChannel(w.home.ID, "talk")
	w.aki = w.AddUser("aki", "ja")
	w.AddMember(w.home.ID, w.aki.ID)
	w.http = &http.Client{Transport: w.Transport()}
	return w
}

// do makes a request by hand and returns its status and answer.
func (w *world) do(t *testing.T, method, path string, body any) (*http.Response, m) {
	t.Helper()
	raw, ok := body.(string)
	if !ok && body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		raw = string(b)
	}
	r, err := http.NewRequest(method, "https://discord.com/api/v10"+path, strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bot "+w.Token())
	r.Header.Set("User-Agent", "DiscordBot (https://example.org, 1)")
	if raw != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	resp, err := w.http.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	var answer m
	json.Unmarshal(got, &answer)
	return resp, answer
}

// want makes a request and checks its status and error code.
func (w *world) want(t *testing.T, method, path string, body any, status, code int) m {
	t.Helper()
	resp, answer := w.do(t, method, path, body)
	got, _ := answer["code"].(float64)
	if resp.StatusCode != status || int(got) != code && status >= 400 {
		t.Errorf("%s %s: %d %v, want %d with code %d", method, path, resp.StatusCode, answer, status, code)
	}
	return answer
}

// silent is allowed_mentions that allow nobody.
func silent() m { return m{"parse": []string{}} }

// socket is a gateway connection by hand.
type socket struct {
	t      *testing.T
	ws     *websocket.Conn
	seq    int
	inbox  chan payload // closed with the connection
	closed error        // valid once inbox is closed
}

type payload struct {
	Op int
	S  *int
	T  string
	D  m
	// Raw is d where it is no object.
	Raw json.RawMessage `json:"-"`
}

func (w *world) dial(t *testing.T, address string) *socket {
	t.Helper()
	ws, _, err := websocket.DefaultDialer.Dial(address+"?v=10&encoding=json", nil)
	if err != nil {
		t.Fatal(err)
	}
	s := &socket{t: t, ws: ws, inbox: make(chan payload, 30000)}
	go s.read()
	t.Cleanup(func() { ws.Close() })
	return s
}

func (s *socket) read() {
	defer close(s.inbox)
	for {
		kind, raw, err := s.ws.ReadMessage()
		if err != nil {
			s.closed = err
			return
		}
		if kind == websocket.BinaryMessage {
			r, err := zlib.NewReader(bytes.NewReader(raw))
			if err != nil {
				s.closed = err
				return
			}
			raw, _ = io.ReadAll(r)
		}
		var p struct {
			Op int
			S  *int
			T  string
			D  json.RawMessage
		}
		if json.Unmarshal(raw, &p) != nil {
			p.Op = -1
		}
		out := payload{Op: p.Op, S: p.S, T: p.T, Raw: p.D}
		json.Unmarshal(p.D, &out.D)
		s.inbox <- out
	}
}

// next returns the next payload; false when the connection has ended.
func (s *socket) next() (payload, bool) {
	s.t.Helper()
	select {
	case p, ok := <-s.inbox:
		if p.S != nil {
			s.seq = *p.S
		}
		return p, ok
	case <-time.After(time.Minute):
		s.t.Fatal("the gateway says nothing")
	}
	return payload{}, false
}

// wait skips payloads until one with this op and event name.
func (s *socket) wait(op int, name string) payload {
	s.t.Helper()
	for {
		p, ok := s.next()
		if !ok {
			s.t.Fatalf("connection ended (%v) while waiting for op %d %s", s.closed, op, name)
		}
		if p.Op == op && p.T == name {
			return p
		}
	}
}

// code waits for the end and returns the close code.
func (s *socket) code() int {
	s.t.Helper()
	for {
		if _, ok := s.next(); !ok {
			break
		}
	}
	if closed, ok := s.closed.(*websocket.CloseError); ok {
		return closed.Code
	}
	return 0
}

func (s *socket) send(op int, d any) {
	s.t.Helper()
	if err := s.ws.WriteJSON(m{"op": op, "d": d}); err != nil {
		s.t.Fatal(err)
	}
}

const intents = 1<<0 | 1<<9 | 1<<10 | 1<<12

func (w *world) identify() m {
	return m{"token": w.Token(), "intents": intents, "properties": m{"os": "linux", "browser": "x", "device": "x"}}
}

// start connects and identifies, and returns READY.
func (w *world) start(t *testing.T) (*socket, m) {
	t.Helper()
	s := w.dial(t, w.GatewayURL())
	s.wait(10, "")
	s.send(2, w.identify())
	ready := s.wait(0, "READY")
	s.wait(0, "GUILD_CREATE")
	return s, ready.D
}

// resume connects to the resume URL of ready and asks for what came after seq.
func (w *world) resume(t *testing.T, ready m, seq int) *socket {
	t.Helper()
	s := w.dial(t, ready["resume_gateway_url"].(string))
	s.wait(10, "")
	s.send(6, m{"token": w.Token(), "session_id": ready["session_id"], "seq": seq})
	return s
}
