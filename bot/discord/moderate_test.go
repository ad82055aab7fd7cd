package discord

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bwmarrin/discordgo"

	"kaede/bot"
	"kaede/bot/discord/discordtest"
)

// shelf is a corpus on disk that a test may change, with a bot that keeps its versions.
type shelf struct {
	t   testing.TB
	dir string
	bot *bot.Bot
}

func newShelf(t testing.TB) *shelf {
	t.Helper()
	s := &shelf{t: t, dir: t.TempDir()}
	s.write("documents/ships.md", document("ships", "The first ship reached Yokohama in 1887.", "It carried tea."))
	b, err := bot.Open(context.Background(), bot.Options{Corpus: s.dir, Data: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	s.bot = b
	t.Cleanup(func() { b.Close() })
	return s
}

func document(id string, paragraphs ...string) string {
	return fmt.Sprintf("---\nid: %s\ntitle: On %s\npublisher: A harbour\nlanguage: en\n---\n\n%s\n", id, id, strings.Join(paragraphs, "\n\n"))
}

func (s *shelf) write(name, text string) {
	s.t.Helper()
	path := filepath.Join(s.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

// moderated is a rig whose moderator is mori.
func moderated(t testing.TB, s *shelf) (r *rig, mori discordtest.User) {
	t.Helper()
	r = newRig(t, discordtest.Options{})
	t.Cleanup(func() { s.bot.Close() }) // before the Discord, which looks for what our refreshes have started
	mori = r.AddUser("mori")
	r.AddMember(r.home.ID, mori.ID, r.AddRole(r.home.ID, "wardens", discordtest.ManageGuild).ID)
	return r.start(func(srv *Server) { srv.Bot = s.bot }), mori
}

func TestModeratorsKeepTheCorpus(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	r, mori := moderated(t, s)
	first := s.bot.Status().Version
	do := func(command string, options map[string]any) discordtest.Message {
		t.Helper()
		got := r.answer(r.Invoke(r.talk.ID, mori.ID, "corpus "+command, options))
		if !got.Ephemeral() {
			t.Errorf("%s answers in public", command)
		}
		return got
	}
	mustContain(t, "status", do("status", nil).Content, first, "Documents: 1 ", "Versions are kept")
	mustContain(t, "check", do("check", nil).Content, "Documents: 1,")

	s.write("documents/trains.md", document("trains", "The first train left Vancouver in 1887."))
	i := r.Invoke(r.talk.ID, mori.ID, "corpus refresh", nil)
	r.WaitFor("the difference", func() bool {
		a := r.Answer(i)
		return a.Message != nil && strings.Contains(a.Message.Content, "Refreshed")
	})
	second := s.bot.Status().Version
	if second == first {
		t.Fatal("the version in use is the old one")
	}
	mustContain(t, "the difference", r.answer(i).Content, second, "Documents: 1 added, 0 changed, 0 removed", "trains", "Passages: 1 added")
	_, reply := r.asks("When did the first train leave Vancouver?")
	mustContain(t, "the footer", reply.Content, second)

	mustContain(t, "versions", do("versions", nil).Content, first, second, "**in use**")
	offered := r.Autocomplete(r.talk.ID, mori.ID, "corpus use", "version", first, nil)
	if len(offered) != 1 || offered[0].Value != first {
		t.Errorf("versions offered: %v", offered)
	}
	mustContain(t, "use", do("use", map[string]any{"version": first}).Content, first)
	if got := s.bot.Status().Version; got != first {
		t.Errorf("in use is %s, want %s", got, first)
	}
	mustContain(t, "use of none", do("use", map[string]any{"version": "no-such"}).Content, "no-such")
	for _, want := range []string{"who=" + mori.ID, "command=refresh", "command=use", "allowed=true", "outcome=published"} {
		mustContain(t, "the log", r.log.String(), want)
	}
}

func TestRefreshShowsItsProgress(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	r, mori := moderated(t, s)
	hold := make(chan struct{})
	// The first edit is held, so that the refresh is ready before it is: the difference must still come last.
	r.Faults.Add(discordtest.RESTFault{Route: "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original", Nth: 1, Hold: hold})
	i := r.Invoke(r.talk.ID, mori.ID, "corpus refresh", nil)
	r.WaitFor("the first edit", func() bool {
		return len(r.RequestsTo("PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original")) > 0
	})
	close(hold)
	r.WaitFor("the end", func() bool {
		a := r.Answer(i)
		return a.Message != nil && strings.Contains(a.Message.Content, "Nothing changed")
	})
	edits := r.RequestsTo("PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original")
	if len(edits) < 2 || !strings.Contains(string(edits[0].Body), " …") {
		t.Errorf("%d edits, the first: %s", len(edits), edits[0].Body)
	}
}

func TestProblemsKeepTheOldVersion(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	r, mori := moderated(t, s)
	first := s.bot.Status().Version
	s.write("documents/bad.md", "---\nid: bad\n---\n\nA text without what it needs.\n")
	for _, command := range []string{"check", "refresh"} {
		i := r.Invoke(r.talk.ID, mori.ID, "corpus "+command, nil)
		r.WaitFor("the problems", func() bool {
			a := r.Answer(i)
			return a.Message != nil && strings.Contains(a.Message.Content, "Problems")
		})
		mustContain(t, command, r.answer(i).Content, "documents/bad.md", "\n- ")
	}
	for n := range 40 {
		s.write(fmt.Sprintf("documents/worse-%02d.md", n), "---\nnonsense: true\n---\n\nA text.\n")
	}
	got := r.answer(r.Invoke(r.talk.ID, mori.ID, "corpus check", nil))
	if len(got.Attachments) != 1 {
		t.Fatalf("%d files with a long list, want one:\n%s", len(got.Attachments), got.Content)
	}
	mustContain(t, "the file", string(r.File(got.Attachments[0].ID)), "worse-39.md")
	if now := s.bot.Status().Version; now != first {
		t.Errorf("in use is %s, want still %s", now, first)
	}
}

func TestOthersAreRefused(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{}).start(func(s *Server) { s.ModeratorRoles = []string{"77"} })
	got := r.answer(r.Invoke(r.talk.ID, r.aki.ID, "corpus refresh", nil))
	if !got.Ephemeral() || !strings.Contains(got.Content, "Only moderators") {
		t.Errorf("private %v: %s", got.Ephemeral(), got.Content)
	}
	if list := r.Autocomplete(r.talk.ID, r.aki.ID, "corpus use", "version", "", nil); len(list) != 0 {
		t.Errorf("versions are told to everybody: %v", list)
	}
	mustContain(t, "the log", r.log.String(), "who="+r.aki.ID, "command=refresh", "allowed=false")

	member := func(permissions int64, roles ...string) *discordgo.Member {
		return &discordgo.Member{User: &discordgo.User{ID: "1"}, Permissions: permissions, Roles: roles}
	}
	for _, c := range []struct {
		name  string
		guild string
		m     *discordgo.Member
		want  bool
	}{
		{"manages the server", r.home.ID, member(discordtest.ManageGuild), true},
		{"administrator", r.home.ID, member(discordtest.Administrator), true},
		{"has the role", r.home.ID, member(0, "12", "77"), true},
		{"has other roles", r.home.ID, member(discordtest.ManageMessages, "12"), false},
		{"manages another server", "99", member(discordtest.ManageGuild, "77"), false},
		{"in a direct message", "", nil, false},
		{"without member", r.home.ID, nil, false},
	} {
		if got := r.s.isModerator(&discordgo.Interaction{GuildID: c.guild, Member: c.m}); got != c.want {
			t.Errorf("%s: moderator %v, want %v", c.name, got, c.want)
		}
	}
}

func TestNothingKeptNothingToSwitch(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{})
	mori := r.AddUser("mori")
	r.AddMember(r.home.ID, mori.ID, r.AddRole(r.home.ID, "wardens", discordtest.ManageGuild).ID)
	r.start()
	mustContain(t, "versions", r.answer(r.Invoke(r.talk.ID, mori.ID, "corpus versions", nil)).Content, "keeps no versions")
}

// A refresh that would lose golden questions lists them, in a file when they are long, and one that is forced tells what it lost.
func TestGoldenQuestionsAreListed(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	r, mori := moderated(t, s)
	refresh := func(options map[string]any, ends string) discordtest.Message {
		t.Helper()
		i := r.Invoke(r.talk.ID, mori.ID, "corpus refresh", options)
		r.WaitFor("the end", func() bool {
			a := r.Answer(i)
			return a.Message != nil && strings.Contains(a.Message.Content, ends)
		})
		return r.answer(i)
	}
	const question = "When did the first *ship* reach Yokohama?"
	golden := func(questions ...string) {
		text := ""
		for _, q := range questions {
			text += fmt.Sprintf("- lang: en\n  question: %q\n  answer: \"1887\"\n", q)
		}
		s.write("golden.yaml", text)
	}
	golden(question)
	refresh(nil, "Refreshed")
	s.write("documents/ships.md", document("ships", "It carried tea."))
	mustContain(t, "the refusal", refresh(nil, "Not refreshed").Content, "1 of the golden questions", "\n- When did the first \\*ship\\* reach Yokohama?")
	mustContain(t, "the forced refresh", refresh(map[string]any{"force": true}, "Refreshed").Content, "0 won, 1 lost", "\n- When did the first \\*ship\\* reach Yokohama?")

	s.write("documents/ships.md", document("ships", "The first ship reached Yokohama in 1887.", "It carried tea."))
	var many []string
	for n := range 9 {
		many = append(many, fmt.Sprintf("When did the first ship reach Yokohama%s?", strings.Repeat(", Yokohama", 10+n)))
	}
	golden(many...)
	mustContain(t, "the refresh", refresh(nil, "Refreshed").Content, "9 won, 0 lost")
	s.write("documents/ships.md", document("ships", "It carried tea."))
	long := refresh(nil, "Not refreshed")
	if len(long.Attachments) != 1 {
		t.Fatalf("%d files with a long list, want one:\n%s", len(long.Attachments), long.Content)
	}
	mustContain(t, "the file", string(r.File(long.Attachments[0].ID)), many...)
}
