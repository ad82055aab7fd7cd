package discordtest_test

import (
	"compress/zlib"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"kaede/bot/discord/discordtest"
)

func TestReadyAndEvents(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{})
	s, ready := w.start(t)
	if ready["user"].(m)["id"] != w.BotUser().ID || ready["resume_gateway_url"] == w.GatewayURL() {
		t.Errorf("READY %v", ready)
	}
	words := func(p payload) string { c, _ := p.D["content"].(string); return c }
	w.UserSays(w.talk.ID, w.aki.ID, "not for the bot")
	if got := s.wait(0, "MESSAGE_CREATE"); words(got) != "" || got.D["guild_id"] != w.home.ID {
		t.Errorf("without the intent: %v", got.D)
	}
	q := w.UserSays(w.talk.ID, w.aki.ID, w.Mention()+" hello")
	if got := s.wait(0, "MESSAGE_CREATE"); words(got) != q.Content {
		t.Errorf("a mention: %v", got.D)
	}
	dm := w.AddDM(w.aki.ID)
	w.UserSays(dm.ID, w.aki.ID, "direct")
	if got := s.wait(0, "MESSAGE_CREATE"); words(got) != "direct" || got.D["guild_id"] != nil {
		t.Errorf("a direct message: %v", got.D)
	}
	w.UserEdits(q.ID, w.Mention()+" hello again")
	if got := s.wait(0, "MESSAGE_UPDATE"); words(got) != w.Mention()+" hello again" || got.D["edited_timestamp"] == nil {
		t.Errorf("an edit: %v", got.D)
	}
	w.UserReacts(q.ID, w.aki.ID, "👍")
	if got := s.wait(0, "MESSAGE_REACTION_ADD"); got.D["user_id"] != w.aki.ID {
		t.Errorf("a reaction: %v", got.D)
	}
	w.UserDeletes(q.ID)
	s.wait(0, "MESSAGE_DELETE")
	hidden := w.AddChannel(w.home.ID, "hidden")
	w.Overwrite(hidden.ID, w.BotUser().ID, 0, discordtest.ViewChannel)
	w.UserSays(hidden.ID, w.aki.ID, w.Mention()+" unseen")
	w.UserSays(w.talk.ID, w.aki.ID, w.Mention()+" seen")
	if got := s.wait(0, "MESSAGE_CREATE"); words(got) != w.Mention()+" seen" {
		t.Errorf("a hidden channel's message arrived: %v", got.D)
	}
	away := w.AddGuild("away")
	s.wait(0, "GUILD_CREATE")
	w.LeaveGuild(away.ID)
	s.wait(0, "GUILD_DELETE")
	w.JoinGuild(away.ID)
	s.wait(0, "GUILD_CREATE")
}

func TestReplyToSlashAnswerDoesNotMention(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{})
	register(t, w)
	i := w.Invoke(w.talk.ID, w.aki.ID, "ask", map[string]any{"question": "when?"})
	w.want(t, "POST", callback(i), m{"type": 4, "data": m{"content": "x", "allowed_mentions": silent()}}, 204, 0)
	sent := w.want(t, "POST", "/channels/"+w.talk.ID+"/messages", m{"content": "x", "allowed_mentions": silent()}, 200, 0)
	if got := w.UserSays(w.talk.ID, w.aki.ID, "and?", discordtest.Say{ReplyTo: w.Answer(i).Message.ID}); len(got.Mentions) != 0 {
		t.Error("a reply to a slash answer mentions the bot")
	}
	if got := w.UserSays(w.talk.ID, w.aki.ID, "and?", discordtest.Say{ReplyTo: sent["id"].(string)}); len(got.Mentions) != 1 {
		t.Error("a reply to a message does not mention its author")
	}
	if got := w.UserSays(w.talk.ID, w.aki.ID, "and?", discordtest.Say{ReplyTo: sent["id"].(string), NoPing: true}); len(got.Mentions) != 0 {
		t.Error("a reply without ping mentions its author")
	}
}

