package gateway_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/gorilla/websocket"

	"kaede/bot/discord/discordtest"
	"kaede/bot/discord/gateway"
)

// hasty is a clock on which everything is fifty times as fast.
func hasty() gateway.Clock {
	const haste = 50
	began, wall := time.Now(), gateway.RealClock()
	return gateway.Clock{
		Now:   func() time.Time { return began.Add(haste * time.Since(began)) },
		Sleep: func(ctx context.Context, d time.Duration) error { return wall.Sleep(ctx, d/haste) },
	}
}

// rig is a gateway client on a Discord with one channel.
type rig struct {
	*discordtest.Discord
	t      testing.TB
	g      *gateway.Gateway
	talk   discordtest.Channel
	aki    discordtest.User
	ended  chan error
	cancel context.CancelFunc

	mu       sync.Mutex
	messages []string
	events   int
	asleep   []time.Duration // the waits of the client on a clock that stands still
	log      strings.Builder
}

func (r *rig) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.log.Write(p)
}

var noSpec = discordtest.Options{Wall: true, NoHeartbeats: true}

// run starts a client and does not wait for it.
func run(t testing.TB, o discordtest.Options, change ...func(*rig)) *rig {
	t.Helper()
	r := &rig{Discord: discordtest.New(t, o), t: t, ended: make(chan error, 1)}
	home := r.AddGuild("home")
	r.talk = r.AddChannel(home.ID, "talk")
	r.aki = r.AddUser("aki")
	r.AddMember(home.ID, r.aki.ID)
	r.g = &gateway.Gateway{
		Token: r.Token(), Intents: discordgo.IntentsGuilds | discordgo.IntentsGuildMessages | discordgo.IntentsDirectMessages, Compress: true,
		Where:  func(context.Context) (gateway.Address, error) { return gateway.Address{URL: r.GatewayURL()}, nil },
		Dialer: &websocket.Dialer{HandshakeTimeout: time.Minute},
		Handle: r.handle, Clock: hasty(), Rand: func() float64 { return 0.5 },
		Log: slog.New(slog.NewTextHandler(r, nil)),
	}
	if !o.Wall {
		r.g.Clock = gateway.Clock{Now: r.Clock.Now, Sleep: r.sleep}
	}
	for _, f := range change {
		f(r)
	}
	ctx, cancel := context.WithCancel(context.Background())
	r.cancel = cancel
	done := make(chan struct{})
	r.Go(func() {
		defer close(done)
		r.ended <- r.g.Run(ctx)
	})
	t.Cleanup(func() {
		cancel()
		<-done
		r.mu.Lock()
		defer r.mu.Unlock()
		if strings.Contains(r.log.String(), r.Token()) {
			t.Error("the log holds the token")
		}
	})
	return r
}

// start starts a client and waits until it is up.
func start(t testing.TB, o discordtest.Options, change ...func(*rig)) *rig {
	t.Helper()
	r := run(t, o, change...)
	r.up()
	return r
}

// up waits until both sides know that the session stands.
func (r *rig) up() {
	r.t.Helper()
	r.WaitFor("READY", func() bool { return r.Gateway.Ready() == 1 })
	r.eventually("the client is ready", r.g.Ready)
}

func (r *rig) sleep(ctx context.Context, d time.Duration) error {
	r.mu.Lock()
	r.asleep = append(r.asleep, d)
	r.mu.Unlock()
	defer func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		i := slices.Index(r.asleep, d)
		r.asleep = slices.Delete(r.asleep, i, i+1)
	}()
	return r.Clock.Sleep(ctx, d)
}

// interval is that of heartbeats.
const interval = 41250 * time.Millisecond

// advance moves the time on by d, once nothing but the heart, which waits for beat, and its deadline wait for the clock.
func (r *rig) advance(beat, d time.Duration) {
	r.t.Helper()
	r.eventually("only the heart waits", func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		return slices.Equal(r.asleep, []time.Duration{beat}) && r.Clock.Waiting() == 2
	})
	r.Clock.Advance(d)
}

// beats lets the time run to the n-th heartbeat.
func (r *rig) beats(n int) {
	r.t.Helper()
	wait := interval
	if n == 1 {
		wait /= 2 // as Rand says
	}
	r.advance(wait, wait)
	r.WaitFor(fmt.Sprint("heartbeat ", n), func() bool { return r.Gateway.Count(discordtest.OpHeartbeat) == n })
}

