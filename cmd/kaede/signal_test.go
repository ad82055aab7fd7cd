package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"kaede/bot/discord/discordtest"
)

// process is kaede in a process of its own.
type process struct {
	*exec.Cmd
	t     testing.TB
	out   fmt.Stringer
	ended chan error
}

// startKaede starts kaede without arguments, as a service manager does, with a token for d.
func startKaede(t testing.TB, d *discordtest.Discord, env ...string) *process {
	t.Helper()
	out := newOutput()
	p := &process{Cmd: exec.Command("kaede"), t: t, out: out, ended: make(chan error, 1)}
	p.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "DISCORD_TOKEN=" + d.Token(), "KAEDE_DISCORD_API=" + d.URL(),
		"KAEDE_HTTP=none", "KAEDE_CORPUS=testdata/corpus"}, env...)
	p.Stdout, p.Stderr = out, out
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { p.ended <- p.Wait() }()
	t.Cleanup(func() {
		p.Process.Kill()
		d.CheckNoTokens("the output", p.out.String())
	})
	d.WaitFor("the gateway", func() bool { return d.Gateway.Ready() == 1 })
	return p
}

// terminate sends a signal, lets while be done, and wants the process to end with status 0 within ten seconds.
func (p *process) terminate(s os.Signal, while func()) {
	p.t.Helper()
	began := time.Now()
	if err := p.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
	while()
	if err := <-p.ended; err != nil {
		p.t.Errorf("ended with %v\n%s", err, p.out)
	}
	if took := time.Since(began); took > 10*time.Second {
		p.t.Errorf("it took %v", took)
	}
}

// SIGTERM closes the gateway in a way that keeps the session, finishes what is being answered and ends with status 0.
func TestSIGTERM(t *testing.T) {
	t.Parallel()
	d := discordtest.New(t, discordtest.Options{Wall: true})
	talk := d.AddChannel(d.AddGuild("home").ID, "talk")
	aki := d.AddUser("aki")
	d.AddMember(talk.GuildID, aki.ID)
	p := startKaede(t, d)
	hold := make(chan struct{})
	const post = "POST /channels/{channel_id}/messages"
	d.Faults.Add(discordtest.RESTFault{Route: post, Times: 1, Hold: hold})
	q := d.UserSays(talk.ID, aki.ID, d.Mention()+" hello")
	d.WaitFor("the answer under way", func() bool { return len(d.RequestsTo(post)) == 1 })
	p.terminate(syscall.SIGTERM, func() {
		d.WaitFor("the close", func() bool { return d.Gateway.Connections() == 0 })
		close(hold)
	})
	d.WaitMessage("the reply", talk.ID, func(m discordtest.Message) bool { return m.RepliesTo == q.ID })
	log := d.Gateway.Log()
	if last := log[len(log)-1]; last.Op != discordtest.OpClosed || last.Code != 4000 {
		t.Errorf("the last frame is %+v, want a close with 4000", last)
	}
}

// KAEDE_DISCORD_GATEWAY is used in place of the address that the API names, and where it names none.
func TestGatewayVariable(t *testing.T) {
	t.Parallel()
	d := discordtest.New(t, discordtest.Options{Wall: true})
	d.Faults.Add(discordtest.RESTFault{Route: "GET /gateway/bot", Status: 503})
	startKaede(t, d, "KAEDE_DISCORD_GATEWAY="+d.GatewayURL()).terminate(os.Interrupt, func() {})
}

// A version that another process publishes is served within five seconds.
func TestServeTakesOver(t *testing.T) {
	t.Parallel()
	d := discordtest.New(t, discordtest.Options{Wall: true})
	talk := d.AddChannel(d.AddGuild("home").ID, "talk")
	aki := d.AddUser("aki")
	d.AddMember(talk.GuildID, aki.ID)
	data, dir := t.TempDir(), t.TempDir()
	s := serveArgs(t, d, d.Token(), "serve", "--data", data)
	s.waitFor(s.out, "kaede: on Discord as")
	version := func() string {
		var h health
		if _, text := s.get("/healthz"); json.Unmarshal([]byte(text), &h) != nil {
			t.Fatalf("healthz: %s", text)
		}
		return h.Version
	}
	before := version()
	if err := os.CopyFS(dir, os.DirFS("testdata/corpus")); err != nil {
		t.Fatal(err)
	}
	const news = "---\nid: news\ntitle: News of the ferry\npublisher: The harbour\nlanguage: en\n---\n\nThe lighthouse of Hakodate opened in 1938.\n"
	if err := os.WriteFile(filepath.Join(dir, "documents", "news.md"), []byte(news), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("kaede", "refresh", "--corpus", dir, "--data", data).CombinedOutput(); err != nil {
		t.Fatalf("refresh: %v\n%s", err, out)
	}
	published := time.Now()
	tick := time.NewTicker(20 * time.Millisecond) // nothing tells of the change
	defer tick.Stop()
	for version() == before {
		if time.Since(published) > 5*time.Second {
			t.Fatal("the old version is still served after five seconds")
		}
		<-tick.C
	}
	q := d.UserSays(talk.ID, aki.ID, d.Mention()+" When did the ferry between Vancouver and Yokohama open?")
	reply := d.WaitMessage("the reply", talk.ID, func(m discordtest.Message) bool { return m.RepliesTo == q.ID })
	if now := version(); !strings.Contains(reply.Content, "1931") || !strings.Contains(reply.Content, "corpus "+now) {
		t.Errorf("the reply is not from version %s:\n%s", now, reply.Content)
	}
}