// TestGatewayRefusals sends what the gateway does not take.
func TestGatewayRefusals(t *testing.T) {
	t.Parallel()
	with := func(w *world, key string, value any) m {
		p := w.identify()
		p[key] = value
		return p
	}
	for _, test := range []struct {
		name, breach string
		code         int
		send         func(w *world, s *socket)
	}{
		{"no JSON", "no JSON", 4002, func(w *world, s *socket) { s.ws.WriteMessage(websocket.TextMessage, []byte("{")) }},
		{"too long", "4096", 4002, func(w *world, s *socket) { s.send(1, strings.Repeat("x", 4096)) }},
		{"before IDENTIFY", "before IDENTIFY", 4003, func(w *world, s *socket) { s.send(3, m{}) }},
		{"unknown op", "unknown op", 4001, func(w *world, s *socket) { s.send(2, w.identify()); s.send(99, nil) }},
		{"voice", "voice", 4001, func(w *world, s *socket) { s.send(2, w.identify()); s.send(4, m{}) }},
		{"presence", "presence", 4002, func(w *world, s *socket) { s.send(2, w.identify()); s.send(3, m{"status": "busy"}) }},
		{"wrong token", "", 4004, func(w *world, s *socket) { s.send(2, with(w, "token", "guessed")) }},
		{"two IDENTIFYs", "second IDENTIFY", 4005, func(w *world, s *socket) { s.send(2, w.identify()); s.send(2, w.identify()) }},
		{"seq of the future", "seq", 4007, func(w *world, s *socket) { s.send(2, w.identify()); s.send(1, 99) }},
		{"121 payloads", "120 payloads", 4008, func(w *world, s *socket) {
			for range 121 {
				s.send(1, nil)
			}
		}},
		{"shard", "shard", 4010, func(w *world, s *socket) { s.send(2, with(w, "shard", []int{2, 2})) }},
		{"unknown intents", "intents", 4013, func(w *world, s *socket) { s.send(2, with(w, "intents", 1<<30)) }},
		{"privileged intents", "", 4014, func(w *world, s *socket) { s.send(2, with(w, "intents", 1<<15)) }},
		{"token in a payload", "holds the bot's token", 4002, func(w *world, s *socket) { s.send(2, w.identify()); s.send(1, w.Token()) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, discordtest.Options{})
			s := w.dial(t, w.GatewayURL())
			s.wait(10, "")
			test.send(w, s)
			if got := s.code(); got != test.code {
				t.Errorf("closed with %d, want %d", got, test.code)
			}
			if test.name == "token in a payload" {
				w.report.drop("heartbeat")
			}
			w.report.want(t, test.breach)
		})
	}
	t.Run("version", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, discordtest.Options{})
		s := w.dial(t, w.GatewayURL()+"?v=6&was=")
		if got := s.code(); got != 4012 {
			t.Errorf("closed with %d", got)
		}
		w.report.want(t, "v=")
	})
}

// A presence as discordgo's GatewayStatusUpdate has it, of version 6 of the gateway, is one that nobody sees.
func TestPresenceInIdentify(t *testing.T) {
	t.Parallel()
	for breach, presence := range map[string]m{
		"":                                 {"since": nil, "activities": []m{{"name": "/ask", "type": 2}}, "status": "online", "afk": false},
		"presence {\"afk\":false,\"game\"": {"since": nil, "game": m{"name": "/ask", "type": 2}, "status": "online", "afk": false},
		"presence {\"activities\"":         {"since": nil, "activities": []m{{"type": 2}}, "status": "online", "afk": false},
	} {
		w := newWorld(t, discordtest.Options{})
		s := w.dial(t, w.GatewayURL())
		p := w.identify()
		p["presence"] = presence
		s.send(2, p)
		s.wait(0, "READY")
		w.report.want(t, breach)
	}
}

func TestFatalCodeEndsAll(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{})
	s, _ := w.start(t)
	w.ResetToken()
	if got := s.code(); got != 4004 {
		t.Errorf("closed with %d", got)
	}
	w.dial(t, w.GatewayURL())
	w.report.want(t, "after the fatal close code 4004")
	w.Gateway.NewProcess()
	w.start(t)
}

func TestResume(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{})
	s, ready := w.start(t)
	seen := s.seq
	w.Gateway.Drop()
	if got := s.code(); got != websocket.CloseAbnormalClosure && got != 0 {
		t.Errorf("closed with %d", got)
	}
	for i := range 10000 {
		w.UserSays(w.talk.ID, w.aki.ID, fmt.Sprint(w.Mention(), i))
	}
	s = w.resume(t, ready, seen)
	for i := range 10000 {
		if got := s.wait(0, "MESSAGE_CREATE"); got.D["content"] != fmt.Sprint(w.Mention(), i) || *got.S != seen+1+i {
			t.Fatalf("event %d is %v with seq %d", i, got.D["content"], *got.S)
		}
	}
	s.wait(0, "RESUMED")
	w.UserSays(w.talk.ID, w.aki.ID, "after")
	s.wait(0, "MESSAGE_CREATE")
}