// eventually waits for something that the client alone knows.
func (r *rig) eventually(what string, ok func() bool) {
	r.t.Helper()
	for deadline := time.Now().Add(time.Minute); !ok(); runtime.Gosched() {
		if time.Now().After(deadline) {
			r.t.Fatalf("waited in vain until %s\n%s", what, r.log.String())
		}
	}
}

func (r *rig) handle(e gateway.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events++
	if m, ok := e.Data.(*discordgo.MessageCreate); ok {
		r.messages = append(r.messages, m.Content)
	}
}

func (r *rig) logged(text string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Contains(r.log.String(), text)
}

func (r *rig) heard() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.messages...)
}

// hears lets aki say something in a direct message and waits until it came, which shows that events flow.
func (r *rig) hears(text string) {
	r.t.Helper()
	r.UserSays(r.AddDM(r.aki.ID).ID, r.aki.ID, text)
	r.eventually(fmt.Sprintf("%q comes", text), func() bool {
		list := r.heard()
		return len(list) > 0 && list[len(list)-1] == text
	})
}

// starts counts IDENTIFYs and RESUMEs.
func (r *rig) starts() string {
	return fmt.Sprintf("%d IDENTIFY, %d RESUME", r.Gateway.Count(discordtest.OpIdentify), r.Gateway.Count(discordtest.OpResume))
}

