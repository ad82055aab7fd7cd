package discord

import (
	"strings"
	"testing"
	"time"

	"kaede/bot"
	"kaede/bot/discord/discordtest"
)

// What people do from end to end, where the tests of the parts leave gaps.

// Buttons of before a refresh show what the new version says, and tell what it no longer has.
func TestButtonsAfterRefresh(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	const kept, gone = "The second ship reached Yokohama in 1888 with wheat.", "The third ship reached Yokohama in 1889 with furs."
	text := []string{"The first ship reached Yokohama in 1887.", kept, gone}
	s.write("documents/ships.md", document("ships", text...))
	r, mori := moderated(t, s)
	refresh := func() {
		t.Helper()
		i := r.Invoke(r.talk.ID, mori.ID, "corpus refresh", nil)
		r.WaitFor("the refresh", func() bool {
			a := r.Answer(i)
			return a.Message != nil && strings.Contains(a.Message.Content, "Refreshed")
		})
	}
	refresh()
	_, reply := r.asks("When did the first ship reach Yokohama?")
	press := func(does op) string {
		t.Helper()
		return r.answer(r.Click(r.aki.ID, reply.ID, button1(t, reply, does).CustomID)).Content
	}
	mustContain(t, "more passages", press(opMore), kept, gone)
	s.write("documents/ships.md", document("ships", text[0], kept, "Since then ships come every week."))
	refresh()
	more := press(opMore)
	mustContain(t, "more passages after the refresh", more, kept)
	if strings.Contains(more, gone) || !strings.Contains(more, "no longer") {
		t.Errorf("a passage that is gone:\n%s", more)
	}
	mustContain(t, "the source after the refresh", press(opSource), "Since then ships come every week.")
}

// A moderator's purge of questions takes their answers along.
func TestPurge(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{}).start()
	q1, a1 := r.asks(inOttawa)
	q2, a2 := r.asks(unknown)
	_, stays := r.asks(inFrench)
	r.Purge(r.talk.ID, q1.ID, q2.ID)
	r.WaitFor("both deletions", func() bool {
		_, one := r.Message(a1.ID)
		_, two := r.Message(a2.ID)
		return !one && !two
	})
	if _, ok := r.Message(stays.ID); !ok {
		t.Error("the third answer is deleted too")
	}
}

// Voice channels have a chat, posts of forums are threads whose first message may ask, and private threads are heard by members.
func TestAsksInEveryKindOfChannel(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{}).start()
	ask := r.Mention() + " " + inOttawa
	voice := r.AddChannelWith(discordtest.Channel{GuildID: r.home.ID, Name: "voice", Type: discordtest.GuildVoice})
	forum := r.AddChannelWith(discordtest.Channel{GuildID: r.home.ID, Name: "forum", Type: discordtest.GuildForum})
	news := r.AddChannelWith(discordtest.Channel{GuildID: r.home.ID, Name: "news", Type: discordtest.News})
	private := r.AddPrivateThread(r.talk.ID, "private", r.aki.ID, r.BotUser().ID)
	_, post := r.UserPosts(forum.ID, r.aki.ID, "a question", ask)
	for _, q := range []discordtest.Message{post, r.UserSays(voice.ID, r.aki.ID, ask), r.UserSays(news.ID, r.aki.ID, ask), r.UserSays(private.ID, r.aki.ID, ask)} {
		mustContain(t, "the reply", r.replyTo(q).Content, "**1928")
	}
	slash := r.answer(r.Invoke(private.ID, r.aki.ID, "ask", map[string]any{"question": inOttawa}))
	mustContain(t, "the answer in a private thread", slash.Content, "**1928")
}

// A thread that is locked while its question is answered gets no answer and no second try; unlocked, it is answered again.
func TestLockedThread(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{Tolerate: []int{codeArchived}}).start()
	thread := r.AddThread(r.talk.ID, "a thread")
	hold := make(chan struct{})
	r.Faults.Add(discordtest.RESTFault{Route: postMessage, Times: 1, Hold: hold})
	r.UserSays(thread.ID, r.aki.ID, r.Mention()+" "+inOttawa)
	r.sent(postMessage, 1)
	r.SetThread(thread.ID, true, true)
	close(hold)
	r.logged("could not answer a message")
	r.SetThread(thread.ID, false, false)
	r.pass(10 * time.Minute)
	r.replyTo(r.UserSays(thread.ID, r.aki.ID, r.Mention()+" "+inOttawa))
	if n := r.posts(thread.ID); n != 2 {
		t.Errorf("%d requests for two questions", n)
	}
}

