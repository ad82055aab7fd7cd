package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"kaede/bot/discord/discordtest"
)

// served is the whole program serving a stand-in for Discord.
type served struct {
	*discordtest.Discord
	t        testing.TB
	address  string
	out, err *screen
	stop     context.CancelFunc
	status   chan int
}

// screen is a stream that is read while it is written; lines tells of each write.
type screen struct {
	mu    sync.Mutex
	b     bytes.Buffer
	lines chan struct{}
}

func newOutput() *screen { return &screen{lines: make(chan struct{}, 1000)} }

func (o *screen) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	select {
	case o.lines <- struct{}{}:
	default:
	}
	return o.b.Write(p)
}

func (o *screen) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

// waitFor returns when the stream holds text.
func (s *served) waitFor(o *screen, text string) {
	s.t.Helper()
	for !strings.Contains(o.String(), text) {
		select {
		case <-o.lines:
		case status := <-s.status:
			s.t.Fatalf("ended with status %d without saying %q\n%s%s", status, text, s.out, s.err)
		}
	}
}

// serveArgs runs kaede in this process against d.
func serveArgs(t testing.TB, d *discordtest.Discord, token string, args ...string) *served {
	t.Helper()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &served{Discord: d, t: t, address: free.Addr().String(), out: newOutput(), err: newOutput(), status: make(chan int, 1)}
	free.Close()
	ctx, cancel := context.WithCancel(context.Background())
	s.stop = cancel
	env := []string{"KAEDE_DISCORD_API=" + d.URL(), "KAEDE_HTTP=" + s.address, "KAEDE_CORPUS=testdata/corpus"}
	if token != "" {
		env = append(env, "DISCORD_TOKEN="+token)
	}
	ended := make(chan struct{})
	d.Go(func() {
		defer close(ended)
		s.status <- run(ctx, args, strings.NewReader(""), s.out, s.err, env)
	})
	t.Cleanup(func() {
		cancel()
		<-ended
		d.CheckNoTokens("standard output", s.out.String())
		d.CheckNoTokens("standard error", s.err.String())
	})
	return s
}

func (s *served) get(path string) (int, string) {
	s.t.Helper()
	answer, err := http.Get("http://" + s.address + path)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer.StatusCode, string(raw)
}

// With DISCORD_TOKEN set, kaede alone serves: it prints its invitation, answers, tells its health and metrics, and ends
// on SIGTERM with status 0 and a session that can be resumed.
func TestServe(t *testing.T) {
	t.Parallel()
	d := discordtest.New(t, discordtest.Options{Wall: true})
	home := d.AddGuild("home")
	talk := d.AddChannel(home.ID, "talk")
	aki := d.AddUser("aki")
	d.AddMember(home.ID, aki.ID)
	s := serveArgs(t, d, d.Token(), "--home", home.ID)
	s.waitFor(s.out, "kaede: invite it by https://discord.com/oauth2/authorize?client_id="+d.ApplicationID())
	s.waitFor(s.out, "kaede: install it for yourself by https://discord.com/oauth2/authorize?client_id="+d.ApplicationID()+"&integration_type=1&scope=applications.commands")
	q := d.UserSays(talk.ID, aki.ID, d.Mention()+" hello")
	d.WaitMessage("the reply", talk.ID, func(m discordtest.Message) bool { return m.RepliesTo == q.ID })

	status, text := s.get("/healthz")
	var h health
	if err := json.Unmarshal([]byte(text), &h); err != nil || status != http.StatusOK || !h.Ready || h.Version == "" || !strings.HasPrefix(h.Program, "kaede ") {
		t.Errorf("healthz: %d %s", status, text)
	}
	var said bytes.Buffer
	if got := run(t.Context(), []string{"health", "--http", s.address}, strings.NewReader(""), &said, &said, nil); got != exitOK {
		t.Errorf("kaede health: status %d, %s", got, &said)
	}
	_, metrics := s.get("/metrics")
	for _, want := range []string{`kaede_questions_total{language="en",outcome="social",way="mention"} 1`, "kaede_gateway_ready 1", "kaede_gateway_reconnects_total 0", "kaede_queue_length 0", `kaede_corpus_info{version="` + h.Version + `"} 1`, "kaede_answer_seconds_bucket", "go_goroutines"} {
		if !strings.Contains(metrics, want) {
			t.Errorf("the metrics lack %s", want)
		}
	}
	s.stop()
	if got := <-s.status; got != exitOK {
		t.Errorf("status %d\n%s", got, s.err)
	}
	d.WaitFor("the end", func() bool { return d.Gateway.Connections() == 0 })
	log := d.Gateway.Log()
	if last := log[len(log)-1]; last.Code == 1000 || last.Code == 1001 {
		t.Errorf("closed with %d, which ends the session", last.Code)
	}
	if strings.Contains(s.err.String(), "hello") {
		t.Errorf("the log holds the question:\n%s", s.err)
	}
}