// The rows of what a gateway may do, each followed by an event that must arrive. The fake itself reports a close code that
// would end the session, a RESUME that cannot work, an IDENTIFY where a RESUME would have, and resuming on the wrong address.
func TestSurvives(t *testing.T) {
	t.Parallel()
	type trouble = discordtest.Trouble
	for _, c := range []struct {
		name   string
		do     func(*rig)
		starts string
	}{
		{"op 7", func(r *rig) { r.Gateway.Reconnect() }, "1 IDENTIFY, 1 RESUME"},
		{"op 7 as first answer to RESUME", func(r *rig) {
			r.Gateway.OnResume(trouble{Reconnect: true})
			r.Gateway.Reconnect()
		}, "1 IDENTIFY, 2 RESUME"},
		{"op 7 to RESUME three times in a row", func(r *rig) {
			r.Gateway.OnResume(trouble{Reconnect: true}, trouble{Reconnect: true}, trouble{Reconnect: true})
			r.Gateway.Reconnect()
		}, "1 IDENTIFY, 4 RESUME"},
		{"op 9 false", func(r *rig) { r.Gateway.Invalidate(false) }, "2 IDENTIFY, 0 RESUME"},
		{"op 9 true", func(r *rig) { r.Gateway.Invalidate(true) }, "1 IDENTIFY, 1 RESUME"},
		{"op 9 false after RESUME", func(r *rig) {
			r.Gateway.OnResume(trouble{Invalid: true})
			r.Gateway.Drop()
		}, "2 IDENTIFY, 1 RESUME"},
		{"op 9 false after RESUME, then closed", func(r *rig) {
			r.Gateway.OnResume(trouble{Invalid: true, Code: 4009})
			r.Gateway.Drop()
		}, "2 IDENTIFY, 1 RESUME"},
		{"op 9 true after RESUME", func(r *rig) {
			r.Gateway.OnResume(trouble{Invalid: true, Resumable: true})
			r.Gateway.Drop()
		}, "1 IDENTIFY, 2 RESUME"},
		{"socket cut", func(r *rig) { r.Gateway.Drop() }, "1 IDENTIFY, 1 RESUME"},
		{"socket cut three times while resuming", func(r *rig) {
			r.Gateway.OnConnect(trouble{Drop: true}, trouble{Drop: true})
			r.Gateway.OnResume(trouble{Drop: true})
			r.Gateway.Drop()
		}, "1 IDENTIFY, 2 RESUME"},
		{"closed with 1000", func(r *rig) { r.Gateway.Close(1000) }, "1 IDENTIFY, 1 RESUME"},
		{"closed with 1001", func(r *rig) { r.Gateway.Close(1001) }, "1 IDENTIFY, 1 RESUME"},
		{"closed with 4000", func(r *rig) { r.Gateway.Close(4000) }, "1 IDENTIFY, 1 RESUME"},
		{"closed with 4001", func(r *rig) { r.Gateway.Close(4001) }, "1 IDENTIFY, 1 RESUME"},
		{"closed with 4002", func(r *rig) { r.Gateway.Close(4002) }, "1 IDENTIFY, 1 RESUME"},
		{"closed with 4005", func(r *rig) { r.Gateway.Close(4005) }, "1 IDENTIFY, 1 RESUME"},
		{"closed with 4008", func(r *rig) { r.Gateway.Close(4008) }, "1 IDENTIFY, 1 RESUME"},
		{"closed with 4003", func(r *rig) { r.Gateway.Close(4003) }, "2 IDENTIFY, 0 RESUME"},
		{"closed with 4007", func(r *rig) { r.Gateway.Close(4007) }, "2 IDENTIFY, 0 RESUME"},
		{"closed with 4009", func(r *rig) { r.Gateway.Close(4009) }, "2 IDENTIFY, 0 RESUME"},
		{"no HELLO", func(r *rig) {
			r.Gateway.OnConnect(trouble{Silent: true})
			r.Gateway.Drop()
		}, "1 IDENTIFY, 1 RESUME"},
		{"no answer to RESUME", func(r *rig) {
			r.Gateway.OnResume(trouble{Silent: true})
			r.Gateway.Drop()
		}, "1 IDENTIFY, 2 RESUME"},
		{"half-open", func(r *rig) { r.Gateway.HalfOpen() }, "1 IDENTIFY, 1 RESUME"},
		{"dead resume address", func(r *rig) {
			r.Gateway.DeadResumeURL(true)
			r.Gateway.Drop()
		}, "1 IDENTIFY, 1 RESUME"},
		{"dead resume address, revived", func(r *rig) {
			r.Gateway.DeadResumeURL(true)
			r.Gateway.Drop()
			r.WaitFor("a RESUME elsewhere", func() bool { return r.starts() == "1 IDENTIFY, 1 RESUME" && r.Gateway.Ready() == 1 })
			r.Gateway.DeadResumeURL(false) // from now on the fake wants the resume address again
			r.Gateway.Drop()
		}, "1 IDENTIFY, 2 RESUME"},
		{"op 11 before HELLO and before RESUMED", func(r *rig) {
			r.Gateway.OnConnect(trouble{ACK: true})
			r.Gateway.OnResume(trouble{ACK: true})
			r.Gateway.Drop()
		}, "1 IDENTIFY, 1 RESUME"},
		{"unasked ACKs", func(r *rig) { r.Gateway.SendACK(); r.Gateway.SendACK() }, "1 IDENTIFY, 0 RESUME"},
		{"no JSON", func(r *rig) { r.Gateway.SendRaw([]byte("\xff\xfe{nothing")) }, "1 IDENTIFY, 0 RESUME"},
		{"invalid UTF-8 in a text", func(r *rig) {
			r.Gateway.SendRaw([]byte(`{"op":0,"t":"NO_SUCH_EVENT","s":3,"d":{"x":"` + "\xff\xfe" + `"}}`))
		}, "1 IDENTIFY, 0 RESUME"},
		{"unknown op", func(r *rig) { r.Gateway.SendRaw([]byte(`{"op":99,"d":{"a":[1]}}`)) }, "1 IDENTIFY, 0 RESUME"},
		{"op as text", func(r *rig) { r.Gateway.SendRaw([]byte(`{"op":"seven"}`)) }, "1 IDENTIFY, 0 RESUME"},
		{"unknown event", func(r *rig) { r.Gateway.Dispatch("NO_SUCH_EVENT", []int{1}) }, "1 IDENTIFY, 0 RESUME"},
		{"1 MB guild", func(r *rig) { r.Gateway.Pad(1 << 20); r.AddGuild("large") }, "1 IDENTIFY, 0 RESUME"},
		{"message that is a list", func(r *rig) { r.Gateway.Dispatch("MESSAGE_CREATE", []int{1}) }, "1 IDENTIFY, 0 RESUME"},
		{"message without anything", func(r *rig) { r.Gateway.Dispatch("MESSAGE_CREATE", map[string]any{}) }, "1 IDENTIFY, 0 RESUME"},
		{"interaction of an unknown type", func(r *rig) {
			r.Gateway.Dispatch("INTERACTION_CREATE", map[string]any{"id": "1", "token": "t", "type": 77, "data": map[string]any{}})
		}, "1 IDENTIFY, 0 RESUME"},
		{"everything twice", func(r *rig) { r.Gateway.Repeat(10) }, "1 IDENTIFY, 0 RESUME"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := start(t, noSpec)
			r.hears("before")
			c.do(r)
			r.WaitFor(c.starts, func() bool { return r.starts() == c.starts && r.Gateway.Ready() == 1 })
			r.hears("after")
			if got := r.starts(); got != c.starts {
				t.Errorf("%s, want %s\n%s", got, c.starts, r.log.String())
			}
			r.cancel()
			if err := <-r.ended; err != nil {
				t.Errorf("Run returned %v", err)
			}
		})
	}
}

