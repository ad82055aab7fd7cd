package discord

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"kaede/bot/discord/discordtest"
	"kaede/bot/discord/gateway"
)

const postMessage = "POST /channels/{channel_id}/messages"

// replies counts what Kaede has said in the channel.
func (r *rig) replies() (n int) {
	for _, m := range r.Messages(r.talk.ID) {
		if m.Author.ID == r.BotUser().ID {
			n++
		}
	}
	return n
}

// Whatever answers fail with, before or after the work was done, there is one reply.
func TestRepliesOnceThroughFaults(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		fault discordtest.RESTFault
	}{
		{"429 of the route", discordtest.RESTFault{Status: 429, RetryAfter: 2 * time.Second}},
		{"429 shared", discordtest.RESTFault{Status: 429, RetryAfter: 2 * time.Second, Scope: "shared"}},
		{"429 global", discordtest.RESTFault{Status: 429, RetryAfter: 2 * time.Second, Scope: "global"}},
		{"429 of the edge, HTML", discordtest.RESTFault{Status: 429, RetryAfter: 5 * time.Second, Body: discordtest.CloudflareBody}},
		{"500 before", discordtest.RESTFault{Status: 500}},
		{"500 after", discordtest.RESTFault{Status: 500, After: true}},
		{"502 before", discordtest.RESTFault{Status: 502, Body: "<html>bad gateway</html>"}},
		{"502 after", discordtest.RESTFault{Status: 502, Body: "<html>bad gateway</html>", After: true}},
		{"503 twice", discordtest.RESTFault{Status: 503, After: true}},
		{"504 after", discordtest.RESTFault{Status: 504, After: true}},
		{"cut in the middle of the body", discordtest.RESTFault{Cut: true}},
		{"wrong content type", discordtest.RESTFault{ContentType: "text/plain"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, discordtest.Options{}).start()
			c.fault.Route, c.fault.Times = postMessage, 1
			if strings.HasSuffix(c.name, "twice") {
				c.fault.Times = 2
			}
			r.Faults.Add(c.fault)
			q := r.UserSays(r.talk.ID, r.aki.ID, r.Mention()+" "+inOttawa)
			r.advanceUntil(100*time.Millisecond, func() bool {
				return r.replies() == 1 && r.s.byQuestion.len() == 1
			})
			mustContain(t, "the reply", r.replyTo(q).Content, "1928")
			r.asks(unknown)
			if n := r.replies(); n != 2 {
				t.Errorf("%d messages for two questions", n)
			}
		})
	}
}

func TestCallbackOnceThroughFaults(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		fault discordtest.RESTFault
	}{
		{"429", discordtest.RESTFault{Status: 429, RetryAfter: 500 * time.Millisecond}},
		{"500 before", discordtest.RESTFault{Status: 500}},
		{"500 after", discordtest.RESTFault{Status: 500, After: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, discordtest.Options{Tolerate: []int{codeAlreadyAcknowledged}}).start()
			c.fault.Route, c.fault.Times = "POST /interactions/{interaction_id}/{interaction_token}/callback", 1
			r.Faults.Add(c.fault)
			i := r.Invoke(r.talk.ID, r.aki.ID, "ask", map[string]any{"question": inOttawa})
			r.advanceUntil(50*time.Millisecond, func() bool {
				return len(r.RequestsTo(c.fault.Route)) == 2 && r.Answer(i).Type != 0
			})
			mustContain(t, "the answer", r.answer(i).Content, "1928")
			r.asks(inOttawa)
			if strings.Contains(r.log.String(), "could not") {
				t.Errorf("the log complains:\n%s", r.log)
			}
		})
	}
}

// Discord's usual limits, with a clock that moves: no request goes out too early, which the fake would call a breach.
func TestKeepsRateLimits(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{Limits: discordtest.DiscordLimits()}).start(func(s *Server) {
		s.User, s.Channel = Pace{time.Millisecond, 1000}, Pace{time.Millisecond, 1000}
	})
	for range 25 {
		r.UserSays(r.talk.ID, r.aki.ID, r.Mention()+" "+inOttawa)
	}
	r.advanceUntil(100*time.Millisecond, func() bool { return r.replies() == 25 })
	if n := r.InvalidRequests(); n != 0 {
		t.Errorf("%d requests were refused", n)
	}
}

// Edits of different interactions do not wait for one another, and buckets are bounded.
func TestInteractionsHaveBucketsOfTheirOwn(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{})
	r.init()
	a, b := request{method: "PATCH", route: "/webhooks/%s/%s/messages/@original", major: "1"}, request{method: "PATCH", route: "/webhooks/%s/%s/messages/@original", major: "2"}
	first := r.s.rest.bucket(a)
	if first == r.s.rest.bucket(b) {
		t.Error("two interactions share a bucket")
	}
	if first != r.s.rest.bucket(a) {
		t.Error("one interaction has two buckets")
	}
	for i := range 3 * maxBuckets {
		a.major = strings.Repeat("x", i%7) + time.Duration(i).String()
		r.s.rest.bucket(a)
	}
	if n := r.s.rest.buckets.len(); n > maxBuckets {
		t.Errorf("%d buckets are kept", n)
	}
}

