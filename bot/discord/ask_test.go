package discord

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"kaede/bot/discord/discordtest"
	"kaede/corpus"
)

const (
	inOttawa = "When did Japan open its mission in Ottawa?"
	inFrench = "Quand le Japon a-t-il ouvert sa mission à Ottawa?"
	inKanji  = "日本がオタワに公館を開設したのは何年ですか"
	unknown  = "What is the capital of Brazil?"
)

func TestWaysOfAsking(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{}).start(func(s *Server) { s.User.Every, s.User.Burst = time.Second, 50 })

	t.Run("mention", func(t *testing.T) {
		_, reply := r.asks(inOttawa)
		mustContain(t, "the reply", reply.Content, "\n> ", "**1928**", "— Canada-Japan relations · Global Affairs Canada · figures to 2023 (3 years old)",
			"\n-# corpus "+r.s.Bot.Status().Version)
		if !strings.HasPrefix(reply.Content, "**1928") {
			t.Errorf("the answer does not come first:\n%s", reply.Content)
		}
		button1(t, reply, opFact)
		button1(t, reply, opMore)
		button1(t, reply, opSource)
		button1(t, reply, opRemove)
	})
	t.Run("direct message", func(t *testing.T) {
		dm := r.AddDM(r.aki.ID)
		mustContain(t, "the reply", r.replyTo(r.UserSays(dm.ID, r.aki.ID, inOttawa)).Content, "**1928")
	})
	t.Run("thread", func(t *testing.T) {
		thread := r.AddThread(r.talk.ID, "a thread")
		mustContain(t, "the reply", r.replyTo(r.UserSays(thread.ID, r.aki.ID, inOttawa+r.Mention())).Content, "**1928")
	})
	t.Run("slash", func(t *testing.T) {
		got := r.answer(r.Invoke(r.talk.ID, r.aki.ID, "ask", map[string]any{"question": inOttawa}))
		mustContain(t, "the answer", got.Content, "-# ❝ When did Japan", "**1928")
		if got.Ephemeral() {
			t.Error("the answer is private, and was not asked to be")
		}
	})
	t.Run("slash, private, one source", func(t *testing.T) {
		got := r.answer(r.Invoke(r.talk.ID, r.aki.ID, "ask", map[string]any{"question": inOttawa, "private": true, "source": "canada-japan-relations"}))
		mustContain(t, "the answer", got.Content, "**1928")
		if !got.Ephemeral() {
			t.Error("the answer is not private")
		}
		button1(t, got, opPost)
	})
	t.Run("slash, unknown source", func(t *testing.T) {
		got := r.answer(r.Invoke(r.talk.ID, r.aki.ID, "ask", map[string]any{"question": inOttawa, "source": "no such *thing*"}))
		mustContain(t, "the answer", got.Content, `no such \*thing\*`)
	})
	t.Run("message command", func(t *testing.T) {
		ben := r.AddUser("ben")
		r.AddMember(r.home.ID, ben.ID)
		m := r.UserSays(r.talk.ID, ben.ID, inOttawa)
		got := r.answer(r.InvokeMessage(r.talk.ID, r.aki.ID, commandAskAbout, m.ID))
		mustContain(t, "the answer", got.Content, "**1928")
		if !got.Ephemeral() {
			t.Error("the answer is not private")
		}
	})
}

func TestUserInstall(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{})
	ben := r.AddUserWith(discordtest.User{Name: "ben", Installed: true})
	away := r.AddGuildWith(discordtest.Guild{Name: "away", WithoutBot: true})
	r.AddMember(away.ID, ben.ID)
	there := r.AddChannel(away.ID, "there")
	r.start()
	mustContain(t, "the answer", r.answer(r.Invoke(there.ID, ben.ID, "ask", map[string]any{"question": inOttawa})).Content, "**1928")
}

func TestLanguages(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, question, locale, want, button string }{
		{"English", inOttawa, "ja", "figures to 2023", "More passages"},
		{"French", inFrench, "en-US", "Traduction non officielle", "Autres passages"},
		{"Japanese", inKanji, "fr", "参考訳", "ほかの箇所"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, discordtest.Options{})
			r.aki = r.AddUser("aki of "+c.locale, c.locale)
			r.AddMember(r.home.ID, r.aki.ID)
			r.start()
			_, reply := r.asks(c.question)
			mustContain(t, "the reply", reply.Text(), "1928", c.want, c.button)
			slash := r.answer(r.Invoke(r.talk.ID, r.aki.ID, "ask", map[string]any{"question": c.question}))
			mustContain(t, "the answer", slash.Text(), "1928", c.want, c.button)
			help := r.answer(r.Invoke(r.talk.ID, r.aki.ID, "help", nil))
			if want := r.s.voiceOf(langOf(c.locale), c.locale).say("help"); help.Content != want {
				t.Errorf("help to a client in %s is %q", c.locale, help.Content)
			}
		})
	}
}

