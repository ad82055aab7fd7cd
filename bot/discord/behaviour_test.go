package discord

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"kaede/bot"
	"kaede/bot/discord/discordtest"
)

const callback = "POST /interactions/{interaction_id}/{interaction_token}/callback"

// What all see counts against person and channel, by whatever command it comes.
func TestPublicCommandsKeepThePace(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{}).start(func(s *Server) { s.Channel = Pace{time.Minute, 7} })
	public := func(u discordtest.User, command string, options map[string]any) bool {
		return !r.answer(r.Invoke(r.talk.ID, u.ID, command, options)).Ephemeral()
	}
	shown := 0
	for range 30 {
		if public(r.aki, "fact", map[string]any{"topic": "start of canada-japan dipl"}) {
			shown++
		}
	}
	if shown != 5 {
		t.Errorf("one person showed %d facts at once, want 5", shown)
	}
	ben := r.AddUser("ben")
	r.AddMember(r.home.ID, ben.ID)
	for n := range 3 {
		if got, want := public(ben, "ask", map[string]any{"question": inOttawa}), n < 2; got != want {
			t.Errorf("answer %d of the second person is shown: %v, want %v", n, got, want)
		}
	}
	cho := r.AddUser("cho")
	r.AddMember(r.home.ID, cho.ID)
	private := r.answer(r.Invoke(r.talk.ID, cho.ID, "ask", map[string]any{"question": inOttawa, "private": true}))
	mustContain(t, "a private answer in a full channel", private.Content, "1928")
	mustContain(t, "posting it", r.answer(r.Click(cho.ID, private.ID, button1(t, private, opPost).CustomID)).Content, "Try again")
}

// A post that fails can be tried again.
func TestPostAfterAFailure(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{}).start()
	private := r.answer(r.Invoke(r.talk.ID, r.aki.ID, "ask", map[string]any{"question": inOttawa, "private": true}))
	r.Faults.Add(discordtest.RESTFault{Route: callback, Status: 404, Code: codeUnknownInteraction, Times: 1})
	post := button1(t, private, opPost).CustomID
	r.Click(r.aki.ID, private.ID, post)
	r.advanceUntil(time.Millisecond, func() bool { return strings.Contains(r.log.String(), "could not answer an interaction") })
	r.Faults.Add(discordtest.RESTFault{Route: postFollowup, Status: 403, Code: 50013, Times: 1})
	refused := r.Click(r.aki.ID, private.ID, post)
	r.advanceUntil(time.Millisecond, func() bool { return strings.Contains(r.log.String(), "could not post a private answer") })
	r.WaitFor("the button", func() bool {
		return slices.ContainsFunc(r.answer(refused).Interactive(), func(c discordtest.Component) bool { return c.CustomID == post })
	})
	if posted := r.posted(r.Click(r.aki.ID, private.ID, post)); posted.Content != private.Content {
		t.Errorf("posted:\n%s", posted.Content)
	}
}

// What is not known is told to the person alone.
func TestRefusedCommandsArePrivate(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{}).start()
	for command, options := range map[string]map[string]any{
		"fact": {"topic": "zzzz"},
		"ask":  {"question": inOttawa, "source": "zzzz"},
	} {
		if got := r.answer(r.Invoke(r.talk.ID, r.aki.ID, command, options)); !got.Ephemeral() || !strings.Contains(got.Content, "zzzz") {
			t.Errorf("/%s: private %v: %s", command, got.Ephemeral(), got.Content)
		}
	}
}

func TestEditMakesAQuestion(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{}).start()
	q := r.UserSays(r.talk.ID, r.aki.ID, inOttawa)
	r.UserEdits(q.ID, r.Mention()+" "+inOttawa)
	reply := r.replyTo(q)
	mustContain(t, "the reply", reply.Content, "1928")
	r.UserEdits(q.ID, inOttawa)
	r.WaitFor("the answer's end", func() bool { _, ok := r.Message(reply.ID); return !ok })
}

// An edit that comes too fast is not passed over in silence.
func TestPaceOfEdits(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{}).start(func(s *Server) { s.User = Pace{time.Minute, 1} })
	q, reply := r.asks(inOttawa)
	r.UserEdits(q.ID, r.Mention()+" "+unknown)
	dm := r.AddDM(r.aki.ID)
	mustContain(t, "the notice", r.WaitMessage("the notice", dm.ID, nil).Content, "Try again in a minute")
	if now, _ := r.Message(reply.ID); now.Content != reply.Content {
		t.Errorf("the answer changed:\n%s", now.Content)
	}
}

// A deletion is followed although the queue drops it.
func TestDroppedDeletion(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{}).start(func(s *Server) {
		s.Queue, s.User, s.Channel = 2, Pace{time.Millisecond, 1000}, Pace{time.Millisecond, 1000}
	})
	q, reply := r.asks(inOttawa)
	hold := make(chan struct{})
	r.Faults.Add(discordtest.RESTFault{Route: postMessage, Times: 1, Hold: hold})
	r.UserSays(r.talk.ID, r.aki.ID, r.Mention()+" "+inOttawa)
	r.WaitFor("the request", func() bool { return len(r.RequestsTo(postMessage)) == 2 })
	r.UserDeletes(q.ID)
	for range 2 {
		r.UserSays(r.talk.ID, r.aki.ID, r.Mention()+" "+inOttawa)
	}
	r.WaitFor("the deletion", func() bool { _, ok := r.Message(reply.ID); return !ok })
	close(hold)
}