func TestResumeRules(t *testing.T) {
	t.Parallel()
	invalid := func(t *testing.T, s *socket) {
		t.Helper()
		if got := s.wait(9, ""); string(got.Raw) != "false" {
			t.Errorf("op 9 %s", got.Raw)
		}
	}
	t.Run("on the plain URL", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, discordtest.Options{})
		s, ready := w.start(t)
		w.Gateway.Close(4000)
		s.code()
		ready["resume_gateway_url"] = w.GatewayURL()
		w.resume(t, ready, s.seq).wait(0, "RESUMED")
		w.report.want(t, "instead of the resume URL")
	})
	t.Run("on the plain URL when the other is dead", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, discordtest.Options{})
		s, ready := w.start(t)
		w.Gateway.DeadResumeURL(true)
		w.Gateway.Drop()
		s.code()
		if _, resp, err := websocket.DefaultDialer.Dial(ready["resume_gateway_url"].(string)+"?v=10&encoding=json", nil); err == nil || resp.StatusCode != 502 {
			t.Errorf("the dead URL answers %v", resp)
		}
		ready["resume_gateway_url"] = w.GatewayURL()
		w.resume(t, ready, s.seq).wait(0, "RESUMED")
	})
	t.Run("after a close with 1000", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, discordtest.Options{})
		s, ready := w.start(t)
		s.ws.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(1000, ""))
		w.WaitFor("the close", func() bool { return w.Gateway.Connections() == 0 })
		invalid(t, w.resume(t, ready, s.seq))
		w.report.want(t, "closed it with 1000")
	})
	t.Run("after a close with 4000 by the bot", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, discordtest.Options{})
		s, ready := w.start(t)
		s.ws.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(4000, ""))
		w.WaitFor("the close", func() bool { return w.Gateway.Connections() == 0 })
		w.resume(t, ready, s.seq).wait(0, "RESUMED")
	})
	t.Run("seq of the future", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, discordtest.Options{})
		s, ready := w.start(t)
		w.Gateway.Drop()
		s.code()
		if got := w.resume(t, ready, 99).code(); got != 4007 {
			t.Errorf("closed with %d", got)
		}
		w.report.want(t, "RESUME with seq 99")
	})
	t.Run("too late", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, discordtest.Options{})
		s, ready := w.start(t)
		w.Gateway.Drop()
		s.code()
		w.Clock.Advance(6 * time.Minute)
		s = w.resume(t, ready, s.seq)
		invalid(t, s)
		s.send(2, w.identify())
		s.wait(0, "READY")
	})
	t.Run("IDENTIFY instead", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, discordtest.Options{})
		s, _ := w.start(t)
		w.Gateway.Drop()
		s.code()
		w.start(t)
		w.report.want(t, "could be resumed")
	})
	t.Run("a half-open connection is replaced", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, discordtest.Options{})
		s, ready := w.start(t)
		w.Gateway.HalfOpen()
		w.UserSays(w.talk.ID, w.aki.ID, "missed")
		s2 := w.resume(t, ready, s.seq)
		s2.wait(0, "MESSAGE_CREATE")
		s2.wait(0, "RESUMED")
		s.code()
	})
}

