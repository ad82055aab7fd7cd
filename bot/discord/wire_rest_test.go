package discord

import (
	"context"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"kaede/bot/discord/discordtest"
)

// The rows of NOTES.md 3.4 and the faults of REST in 4.4 that rest_test.go does not have.

const (
	patchMessage  = "PATCH /channels/{channel_id}/messages/{message_id}"
	patchOriginal = "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original"
	postFollowup  = "POST /webhooks/{webhook_id}/{webhook_token}"
	postCallback  = "POST /interactions/{interaction_id}/{interaction_token}/callback"
)

// unpaced lets everybody ask as much as he likes.
func unpaced(s *Server) {
	s.User, s.Channel = Pace{time.Millisecond, 1000}, Pace{time.Millisecond, 1000}
}

// waiting returns when n requests or pauses wait for the clock.
func (r *rig) waiting(n int) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), time.Minute)
	defer cancel()
	if err := r.Clock.WaitForTimers(ctx, atRest+n); err != nil {
		r.t.Fatalf("%d timers, want %d\n%s", r.Clock.Waiting(), atRest+n, r.log)
	}
}

// logged waits until the log holds a text.
func (r *rig) logged(text string) {
	r.t.Helper()
	for deadline := time.Now().Add(time.Minute); !strings.Contains(r.log.String(), text); runtime.Gosched() {
		if time.Now().After(deadline) {
			r.t.Fatalf("the log lacks %q:\n%s", text, r.log)
		}
	}
}

// pass lets the time run from the start of the test by d or a little more: from heartbeat to heartbeat, each of which is
// acknowledged before the next, as an answer on the same connection shows.
func (r *rig) pass(d time.Duration) {
	r.t.Helper()
	const beat = 41250 * time.Millisecond
	for end := r.Clock.Now().Add(d); r.Clock.Now().Before(end); r.Clock.Advance(beat / 2) { // Rand is 0.5
		r.answer(r.Invoke(r.talk.ID, r.aki.ID, "help", nil))
		r.waiting(0)
	}
}

// sent waits until so many requests have come on a route, and fails if there are more.
func (r *rig) sent(route string, n int) {
	r.t.Helper()
	r.WaitFor(route, func() bool { return len(r.RequestsTo(route)) >= n })
	if got := len(r.RequestsTo(route)); got != n {
		r.t.Errorf("%d requests %s, want %d", got, route, n)
	}
}

// posts counts the requests to post in a channel.
func (r *rig) posts(channelID string) (n int) {
	for _, q := range r.RequestsTo(postMessage) {
		if strings.Contains(q.Path, "/"+channelID+"/") {
			n++
		}
	}
	return n
}

func TestGlobalLimitHoldsOtherChannels(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{}).start()
	other := r.AddChannel(r.home.ID, "other")
	r.Faults.Add(discordtest.RESTFault{Route: postMessage, Times: 1, Status: 429, RetryAfter: 2 * time.Second, Scope: "global"})
	first := r.UserSays(r.talk.ID, r.aki.ID, r.Mention()+" "+inOttawa)
	r.waiting(1)
	second := r.UserSays(other.ID, r.aki.ID, r.Mention()+" "+inOttawa)
	r.waiting(2)
	r.answer(r.Invoke(r.talk.ID, r.aki.ID, "help", nil)) // interactions are exempt
	r.Clock.Advance(2*time.Second - time.Millisecond)
	r.sent(postMessage, 1)
	r.Clock.Advance(time.Millisecond)
	r.replyTo(first)
	r.replyTo(second)
	r.sent(postMessage, 3)
}

