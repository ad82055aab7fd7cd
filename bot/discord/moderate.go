package discord

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/bwmarrin/discordgo"

	"kaede/bot"
	"kaede/corpus"
)

// The moderators' subcommands of /corpus.
const (
	subStatus   = "status"
	subCheck    = "check"
	subRefresh  = "refresh"
	subVersions = "versions"
	subUse      = "use"
)

// showEvery is how often a refresh shows its progress.
const showEvery = 2 * time.Second

// isModerator reports whether a person may keep the corpus: in a home server, with Manage Server or a moderators' role. Discord
// tells both with each interaction; what it shows to whom is only a courtesy and not relied upon.
func (s *Server) isModerator(i *discordgo.Interaction) bool {
	if i.GuildID == "" || !slices.Contains(s.Home, i.GuildID) || i.Member == nil {
		return false
	}
	if i.Member.Permissions&(discordgo.PermissionManageGuild|discordgo.PermissionAdministrator) != 0 {
		return true
	}
	return slices.ContainsFunc(i.Member.Roles, func(r string) bool { return slices.Contains(s.ModeratorRoles, r) })
}

// moderate runs a subcommand of /corpus for a moderator, and refuses everybody else.
func (s *Server) moderate(ctx context.Context, u *use, data discordgo.ApplicationCommandInteractionData, version string, force bool) {
	sub := ""
	if len(data.Options) == 1 && data.Options[0] != nil {
		sub = data.Options[0].Name
	}
	allowed := s.isModerator(u.Interaction)
	s.Log.Info("corpus command", "who", u.user.ID, "name", clean(u.user.Username), "server", u.GuildID, "command", sub, "version", clean(version), "allowed", allowed)
	if !allowed {
		s.tell(ctx, u, "not_moderator")
		if u.GuildID != "" && !slices.Contains(s.Home, u.GuildID) { // a home once, or it would not have the command
			s.overwrite(ctx, u.GuildID, []command{})
		}
		return
	}
	switch sub {
	case subStatus:
		s.respond(ctx, u, true, func(context.Context) view { return s.status(u.voice) })
	case subCheck:
		s.respond(ctx, u, true, func(ctx context.Context) view { return s.check(ctx, u.voice) })
	case subRefresh:
		s.refresh(ctx, u, force)
	case subVersions:
		s.respond(ctx, u, true, func(context.Context) view { return s.versions(u.voice) })
	case subUse:
		s.respond(ctx, u, true, func(ctx context.Context) view { return s.useVersion(ctx, version, u.voice) })
	default:
		s.tell(ctx, u, "unknown")
	}
}

func (s *Server) status(v voice) view {
	st := s.Bot.Status()
	kept := v.say("kept_no")
	if st.Durable {
		kept = v.say("kept_yes")
	}
	return view{content: v.say("status", "Version", escape(st.Version), "Digest", clip(st.Digest, 16), "Documents", st.Documents,
		"Passages", st.Passages, "Sentences", st.Sentences, "Facts", st.Facts, "Concepts", st.Concepts, "Asks", st.Asks, "Kept", kept)}
}

func (s *Server) check(ctx context.Context, v voice) view {
	c, err := s.Bot.Check(ctx)
	if err != nil {
		return s.problems("check_bad", "check the corpus", err, v)
	}
	return view{content: v.say("check_good", "Documents", len(c.Documents), "Facts", len(c.Facts))}
}

// problems shows what is wrong with a corpus.
func (s *Server) problems(headline, what string, err error, v voice) view {
	var check *corpus.CheckError
	if !errors.As(err, &check) {
		return s.sorry(what, err, v)
	}
	lines := make([]string, len(check.Problems))
	for i, p := range check.Problems {
		lines[i] = p.String()
	}
	return listed(v.say(headline, "N", len(lines)), "problems.txt", lines)
}

// maxListed is how much of a list stands in the message; a longer one is a file.
const maxListed = 1500

// listed shows a headline with a list, which is a file of that name when it is long.
func listed(headline, name string, lines []string) view {
	out := view{content: headline}
	for _, l := range lines {
		out.content += "\n- " + escape(l)
	}
	if width(out.content) <= maxListed {
		return out
	}
	return view{content: headline, files: []file{{name, []byte(strings.Join(lines, "\n") + "\n")}}}
}

