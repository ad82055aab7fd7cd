package discord

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"kaede/bot/discord/discordtest"
	"kaede/corpus"
)

func TestQuickFacts(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{}).start(func(s *Server) { s.User.Burst = 100 })
	for _, c := range []struct{ locale, typed, label string }{
		{"en-US", "start of canada", "Start of Canada-Japan diplomatic relations"},
		{"ja", "外交", ""},
		{"fr", "relations dipl", ""},
	} {
		u := r.AddUser("typing in "+c.locale, c.locale)
		r.AddMember(r.home.ID, u.ID)
		choices := r.Autocomplete(r.talk.ID, u.ID, "fact", "topic", c.typed, nil)
		if len(choices) == 0 || c.label != "" && choices[0].Name != c.label {
			t.Errorf("%s: %q suggests %v", c.locale, c.typed, choices)
			continue
		}
		if _, ok := r.s.Bot.Document(fmt.Sprint(choices[0].Value)); ok {
			t.Errorf("the value %v is no fact", choices[0].Value)
		}
		got := r.answer(r.Invoke(r.talk.ID, u.ID, "fact", map[string]any{"topic": choices[0].Value}))
		mustContain(t, "the fact", got.Content, "-# ❝ "+escape(choices[0].Name), "\n**", "\n> ")
	}
	if n := len(r.Autocomplete(r.talk.ID, r.aki.ID, "fact", "topic", "", nil)); n == 0 || n > 25 {
		t.Errorf("%d popular topics on an empty field", n)
	}
	typed := r.answer(r.Invoke(r.talk.ID, r.aki.ID, "fact", map[string]any{"topic": "start of canada-japan dipl"}))
	mustContain(t, "a fact by its name", typed.Content, "1928")
	none := r.answer(r.Invoke(r.talk.ID, r.aki.ID, "fact", map[string]any{"topic": "zzzz *zzzz*"}))
	mustContain(t, "no fact", none.Content, `zzzz \*zzzz\*`)
	if n := len(r.RequestsTo("POST /interactions/{interaction_id}/{interaction_token}/callback")); n < 8 {
		t.Errorf("only %d callbacks", n)
	}
}

func TestLists(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{}).start()
	i := r.Invoke(r.talk.ID, r.aki.ID, "facts", nil)
	first := r.answer(i)
	mustContain(t, "the list", first.Content, "**Quick facts**", "\n- ", "page 1 of ")
	if !first.Ephemeral() {
		t.Error("a list floods the channel")
	}
	next := first.Interactive()[1]
	r.restart()
	r.answer(r.Click(r.aki.ID, first.ID, next.CustomID))
	second, _ := r.Message(first.ID)
	mustContain(t, "the second page", second.Content, "page 2 of ")
	if second.Content == first.Content {
		t.Error("the page did not turn")
	}
	topic := r.s.Bot.Topics()[0]
	themes := r.Autocomplete(r.talk.ID, r.aki.ID, "facts", "theme", "", nil)
	if len(themes) == 0 || themes[0].Value != topic.ID {
		t.Errorf("themes %v, want %v first", themes, topic)
	}
	themed := r.answer(r.Invoke(r.talk.ID, r.aki.ID, "facts", map[string]any{"theme": topic.ID}))
	mustContain(t, "the theme", themed.Content, r.s.Bot.TopicName(topic.ID, corpus.English), "\n- ")
	none := r.answer(r.Invoke(r.talk.ID, r.aki.ID, "facts", map[string]any{"theme": "**none**"}))
	mustContain(t, "no theme", none.Content, `\*\*none\*\*`)
	mustContain(t, "sources", r.answer(r.Invoke(r.talk.ID, r.aki.ID, "sources", nil)).Content, "Canada-Japan relations", "sentences", "facts")
	mustContain(t, "about", r.answer(r.Invoke(r.talk.ID, r.aki.ID, "about", nil)).Content, r.s.Bot.Status().Version, "Privacy")
}