// A request is repeated when its 429 says so, neither before nor after.
func TestWaitsAsLongAsAsked(t *testing.T) {
	t.Parallel()
	for _, wait := range []time.Duration{3 * time.Millisecond, 400 * time.Millisecond, 7 * time.Second} {
		for _, scope := range []string{"user", "shared", "global"} {
			t.Run(wait.String()+" "+scope, func(t *testing.T) {
				t.Parallel()
				r := newRig(t, discordtest.Options{}).start()
				r.Faults.Add(discordtest.RESTFault{Route: postMessage, Times: 1, Status: 429, RetryAfter: wait, Scope: scope})
				q := r.UserSays(r.talk.ID, r.aki.ID, r.Mention()+" "+inOttawa)
				r.waiting(1)
				r.Clock.Advance(wait - time.Millisecond)
				r.waiting(1)
				r.sent(postMessage, 1)
				r.Clock.Advance(time.Millisecond)
				r.replyTo(q)
			})
		}
	}
}

// A 429 of one channel, while its headers say that plenty is left, holds that channel and no other.
func TestSublimit(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{}).start(unpaced)
	other := r.AddChannel(r.home.ID, "other")
	there := r.UserSays(other.ID, r.aki.ID, r.Mention()+" "+unknown)
	r.replyTo(there)
	here, _ := r.asks(unknown)
	r.Faults.Add(discordtest.RESTFault{Route: patchMessage, Times: 1, Status: 429, RetryAfter: 5 * time.Second})
	r.UserEdits(here.ID, r.Mention()+" "+inOttawa)
	r.waiting(1)
	r.UserEdits(there.ID, r.Mention()+" "+inOttawa)
	r.sent(patchMessage, 2)
	r.Clock.Advance(5*time.Second - time.Millisecond)
	r.waiting(1)
	r.sent(patchMessage, 2)
	r.Clock.Advance(time.Millisecond)
	r.sent(patchMessage, 3)
}

// Two routes that Discord counts together are counted together, once it has said so for both.
func TestRoutesShareABucket(t *testing.T) {
	t.Parallel()
	const per = 5 * time.Second
	r := newRig(t, discordtest.Options{Limits: []discordtest.Limit{{Routes: []string{postMessage, patchMessage}, Calls: 3, Per: per}}}).start(unpaced)
	q, _ := r.asks(unknown)
	r.UserEdits(q.ID, r.Mention()+" "+inOttawa)
	r.sent(patchMessage, 1)
	r.UserEdits(q.ID, r.Mention()+" "+inFrench)
	r.sent(patchMessage, 2) // the third of three
	next := r.UserSays(r.talk.ID, r.aki.ID, r.Mention()+" "+inOttawa)
	r.waiting(1)
	r.Clock.Advance(per)
	r.replyTo(next)
	if n := r.InvalidRequests(); n != 0 {
		t.Errorf("%d requests were refused", n)
	}
}

// The answer that first tells that two routes share a bucket counts in it too.
func TestLearnsSharedBucket(t *testing.T) {
	t.Parallel()
	const per = 5 * time.Second
	r := newRig(t, discordtest.Options{Limits: []discordtest.Limit{{Routes: []string{postMessage, patchMessage}, Calls: 2, Per: per}}}).start(unpaced)
	q, _ := r.asks(unknown)
	r.UserEdits(q.ID, r.Mention()+" "+inOttawa)
	r.sent(patchMessage, 1) // the second of two
	next := r.UserSays(r.talk.ID, r.aki.ID, r.Mention()+" "+inFrench)
	r.waiting(1)
	r.Clock.Advance(per)
	r.replyTo(next)
	if n := r.InvalidRequests(); n != 0 {
		t.Errorf("%d requests were refused", n)
	}
}

// A held request in one channel holds up no other.
func TestChannelsAreIndependent(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{}).start()
	hold := make(chan struct{})
	r.Faults.Add(discordtest.RESTFault{Route: postMessage, Times: 1, Hold: hold})
	first := r.UserSays(r.talk.ID, r.aki.ID, r.Mention()+" "+inOttawa)
	r.sent(postMessage, 1)
	other := r.AddChannel(r.home.ID, "other")
	r.replyTo(r.UserSays(other.ID, r.aki.ID, r.Mention()+" "+inOttawa))
	close(hold)
	r.replyTo(first)
}