// Nobody may speak where it is forbidden: one try, then silence for a while.
func TestForbiddenChannel(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{Tolerate: []int{codeMissingPermissions}}).start()
	r.Overwrite(r.talk.ID, r.BotUser().ID, 0, discordtest.SendMessages)
	for range 4 {
		r.UserSays(r.talk.ID, r.aki.ID, r.Mention()+" "+inOttawa)
	}
	other := r.AddChannel(r.home.ID, "other")
	r.replyTo(r.UserSays(other.ID, r.aki.ID, r.Mention()+" "+inOttawa))
	r.WaitFor("one refusal", func() bool { return r.InvalidRequests() == 1 })
}

func TestNoHistoryPermission(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{Tolerate: []int{codeNoHistory}}).start()
	r.Overwrite(r.talk.ID, r.BotUser().ID, 0, discordtest.ReadMessageHistory)
	r.UserSays(r.talk.ID, r.aki.ID, r.Mention()+" "+inOttawa)
	mustContain(t, "a reply without reference", r.WaitMessage("the reply", r.talk.ID, nil).Content, "1928")
}

// A token that is refused from now on ends the server with one clear line, whoever notices first.
func TestTokenIsTakenAway(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{}).start()
	r.Faults.Add(discordtest.RESTFault{Route: postMessage, Status: 401})
	r.UserSays(r.talk.ID, r.aki.ID, r.Mention()+" "+inOttawa)
	var fatal *gateway.FatalError
	if err := <-r.ended; !errors.As(err, &fatal) || !strings.Contains(err.Error(), "token") {
		t.Errorf("Run returned %v", err)
	}
	r.once.Do(func() {})
}

func TestInvalidRequestsHaveABudget(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{})
	r.init()
	for range maxInvalid {
		r.s.rest.count(true)
	}
	q := request{method: "GET", route: "/gateway/bot"}
	if err := r.s.rest.do(t.Context(), q, nil); !errors.Is(err, errBudget) {
		t.Errorf("got %v, want %v", err, errBudget)
	}
	r.Clock.Advance(invalidWindow)
	if err := r.s.rest.do(t.Context(), q, nil); err != nil {
		t.Error(err)
	}
}

// A context ends a wait for a bucket, and patience ends one that is too long.
func TestWaitsEnd(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{})
	r.init()
	q := request{method: "GET", route: "/gateway/bot", patience: 10 * time.Second}
	r.Faults.Add(discordtest.RESTFault{Status: 429, RetryAfter: time.Minute, Times: 1})
	if err := r.s.rest.do(t.Context(), q, nil); !errors.Is(err, errImpatient) {
		t.Errorf("got %v, want %v", err, errImpatient)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	waiting := r.Clock.Waiting()
	q.patience = time.Hour
	go func() { done <- r.s.rest.do(ctx, q, nil) }()
	if err := r.Clock.WaitForTimers(t.Context(), waiting+1); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}

// An outage shorter than a minute costs no answer and makes no second one.
func TestOutage(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{}).start()
	r.Faults.Add(discordtest.RESTFault{Route: postMessage, Status: 503, After: true, Times: 9})
	r.UserSays(r.talk.ID, r.aki.ID, r.Mention()+" "+inOttawa)
	before := r.Clock.Now()
	r.advanceUntil(time.Second, func() bool { return r.s.byQuestion.len() == 1 })
	if n, took := r.replies(), r.Clock.Now().Sub(before); n != 1 || took < 20*time.Second || took > time.Minute {
		t.Errorf("%d replies after %v", n, took)
	}
}

// Patience ends a wait for another request of the same bucket too.
func TestWaitForTurnEnds(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{})
	r.init()
	hold := make(chan struct{})
	r.Faults.Add(discordtest.RESTFault{Hold: hold, Times: 1})
	q := request{method: "GET", route: "/gateway/bot", patience: 10 * time.Second}
	first, second := make(chan error), make(chan error)
	go func() { first <- r.s.rest.do(t.Context(), q, nil) }()
	r.WaitFor("the first request", func() bool { return len(r.Requests()) == 1 })
	waiting := r.Clock.Waiting()
	go func() { second <- r.s.rest.do(t.Context(), q, nil) }()
	if err := r.Clock.WaitForTimers(t.Context(), waiting+1); err != nil {
		t.Fatal(err)
	}
	r.Clock.Advance(q.patience)
	if err := <-second; !errors.Is(err, errImpatient) {
		t.Errorf("got %v, want %v", err, errImpatient)
	}
	close(hold)
	if err := <-first; err != nil {
		t.Error(err)
	}
}