// Buttons work for a process that knows nothing of the message on which they stand.
func TestButtonsAfterRestart(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{}).start()
	_, reply := r.asks(inOttawa)
	slash := r.answer(r.Invoke(r.talk.ID, r.aki.ID, "ask", map[string]any{"question": inOttawa}))
	r.Clock.Advance(time.Hour)
	r.restart()
	for _, m := range []discordtest.Message{reply, slash} {
		more := r.answer(r.Click(r.aki.ID, m.ID, button1(t, m, opMore).CustomID))
		// Of passages with long sources fewer fit into a message.
		if n := strings.Count(more.Content, "\n> "); !more.Ephemeral() || n < 2 || n > maxMore || strings.Contains(more.Content, "> Canada and Japan have a long history") {
			t.Errorf("more passages: private %v\n%s", more.Ephemeral(), more.Content)
		}
		source := r.answer(r.Click(r.aki.ID, m.ID, button1(t, m, opSource).CustomID))
		mustContain(t, "the source in full", source.Content, "long history of diplomatic relations dating back to 1928", "page 1 of")
		if !source.Ephemeral() {
			t.Error("the source floods the channel")
		}
		r.answer(r.Click(r.aki.ID, source.ID, source.Interactive()[1].CustomID))
		turned, _ := r.Message(source.ID)
		mustContain(t, "the source's second page", turned.Content, "page 2 of")
		fact := r.answer(r.Click(r.aki.ID, m.ID, button1(t, m, opFact).CustomID))
		mustContain(t, "the related fact", fact.Content, "\n> ")
	}
}

func TestRemove(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{}).start()
	ben := r.AddUser("ben")
	r.AddMember(r.home.ID, ben.ID)
	janitor := r.AddUser("janitor")
	r.AddMember(r.home.ID, janitor.ID, r.AddRole(r.home.ID, "janitors", discordtest.ManageMessages).ID)
	for _, who := range []discordtest.User{r.aki, janitor} {
		_, reply := r.asks(inOttawa)
		id := button1(t, reply, opRemove).CustomID
		mustContain(t, "the refusal", r.answer(r.Click(ben.ID, reply.ID, id)).Content, "Only who asked")
		r.Click(who.ID, reply.ID, id)
		r.WaitFor("the removal", func() bool { _, ok := r.Message(reply.ID); return !ok })
	}
}

func TestPostInChannel(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{}).start()
	private := r.answer(r.Invoke(r.talk.ID, r.aki.ID, "ask", map[string]any{"question": inOttawa, "private": true}))
	post := button1(t, private, opPost).CustomID
	press := r.Click(r.aki.ID, private.ID, post)
	posted := r.posted(press)
	if posted.Ephemeral() || posted.Content != private.Content {
		t.Errorf("posted: private %v\n%s\nwant\n%s", posted.Ephemeral(), posted.Content, private.Content)
	}
	button1(t, posted, opMore)
	button1(t, posted, opRemove)
	private = r.answer(press)
	button1(t, private, opMore)
	if !private.Ephemeral() || private.Content != posted.Content || slices.ContainsFunc(private.Interactive(), func(c discordtest.Component) bool { return c.CustomID == post }) {
		t.Errorf("the private answer is now, with a button to post it again:\n%+v", private)
	}
}

// Two presses before Discord has taken the button away post once.
func TestPostTwice(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{}).start()
	private := r.answer(r.Invoke(r.talk.ID, r.aki.ID, "ask", map[string]any{"question": inOttawa, "private": true}))
	post := button1(t, private, opPost).CustomID
	hold := make(chan struct{})
	r.Faults.Add(discordtest.RESTFault{Route: callback, Times: 1, Hold: hold})
	first := r.Click(r.aki.ID, private.ID, post)
	r.WaitFor("the first press", func() bool { return len(r.RequestsTo(callback)) == 2 })
	second := r.answer(r.Click(r.aki.ID, private.ID, post))
	close(hold)
	mustContain(t, "the second press", second.Content, "posted already")
	r.posted(first)
}

// A button of another age, or none of ours, is answered politely (the fake knows no such interaction: 10062).
func TestForeignButton(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{Tolerate: []int{codeUnknownInteraction}}).start()
	_, reply := r.asks(inOttawa)
	r.Gateway.Dispatch("INTERACTION_CREATE", map[string]any{"id": "1", "application_id": r.ApplicationID(), "type": 3, "token": "foreign",
		"version": 1, "channel_id": r.talk.ID, "user": map[string]any{"id": r.aki.ID, "username": "aki"}, "message": map[string]any{"id": reply.ID},
		"data": map[string]any{"custom_id": "k0:from:another:age", "component_type": 2}})
	r.WaitFor("the answer", func() bool {
		list := r.RequestsTo("POST /interactions/{interaction_id}/{interaction_token}/callback")
		return len(list) == 1 && strings.Contains(string(list[0].Body), "know this command or button")
	})
}

