package discordtest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bwmarrin/discordgo"

	"kaede/bot/discord/discordtest"
)

// register gives the bot a slash command with subcommands' like, one with autocomplete, and a message command.
func register(t *testing.T, w *world) {
	t.Helper()
	w.want(t, "PUT", "/applications/"+w.ApplicationID()+"/commands", []m{
		{"name": "ask", "description": "asks", "options": []m{{"type": 3, "name": "question", "description": "d", "required": true}},
			"contexts": []int{0, 1, 2}, "integration_types": []int{0, 1}},
		{"name": "fact", "description": "d", "options": []m{{"type": 3, "name": "topic", "description": "d", "autocomplete": true}}},
		{"name": "corpus", "description": "d", "options": []m{{"type": 1, "name": "refresh", "description": "d"}}},
		{"name": "Ask about this", "type": 3},
	}, 200, 0)
}

// TestInteractionsWithDiscordgo walks through what the real client does: command, callback, edit, followup, button, select,
// modal, autocomplete, message command.
func TestInteractionsWithDiscordgo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{NoHeartbeats: true, Tolerate: []int{4002}}) // discordgo's presence is of version 6
	check := func(err error) {
		if err != nil {
			t.Error(err)
		}
	}
	text := func(i *discordgo.InteractionCreate, s string, parts ...discordgo.MessageComponent) *discordgo.InteractionResponse {
		return &discordgo.InteractionResponse{Type: discordgo.InteractionResponseChannelMessageWithSource,
			Data: &discordgo.InteractionResponseData{Content: s, AllowedMentions: nobody(), Components: parts, Flags: discordgo.MessageFlagsEphemeral}}
	}
	connect(t, w.Discord, func(s *discordgo.Session, i *discordgo.InteractionCreate) {
		switch i.Type {
		case discordgo.InteractionApplicationCommandAutocomplete:
			typed := i.ApplicationCommandData().Options[0].StringValue()
			check(s.InteractionRespond(i.Interaction, &discordgo.InteractionResponse{Type: discordgo.InteractionApplicationCommandAutocompleteResult,
				Data: &discordgo.InteractionResponseData{Choices: []*discordgo.ApplicationCommandOptionChoice{{Name: typed + "!", Value: "id"}}}}))
		case discordgo.InteractionMessageComponent:
			switch i.MessageComponentData().CustomID {
			case "form":
				check(s.InteractionRespond(i.Interaction, &discordgo.InteractionResponse{Type: discordgo.InteractionResponseModal,
					Data: &discordgo.InteractionResponseData{Title: "Form", CustomID: "sent", Components: []discordgo.MessageComponent{
						discordgo.ActionsRow{Components: []discordgo.MessageComponent{discordgo.TextInput{CustomID: "why", Label: "Why?", Style: discordgo.TextInputShort}}}}}}))
			case "pick":
				check(s.InteractionRespond(i.Interaction, text(i, "picked "+strings.Join(i.MessageComponentData().Values, ","))))
			}
		case discordgo.InteractionModalSubmit:
			input := i.ModalSubmitData().Components[0].(*discordgo.ActionsRow).Components[0].(*discordgo.TextInput)
			check(s.InteractionRespond(i.Interaction, text(i, "because "+input.Value)))
		case discordgo.InteractionApplicationCommand:
			data := i.ApplicationCommandData()
			if data.TargetID != "" {
				check(s.InteractionRespond(i.Interaction, text(i, "about "+data.Resolved.Messages[data.TargetID].Content)))
				return
			}
			check(s.InteractionRespond(i.Interaction, &discordgo.InteractionResponse{Type: discordgo.InteractionResponseDeferredChannelMessageWithSource}))
			said, parts := "asked "+data.Options[0].StringValue(), []discordgo.MessageComponent{
				discordgo.ActionsRow{Components: []discordgo.MessageComponent{discordgo.Button{CustomID: "form", Label: "Form"}}},
				discordgo.ActionsRow{Components: []discordgo.MessageComponent{discordgo.SelectMenu{CustomID: "pick", Options: []discordgo.SelectMenuOption{{Label: "One", Value: "1"}}}}},
			}
			_, err := s.InteractionResponseEdit(i.Interaction, &discordgo.WebhookEdit{Content: &said, Components: &parts, AllowedMentions: nobody()})
			check(err)
			_, err = s.FollowupMessageCreate(i.Interaction, true, &discordgo.WebhookParams{Content: "and more", AllowedMentions: nobody(),
				Flags: discordgo.MessageFlagsEphemeral, Files: []*discordgo.File{{Name: "list.txt", ContentType: "text/plain", Reader: strings.NewReader("a list")}}})
			check(err)
		}
	})
	register(t, w)

	asked := w.Invoke(w.talk.ID, w.aki.ID, "ask", map[string]any{"question": "when?"})
	w.WaitFor("the followup", func() bool { return len(w.Answer(asked).Followups) == 1 })
	a := w.Answer(asked)
	if a.Message.Content != "asked when?" || a.Message.Loading() || a.Ephemeral {
		t.Errorf("answer %+v", a.Message)
	}
	private := w.Ephemerals(asked)
	if len(private) != 1 || private[0].Content != "and more" || string(w.File(private[0].Attachments[0].ID)) != "a list" {
		t.Errorf("private messages %+v", private)
	}
	resp, err := w.http.Get(private[0].Attachments[0].URL)
	if err != nil || resp.StatusCode != 200 {
		t.Fatalf("CDN: %v %v", resp, err)
	}
	resp.Body.Close()
	if got := w.Messages(w.talk.ID); len(got) != 1 || len(got[0].Interactive()) != 2 {
		t.Errorf("public messages %+v", got)
	}

	form := w.Click(w.aki.ID, a.Message.ID, "form")
	if modal := w.WaitAnswer("the form", form).Modal; modal == nil || modal.Title != "Form" {
		t.Fatalf("modal %+v", modal)
	}
	sent := w.SubmitModal(form, map[string]string{"why": "so"})
	if got := w.WaitAnswer("the form's answer", sent); got.Message.Content != "because so" || !got.Ephemeral {
		t.Errorf("answer %+v", got.Message)
	}
	picked := w.Select(w.aki.ID, a.Message.ID, "pick", "1")
	if got := w.WaitAnswer("the choice", picked).Message.Content; got != "picked 1" {
		t.Errorf("answer %q", got)
	}
	if got := w.Autocomplete(w.talk.ID, w.aki.ID, "fact", "topic", "ex", nil); len(got) != 1 || got[0].Name != "ex!" || got[0].Value != "id" {
		t.Errorf("choices %+v", got)
	}
	q := w.UserSays(w.talk.ID, w.aki.ID, "a question")
	about := w.InvokeMessage(w.talk.ID, w.aki.ID, "Ask about this", q.ID)
	if got := w.WaitAnswer("the answer", about).Message.Content; got != "about a question" {
		t.Errorf("answer %q", got)
	}
}

