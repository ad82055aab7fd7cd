package discord

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bwmarrin/discordgo"
	"golang.org/x/time/rate"

	"kaede/bot"
	"kaede/bot/discord/discordtest"
	"kaede/bot/discord/gateway"
)

// shipped is one bot on the corpus that ships, for all tests that do not change it. Opening it takes a while.
var shipped = sync.OnceValues(func() (*bot.Bot, error) {
	shippedIsOpen.Store(true)
	return bot.Open(context.Background(), bot.Options{Log: slog.New(slog.DiscardHandler)})
})

var shippedIsOpen atomic.Bool // TestMain closes it

// spec is Discord's description of its API, compiled once.
var spec = sync.OnceValues(discordtest.FindSpec)

// buffer is a log that many goroutines write.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// rig is a server on a Discord with one home server, one channel and one person.
type rig struct {
	*discordtest.Discord
	t    testing.TB
	s    *Server
	log  *buffer
	home discordtest.Guild
	talk discordtest.Channel
	aki  discordtest.User

	cancel context.CancelFunc
	ended  chan error // of Run
	once   sync.Once
	err    error
}

// newRig makes the world; start lets Kaede in.
func newRig(t testing.TB, o discordtest.Options) *rig {
	t.Helper()
	var err error
	if o.Spec, err = spec(); err != nil {
		t.Fatal(err)
	}
	d := discordtest.New(t, o)
	r := &rig{Discord: d, t: t, log: new(buffer)}
	r.home = d.AddGuild("home")
	r.talk = d.AddChannel(r.home.ID, "talk")
	r.aki = d.AddUser("aki")
	d.AddMember(r.home.ID, r.aki.ID)
	return r
}

// start runs a server that change has set up, and waits until it is on the gateway and has registered its commands.
func (r *rig) start(change ...func(*Server)) *rig {
	r.t.Helper()
	r.run(change...)
	r.WaitFor("the gateway", func() bool { return r.Gateway.Ready() == 1 && r.s.Ready() })
	r.WaitFor("the commands", func() bool {
		return len(r.Commands("")) > 0 && (len(r.s.Home) == 0 || len(r.Commands(r.home.ID)) > 0)
	})
	if err := r.Clock.WaitForTimers(r.t.Context(), atRest); err != nil {
		r.t.Fatal(err)
	}
	return r
}

// init makes a server that change has set up.
func (r *rig) init(change ...func(*Server)) {
	r.t.Helper()
	b, err := shipped()
	if err != nil {
		r.t.Fatal(err)
	}
	s := &Server{
		Bot: b, Token: r.Token(), API: r.URL() + "/api/v10", Home: []string{r.home.ID},
		Client: &http.Client{Transport: r.Transport()},
		Clock:  gateway.Clock{Now: r.Clock.Now, Sleep: r.Clock.Sleep},
		Rand:   func() float64 { return 0.5 },
		limit:  rate.NewLimiter(rate.Inf, 0), // a clock that stands still never lets more than a burst through
		Log:    slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	for _, f := range change {
		f(s)
	}
	if err := s.Init(); err != nil {
		r.t.Fatal(err)
	}
	r.s = s
}

// run runs a server and does not wait.
func (r *rig) run(change ...func(*Server)) {
	r.t.Helper()
	r.init(change...)
	s := r.s
	ctx, cancel := context.WithCancel(context.Background())
	r.cancel, r.ended, r.once = cancel, make(chan error, 1), sync.Once{}
	r.Go(func() { r.ended <- s.Run(ctx) })
	r.t.Cleanup(func() {
		r.stop()
		r.CheckNoTokens("the log", r.log.String())
	})
}

// stop ends the server and returns what Run returned.
func (r *rig) stop() error {
	r.once.Do(func() {
		r.cancel()
		for {
			select {
			case r.err = <-r.ended:
				return
			case <-time.After(200 * time.Millisecond): // something still waits for the clock
				r.Clock.Advance(time.Second)
			}
		}
	})
	return r.err
}

// restart ends the server and starts another, which knows nothing.
func (r *rig) restart(change ...func(*Server)) {
	r.t.Helper()
	r.stop()
	r.Gateway.NewProcess()
	r.start(change...)
}

// asks lets aki mention Kaede, and returns question and reply.
func (r *rig) asks(text string) (question, reply discordtest.Message) {
	r.t.Helper()
	question = r.UserSays(r.talk.ID, r.aki.ID, r.Mention()+" "+text)
	return question, r.replyTo(question)
}

func (r *rig) replyTo(q discordtest.Message) discordtest.Message {
	r.t.Helper()
	return r.WaitMessage("the reply to "+q.Content, q.ChannelID, func(m discordtest.Message) bool { return m.RepliesTo == q.ID })
}

// answer waits for the answer to an interaction and returns its words.
func (r *rig) answer(i discordtest.Interaction) discordtest.Message {
	r.t.Helper()
	a := r.WaitAnswer("an answer", i)
	if a.Message == nil {
		r.t.Fatalf("the answer (type %d) is no message", a.Type)
	}
	return *a.Message
}

// posted returns the message that i has posted beside its answer.
func (r *rig) posted(i discordtest.Interaction) discordtest.Message {
	r.t.Helper()
	r.WaitFor("a post", func() bool { return len(r.Answer(i).Followups) > 0 })
	return r.Answer(i).Followups[0]
}

// button returns the first button of m that does op.
func button1(t testing.TB, m discordtest.Message, does op) discordtest.Component {
	t.Helper()
	for _, c := range m.Interactive() {
		if id, err := parseCustomID(c.CustomID); err == nil && id.op == does {
			return c
		}
	}
	t.Fatalf("no button %q on %q, only %v", does, m.Content, m.Interactive())
	return discordtest.Component{}
}

func mustContain(t testing.TB, what, text string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(text, w) {
			t.Errorf("%s lacks %q:\n%s", what, w, text)
		}
	}
}

// atRest is how many timers wait while nothing is going on: Discord's for a heartbeat, Kaede's for it and for the next sweep.
const atRest = 3

// advanceUntil lets the time run in steps, each as soon as something else waits for the clock, until ok.
func (r *rig) advanceUntil(step time.Duration, ok func() bool) {
	r.t.Helper()
	patience := time.NewTimer(time.Minute)
	defer patience.Stop()
	for !ok() {
		select {
		case <-patience.C:
			r.t.Fatalf("the time ran in vain\n%s", r.log)
		default:
		}
		ctx, cancel := context.WithTimeout(r.t.Context(), 5*time.Millisecond)
		if r.Clock.WaitForTimers(ctx, atRest+1) == nil {
			r.Clock.Advance(step)
		}
		cancel()
	}
}

// interactionOf is i as the gateway tells it, as far as answering takes.
func interactionOf(i discordtest.Interaction) *discordgo.Interaction {
	return &discordgo.Interaction{ID: i.ID, Token: i.Token, Type: discordgo.InteractionType(i.Type), ChannelID: i.ChannelID}
}

func (l *lru[K, V]) len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.order.Len()
}
