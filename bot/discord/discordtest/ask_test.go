package discordtest_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/bwmarrin/discordgo"

	"kaede/bot/discord/discordtest"
)

// connect starts the real discordgo against d and waits until it is ready.
func connect(t *testing.T, d *discordtest.Discord, handlers ...any) *discordgo.Session {
	t.Helper()
	s, err := discordgo.New("Bot " + d.Token())
	if err != nil {
		t.Fatal(err)
	}
	s.Client = &http.Client{Transport: d.Transport(), Timeout: time.Minute}
	s.Identify.Intents = discordgo.IntentsGuilds | discordgo.IntentsGuildMessages | discordgo.IntentsDirectMessages
	s.SyncEvents = true
	s.StateEnabled = false
	for _, h := range handlers {
		s.AddHandler(h)
	}
	if err := s.Open(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// nobody allows no mention.
func nobody() *discordgo.MessageAllowedMentions {
	return &discordgo.MessageAllowedMentions{Parse: []discordgo.AllowedMentionType{}}
}

func TestMentionGetsReply(t *testing.T) {
	t.Parallel()
	d := discordtest.New(t, discordtest.Options{NoHeartbeats: true, Spec: spec(t), Tolerate: []int{4002}}) // discordgo's presence is of version 6
	home := d.AddGuild("home")
	talk := d.AddChannel(home.ID, "talk")
	aki := d.AddUser("aki", "ja")
	d.AddMember(home.ID, aki.ID)
	connect(t, d, func(s *discordgo.Session, m *discordgo.MessageCreate) {
		if len(m.Mentions) == 0 || m.Author.Bot {
			return
		}
		_, err := s.ChannelMessageSendComplex(m.ChannelID, &discordgo.MessageSend{
			Content:         fmt.Sprintf("you said %q", m.Content),
			Reference:       m.Reference(),
			AllowedMentions: nobody(),
			Embeds:          []*discordgo.MessageEmbed{{Title: "a title", Fields: []*discordgo.MessageEmbedField{{Name: "n", Value: "v"}}}},
		})
		if err != nil {
			t.Error(err)
		}
	})
	d.UserSays(talk.ID, aki.ID, "only among us")
	q := d.UserSays(talk.ID, aki.ID, d.Mention()+" since when?")
	got := d.WaitMessage("the reply", talk.ID, nil)
	if want := fmt.Sprintf("you said %q", q.Content); got.Content != want || got.RepliesTo != q.ID {
		t.Errorf("reply %q to %s, want %q to %s", got.Content, got.RepliesTo, want, q.ID)
	}
}