// hurried is a transport on which the time of a request that is under way runs out when the test says so.
type hurried struct {
	http.RoundTripper
	t      testing.TB
	header bool // not before its header has come
	over   chan struct{}
}

func (h hurried) RoundTrip(r *http.Request) (*http.Response, error) {
	if _, ok := r.Context().Deadline(); !ok {
		h.t.Errorf("%s %s may take for ever", r.Method, r.URL.Path)
	}
	if r.Method != http.MethodPost || !strings.HasSuffix(r.URL.Path, "/messages") {
		return h.RoundTripper.RoundTrip(r) // the commands may still be on their way
	}
	ctx, cancel := context.WithCancelCause(r.Context())
	expire := func() {
		select {
		case <-h.over:
			cancel(context.DeadlineExceeded)
		case <-r.Context().Done():
			cancel(nil)
		}
	}
	if h.header {
		defer func() { go expire() }()
	} else {
		go expire()
	}
	return h.RoundTripper.RoundTrip(r.WithContext(ctx))
}

// What Discord does not answer in time is sent again and done once.
func TestTimeouts(t *testing.T) {
	t.Parallel()
	hold := make(chan struct{})
	t.Cleanup(func() { close(hold) })
	for name, fault := range map[string]discordtest.RESTFault{"no header": {Hold: hold}, "half a body": {HoldBody: hold}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, discordtest.Options{})
			over := make(chan struct{})
			r.start(func(s *Server) {
				s.Client = &http.Client{Transport: hurried{r.Transport(), t, fault.HoldBody != nil, over}}
			})
			fault.Route, fault.Times = postMessage, 1
			r.Faults.Add(fault)
			q := r.UserSays(r.talk.ID, r.aki.ID, r.Mention()+" "+inOttawa)
			r.sent(postMessage, 1)
			over <- struct{}{}
			r.waiting(1)
			r.Clock.Advance(time.Second)
			r.sent(postMessage, 2)
			mustContain(t, "the reply", r.replyTo(q).Content, "1928")
			r.asks(unknown)
			if n := r.replies(); n != 2 {
				t.Errorf("%d messages for two questions", n)
			}
		})
	}
}

// A permission that is taken away while a question is answered costs one refusal; when it is back, so is Kaede.
func TestForbiddenWhileAnswering(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{Tolerate: []int{codeMissingPermissions}}).start()
	r.asks(inOttawa)
	hold := make(chan struct{})
	r.Faults.Add(discordtest.RESTFault{Route: postMessage, Times: 1, Hold: hold})
	r.UserSays(r.talk.ID, r.aki.ID, r.Mention()+" "+inOttawa)
	r.sent(postMessage, 2)
	r.Overwrite(r.talk.ID, r.BotUser().ID, 0, discordtest.SendMessages)
	close(hold)
	r.logged("could not answer a message")
	r.Overwrite(r.talk.ID, r.BotUser().ID, discordtest.SendMessages, 0)
	r.pass(10 * time.Minute)
	r.asks(inOttawa)
	if n := r.posts(r.talk.ID); n != 3 {
		t.Errorf("%d requests for three questions", n)
	}
}

// An interaction that Discord has given up before the answer comes is left: 404 is no reason to try again.
func TestLateAnswer(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{Tolerate: []int{codeUnknownInteraction}}).start()
	hold := make(chan struct{})
	r.Faults.Add(discordtest.RESTFault{Route: postCallback, Times: 1, Hold: hold})
	r.Invoke(r.talk.ID, r.aki.ID, "help", nil)
	r.sent(postCallback, 1)
	r.Clock.Advance(4 * time.Second)
	close(hold)
	r.logged("Unknown interaction")
	r.answer(r.Invoke(r.talk.ID, r.aki.ID, "help", nil))
	r.sent(postCallback, 2)
}