func TestServeTokenFromFile(t *testing.T) {
	t.Parallel()
	d := discordtest.New(t, discordtest.Options{Wall: true})
	name := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(name, []byte(d.Token()+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := serveArgs(t, d, "", "serve", "--token-file", name)
	s.waitFor(s.out, "kaede: on Discord as")
}

// A wrong token ends it at once, with a line that does not hold it and a status after which nobody starts it again.
func TestServeWrongToken(t *testing.T) {
	t.Parallel()
	d := discordtest.New(t, discordtest.Options{Wall: true})
	s := serveArgs(t, d, "wrong.token.indeed", "serve")
	if got := <-s.status; got != exitUsage {
		t.Errorf("status %d, want %d", got, exitUsage)
	}
	if text := s.err.String(); strings.Count(text, "\n") != 2 || !strings.HasSuffix(text, "\nTry 'kaede serve --help'.\n") || !strings.Contains(text, "kaede: Discord refuses the token") || strings.Contains(text, "wrong.token") {
		t.Errorf("standard error:\n%s", text)
	}
}

// Where Discord cannot be reached, it says so, tries again, and can still be ended.
func TestServeWithoutNetwork(t *testing.T) {
	t.Parallel()
	d := discordtest.New(t, discordtest.Options{Wall: true})
	d.Faults.Add(discordtest.RESTFault{Route: "GET /gateway/bot", Status: 503, Times: 6})
	s := serveArgs(t, d, d.Token(), "serve")
	s.waitFor(s.err, "ask Discord for its gateway")
	if status, _ := s.get("/healthz"); status != http.StatusServiceUnavailable {
		t.Errorf("healthz: %d", status)
	}
	s.waitFor(s.out, "kaede: on Discord as")
}

// BenchmarkIdleMemory reports what a serve needs that is asked nothing, on the corpus that ships, a quarter of a minute after its start:
//
//	go test ./cmd/kaede -run NONE -bench IdleMemory -benchtime 1x
func BenchmarkIdleMemory(b *testing.B) {
	path := filepath.Join(b.TempDir(), "kaede") // the program as it is, without its tests
	if out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	for _, kept := range []bool{false, true} {
		b.Run(fmt.Sprintf("data=%v", kept), func(b *testing.B) {
			for b.Loop() {
				d := discordtest.New(b, discordtest.Options{Wall: true})
				c := exec.Command(path, "serve", "--http", "none")
				c.Env = append(os.Environ(), "KAEDE_DISCORD_API="+d.URL(), "DISCORD_TOKEN="+d.Token())
				if kept {
					c.Args = append(c.Args, "--data", b.TempDir())
				}
				if err := c.Start(); err != nil {
					b.Fatal(err)
				}
				d.WaitFor("the commands", func() bool { return len(d.Commands("")) > 0 })
				time.Sleep(15 * time.Second) // for the collector, which has a time of its own
				status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.Process.Pid))
				if err != nil {
					b.Skip(err)
				}
				var kB float64
				if _, rest, ok := strings.Cut(string(status), "VmRSS:"); ok {
					fmt.Sscan(rest, &kB)
				}
				b.ReportMetric(kB/1024, "MB")
				if err := c.Process.Signal(syscall.SIGTERM); err != nil {
					b.Error(err)
				}
				if err := c.Wait(); err != nil {
					b.Error(err)
				}
			}
		})
	}
}
