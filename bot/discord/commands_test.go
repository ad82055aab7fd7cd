package discord

import (
	"strings"
	"testing"
	"time"

	"kaede/bot/discord/discordtest"
)

const putGlobal = "PUT /applications/{application_id}/commands"

// A home server that invites Kaede while it runs has /corpus at once.
func TestHomeInvitesLater(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{})
	later := r.AddGuildWith(discordtest.Guild{Name: "later", WithoutBot: true})
	r.start(func(s *Server) { s.Home = append(s.Home, later.ID) })
	mustContain(t, "the log", r.log.String(), later.ID, "oauth2/authorize")
	r.JoinGuild(later.ID)
	r.WaitFor("the commands", func() bool { return len(r.Commands(later.ID)) == 1 })
	if n := r.InvalidRequests(); n != 0 {
		t.Errorf("%d requests were refused", n)
	}
}

// What Discord does not take at first is registered later.
func TestCommandsAreTriedAgain(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{})
	r.Faults.Add(discordtest.RESTFault{Route: putGlobal, Status: 403, Code: codeMissingAccess, Times: 3})
	r.run()
	r.WaitFor("the first refusal", func() bool { return len(r.RequestsTo(putGlobal)) == 1 })
	r.advanceUntil(time.Second, func() bool { return len(r.Commands("")) > 0 })
	if n := len(r.RequestsTo(putGlobal)); n != 4 {
		t.Errorf("%d requests, want 4", n)
	}
}

// A server that is no home any more loses /corpus when somebody uses it.
func TestFormerHomeLosesItsCommands(t *testing.T) {
	t.Parallel()
	r := newRig(t, discordtest.Options{})
	former := r.AddGuild("former")
	r.AddMember(former.ID, r.aki.ID)
	there := r.AddChannel(former.ID, "there")
	r.start(func(s *Server) { s.Home = append(s.Home, former.ID) })
	r.WaitFor("the commands", func() bool { return len(r.Commands(former.ID)) == 1 })
	r.restart()
	got := r.answer(r.Invoke(there.ID, r.aki.ID, "corpus status", nil))
	if !got.Ephemeral() || !strings.Contains(got.Content, "Only moderators") {
		t.Errorf("private %v: %s", got.Ephemeral(), got.Content)
	}
	r.WaitFor("the removal", func() bool { return len(r.Commands(former.ID)) == 0 })
}
