package discord

import (
	"errors"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"

	"kaede/bot/discord/discordtest"
	"kaede/bot/discord/gateway"
)

// The faults of the gateway in NOTES.md 4.4, driven against the bot; package gateway tests them one by one.

// pausing waits until the gateway is down and Kaede, having logged why, waits before the next attempt.
func (r *rig) pausing(why string) {
	r.t.Helper()
	r.logged(why)
	for deadline := time.Now().Add(time.Minute); r.Gateway.Connections() > 0 || r.Clock.Waiting() != atRest-1; runtime.Gosched() {
		if time.Now().After(deadline) {
			r.t.Fatalf("%d connections, %d timers\n%s", r.Gateway.Connections(), r.Clock.Waiting(), r.log)
		}
	}
}

// up waits until the gateway is up for the n-th time.
func (r *rig) up(n int) {
	r.t.Helper()
	r.WaitFor("the gateway", func() bool { return r.Gateway.Count(discordtest.OpConnected) >= n && r.Gateway.Ready() == 1 })
}

// A question that is asked while the gateway is down is answered once, when it is back.
func TestAnswersThroughGatewayFaults(t *testing.T) {
	t.Parallel()
	type trouble = discordtest.Trouble
	for name, fault := range map[string]func(*discordtest.Gateway){
		"op 7":                   func(g *discordtest.Gateway) { g.Reconnect() },
		"cut":                    func(g *discordtest.Gateway) { g.Drop() },
		"closed":                 func(g *discordtest.Gateway) { g.Close(4000) },
		"op 7 to RESUME":         func(g *discordtest.Gateway) { g.OnResume(trouble{Reconnect: true}); g.Reconnect() },
		"op 11 before RESUMED":   func(g *discordtest.Gateway) { g.OnResume(trouble{ACK: true}); g.Drop() },
		"op 9 true":              func(g *discordtest.Gateway) { g.Invalidate(true) },
		"op 9 true after RESUME": func(g *discordtest.Gateway) { g.OnResume(trouble{Invalid: true, Resumable: true}); g.Drop() },
		"dead resume address":    func(g *discordtest.Gateway) { g.DeadResumeURL(true); g.Drop() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, discordtest.Options{}).start()
			hold := make(chan struct{})
			r.s.gateway.Dialer.Proxy = func(*http.Request) (*url.URL, error) { <-hold; return nil, nil }
			fault(r.Gateway)
			r.WaitFor("the end of the connection", func() bool { return r.Gateway.Ready() == 0 })
			q := r.UserSays(r.talk.ID, r.aki.ID, r.Mention()+" "+inOttawa)
			close(hold)
			for r.Gateway.Ready() == 0 {
				if r.Gateway.Connections() == 0 && r.Clock.Waiting() == atRest-1 && strings.Contains(r.log.String(), "connection ended") {
					r.Clock.Advance(time.Second) // a pause
				}
				runtime.Gosched()
			}
			r.replyTo(q)
			r.asks(unknown)
			if n := r.replies(); n != 2 {
				t.Errorf("%d messages for two questions", n)
			}
		})
	}
}

// A session that is lost takes what was said meanwhile with it, and nothing else.
func TestNewSession(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{}).start()
	_, reply := r.asks("How much did Canada export to Japan in 2022?")
	r.Gateway.Invalidate(false)
	r.pausing("session invalid")
	r.Clock.Advance(5 * time.Second)
	r.up(2)
	followUp := r.replyTo(r.UserSays(r.talk.ID, r.aki.ID, "and imports?", discordtest.Say{ReplyTo: reply.ID}))
	if _, alone := r.asks("and imports?"); alone.Content == followUp.Content {
		t.Errorf("the conversation is forgotten:\n%s", alone.Content)
	}
	r.sent("PUT /applications/{application_id}/commands", 1)
}

// Dispatches that come twice or in the wrong order are answered once each.
func TestRepeatedAndDisordered(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{}).start()
	r.Gateway.Disorder()
	first, second := r.UserSays(r.talk.ID, r.aki.ID, r.Mention()+" "+inOttawa), r.UserSays(r.talk.ID, r.aki.ID, r.Mention()+" "+inFrench)
	r.replyTo(first)
	r.replyTo(second)
	slash := r.Invoke(r.talk.ID, r.aki.ID, "ask", map[string]any{"question": inOttawa})
	r.answer(slash)
	r.Gateway.Repeat(20)
	r.asks(unknown) // events come in order: by now the others are handled
	if n := r.replies(); n != 4 {
		t.Errorf("%d messages for four questions", n)
	}
}