func callback(i discordtest.Interaction) string {
	return "/interactions/" + i.ID + "/" + i.Token + "/callback"
}

func (w *world) hook(i discordtest.Interaction) string {
	return "/webhooks/" + w.ApplicationID() + "/" + i.Token
}

func TestInteractionRules(t *testing.T) {
	t.Parallel()
	said := func(s string) m { return m{"content": s, "allowed_mentions": silent()} }
	answer := m{"type": 4, "data": said("x")}
	start := func(t *testing.T) (*world, discordtest.Interaction) {
		w := newWorld(t, discordtest.Options{})
		register(t, w)
		return w, w.Invoke(w.talk.ID, w.aki.ID, "ask", map[string]any{"question": "when?"})
	}
	t.Run("one callback", func(t *testing.T) {
		t.Parallel()
		w, i := start(t)
		w.want(t, "POST", callback(i), answer, 204, 0)
		w.want(t, "POST", callback(i), answer, 400, 40060)
		w.report.want(t, "40060")
	})
	t.Run("within 3 s", func(t *testing.T) {
		t.Parallel()
		w, i := start(t)
		w.Clock.Advance(3*time.Second + time.Millisecond)
		w.want(t, "POST", callback(i), answer, 404, 10062)
		w.report.want(t, "10062")
	})
	t.Run("just within 3 s, with response", func(t *testing.T) {
		t.Parallel()
		w, i := start(t)
		w.Clock.Advance(3 * time.Second)
		got := w.want(t, "POST", callback(i)+"?with_response=true", answer, 200, 0)
		if got["resource"].(m)["message"].(m)["content"] != "x" {
			t.Errorf("response %v", got)
		}
	})
	t.Run("wrong token", func(t *testing.T) {
		t.Parallel()
		w, i := start(t)
		w.want(t, "POST", "/interactions/"+i.ID+"/guessed/callback", answer, 404, 10062)
		w.report.want(t, "10062")
	})
	t.Run("15 minutes", func(t *testing.T) {
		t.Parallel()
		w, i := start(t)
		w.want(t, "POST", callback(i), answer, 204, 0)
		w.Clock.Advance(15 * time.Minute)
		w.want(t, "PATCH", w.hook(i)+"/messages/@original", said("y"), 200, 0)
		w.Clock.Advance(time.Second)
		w.want(t, "PATCH", w.hook(i)+"/messages/@original", said("z"), 401, 50027)
		w.report.want(t, "50027")
	})
	t.Run("followup before the callback", func(t *testing.T) {
		t.Parallel()
		w, i := start(t)
		w.want(t, "POST", w.hook(i), said("x"), 404, 10015)
		w.report.want(t, "10015")
	})
	t.Run("ephemeral is fixed", func(t *testing.T) {
		t.Parallel()
		w, i := start(t)
		w.want(t, "POST", callback(i), m{"type": 5}, 204, 0)
		w.want(t, "PATCH", w.hook(i)+"/messages/@original", m{"content": "x", "flags": 64, "allowed_mentions": silent()}, 400, 50035)
		w.report.want(t, "flags")
		w.want(t, "POST", w.hook(i), m{"content": "x", "flags": 64, "allowed_mentions": silent()}, 200, 0)
		w.report.want(t, "the deferral has fixed")
		if a := w.Answer(i); a.Message.Content != "x" || a.Message.Ephemeral() || len(a.Followups) != 0 {
			t.Errorf("the followup after a deferral must edit the original: %+v", a)
		}
	})
	t.Run("only ephemeral when deferring", func(t *testing.T) {
		t.Parallel()
		w, i := start(t)
		w.want(t, "POST", callback(i), m{"type": 5, "data": m{"flags": 1 << 15}}, 400, 50035)
		w.report.want(t, "data.flags")
	})
	t.Run("deferred and private", func(t *testing.T) {
		t.Parallel()
		w, i := start(t)
		w.want(t, "POST", callback(i), m{"type": 5, "data": m{"flags": 64}}, 204, 0)
		if a := w.Answer(i); !a.Pending || len(w.Ephemerals(i)) != 0 {
			t.Errorf("answer %+v", a)
		}
		w.want(t, "PATCH", w.hook(i)+"/messages/@original", said("x"), 200, 0)
		if got := w.Ephemerals(i); len(got) != 1 || got[0].Content != "x" || len(w.Messages(w.talk.ID)) != 0 {
			t.Errorf("private %+v", got)
		}
		w.want(t, "DELETE", w.hook(i)+"/messages/@original", nil, 204, 0)
		w.want(t, "GET", w.hook(i)+"/messages/@original", nil, 404, 10008)
	})
	t.Run("wrong type of callback", func(t *testing.T) {
		t.Parallel()
		w, i := start(t)
		w.want(t, "POST", callback(i), m{"type": 7, "data": said("x")}, 400, 50035)
		w.report.want(t, "callback 7")
	})
	t.Run("25 choices", func(t *testing.T) {
		t.Parallel()
		w, _ := start(t)
		choices := func(n int) m {
			return m{"type": 8, "data": m{"choices": repeat(n, func(i int) m { return m{"name": fmt.Sprint(i), "value": "v"} })}}
		}
		i := w.StartAutocomplete(w.talk.ID, w.aki.ID, "fact", "topic", "", nil)
		w.want(t, "POST", callback(i), choices(26), 400, 50035)
		w.report.want(t, "data.choices")
		w.want(t, "POST", callback(i), choices(25), 204, 0)
		i = w.StartAutocomplete(w.talk.ID, w.aki.ID, "fact", "topic", "", nil)
		w.want(t, "POST", callback(i), answer, 400, 50035)
		w.report.want(t, "callback 4")
	})
	t.Run("5 followups of a user install", func(t *testing.T) {
		t.Parallel()
		w, _ := start(t)
		away := w.AddGuildWith(discordtest.Guild{Name: "away", WithoutBot: true})
		there := w.AddChannel(away.ID, "there")
		mika := w.AddUserWith(discordtest.User{Name: "mika", Installed: true})
		w.AddMember(away.ID, mika.ID)
		i := w.Invoke(there.ID, mika.ID, "ask", map[string]any{"question": "when?"})
		w.want(t, "POST", callback(i), answer, 204, 0)
		for range 5 {
			w.want(t, "POST", w.hook(i), said("x"), 200, 0)
		}
		w.want(t, "POST", w.hook(i), said("x"), 400, 40094)
		w.report.want(t, "40094")
	})
	t.Run("modal limits", func(t *testing.T) {
		t.Parallel()
		input := func(id string) m { return m{"type": 4, "custom_id": id, "style": 1, "label": "l"} }
		for _, test := range []struct {
			breach string
			data   m
		}{
			{"data.title", m{"title": words(46), "custom_id": "x", "components": []m{row(input("a"))}}},
			{"data.custom_id", m{"title": "t", "custom_id": words(101), "components": []m{row(input("a"))}}},
			{"data.components", m{"title": "t", "custom_id": "x", "components": repeat(6, func(i int) m { return row(input(fmt.Sprint(i))) })}},
			{"label", m{"title": "t", "custom_id": "x", "components": []m{{"type": 18, "label": words(46), "component": input("a")}}}},
			{"placeholder", m{"title": "t", "custom_id": "x", "components": []m{row(m{"type": 4, "custom_id": "a", "style": 1, "label": "l", "placeholder": words(101)})}}},
			{"max_length", m{"title": "t", "custom_id": "x", "components": []m{row(m{"type": 4, "custom_id": "a", "style": 1, "label": "l", "max_length": 4001})}}},
			{"", m{"title": "t", "custom_id": "x", "components": []m{{"type": 18, "label": "l", "component": m{"type": 4, "custom_id": "a", "style": 2}}}}},
		} {
			w, i := start(t)
			resp, _ := w.do(t, "POST", callback(i), m{"type": 9, "data": test.data})
			w.report.want(t, test.breach)
			if good := test.breach == ""; good != (resp.StatusCode == 204) {
				t.Errorf("%v: status %d", test.data, resp.StatusCode)
			}
		}
	})
	t.Run("update and deferred update", func(t *testing.T) {
		t.Parallel()
		w, i := start(t)
		w.want(t, "POST", callback(i), m{"type": 4, "data": m{"content": "x", "allowed_mentions": silent(), "components": []m{row(button("a"), button("b"))}}}, 204, 0)
		first := w.Answer(i).Message
		click := w.Click(w.aki.ID, first.ID, "a")
		w.want(t, "POST", callback(click), m{"type": 7, "data": said("y")}, 204, 0)
		click = w.Click(w.aki.ID, first.ID, "b")
		w.want(t, "POST", callback(click), m{"type": 6}, 204, 0)
		if !w.Answer(click).Pending {
			t.Error("a deferred update must be pending")
		}
		w.want(t, "PATCH", w.hook(click)+"/messages/@original", said("z"), 200, 0)
		if got := w.Messages(w.talk.ID); len(got) != 1 || got[0].Content != "z" || w.Answer(click).Pending {
			t.Errorf("messages %+v", got)
		}
	})
}