// What may go wrong before the first READY.
func TestStartsAgain(t *testing.T) {
	t.Parallel()
	type trouble = discordtest.Trouble
	for name, prepare := range map[string]func(*discordtest.Gateway){
		"op 7 to IDENTIFY":   func(g *discordtest.Gateway) { g.OnIdentify(trouble{Reconnect: true}, trouble{Reconnect: true}) },
		"op 9 to IDENTIFY":   func(g *discordtest.Gateway) { g.OnIdentify(trouble{Invalid: true}) },
		"no READY":           func(g *discordtest.Gateway) { g.OnIdentify(trouble{Silent: true}) },
		"closed before":      func(g *discordtest.Gateway) { g.OnIdentify(trouble{Code: 4000}) },
		"no HELLO":           func(g *discordtest.Gateway) { g.OnConnect(trouble{Silent: true}) },
		"op 7 before HELLO":  func(g *discordtest.Gateway) { g.OnConnect(trouble{Reconnect: true}) },
		"cut before HELLO":   func(g *discordtest.Gateway) { g.OnConnect(trouble{Drop: true}) },
		"op 11 before HELLO": func(g *discordtest.Gateway) { g.OnConnect(trouble{ACK: true}) },
		"op 11 before READY": func(g *discordtest.Gateway) { g.OnIdentify(trouble{ACK: true}) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := start(t, noSpec, func(r *rig) { prepare(r.Gateway) })
			r.hears("hello")
		})
	}
}

func TestFatalCodes(t *testing.T) {
	t.Parallel()
	for _, code := range []int{4004, 4010, 4011, 4012, 4013, 4014} {
		for _, later := range []bool{false, true} {
			t.Run(fmt.Sprintf("%d, later %v", code, later), func(t *testing.T) {
				t.Parallel()
				var r *rig
				if later {
					r = start(t, noSpec)
					r.Gateway.Close(code)
				} else {
					r = run(t, noSpec, func(r *rig) { r.Gateway.OnIdentify(discordtest.Trouble{Code: code}) })
				}
				var fatal *gateway.FatalError
				if err := <-r.ended; !errors.As(err, &fatal) || fatal.Code != code || strings.Contains(err.Error(), "\n") {
					t.Errorf("Run returned %v", err)
				}
			})
		}
	}
}

func TestWrongTokenAndMissingIntent(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*rig){
		"token":  func(r *rig) { r.g.Token = "wrong" },
		"intent": func(r *rig) { r.g.Intents |= discordgo.IntentMessageContent },
	} {
		r := run(t, noSpec, change)
		if err := <-r.ended; err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("with a wrong %s Run returned %v", name, err)
		}
	}
}

// Discord cannot be reached at first: it is tried again, with growing pauses.
func TestNoNetworkAtStart(t *testing.T) {
	t.Parallel()
	tries := 0
	r := start(t, noSpec, func(r *rig) {
		where := r.g.Where
		r.g.Where = func(ctx context.Context) (gateway.Address, error) {
			if tries++; tries < 4 {
				return gateway.Address{}, errors.New("no route to host")
			}
			return where(ctx)
		}
	})
	r.hears("at last")
	if n := strings.Count(r.log.String(), "no route to host"); n != 3 {
		t.Errorf("%d lines on the failures, want 3", n)
	}
}