// refresh publishes the corpus anew and shows how far it is, then what changed. Forced, it publishes although golden questions are lost.
func (s *Server) refresh(ctx context.Context, u *use, force bool) {
	if !s.refreshing.TryLock() {
		s.tell(ctx, u, "refresh_running")
		return
	}
	if !s.defers(ctx, u, callbackMessage, true) {
		s.refreshing.Unlock()
		return
	}
	out, outcome := view{content: u.voice.say("failed")}, "failed" // what a panic leaves
	s.guard("refresh the corpus", func() { out, outcome = s.tryRefresh(ctx, u, force) })
	s.refreshing.Unlock() // before the outcome is shown, which invites the next
	s.metrics.refreshes.WithLabelValues(outcome).Inc()
	s.Log.Info("corpus refresh ended", "who", u.user.ID, "outcome", outcome)
	s.edit(ctx, u, out)
}

// tryRefresh shows the progress of a refresh and returns what is to be shown last.
func (s *Server) tryRefresh(ctx context.Context, u *use, force bool) (out view, outcome string) {
	var latest atomic.Pointer[view]
	latest.Store(&view{content: u.voice.say("stage_" + string(bot.Checking))})
	showing, stop := context.WithCancel(ctx)
	shown := make(chan struct{})
	defer func() { stop(); <-shown }()
	go func() {
		defer close(shown)
		for {
			if out := latest.Swap(nil); out != nil {
				s.edit(ctx, u, *out) // not cut off, or it might arrive after the last
			}
			if s.Clock.Sleep(showing, showEvery) != nil {
				return
			}
		}
	}()
	done, err := s.Bot.Refresh(ctx, bot.RefreshOptions{Force: force, Progress: func(stage bot.Stage, n, total int) {
		latest.Store(&view{content: u.voice.say("stage_"+string(stage), "Done", n, "Total", total)})
	}})
	var check *corpus.CheckError
	var said *bot.Error
	switch {
	case err == nil:
		return refreshedView(done, u.voice), "published"
	case errors.As(err, &check):
		return s.problems("refresh_bad", "refresh", err, u.voice), "refused"
	case errors.As(err, &said) && said.Code == bot.GoldenLost:
		return lostView(said, u.voice), "refused"
	}
	return s.sorry("refresh the corpus", err, u.voice), "failed"
}

// refreshedView shows what a refresh did, with the golden questions that it lost by force.
func refreshedView(done bot.Refreshed, v voice) view {
	text := v.say("refreshed", "Version", escape(done.Version)) + "\n" + diffText(done.Diff, v)
	if len(done.Won)+len(done.Lost) > 0 {
		text += "\n" + v.say("golden", "Won", len(done.Won), "Lost", len(done.Lost))
	}
	lost := make([]string, len(done.Lost))
	for i, g := range done.Lost {
		lost[i] = g.Question
	}
	return listed(text, "golden.txt", lost)
}

// lostView shows which golden questions a refresh would have lost.
func lostView(lost *bot.Error, v voice) view {
	headline, data := *lost, maps.Clone(lost.Data)
	questions, _ := data["Questions"].(string)
	data["Questions"] = ""
	headline.Data = data
	lines := strings.Split(questions, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimPrefix(l, "- ")
	}
	return listed(strings.TrimSpace(headline.Say(v.locale)), "golden.txt", lines)
}

// diffText shows what a refresh changed, with the first ids of each kind.
func diffText(d corpus.Diff, v voice) string {
	if d.IsZero() {
		return v.say("diff_none")
	}
	var lines []string
	for _, one := range []struct {
		id     string
		change corpus.Change
	}{{"diff_documents", d.Documents}, {"diff_passages", d.Passages}, {"diff_facts", d.Facts}} {
		c := one.change
		lines = append(lines, v.say(one.id, "Added", len(c.Added), "Changed", len(c.Changed), "Removed", len(c.Removed)))
		for _, list := range []struct {
			sign string
			ids  []string
		}{{"+", c.Added}, {"~", c.Changed}, {"−", c.Removed}} {
			if len(list.ids) > 0 {
				names := clip(strings.Join(list.ids, ", "), 150)
				lines = append(lines, "-# "+escape(list.sign+" "+names))
			}
		}
	}
	return strings.Join(lines, "\n")
}

func (s *Server) versions(v voice) view {
	list, err := s.Bot.Versions()
	if err != nil {
		return s.sorry("list versions", err, v)
	}
	lines := []string{v.say("versions_title")}
	for _, one := range list[:min(len(list), 20)] {
		line := fmt.Sprintf("- %s · <t:%d:f>", escape(one.Name), one.Created.Unix())
		switch {
		case one.Current:
			line += " · **" + v.say("version_current") + "**"
		case one.Damaged:
			line += " · " + v.say("version_damaged")
		}
		lines = append(lines, line)
	}
	return view{content: strings.Join(lines, "\n")}
}

func (s *Server) useVersion(ctx context.Context, name string, v voice) view {
	if err := s.Bot.Use(ctx, name); err != nil {
		return s.sorry("use a version", err, v)
	}
	return view{content: v.say("version_used", "Version", escape(name))}
}