func TestSeveralQuestionsOneReply(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{}).start()
	_, reply := r.asks(inOttawa + " " + unknown)
	mustContain(t, "the reply", reply.Content, "**1928", "sources don't say")
	if n := len(r.RequestsTo("POST /channels/{channel_id}/messages")); n != 1 {
		t.Errorf("%d messages for one", n)
	}
}

func TestRefusalOffersFacts(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{}).start()
	_, reply := r.asks(unknown)
	mustContain(t, "the refusal", reply.Content, "My sources don't say")
	if strings.Contains(reply.Content, "**") || strings.Contains(reply.Content, "\n> ") {
		t.Errorf("a refusal looks like an answer:\n%s", reply.Content)
	}
	got := r.answer(r.Click(r.aki.ID, reply.ID, button1(t, reply, opFact).CustomID))
	if !got.Ephemeral() || !strings.Contains(got.Content, "\n> ") {
		t.Errorf("the offered fact: private %v\n%s", got.Ephemeral(), got.Content)
	}
}

// What a reply could not answer is offered beside what is related to what it could.
func TestMixedReplyOffersNearest(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{}).start()
	ask := func(text string) (facts []string, content string) {
		_, reply := r.asks(text)
		for _, c := range reply.Interactive() {
			if id, err := parseCustomID(c.CustomID); err == nil && id.op == opFact {
				facts = append(facts, c.CustomID)
			}
		}
		return facts, reply.Content
	}
	nearest, alone := ask(unknown)
	if len(nearest) == 0 {
		t.Fatalf("nothing is near:\n%s", alone)
	}
	both, content := ask(inOttawa + " " + unknown)
	mustContain(t, "the reply", content, "**1928", voiceOf(corpus.English, "").say("nearest"))
	for _, id := range nearest {
		if !slices.Contains(both, id) {
			t.Errorf("%s is not offered, only %v", id, both)
		}
	}
	if len(both) == len(nearest) {
		t.Error("nothing related is offered")
	}
}

func TestGreetingsGetHelp(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{}).start()
	_, empty := r.asks("")
	mustContain(t, "the reply to nothing", empty.Content, "Ask me about Canada-Japan relations", "/ask")
	_, hello := r.asks("hello!")
	mustContain(t, "the reply to a greeting", hello.Content, "Kaede", "/ask")
}

func TestFollowUp(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{}).start()
	const first, next = "How much did Canada export to Japan in 2022?", "and imports?"
	_, reply := r.asks(first)
	follow := func() string {
		q := r.UserSays(r.talk.ID, r.aki.ID, next, discordtest.Say{ReplyTo: reply.ID})
		return r.replyTo(q).Content
	}
	fromMemory := follow()
	_, alone := r.asks(next)
	if alone.Content == fromMemory {
		t.Errorf("the reply chain made no difference:\n%s", alone.Content)
	}
	r.restart()
	if again := follow(); again != fromMemory {
		t.Errorf("after a restart the history is lost:\n%s\nwant\n%s", again, fromMemory)
	}
}

func TestFollowUpOnSlash(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{}).start()
	slash := r.answer(r.Invoke(r.talk.ID, r.aki.ID, "ask", map[string]any{"question": "How much did Canada export to Japan in 2022?"}))
	q := r.UserSays(r.talk.ID, r.aki.ID, r.Mention()+" and imports?", discordtest.Say{ReplyTo: slash.ID})
	_, alone := r.asks("and imports?")
	if got := r.replyTo(q); got.Content == alone.Content {
		t.Errorf("the question of the slash command is not read:\n%s", got.Content)
	}
}

func TestSpeaksOnlyWhenAsked(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{}).start()
	robot := r.AddUserWith(discordtest.User{Name: "robot", Bot: true})
	r.AddMember(r.home.ID, robot.ID)
	r.UserSays(r.talk.ID, robot.ID, r.Mention()+" "+inOttawa)
	r.UserSays(r.talk.ID, r.aki.ID, r.Mention()+" "+inOttawa, discordtest.Say{Webhook: true})
	r.UserSays(r.talk.ID, r.aki.ID, r.Mention()+" "+inOttawa, discordtest.Say{Type: 7})
	r.UserSays(r.talk.ID, r.aki.ID, inOttawa)
	r.UserSays(r.talk.ID, r.aki.ID, "@everyone "+inOttawa)
	q, _ := r.asks(inOttawa) // events come in order: by now the others are handled
	for _, m := range r.Messages(r.talk.ID) {
		if m.Author.ID == r.BotUser().ID && m.RepliesTo != q.ID {
			t.Errorf("answered unasked: %s", m.Content)
		}
	}
}