// What takes longer than 1.5 s is deferred, and the words follow.
func TestDeferred(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{})
	r.init() // not on the gateway: the test hands the interaction over
	r.s.work, r.s.appID = t.Context(), r.ApplicationID()
	if err := r.s.overwrite(t.Context(), "", globalCommands()); err != nil {
		t.Fatal(err)
	}
	i := r.Invoke(r.talk.ID, r.aki.ID, "about", nil)
	release, ended := make(chan struct{}), make(chan struct{})
	waiting := r.Clock.Waiting()
	go func() {
		defer close(ended)
		u := &use{Interaction: interactionOf(i), voice: voiceOf(corpus.English, ""), arrived: r.Clock.Now()}
		r.s.respond(t.Context(), u, true, func(context.Context) view {
			<-release
			return view{content: "at last"}
		})
	}()
	if err := r.Clock.WaitForTimers(t.Context(), waiting+1); err != nil {
		t.Fatal(err)
	}
	r.Clock.Advance(deferAfter - 1)
	if a := r.Answer(i); a.Type != 0 {
		t.Errorf("answered by callback %d before 1.5 s", a.Type)
	}
	r.Clock.Advance(1)
	r.WaitFor("the deferral", func() bool { return r.Answer(i).Pending })
	close(release)
	if got := r.answer(i); got.Content != "at last" || !got.Ephemeral() {
		t.Errorf("answer %q, private %v", got.Content, got.Ephemeral())
	}
	<-ended
}

// A page that takes longer than 1.5 s to turn is deferred too, and stands in place of the other.
func TestDeferredPage(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{})
	r.init() // not on the gateway: the test hands the interactions over
	r.s.work, r.s.appID = t.Context(), r.ApplicationID()
	if err := r.s.overwrite(t.Context(), "", globalCommands()); err != nil {
		t.Fatal(err)
	}
	by := func(i discordtest.Interaction) *use {
		return &use{Interaction: interactionOf(i), voice: voiceOf(corpus.English, ""), arrived: r.Clock.Now()}
	}
	i := r.Invoke(r.talk.ID, r.aki.ID, "facts", nil)
	r.s.respond(t.Context(), by(i), true, func(context.Context) view { return r.s.facts("", 0, voiceOf(corpus.English, "")) })
	first := r.answer(i)
	turned := r.Click(r.aki.ID, first.ID, first.Interactive()[1].CustomID)
	release, ended := make(chan struct{}), make(chan struct{})
	waiting := r.Clock.Waiting()
	go func() {
		defer close(ended)
		r.s.turn(t.Context(), by(turned), func(context.Context) view {
			<-release
			return view{content: "the next page"}
		})
	}()
	if err := r.Clock.WaitForTimers(t.Context(), waiting+1); err != nil {
		t.Fatal(err)
	}
	r.Clock.Advance(deferAfter)
	r.WaitFor("the deferral", func() bool { return r.Answer(turned).Type == discordtest.CallbackDeferUpdate })
	close(release)
	r.WaitFor("the page", func() bool { m, _ := r.Message(first.ID); return m.Content == "the next page" })
	<-ended
}

func TestCommandsAreOverwrittenOnlyWhenTheyDiffer(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{}).start()
	const global, local = "PUT /applications/{application_id}/commands", "PUT /applications/{application_id}/guilds/{guild_id}/commands"
	count := func() [2]int { return [2]int{len(r.RequestsTo(global)), len(r.RequestsTo(local))} }
	first := count()
	r.restart()
	r.WaitFor("the look at the commands", func() bool {
		return len(r.RequestsTo("GET /applications/{application_id}/guilds/{guild_id}/commands")) == 2
	})
	r.asks(inOttawa)
	if got := count(); first != [2]int{1, 1} || got != first {
		t.Errorf("overwritten %v, then %v times; want once each", first, got)
	}
	for _, c := range r.Commands("") {
		if c.Type != typeSlash {
			continue
		}
		for _, l := range commandLocales() {
			if c.NameLocalizations[l] == "" || c.DescriptionLocalizations[l] == "" {
				t.Errorf("command %s has no words in %s", c.Name, l)
			}
		}
	}
	if home := r.Commands(r.home.ID); len(home) != 1 || home[0].DefaultMemberPermissions == nil || *home[0].DefaultMemberPermissions != "32" {
		t.Errorf("home commands %+v", home)
	}
}
