package discord

import (
	"context"
	"flag"
	"log/slog"
	"net/http"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"kaede/bot"
	"kaede/bot/discord/discordtest"
	"kaede/bot/discord/gateway"
)

var soakFor = flag.Duration("soak", 3*time.Second, "how long TestSoak and BenchmarkSoak ask 2,000 questions a minute")

// soaked is what a soak has measured.
type soaked struct {
	questions   int
	waits       []time.Duration // from event to the arrival of the reply's request, sorted
	reconnects  int64
	refreshes   int
	early, late uint64 // bytes of heap in use after the first refresh and at the end
}

func (s soaked) percentile(p float64) time.Duration { return s.waits[int(p*float64(len(s.waits)-1))] }

// maxGrowth is how much heap the questions of a minute may leave behind: what is remembered of them.
const maxGrowth = 8 << 20

// soak lets 500 people in 500 channels of 50 servers ask, 2,000 questions a minute together, while Discord asks to reconnect six times
// and the corpus is refreshed four times: in a minute every 10 s and every 15 s.
func soak(t testing.TB, long time.Duration) soaked {
	t.Helper()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2 * runtime.GOMAXPROCS(0))) // as serve does
	const guilds, channels, perMinute = 50, 10, 2000
	known, err := spec()
	if err != nil {
		t.Fatal(err)
	}
	d := discordtest.New(t, discordtest.Options{Wall: true, Spec: known, Patience: 2 * time.Minute})
	var places []discordtest.Channel
	var people []discordtest.User
	for range guilds {
		g := d.AddGuild("a server")
		for range channels {
			u := d.AddUser("a person")
			d.AddMember(g.ID, u.ID)
			places, people = append(places, d.AddChannel(g.ID, "a channel")), append(people, u)
		}
	}
	b, err := bot.Open(t.Context(), bot.Options{Data: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	defer transport.CloseIdleConnections()
	s := &Server{Bot: b, Token: d.Token(), API: d.URL() + "/api/v10", Client: &http.Client{Transport: transport},
		Clock: gateway.RealClock(), Log: slog.New(slog.DiscardHandler)}
	if err := s.Init(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	d.WaitFor("the commands", func() bool { return len(d.Commands("")) > 0 })

	texts := []string{inOttawa, inFrench, inKanji, unknown, "What is the JET programme?", "hello"}
	ask := func(n int) discordtest.Message {
		return d.UserSays(places[n%len(places)].ID, people[n%len(people)].ID, d.Mention()+" "+texts[n%len(texts)])
	}
	refresh := func() {
		if _, err := b.Refresh(ctx, bot.RefreshOptions{}); err != nil {
			t.Error(err)
		}
	}
	// heap is what Kaede uses, without what the fake has piled up.
	heap := func() uint64 {
		d.Forget()
		runtime.GC()
		runtime.GC() // what the first has finalized
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	answered := func(n int) {
		t.Helper()
		d.WaitFor("all replies", func() bool { return len(d.RequestsTo(postMessage)) >= n })
	}
	for n := range texts {
		ask(n)
	}
	answered(len(texts))
	refresh()
	out := soaked{early: heap()}

	asking, stop := context.WithTimeout(ctx, long)
	defer stop()
	var others sync.WaitGroup
	every := func(pause time.Duration, f func()) {
		others.Go(func() {
			tick := time.NewTicker(pause)
			defer tick.Stop()
			for asking.Err() == nil {
				select {
				case <-tick.C:
					f()
				case <-asking.Done():
				}
			}
		})
	}
	every(long/6, d.Gateway.Reconnect)
	every(long/4, func() { refresh(); out.refreshes++ })
	asked := make(map[string]discordtest.Message)
	tick := time.NewTicker(time.Minute / perMinute)
	defer tick.Stop()
	for ; asking.Err() == nil; <-tick.C {
		q := ask(len(asked))
		asked[q.ID] = q
	}
	others.Wait()
	answered(len(asked))
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	replies := make(map[string][]discordtest.Message)
	for _, c := range places {
		for _, m := range d.Messages(c.ID) {
			if m.RepliesTo != "" {
				replies[m.RepliesTo] = append(replies[m.RepliesTo], m)
			}
		}
	}
	for id, q := range asked {
		if n := len(replies[id]); n != 1 {
			t.Errorf("question %s (%s) has %d replies", id, q.Content, n)
			continue
		}
		out.waits = append(out.waits, replies[id][0].At.Sub(q.At))
	}
	slices.Sort(out.waits)
	out.questions, out.reconnects = len(asked), s.gateway.Reconnects()
	replies, asked = nil, nil
	d.Gateway.NewProcess() // the fake need not replay anything any more
	if out.late = heap(); out.late > out.early+maxGrowth {
		t.Errorf("the heap grew from %d to %d bytes", out.early, out.late)
	}
	runtime.KeepAlive(s)
	return out
}

func TestSoak(t *testing.T) {
	before := runtime.NumGoroutine()
	var out soaked
	t.Run("questions", func(t *testing.T) { out = soak(t, *soakFor) })
	if out.reconnects == 0 || out.refreshes == 0 {
		t.Errorf("%d reconnects and %d refreshes put it to no test", out.reconnects, out.refreshes)
	}
	// What has ended may take a moment to be gone.
	for deadline := time.Now().Add(time.Minute); runtime.NumGoroutine() > before && time.Now().Before(deadline); {
		runtime.Gosched()
	}
	if n := runtime.NumGoroutine(); n > before {
		stacks := make([]byte, 1<<16)
		t.Errorf("%d goroutines are left over\n%s", n-before, stacks[:runtime.Stack(stacks, true)])
	}
}

// BenchmarkSoak reports what TestSoak does not judge, for time depends on the machine:
//
//	go test ./bot/discord -run NONE -bench Soak -benchtime 1x -soak 1m
func BenchmarkSoak(b *testing.B) {
	for b.Loop() {
		out := soak(b, *soakFor)
		b.ReportMetric(float64(out.questions), "questions")
		b.ReportMetric(float64(out.reconnects), "reconnects")
		b.ReportMetric(float64(out.refreshes), "refreshes")
		b.ReportMetric(float64(out.percentile(.5).Microseconds())/1000, "p50-ms")
		b.ReportMetric(float64(out.percentile(.99).Microseconds())/1000, "p99-ms")
		b.ReportMetric(float64(out.early)/(1<<20), "early-MB")
		b.ReportMetric(float64(out.late)/(1<<20), "late-MB")
	}
}