func TestEditedQuestionEditsAnswer(t *testing.T) {
	t.Parallel()
	for _, restarted := range []bool{false, true} {
		t.Run(fmt.Sprintf("restarted %v", restarted), func(t *testing.T) {
			t.Parallel()
			r := newRig(t, discordtest.Options{}).start()
			q, reply := r.asks(unknown)
			if restarted {
				r.Clock.Advance(time.Second)
				r.restart()
			}
			r.UserEdits(q.ID, r.Mention()+" "+inOttawa)
			r.WaitFor("the edit", func() bool { m, _ := r.Message(reply.ID); return strings.HasPrefix(m.Content, "**1928") })
			if n := len(r.RequestsTo("POST /channels/{channel_id}/messages")); n != 1 {
				t.Errorf("%d messages posted, want the first alone", n)
			}
		})
	}
}

func TestUnfoldedLinkIsNoEdit(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{}).start()
	q, _ := r.asks(inOttawa)
	r.UserEdits(q.ID, q.Content)
	r.asks(unknown)
	if n := len(r.RequestsTo("PATCH /channels/{channel_id}/messages/{message_id}")); n != 0 {
		t.Errorf("%d edits although the question is the same", n)
	}
}

func TestDeletedQuestionDeletesAnswer(t *testing.T) {
	t.Parallel()
	for _, restarted := range []bool{false, true} {
		t.Run(fmt.Sprintf("restarted %v", restarted), func(t *testing.T) {
			t.Parallel()
			r := newRig(t, discordtest.Options{}).start()
			q, reply := r.asks(inOttawa)
			if restarted {
				r.Clock.Advance(time.Second)
				r.restart()
			}
			r.UserDeletes(q.ID)
			r.WaitFor("the deletion", func() bool { _, ok := r.Message(reply.ID); return !ok })
		})
	}
}

// A question that is deleted before it is answered leaves nothing behind.
func TestDeletedWhileAnswering(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{}).start()
	hold := make(chan struct{})
	r.Faults.Add(discordtest.RESTFault{Route: "POST /channels/{channel_id}/messages", Times: 1, Hold: hold})
	q := r.UserSays(r.talk.ID, r.aki.ID, r.Mention()+" "+inOttawa)
	r.WaitFor("the request", func() bool { return len(r.RequestsTo("POST /channels/{channel_id}/messages")) == 1 })
	r.UserDeletes(q.ID)
	close(hold)
	r.WaitFor("the deletion", func() bool { return len(r.RequestsTo("DELETE /channels/{channel_id}/messages/{message_id}")) == 1 })
	r.WaitFor("nothing", func() bool { return len(r.Messages(r.talk.ID)) == 0 })
}

func TestManyDeletionsCostNothing(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{}).start()
	r.Clock.Advance(time.Second)
	for range 50 {
		r.UserDeletes(r.UserSays(r.talk.ID, r.aki.ID, "not for Kaede").ID)
	}
	before := len(r.Requests())
	r.asks(inOttawa)
	if n := len(r.Requests()) - before; n != 1 {
		t.Errorf("%d requests, want the reply alone", n)
	}
}

func TestPaceOfOnePerson(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{}).start()
	for range 5 {
		r.asks(inOttawa)
	}
	hold := make(chan struct{})
	r.Faults.Add(discordtest.RESTFault{Route: "POST /users/@me/channels", Times: 1, Hold: hold})
	for range 3 {
		r.UserSays(r.talk.ID, r.aki.ID, r.Mention()+" "+inOttawa)
	}
	slash := r.answer(r.Invoke(r.talk.ID, r.aki.ID, "ask", map[string]any{"question": inOttawa}))
	if !slash.Ephemeral() || !strings.Contains(slash.Content, "Try again") {
		t.Errorf("the slash command: %q", slash.Content)
	}
	r.Clock.Advance(10 * time.Second) // a token for one more, but not for those that came before and still wait
	close(hold)
	r.asks(inOttawa)
	dm := r.AddDM(r.aki.ID)
	notice := r.WaitMessage("the notice", dm.ID, nil)
	mustContain(t, "the notice", notice.Content, "Try again in a minute", "Réessayez", "1分")
	if n := len(r.Messages(dm.ID)); n != 1 {
		t.Errorf("%d notices, want one", n)
	}
}

func TestPaceOfOneChannel(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{}).start(func(s *Server) { s.Channel = Pace{time.Minute, 2} })
	for _, name := range []string{"ben", "cho", "dee"} {
		u := r.AddUser(name)
		r.AddMember(r.home.ID, u.ID)
		r.UserSays(r.talk.ID, u.ID, r.Mention()+" "+inOttawa)
	}
	other := r.AddChannel(r.home.ID, "other")
	r.replyTo(r.UserSays(other.ID, r.aki.ID, r.Mention()+" "+inOttawa))
	r.WaitFor("two replies and a notice", func() bool { return len(r.RequestsTo("POST /channels/{channel_id}/messages")) == 4 })
	if n := len(r.Messages(r.talk.ID)); n != 5 {
		t.Errorf("%d messages in the channel, want 3 questions and 2 replies", n)
	}
}