// TestTroubles meets connections, IDENTIFY and RESUME as they should not be met.
func TestTroubles(t *testing.T) {
	t.Parallel()
	t.Run("no HELLO", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, discordtest.Options{})
		w.Gateway.OnConnect(discordtest.Trouble{Silent: true}, discordtest.Trouble{Drop: true})
		mute := w.dial(t, w.GatewayURL())
		w.dial(t, w.GatewayURL()).code()
		w.start(t)
		select {
		case p := <-mute.inbox:
			t.Errorf("got %v", p)
		default:
		}
	})
	t.Run("IDENTIFY", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, discordtest.Options{})
		w.Gateway.OnIdentify(discordtest.Trouble{Reconnect: true}, discordtest.Trouble{Invalid: true, Drop: true}, discordtest.Trouble{Code: 4000},
			discordtest.Trouble{Heartbeat: true, ACK: true})
		for _, op := range []int{7, 9, 0} {
			s := w.dial(t, w.GatewayURL())
			s.wait(10, "")
			s.send(2, w.identify())
			if op > 0 {
				s.wait(op, "")
			} else if got := s.code(); got != 4000 {
				t.Errorf("closed with %d", got)
			}
			s.ws.Close()
		}
		s := w.dial(t, w.GatewayURL())
		s.send(2, w.identify())
		s.wait(1, "")
		s.wait(11, "")
		s.wait(0, "READY")
	})
	t.Run("RESUME", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, discordtest.Options{})
		s, ready := w.start(t)
		w.Gateway.Drop()
		s.code()
		w.Gateway.OnResume(discordtest.Trouble{Reconnect: true}, discordtest.Trouble{Reconnect: true},
			discordtest.Trouble{Invalid: true, Resumable: true}, discordtest.Trouble{})
		for _, op := range []int{7, 7, 9} {
			again := w.resume(t, ready, s.seq)
			again.wait(op, "")
			again.ws.Close()
		}
		w.resume(t, ready, s.seq).wait(0, "RESUMED")
		w.Gateway.Drop()
		w.Gateway.OnResume(discordtest.Trouble{Invalid: true})
		again := w.resume(t, ready, s.seq)
		again.wait(9, "")
		w.resume(t, ready, s.seq).wait(9, "")
		w.report.want(t, "op 9 was sent")
	})
	t.Run("while up", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, discordtest.Options{})
		s, ready := w.start(t)
		w.Gateway.Reconnect()
		s.wait(7, "")
		w.Gateway.RequestHeartbeat()
		s.wait(1, "")
		s.send(1, s.seq)
		s.wait(11, "")
		w.Gateway.WithholdACK(true)
		s.send(1, s.seq)
		w.Gateway.RequestHeartbeat()
		if p, _ := s.next(); p.Op != 1 {
			t.Errorf("op %d although ACKs are withheld", p.Op)
		}
		w.Gateway.SendACK()
		s.wait(11, "")
		w.Gateway.Invalidate(true)
		s.wait(9, "")
		s.ws.Close()
		w.resume(t, ready, s.seq).wait(0, "RESUMED")
	})
	t.Run("strange events", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, discordtest.Options{})
		s, _ := w.start(t)
		w.Gateway.Dispatch("EVENT_OF_NEXT_YEAR", m{"x": 1})
		s.wait(0, "EVENT_OF_NEXT_YEAR")
		w.Gateway.Dispatch("MESSAGE_CREATE", m{"id": 5, "components": []m{{"type": 99}}})
		s.wait(0, "MESSAGE_CREATE")
		w.Gateway.Pad(1 << 20)
		w.AddGuild("large")
		if got := s.wait(0, "GUILD_CREATE"); len(got.Raw) < 1<<20 {
			t.Errorf("GUILD_CREATE of %d bytes", len(got.Raw))
		}
		w.Gateway.Pad(0)
		last := s.seq
		w.Gateway.Repeat(1)
		if s.wait(0, "GUILD_CREATE"); s.seq != last {
			t.Errorf("a repeated dispatch has seq %d, want %d", s.seq, last)
		}
		w.Gateway.Disorder()
		w.UserSays(w.talk.ID, w.aki.ID, "one")
		w.UserSays(w.talk.ID, w.aki.ID, "two")
		if first := s.wait(0, "MESSAGE_CREATE"); *first.S != last+2 {
			t.Errorf("first comes %d, want %d", *first.S, last+2)
		}
		s.wait(0, "MESSAGE_CREATE")
		w.Gateway.SendRaw([]byte("{\"op\":0,\"t\":\"\xff\xfe\"}"))
		if p, ok := s.next(); ok && p.Op == 0 && p.T == "" {
			t.Error("invalid UTF-8 did not arrive")
		}
	})
}

func TestHeartbeats(t *testing.T) {
	t.Parallel()
	t.Run("missed", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, discordtest.Options{})
		s, _ := w.start(t)
		w.Clock.Advance(42 * time.Second)
		w.report.want(t, "")
		w.Clock.Advance(21 * time.Second)
		if got := s.code(); got != 4009 {
			t.Errorf("closed with %d", got)
		}
		w.report.want(t, "no heartbeat")
	})
	t.Run("an hour on the same clock", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, discordtest.Options{})
		s, _ := w.start(t)
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			for w.Clock.Sleep(ctx, 41250*time.Millisecond) == nil {
				s.ws.WriteJSON(m{"op": 1, "d": nil})
			}
		}()
		if err := w.Clock.WaitForTimers(ctx, 2); err != nil { // the client's and the deadline
			t.Fatal(err)
		}
		w.Clock.Advance(time.Hour)
		stop()
		<-done
		if n := w.Gateway.Count(discordtest.OpHeartbeat); n < 85 || n > 87 {
			t.Errorf("%d heartbeats in an hour", n)
		}
	})
}

func TestHeartbeatsInRealTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{Wall: true, Heartbeat: 20 * time.Millisecond})
	s := w.dial(t, w.GatewayURL())
	if got := s.code(); got != 4009 {
		t.Errorf("closed with %d", got)
	}
	w.report.want(t, "no heartbeat")
}

// TestZlibStream reads a connection whose payloads are one compressed stream, split over frames.
func TestZlibStream(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{})
	ws, _, err := websocket.DefaultDialer.Dial(w.GatewayURL()+"?v=10&encoding=json&compress=zlib-stream", nil)
	if err != nil {
		t.Fatal(err)
	}
	packed, in := io.Pipe()
	go func() {
		for {
			_, raw, err := ws.ReadMessage()
			if err != nil {
				in.CloseWithError(err)
				return
			}
			in.Write(raw)
		}
	}()
	t.Cleanup(func() { packed.Close(); ws.Close() })
	plain, err := zlib.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	stream := json.NewDecoder(plain)
	next := func() (p struct {
		Op int
		T  string
	}) {
		if err := stream.Decode(&p); err != nil {
			t.Fatal(err)
		}
		return p
	}
	if p := next(); p.Op != 10 {
		t.Errorf("op %d", p.Op)
	}
	ws.WriteJSON(m{"op": 2, "d": w.identify()})
	for _, want := range []string{"READY", "GUILD_CREATE"} {
		if p := next(); p.T != want {
			t.Errorf("event %s, want %s", p.T, want)
		}
	}
}

func TestSharding(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{Shards: 2})
	w.AddGuild("second")
	w.AddGuild("third")
	var names []string
	for shard := range 2 {
		s := w.dial(t, w.GatewayURL())
		s.wait(10, "")
		p := w.identify()
		p["shard"], p["compress"] = []int{shard, 2}, true
		s.send(2, p)
		ready := s.wait(0, "READY")
		for range ready.D["guilds"].([]any) {
			names = append(names, s.wait(0, "GUILD_CREATE").D["name"].(string))
		}
		if shard == 0 {
			w.UserSays(w.AddDM(w.aki.ID).ID, w.aki.ID, "direct")
			s.wait(0, "MESSAGE_CREATE")
		}
	}
	slices.Sort(names)
	if fmt.Sprint(names) != "[home second third]" {
		t.Errorf("the shards have the guilds %v", names)
	}
}

func TestStartsAreCounted(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{Concurrency: 1, StartsADay: 4, NoHeartbeats: true})
	limit := func() (left, reset float64) {
		got := w.want(t, "GET", "/gateway/bot", nil, 200, 0)["session_start_limit"].(m)
		return got["remaining"].(float64), got["reset_after"].(float64)
	}
	w.start(t)
	s := w.dial(t, w.GatewayURL())
	s.wait(10, "")
	s.send(2, w.identify())
	s.wait(9, "")
	w.Clock.Advance(5 * time.Second)
	s.send(2, w.identify())
	s.wait(0, "READY")
	if left, reset := limit(); left != 1 || reset != (24*time.Hour-5*time.Second).Seconds()*1000 {
		t.Errorf("%v starts left, until %v ms have passed", left, reset)
	}
	s.ws.Close()
	w.Clock.Advance(24 * time.Hour)
	if left, _ := limit(); left != 4 {
		t.Errorf("%v starts left after a day", left)
	}
}

func TestMembersChunk(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{})
	s, _ := w.start(t)
	s.send(8, m{"guild_id": w.home.ID, "user_ids": []string{w.aki.ID}, "nonce": "n"})
	got := s.wait(0, "GUILD_MEMBERS_CHUNK")
	var chunk struct {
		Nonce   string
		Members []struct{ User struct{ Username string } }
	}
	if err := json.Unmarshal(got.Raw, &chunk); err != nil || chunk.Nonce != "n" || len(chunk.Members) != 1 || chunk.Members[0].User.Username != "aki" {
		t.Errorf("chunk %s %v", got.Raw, err)
	}
}