func TestShutdownKeepsTheSession(t *testing.T) {
	t.Parallel()
	r := start(t, noSpec)
	r.cancel()
	if err := <-r.ended; err != nil {
		t.Error(err)
	}
	r.WaitFor("the close", func() bool { return r.Gateway.Connections() == 0 })
	log := r.Gateway.Log()
	if last := log[len(log)-1]; last.Op != discordtest.OpClosed || last.Code != 4000 {
		t.Errorf("the last frame is %+v, want a close with 4000", last)
	}
	if r.g.Ready() {
		t.Error("ready after the end")
	}
}

// Whatever it waits for, it ends as soon as its context does: the clock stands still.
func TestEndsAtAnyMoment(t *testing.T) {
	t.Parallel()
	type trouble = discordtest.Trouble
	silent := trouble{Silent: true}
	resuming := func(r *rig, waits trouble) {
		r.WaitFor("READY", func() bool { return r.Gateway.Ready() == 1 })
		r.Gateway.OnResume(waits)
		r.Gateway.Drop()
		if err := r.Clock.WaitForTimers(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
		r.Clock.Advance(time.Minute) // the pause before the next attempt
	}
	for _, c := range []struct {
		name    string
		prepare func(*rig)
		reach   func(*rig)
	}{
		{"while HELLO is awaited", func(r *rig) { r.Gateway.OnConnect(silent) },
			func(r *rig) { r.WaitFor("the connection", func() bool { return r.Gateway.Connections() == 1 }) }},
		{"while IDENTIFY is unanswered", func(r *rig) { r.Gateway.OnIdentify(silent) },
			func(r *rig) { r.WaitFor("IDENTIFY", func() bool { return r.starts() == "1 IDENTIFY, 0 RESUME" }) }},
		{"while RESUME is unanswered", func(r *rig) {}, func(r *rig) {
			resuming(r, silent)
			r.WaitFor("RESUME", func() bool { return r.starts() == "1 IDENTIFY, 1 RESUME" })
		}},
		{"between two attempts", func(r *rig) { r.Gateway.OnIdentify(trouble{Drop: true}) },
			func(r *rig) { r.eventually("it pauses", func() bool { return r.logged("connection ended") }) }},
		{"while no session may be started", func(r *rig) {
			r.g.Where = func(context.Context) (gateway.Address, error) {
				return gateway.Address{URL: r.GatewayURL(), Exhausted: true, ResetAfter: time.Hour}, nil
			}
		}, func(r *rig) { r.eventually("it waits", func() bool { return r.logged("no new session") }) }},
		{"while it dials", func(r *rig) {
			r.g.Dialer.NetDialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
				r.cancel() // now
				<-ctx.Done()
				return nil, ctx.Err()
			}
		}, func(*rig) {}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := run(t, discordtest.Options{NoHeartbeats: true}, c.prepare)
			c.reach(r)
			r.cancel()
			if err := <-r.ended; err != nil {
				t.Errorf("Run returned %v", err)
			}
		})
	}
}

// A handler that panics loses its own event and nothing else, not even READY's session.
func TestHandlerPanics(t *testing.T) {
	t.Parallel()
	r := start(t, noSpec, func(r *rig) {
		r.g.Handle = func(e gateway.Event) {
			r.handle(e)
			if m, ok := e.Data.(*discordgo.MessageCreate); e.Type == "READY" || ok && m.Content == "panic!" {
				panic("as in a handler that takes what is not there")
			}
		}
	})
	r.hears("panic!")
	r.hears("after")
	r.Gateway.Drop()
	r.WaitFor("RESUME", func() bool { return r.starts() == "1 IDENTIFY, 1 RESUME" && r.Gateway.Ready() == 1 })
	r.hears("after the resume")
	if !r.logged("panicked") || !r.logged("gateway_test.go") {
		t.Errorf("the log does not tell where:\n%s", r.log.String())
	}
}

// A modal with a Label, which discordgo does not know, comes without what stands in it.
func TestModalWithLabel(t *testing.T) {
	t.Parallel()
	came := make(chan any, 1)
	r := start(t, noSpec, func(r *rig) {
		r.g.Handle = func(e gateway.Event) {
			if r.handle(e); e.Type == "INTERACTION_CREATE" {
				came <- e.Data
			}
		}
	})
	r.Gateway.Dispatch("INTERACTION_CREATE", map[string]any{"id": "1", "token": "t", "type": 5, "user": map[string]any{"id": r.aki.ID},
		"data": map[string]any{"custom_id": "form", "components": []any{map[string]any{"type": 18, "id": 1,
			"component": map[string]any{"type": 4, "id": 2, "custom_id": "words", "value": "hello"}}}}})
	r.hears("after")
	i, ok := (<-came).(*discordgo.InteractionCreate)
	if !ok || i.ModalSubmitData().CustomID != "form" || len(i.ModalSubmitData().Components) != 0 {
		t.Errorf("came %+v\n%s", i, r.log.String())
	}
}