// More questions than the queue holds: the oldest are dropped, which a notice says once, and the newest are answered.
func TestBurst(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{}).start(func(s *Server) {
		s.Queue, s.User, s.Channel = 4, Pace{time.Millisecond, 1000}, Pace{time.Millisecond, 1000}
	})
	hold := make(chan struct{})
	r.Faults.Add(discordtest.RESTFault{Route: "POST /channels/{channel_id}/messages", Times: 1, Hold: hold})
	first := r.UserSays(r.talk.ID, r.aki.ID, r.Mention()+" "+inOttawa)
	r.WaitFor("the first request", func() bool { return len(r.RequestsTo("POST /channels/{channel_id}/messages")) == 1 })
	var last []discordtest.Message
	for range 10 {
		last = append(last, r.UserSays(r.talk.ID, r.aki.ID, r.Mention()+" "+inOttawa))
	}
	r.answer(r.Invoke(r.talk.ID, r.aki.ID, "help", nil)) // events come in order: by now the others are queued
	if n := counter(t, r.s.metrics.dropped.WithLabelValues("messages")); n != 6 {
		t.Errorf("%v dropped, want 6", n)
	}
	close(hold)
	for _, q := range append(last[6:], first) {
		mustContain(t, "the reply", r.replyTo(q).Content, "1928")
	}
	notices := 0
	r.WaitFor("the notice", func() bool {
		notices = 0
		for _, m := range r.Messages(r.talk.ID) {
			if strings.Contains(m.Content, "too many questions") {
				notices++
			}
		}
		return notices == 1
	})
}

func TestNothingOfAPersonComesBackAlive(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{}).start()
	const evil = "Who is **Bob** @everyone <@&1> [x](https://evil.example) `code` \u202eabc\u200b ||spoiler|| https://evil.example discord.gg/abc ```"
	got := r.answer(r.Invoke(r.talk.ID, r.aki.ID, "ask", map[string]any{"question": evil}))
	_, reply := r.asks(evil)
	for _, text := range []string{got.Content, reply.Content} {
		for _, bad := range []string{"**Bob**", "@everyone", "<@", "](https", "https://", " `code`", "\u202e", "||spoiler||", "```", "discord.gg"} {
			for line := range strings.SplitSeq(text, "\n") {
				if strings.Contains(line, bad) && !strings.Contains(line, "\\"+bad) && !strings.HasPrefix(line, "— ") {
					t.Errorf("%q stands in the reply:\n%s", bad, text)
				}
			}
		}
	}
}

// A question that is being answered when the server is told to end is answered, and the session stays resumable.
func TestEndsWithTheLastAnswer(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{}).start()
	hold := make(chan struct{})
	r.Faults.Add(discordtest.RESTFault{Route: postMessage, Times: 1, Hold: hold})
	q := r.UserSays(r.talk.ID, r.aki.ID, r.Mention()+" "+inOttawa)
	r.WaitFor("the request", func() bool { return len(r.RequestsTo(postMessage)) == 1 })
	r.cancel()
	r.WaitFor("the close", func() bool { return r.Gateway.Connections() == 0 })
	close(hold)
	if err := r.stop(); err != nil {
		t.Error(err)
	}
	mustContain(t, "the reply", r.replyTo(q).Content, "1928")
	for _, f := range r.Gateway.Log() {
		if f.Op == discordtest.OpClosed && f.Code != 4000 {
			t.Errorf("closed with %d", f.Code)
		}
	}
}

// What hangs for ever does not keep the server from ending after its 8 s.
func TestEndsWithoutTheLastAnswer(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{}).start()
	hold := make(chan struct{})
	defer close(hold)
	r.Faults.Add(discordtest.RESTFault{Route: postMessage, Times: 1, Hold: hold})
	r.UserSays(r.talk.ID, r.aki.ID, r.Mention()+" "+inOttawa)
	r.WaitFor("the request", func() bool { return len(r.RequestsTo(postMessage)) == 1 })
	r.cancel()
	r.WaitFor("the close", func() bool { return r.Gateway.Connections() == 0 })
	before := r.Clock.Now()
	if err := r.stop(); err != nil { // moves the clock until it has ended
		t.Error(err)
	}
	if took := r.Clock.Now().Sub(before); took < drainWithin || took > drainWithin+2*time.Second {
		t.Errorf("it took %v", took)
	}
}