// An answer in a thread that is archived meanwhile stays as it is; a further question opens the thread and is answered.
func TestArchivedThread(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{Tolerate: []int{codeArchived}}).start()
	thread := r.AddThread(r.talk.ID, "a thread")
	q := r.UserSays(thread.ID, r.aki.ID, r.Mention()+" "+unknown)
	before := r.replyTo(q)
	hold := make(chan struct{})
	r.Faults.Add(discordtest.RESTFault{Route: patchMessage, Times: 1, Hold: hold})
	r.UserEdits(q.ID, r.Mention()+" "+inOttawa)
	r.sent(patchMessage, 1)
	r.SetThread(thread.ID, true, false)
	close(hold)
	r.logged("could not edit an answer")
	if after, _ := r.Message(before.ID); after.Content != before.Content {
		t.Errorf("the answer is now %s", after.Content)
	}
	r.replyTo(r.UserSays(thread.ID, r.aki.ID, r.Mention()+" "+inOttawa))
	r.sent(patchMessage, 1)
}

// In a group of which Kaede is no member a person who has installed it has all of it by interactions.
func TestGroupDM(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{})
	ben := r.AddUserWith(discordtest.User{Name: "ben", Installed: true})
	r.start()
	group := r.AddDM(ben.ID, r.aki.ID)
	private := r.answer(r.Invoke(group.ID, ben.ID, "ask", map[string]any{"question": inOttawa, "private": true}))
	posted := r.posted(r.Click(ben.ID, private.ID, button1(t, private, opPost).CustomID))
	mustContain(t, "the answer", posted.Content, "**1928")
	more := r.answer(r.Click(ben.ID, posted.ID, button1(t, posted, opMore).CustomID))
	if !private.Ephemeral() || posted.Ephemeral() || !more.Ephemeral() {
		t.Errorf("private: the answer %v, posted %v, more passages %v", private.Ephemeral(), posted.Ephemeral(), more.Ephemeral())
	}
	r.Click(ben.ID, posted.ID, button1(t, posted, opRemove).CustomID)
	r.WaitFor("the removal", func() bool { _, ok := r.Message(posted.ID); return !ok })
	r.sent(postMessage, 0)
}

// A command that has to wait, here for a refresh from the terminal, is deferred in time and answered when it can be; two that
// wait do not wait for each other's edits.
func TestDeferredCommands(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	r, mori := moderated(t, s)
	first := s.bot.Status().Version
	begun, release, ended := make(chan struct{}), make(chan struct{}), make(chan error)
	go func() {
		_, err := s.bot.Refresh(t.Context(), bot.RefreshOptions{Progress: func(stage bot.Stage, _, _ int) {
			if stage == bot.Checking {
				close(begun)
				<-release
			}
		}})
		ended <- err
	}()
	<-begun
	use := func() discordtest.Interaction {
		return r.Invoke(r.talk.ID, mori.ID, "corpus use", map[string]any{"version": first})
	}
	one, two := use(), use()
	r.waiting(2)
	r.Clock.Advance(deferAfter - 1)
	r.sent(postCallback, 0)
	r.Clock.Advance(1)
	r.WaitFor("both deferrals", func() bool { return r.Answer(one).Pending && r.Answer(two).Pending })
	hold := make(chan struct{})
	r.Faults.Add(discordtest.RESTFault{Route: patchOriginal, Times: 1, Hold: hold})
	close(release)
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	r.WaitFor("one answer, while the other edit is held", func() bool { return !r.Answer(one).Pending || !r.Answer(two).Pending })
	close(hold)
	for _, i := range []discordtest.Interaction{one, two} {
		if got := r.answer(i); !got.Ephemeral() || !strings.Contains(got.Content, first) {
			t.Errorf("private %v: %s", got.Ephemeral(), got.Content)
		}
	}
}

// A role that the operator has named makes moderators, as long as they have it.
func TestModeratorRole(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	r := newRig(t, discordtest.Options{})
	role := r.AddRole(r.home.ID, "librarians", 0)
	r.AddMember(r.home.ID, r.aki.ID, role.ID)
	r.start(func(srv *Server) { srv.Bot, srv.ModeratorRoles = s.bot, []string{role.ID} })
	status := func() string { return r.answer(r.Invoke(r.talk.ID, r.aki.ID, "corpus status", nil)).Content }
	offered := func() int {
		return len(r.Autocomplete(r.talk.ID, r.aki.ID, "corpus use", "version", "", nil))
	}
	mustContain(t, "status", status(), s.bot.Status().Version)
	if n := offered(); n != 1 {
		t.Errorf("%d versions are offered", n)
	}
	r.AddMember(r.home.ID, r.aki.ID)
	mustContain(t, "status without the role", status(), "Only moderators")
	if n := offered(); n != 0 {
		t.Errorf("%d versions are offered without the role", n)
	}
}