// Older questions are looked for in the channel once, however many are deleted.
func TestManyOldDeletions(t *testing.T) {
	t.Parallel()
	const questions = 20
	r := newRig(t, discordtest.Options{}).start(func(s *Server) { s.User, s.Channel = Pace{time.Millisecond, 1000}, Pace{time.Millisecond, 1000} })
	var asked, chatter []discordtest.Message
	for range questions {
		q, _ := r.asks(inOttawa)
		asked, chatter = append(asked, q), append(chatter, r.UserSays(r.talk.ID, r.aki.ID, "not for Kaede"))
	}
	r.Clock.Advance(time.Second)
	r.restart()
	for i := range asked {
		r.UserDeletes(asked[i].ID)
		r.UserDeletes(chatter[i].ID)
	}
	r.WaitFor("the deletions", func() bool { return len(r.Messages(r.talk.ID)) == 0 })
	if n := len(r.RequestsTo("GET /channels/{channel_id}/messages")); n != 1 {
		t.Errorf("the channel was read %d times, want once", n)
	}
}

// Silence in a channel ends when Kaede may speak there, and who asked is told why there was any.
func TestForbiddenChannelIsAllowedAgain(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{Tolerate: []int{codeMissingPermissions}}).start()
	r.Overwrite(r.talk.ID, r.BotUser().ID, 0, discordtest.SendMessages)
	r.UserSays(r.talk.ID, r.aki.ID, r.Mention()+" "+inOttawa)
	dm := r.AddDM(r.aki.ID)
	mustContain(t, "the notice", r.WaitMessage("the notice", dm.ID, nil).Content, "Send Messages", "Envoyer des messages", "メッセージを送信")
	r.Overwrite(r.talk.ID, r.BotUser().ID, 0, 0)
	_, reply := r.asks(inOttawa)
	mustContain(t, "the reply", reply.Content, "1928")
}

// A channel in which everybody asks at once does not make Kaede write to everybody.
func TestFewNoticesAtOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{}).start(func(s *Server) { s.Channel = Pace{time.Hour, 1} })
	for n := range 30 {
		u := r.AddUser(fmt.Sprint("person ", n))
		r.AddMember(r.home.ID, u.ID)
		r.UserSays(r.talk.ID, u.ID, r.Mention()+" "+inOttawa)
	}
	r.advanceUntil(time.Millisecond, func() bool { return counter(t, r.s.metrics.slowed.WithLabelValues("channel")) == 29 })
	r.stop()
	if n := len(r.RequestsTo("POST /users/@me/channels")); n != 5 {
		t.Errorf("%d conversations were begun, want 5", n)
	}
}

// No question is remembered for longer than a day.
func TestForgets(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{}).start()
	first, _ := r.asks(inOttawa)
	r.Clock.Advance(time.Second)
	r.asks(inOttawa)
	r.stop()
	if n := r.s.byQuestion.len(); n != 2 {
		t.Fatalf("%d questions are remembered, want 2", n)
	}
	r.s.sweep(first.At.Add(rememberFor + time.Millisecond))
	if q, a := r.s.byQuestion.len(), r.s.byAnswer.len(); q != 1 || a != 1 {
		t.Errorf("%d questions and %d answers are remembered, want the second", q, a)
	}
}

// Who may speak any language is helped in all, with commands that can be clicked.
func TestHelpInAllLanguages(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{}).start()
	r.advanceUntil(time.Millisecond, func() bool { return r.s.commandIDs.Load() != nil })
	_, reply := r.asks("")
	list := r.Commands("")
	ask := list[slices.IndexFunc(list, func(c discordtest.Command) bool { return c.Name == commandAsk })].ID
	mustContain(t, "the help", reply.Content, "Ask me about", "Posez-moi vos questions", "お尋ねください", "</ask:"+ask+">")
	if strings.HasSuffix(reply.Content, "…") {
		t.Errorf("the help is cut:\n%s", reply.Content)
	}
}

// A panic in a refresh is told, and ends all that belongs to the refresh.
func TestRefreshPanics(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{})
	mori := r.AddUser("mori")
	r.AddMember(r.home.ID, mori.ID, r.AddRole(r.home.ID, "wardens", discordtest.ManageGuild).ID)
	r.start(func(s *Server) { s.Bot = new(bot.Bot) }) // never opened
	i := r.Invoke(r.talk.ID, mori.ID, "corpus refresh", nil)
	r.WaitFor("the answer", func() bool {
		m := r.Answer(i).Message
		return m != nil && strings.Contains(m.Content, "Something went wrong")
	})
	mustContain(t, "the log", r.log.String(), "panicked")
	r.advanceUntil(time.Millisecond, func() bool { return r.Clock.Waiting() == atRest })
}