// A half-open connection is noticed by its heartbeat, and nothing is lost.
func TestHalfOpen(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{}).start()
	r.pass(time.Minute)
	r.Gateway.HalfOpen()
	q := r.UserSays(r.talk.ID, r.aki.ID, r.Mention()+" "+inOttawa)
	const interval = 41250 * time.Millisecond
	r.Clock.Advance(interval) // one heartbeat without answer
	for r.Gateway.Count(discordtest.OpConnected) < 2 {
		if r.Clock.Waiting() == atRest-1 { // the heart too, of which the fake hears nothing
			r.Clock.Advance(interval)
		}
		runtime.Gosched()
	}
	r.replyTo(q)
}

// Discord lets nobody start another session today: Kaede waits until it does.
func TestNoSessionsLeft(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{StartsADay: 1}).start()
	r.Gateway.Invalidate(false)
	r.pausing("session invalid")
	r.Clock.Advance(5 * time.Second)
	r.pausing("Discord allows no new session yet")
	r.Clock.Advance(24*time.Hour - 6*time.Second)
	r.pausing("Discord allows no new session yet")
	r.Clock.Advance(time.Second)
	r.up(2)
	r.asks(inOttawa)
}

// The token is reset in the portal: Discord closes the gateway, and Kaede ends with one line and does not come again.
func TestTokenReset(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{}).start()
	r.ResetToken()
	var fatal *gateway.FatalError
	if err := <-r.ended; !errors.As(err, &fatal) || fatal.Code != 4004 || strings.Contains(err.Error(), "\n") {
		t.Errorf("Run returned %v", err)
	}
	r.once.Do(func() {})
	if n := r.Gateway.Count(discordtest.OpConnected); n != 1 {
		t.Errorf("%d connections", n)
	}
}

// What is not as Discord describes it, or is of a later day, is passed over.
func TestStrangeEvents(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{Tolerate: []int{codeUnknownInteraction}}).start() // of those that the fake did not make
	type m = map[string]any
	aki := m{"id": r.aki.ID, "username": "aki"}
	message := func(more m) m {
		out := m{"id": "7", "channel_id": r.talk.ID, "guild_id": r.home.ID, "author": aki, "content": r.Mention() + " " + inOttawa, "type": 1000}
		for k, v := range more {
			out[k] = v
		}
		return out
	}
	interaction := func(kind int, data m) m {
		return m{"id": "8", "token": "t", "type": kind, "user": aki, "channel_id": r.talk.ID, "data": data}
	}
	for name, list := range map[string][]any{
		"MESSAGE_CREATE":      {nil, []int{1}, m{}, message(m{"author": nil}), message(m{"mentions": []any{nil}}), message(m{"mentions": m{}, "components": []m{{"type": 99}}})},
		"MESSAGE_UPDATE":      {nil, m{"id": "7", "channel_id": "8"}, message(m{"edited_timestamp": "yesterday"}), message(m{"author": nil, "edited_timestamp": "2026-11-23T12:00:00Z"})},
		"MESSAGE_DELETE":      {nil, m{}, m{"id": "none", "channel_id": "8"}},
		"MESSAGE_DELETE_BULK": {nil, m{}, m{"ids": []any{nil, "none"}, "channel_id": "8"}},
		"GUILD_CREATE":        {nil, m{}, m{"id": 1}, []int{1}},
		"INTERACTION_CREATE": {nil, m{}, interaction(77, m{}), interaction(2, nil), interaction(3, m{"custom_id": 7}),
			interaction(5, m{"custom_id": "form", "components": []m{{"type": 18, "component": m{"type": 4, "custom_id": "words"}}}})},
	} {
		for _, data := range list {
			r.Gateway.Dispatch(name, data)
		}
	}
	_, reply := r.asks(inOttawa)
	mustContain(t, "the reply", reply.Content, "1928")
	if strings.Contains(r.log.String(), "panicked") {
		t.Errorf("something panicked:\n%s", r.log)
	}
	if n := r.replies(); n != 1 {
		t.Errorf("%d messages for one question", n)
	}
}