// Of dispatches in the wrong order none is lost, and none comes again by a RESUME.
func TestOutOfOrder(t *testing.T) {
	t.Parallel()
	r := start(t, noSpec)
	dm := r.AddDM(r.aki.ID)
	r.Gateway.Disorder()
	r.UserSays(dm.ID, r.aki.ID, "one")
	r.UserSays(dm.ID, r.aki.ID, "two")
	r.eventually("both come", func() bool { return len(r.heard()) == 2 })
	r.Gateway.Drop()
	r.WaitFor("RESUME", func() bool { return r.starts() == "1 IDENTIFY, 1 RESUME" && r.Gateway.Ready() == 1 })
	r.hears("three")
	if got := fmt.Sprint(r.heard()); got != "[two one three]" {
		t.Errorf("heard %s", got)
	}
}

// A shard that starts too soon after another gets op 9 and waits, as Discord starts one in five seconds.
func TestConcurrentStarts(t *testing.T) {
	t.Parallel()
	r := start(t, discordtest.Options{NoHeartbeats: true, Concurrency: 1}, func(r *rig) { r.g.Shards = 2 })
	asleep := func(list ...time.Duration) func() bool {
		return func() bool { r.mu.Lock(); defer r.mu.Unlock(); return slices.Equal(r.asleep, list) }
	}
	r.eventually("only its heart waits", asleep(interval/2))
	other := &gateway.Gateway{Token: r.Token(), Shard: 1, Shards: 2, Where: r.g.Where, Dialer: r.g.Dialer, Handle: func(gateway.Event) {},
		Log: r.g.Log, Clock: r.g.Clock, Rand: r.g.Rand}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	r.Go(func() { ended <- other.Run(ctx) })
	defer func() { cancel(); <-ended }()
	r.eventually("it pauses between 1 s and 5 s", asleep(interval/2, 3*time.Second))
	if err := r.Clock.WaitForTimers(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	r.Clock.Advance(5 * time.Second)
	r.WaitFor("both are ready", func() bool { return r.Gateway.Ready() == 2 })
}

// What happened meanwhile is replayed, all of it and in order.
func TestReplay(t *testing.T) {
	t.Parallel()
	r := start(t, noSpec, func(r *rig) { r.g.Clock = gateway.RealClock() })
	dm := r.AddDM(r.aki.ID)
	hold := make(chan struct{})
	r.g.Dialer.Proxy = func(*http.Request) (*url.URL, error) { <-hold; return nil, nil }
	r.Gateway.Drop()
	const many = 10000
	for n := range many {
		r.Gateway.Dispatch("MESSAGE_CREATE", map[string]any{"id": fmt.Sprint(n + 1), "channel_id": dm.ID, "content": fmt.Sprint(n),
			"author": map[string]any{"id": r.aki.ID, "username": "aki"}})
	}
	close(hold)
	r.hears("after all")
	for n, text := range r.heard()[:many] {
		if text != fmt.Sprint(n) {
			t.Fatalf("event %d is %q", n, text)
		}
	}
}

// Heartbeats by the clock that Discord judges: on time, and a connection that does not acknowledge them is left.
func TestHeartbeats(t *testing.T) {
	t.Parallel()
	r := start(t, discordtest.Options{})
	for n := 1; n <= 3; n++ {
		r.beats(n)
		r.hears(fmt.Sprint("after heartbeat ", n)) // its ACK came before
	}
	if n := r.Gateway.Count(discordtest.OpConnected); n != 1 {
		t.Fatalf("%d connections\n%s", n, r.log.String())
	}
	r.Gateway.WithholdACK(true)
	r.beats(4)
	r.advance(interval, interval)
	r.eventually("it leaves", func() bool { return r.logged("not acknowledged") })
	if err := r.Clock.WaitForTimers(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	r.Clock.Advance(2 * time.Second) // the pause
	r.WaitFor("another connection", func() bool { return r.Gateway.Count(discordtest.OpResume) == 1 })
	for _, f := range r.Gateway.Log() {
		if f.Op == discordtest.OpClosed && (f.Code == 1000 || f.Code == 1001) {
			t.Errorf("closed with %d, which ends the session", f.Code)
		}
	}
}

// An ACK that comes late, but before the next heartbeat, keeps the connection.
func TestLateACK(t *testing.T) {
	t.Parallel()
	r := start(t, discordtest.Options{})
	r.Gateway.WithholdACK(true)
	for n := 1; n <= 3; n++ {
		r.beats(n)
		r.Gateway.SendACK()
		r.hears(fmt.Sprint("after heartbeat ", n)) // and after its ACK
	}
	if n := r.Gateway.Count(discordtest.OpConnected); n != 1 {
		t.Errorf("%d connections\n%s", n, r.log.String())
	}
}

// The first heartbeat comes after a random part of the interval, and before any dispatch its d is null.
func TestFirstHeartbeat(t *testing.T) {
	t.Parallel()
	r := run(t, discordtest.Options{}, func(r *rig) {
		r.g.Rand = func() float64 { return 0.25 }
		r.Gateway.OnIdentify(discordtest.Trouble{Heartbeat: true})
	})
	r.up()
	r.WaitFor("the heartbeat asked for", func() bool { return r.Gateway.Count(discordtest.OpHeartbeat) == 1 })
	first := r.Gateway.Log()[2]
	if first.Op != discordtest.OpHeartbeat || string(first.Data) != "null" {
		t.Errorf("before READY came op %d with d %s", first.Op, first.Data)
	}
	r.advance(interval/4, interval/4-1)
	r.advance(interval/4, 1) // still waits for it
	r.WaitFor("the heartbeat", func() bool { return r.Gateway.Count(discordtest.OpHeartbeat) == 2 })
}

func TestAnswersRequestedHeartbeatsWithinTheLimit(t *testing.T) {
	t.Parallel()
	r := start(t, discordtest.Options{NoHeartbeats: true})
	for range 500 {
		r.Gateway.RequestHeartbeat()
	}
	r.hears("after") // more than 120 payloads in a minute would have been a breach and a close
	if n := r.Gateway.Count(discordtest.OpHeartbeat); n == 0 {
		t.Error("no heartbeat was sent")
	}
}

// A part that discordgo's types cannot hold costs that part, not the message.
func TestLeavesOutWhatItCannotRead(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(m map[string]any){
		"unknown component":    func(m map[string]any) { m["components"] = []any{map[string]any{"type": 99}} },
		"component as text":    func(m map[string]any) { m["components"] = "none" },
		"user flags as text":   func(m map[string]any) { m["author"].(map[string]any)["public_flags"] = "64" },
		"timestamp as number":  func(m map[string]any) { m["edited_timestamp"] = map[string]any{"seconds": 1} },
		"two wrong fields":     func(m map[string]any) { m["pinned"], m["tts"] = "yes", 12 },
		"roles as objects":     func(m map[string]any) { m["mention_roles"] = []any{map[string]any{"id": "1"}} },
		"a field of next year": func(m map[string]any) { m["next_year"] = []any{1, "two", nil} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := start(t, noSpec)
			m := map[string]any{"id": "7", "channel_id": "8", "content": "readable", "author": map[string]any{"id": "9", "username": "aki"}}
			spoil(m)
			r.Gateway.Dispatch("MESSAGE_CREATE", m)
			r.hears("after")
			if got := r.heard(); len(got) != 2 || got[0] != "readable" {
				t.Errorf("heard %q\n%s", got, r.log.String())
			}
		})
	}
}

func TestIdentify(t *testing.T) {
	t.Parallel()
	r := start(t, noSpec, func(r *rig) { r.g.Shard, r.g.Shards = 0, 2 })
	var identify struct {
		Shard      [2]int
		Properties map[string]string
	}
	for _, f := range r.Gateway.Log() {
		if f.Op == discordtest.OpIdentify {
			if err := json.Unmarshal(f.Data, &identify); err != nil {
				t.Fatal(err)
			}
		}
	}
	p := identify.Properties
	if identify.Shard != [2]int{0, 2} || p["os"] == "" || p["browser"] == "" || p["device"] == "" {
		t.Errorf("identified as %+v", identify)
	}
}
