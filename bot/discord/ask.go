package discord

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"kaede/bot"
	"kaede/corpus"
)

// exchange is one question in a channel and our answer to it.
type exchange struct {
	channel, question, answer string // ids
	before                    string // id of our earlier answer to which the question replied
	text                      string
	asker                     string
	at                        time.Time
}

const (
	sweepEvery  = time.Hour
	rememberFor = 24*time.Hour - sweepEvery // so that nothing stays longer than a day
	muteFor     = 10 * time.Minute          // where we may not speak; a change of permissions ends it
	editWithin  = 5 * time.Minute           // an update whose edit is older only unfolds a link
	maxFetched  = 3                         // messages that are fetched for one conversation's history
)

// onMessage looks whether a message is a question to us.
func (s *Server) onMessage(m *discordgo.Message, arrived time.Time) {
	if !s.addressed(m) || !s.seen.add(m.ID) {
		return
	}
	s.messages.push(job{
		lane:   m.ChannelID,
		run:    func() { s.guard("answer a message", func() { s.answerMessage(s.work, m, arrived) }) },
		missed: func() { s.excuse(s.work, m) },
	})
}

// addressed reports whether a person speaks to us: directly, by mention or by answering one of our messages.
func (s *Server) addressed(m *discordgo.Message) bool {
	self, _ := s.me()
	switch {
	case m.Author == nil, m.Author.Bot, m.Author.System, m.Author.ID == self, m.WebhookID != "":
		return false
	case m.Type != discordgo.MessageTypeDefault && m.Type != discordgo.MessageTypeReply:
		return false
	case m.GuildID == "":
		return true
	}
	return slices.ContainsFunc(m.Mentions, func(u *discordgo.User) bool { return u != nil && u.ID == self })
}

// question is what a message asks, without the mention of us.
func (s *Server) question(content string) string {
	self, _ := s.me()
	return strings.TrimSpace(strings.NewReplacer("<@"+self+">", " ", "<@!"+self+">", " ").Replace(content))
}

// way tells how a message came.
func way(m *discordgo.Message) string {
	switch {
	case m.MessageReference != nil:
		return "reply"
	case m.GuildID == "":
		return "dm"
	}
	return "mention"
}

func (s *Server) answerMessage(ctx context.Context, m *discordgo.Message, arrived time.Time) {
	if until, ok := s.muted.get(m.ChannelID); ok && until.After(arrived) {
		return
	}
	if !s.inPace(m.Author.ID, m.ChannelID, arrived) {
		s.notify(ctx, m, "slower")
		return
	}
	text := s.question(m.Content)
	x := &exchange{channel: m.ChannelID, question: m.ID, text: text, asker: m.Author.ID, at: arrived}
	if m.MessageReference != nil {
		x.before = m.MessageReference.MessageID
	}
	out, lang, outcome := s.reply(ctx, x, m)
	s.count(way(m), lang, outcome, arrived)
	if s.LogQuestions {
		s.Log.Info("question", "way", way(m), "text", clip(clean(text), 500), "outcome", outcome)
	}
	id, err := s.post(ctx, m, out, m.ID)
	if isCode(err, codeMissingAccess, codeMissingPermissions, codeArchived) {
		s.muted.set(m.ChannelID, s.Clock.Now().Add(muteFor))
		s.notify(ctx, m, "no_permission")
	}
	if err != nil {
		s.failed("answer a message", err)
		return
	}
	x.answer = id
	s.remember(x)
}

// reply makes the answer to a question in a channel.
func (s *Server) reply(ctx context.Context, x *exchange, m *discordgo.Message) (out view, lang corpus.Lang, outcome string) {
	if x.text == "" {
		return view{content: s.inAll("help")}, corpus.English, string(bot.Social)
	}
	q := bot.Question{Text: x.text, History: s.history(ctx, x, m)}
	return s.answer(ctx, q, "", shown{asker: x.asker})
}

// answer asks the bot and shows its reply.
func (s *Server) answer(ctx context.Context, q bot.Question, locale string, how shown) (out view, lang corpus.Lang, outcome string) {
	how.now = s.Clock.Now()
	r, err := s.Bot.Ask(ctx, q)
	if err != nil {
		v := s.voiceOf(q.Lang, locale)
		return s.sorry("answer", err, v), v.lang, "error"
	}
	how.more = more(r)
	return renderReply(r, s.voiceOf(r.Lang, locale), how), r.Lang, string(outcomeOf(r))
}

// outcomeOf is that of the part that says most.
func outcomeOf(r bot.Reply) bot.Outcome {
	if r.Answered() {
		return bot.Answered
	}
	return r.Parts[0].Outcome
}

// maxMore is how many further passages are offered.
const maxMore = 5

// more gives the sentences to offer besides those that a reply quotes: of each part in turn.
func more(r bot.Reply) []*corpus.Sentence {
	var out []*corpus.Sentence
	for i := range maxMore {
		for _, p := range r.Parts {
			if i < len(p.Further) && len(out) < maxMore && !slices.Contains(out, p.Further[i]) {
				out = append(out, p.Further[i])
			}
		}
	}
	return out
}

// history gathers the earlier questions of a conversation along its replies, oldest first, from memory or from Discord.
func (s *Server) history(ctx context.Context, x *exchange, m *discordgo.Message) []string {
	var out []string
	self, _ := s.me()
	fetched := 0
	fetch := func(id string) *discordgo.Message {
		if m != nil && m.ReferencedMessage != nil && m.ReferencedMessage.ID == id {
			return m.ReferencedMessage
		}
		if fetched++; fetched > maxFetched {
			return nil
		}
		return s.fetch(ctx, x.channel, id)
	}
	for id := x.before; id != "" && len(out) < bot.MaxHistory; {
		if known, ok := s.byAnswer.get(id); ok && known.text != "" {
			out, id = append(out, known.text), known.before
			continue
		}
		ours := fetch(id)
		if ours == nil || ours.Author == nil || ours.Author.ID != self {
			break
		}
		if text, ok := echoed(ours.Content); ok {
			out = append(out, text)
			break
		}
		if ours.MessageReference == nil {
			break
		}
		asked := fetch(ours.MessageReference.MessageID)
		if asked == nil {
			break
		}
		if text := s.question(asked.Content); text != "" {
			out = append(out, text)
		}
		id = ""
		if asked.MessageReference != nil {
			id = asked.MessageReference.MessageID
		}
	}
	slices.Reverse(out)
	return out
}

// fetch gets a message, nil if it cannot be had.
func (s *Server) fetch(ctx context.Context, channel, id string) *discordgo.Message {
	var raw struct {
		ID        string
		Content   string
		Author    *discordgo.User
		Reference *discordgo.MessageReference `json:"message_reference"`
	}
	err := s.rest.do(ctx, request{method: http.MethodGet, route: "/channels/%s/messages/%s", ids: []any{channel, id}, major: channel,
		repeat: true, patience: 10 * time.Second}, &raw)
	if err != nil {
		s.failed("fetch a message of the conversation", err)
		return nil
	}
	return &discordgo.Message{ID: raw.ID, Content: raw.Content, Author: raw.Author, MessageReference: raw.Reference}
}

// post replies to a message, once whatever happens on the way, and returns the id of the reply. To Discord, what has the same nonce is
// the same message.
func (s *Server) post(ctx context.Context, m *discordgo.Message, out view, nonce string) (string, error) {
	msg := out.message(0)
	msg.Reference = &reference{MessageID: m.ID, ChannelID: m.ChannelID}
	msg.Nonce, msg.EnforceNonce = nonce, true
	id, err := s.create(ctx, m.ChannelID, msg)
	if isCode(err, codeNoHistory) {
		msg.Reference = nil
		id, err = s.create(ctx, m.ChannelID, msg)
	}
	return id, err
}

func (s *Server) create(ctx context.Context, channel string, msg message) (string, error) {
	var made struct{ ID string }
	err := s.rest.do(ctx, request{method: http.MethodPost, route: "/channels/%s/messages", ids: []any{channel}, major: channel,
		body: msg, files: msg.files, repeat: msg.EnforceNonce}, &made)
	return made.ID, err
}

func (s *Server) remember(x *exchange) {
	s.byQuestion.set(x.question, x)
	s.byAnswer.set(x.answer, x)
}

func (s *Server) forget(x *exchange) {
	s.byQuestion.remove(x.question)
	s.byAnswer.remove(x.answer)
}

// sweep forgets what is old.
func (s *Server) sweep(now time.Time) {
	old := func(x *exchange) bool { return now.Sub(x.at) > rememberFor }
	s.byQuestion.removeIf(old)
	s.byAnswer.removeIf(old)
}

// onEdit answers an edited question anew, in place. An edit may also make a message a question, or no question any more.
func (s *Server) onEdit(m *discordgo.Message, arrived time.Time) {
	switch {
	case m.EditedTimestamp == nil || arrived.Sub(*m.EditedTimestamp) > editWithin:
	case s.addressed(m):
		s.messages.push(job{
			lane:   m.ChannelID,
			run:    func() { s.guard("follow an edit", func() { s.followEdit(s.work, m, arrived) }) },
			missed: func() { s.excuse(s.work, m) },
		})
	case m.Author != nil && m.Type == discordgo.MessageTypeDefault && s.heard(m.ID): // Discord may leave a reply's ping out of its edit
		s.unanswer(m.ChannelID, m.ID, arrived)
	}
}

func (s *Server) followEdit(ctx context.Context, m *discordgo.Message, arrived time.Time) {
	x := s.find(ctx, m.ChannelID, m.ID, arrived)
	text := s.question(m.Content)
	switch {
	case x == nil:
		if !s.older(m.ID, arrived) && s.seen.add(m.ID) {
			s.answerMessage(ctx, m, arrived)
		}
		return
	case x.text == text:
		return
	case !s.inPace(m.Author.ID, m.ChannelID, arrived):
		s.notify(ctx, m, "slower")
		return
	}
	changed := *x
	changed.text, changed.asker = text, m.Author.ID
	if m.MessageReference != nil {
		changed.before = m.MessageReference.MessageID
	}
	out, lang, outcome := s.reply(ctx, &changed, m)
	s.count("edit", lang, outcome, arrived)
	err := s.rest.do(ctx, request{method: http.MethodPatch, route: "/channels/%s/messages/%s", ids: []any{x.channel, x.answer},
		major: x.channel, body: out.message(0), repeat: true}, nil)
	switch {
	case isCode(err, codeUnknownMessage):
		s.forget(x)
	case err != nil:
		s.failed("edit an answer", err)
	default:
		s.remember(&changed)
	}
}

// heard reports whether a message is a question that was answered or waits to be.
func (s *Server) heard(id string) bool {
	_, known := s.byQuestion.get(id)
	_, waiting := s.seen.get(id)
	return known || waiting
}

// onDelete deletes the answer to a question that is deleted, which may be older than this process.
func (s *Server) onDelete(channel, id string, arrived time.Time) {
	if x, ok := s.byAnswer.get(id); ok {
		s.forget(x)
		return
	}
	if s.heard(id) || s.older(id, arrived) {
		s.unanswer(channel, id, arrived)
	}
}

// unanswer deletes the answer to a question once the question's turn is over.
func (s *Server) unanswer(channel, id string, arrived time.Time) {
	follow := func() { s.guard("follow a deletion", func() { s.followDelete(s.work, channel, id, arrived) }) }
	s.messages.push(job{lane: channel, run: follow, missed: follow})
}

func (s *Server) followDelete(ctx context.Context, channel, id string, arrived time.Time) {
	x := s.find(ctx, channel, id, arrived)
	if x == nil {
		return
	}
	s.forget(x)
	err := s.rest.do(ctx, request{method: http.MethodDelete, route: "/channels/%s/messages/%s", ids: []any{x.channel, x.answer},
		major: x.channel, repeat: true}, nil)
	if err != nil && !isCode(err, codeUnknownMessage) {
		s.failed("delete an answer", err)
	}
}

// find returns our answer to a question: from memory, or, for a question older than this process, by its reply in the channel.
func (s *Server) find(ctx context.Context, channel, id string, now time.Time) *exchange {
	x, ok := s.byQuestion.get(id)
	if !ok && s.older(id, now) {
		s.recall(ctx, channel, id, now)
		x, _ = s.byQuestion.get(id)
	}
	return x
}

// maxRecalled is how many messages Discord gives at once.
const maxRecalled = 100

// recall remembers our answers in a channel from a message on. What was read once is not read again.
func (s *Server) recall(ctx context.Context, channel, from string, now time.Time) {
	if since, ok := s.recalled.get(channel); ok && snowflake(since) <= snowflake(from) || !s.lookups.allow("", now) {
		return
	}
	var list []struct {
		ID        string
		Author    *discordgo.User
		Reference *discordgo.MessageReference `json:"message_reference"`
	}
	err := s.rest.do(ctx, request{method: http.MethodGet, route: "/channels/%s/messages", ids: []any{channel}, major: channel,
		query: fmt.Sprintf("?limit=%d&after=%s", maxRecalled, from), repeat: true, patience: 10 * time.Second}, &list)
	if err != nil {
		s.failed("look for answers", err)
		return
	}
	self, _ := s.me()
	for _, m := range list {
		if m.Author != nil && m.Author.ID == self && m.Reference != nil && !s.heard(m.Reference.MessageID) {
			s.remember(&exchange{channel: channel, question: m.Reference.MessageID, answer: m.ID, at: written(m.ID)})
		}
	}
	if len(list) < maxRecalled {
		s.recalled.set(channel, from)
	}
}

// older reports whether a message was written before this process began, but not long before.
func (s *Server) older(id string, now time.Time) bool {
	at := written(id)
	return at.Before(s.began) && now.Sub(at) < rememberFor
}

// written tells when what has an id came to be.
func written(id string) time.Time { return time.UnixMilli(snowflake(id)>>22 + discordEpoch) }

// snowflake is an id as a number, which grows with time; what is none is 0.
func snowflake(id string) int64 {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// discordEpoch is the first millisecond of 2015, from which Discord's ids count.
const discordEpoch = 1420070400000

// inPace reports whether a person, and the channel unless nobody else there sees it, may have another answer, judged by when it was
// asked for, however long that waited.
func (s *Server) inPace(user, channel string, arrived time.Time) bool {
	who := ""
	switch {
	case !s.users.allow(user, arrived):
		who = "user"
	case channel != "" && !s.channels.allow(channel, arrived):
		who = "channel"
	default:
		return true
	}
	s.metrics.slowed.WithLabelValues(who).Inc()
	return false
}

// notify tells a person once a minute, in private, why there is no answer. Only so many are written to who have not written themselves.
func (s *Server) notify(ctx context.Context, m *discordgo.Message, id string) {
	now := s.Clock.Now()
	if !s.told.allow("user "+m.Author.ID, now) {
		return
	}
	say := view{content: s.inAll(id)}
	if m.GuildID == "" {
		if _, err := s.post(ctx, m, say, noticeOf(m)); err != nil {
			s.failed("notify a person", err)
		}
		return
	}
	if !s.openings.allow("", now) {
		return
	}
	var dm struct{ ID string }
	err := s.rest.do(ctx, request{method: http.MethodPost, route: "/users/@me/channels", repeat: true,
		body: map[string]string{"recipient_id": m.Author.ID}}, &dm)
	if err == nil {
		msg := say.message(0)
		msg.Nonce, msg.EnforceNonce = noticeOf(m), true
		_, err = s.create(ctx, dm.ID, msg)
	}
	if err != nil && !isCode(err, codeCannotMessage) {
		s.failed("notify a person", err)
	}
}

// noticeOf is the nonce of a notice about a message, which is not that of its answer.
func noticeOf(m *discordgo.Message) string { return "n" + m.ID }

// excuse tells a channel, once a minute, that a question was dropped.
func (s *Server) excuse(ctx context.Context, m *discordgo.Message) {
	if !s.told.allow("channel "+m.ChannelID, s.Clock.Now()) {
		return
	}
	if _, err := s.post(ctx, m, view{content: s.inAll("busy")}, noticeOf(m)); err != nil {
		s.failed("excuse a dropped question", err)
	}
}

// inAll says a sentence in all languages, where the person's is not known.
func (s *Server) inAll(id string) string {
	var lines []string
	for _, l := range corpus.Langs() {
		lines = append(lines, s.voiceOf(l, "").say(id))
	}
	return strings.Join(lines, "\n")
}

// help is the short help.
func (s *Server) help(v voice) view {
	return view{content: v.say("help")}
}

// sorry is what a person sees when something failed, if possible alone; the log has the rest.
func (s *Server) sorry(what string, err error, v voice) view {
	var said *bot.Error
	if errors.As(err, &said) {
		return view{content: escape(said.Say(v.locale)), private: true}
	}
	s.failed(what, err)
	return view{content: v.say("failed"), private: true}
}

// failed logs an error that nobody can be told.
func (s *Server) failed(what string, err error) {
	if errors.Is(err, context.Canceled) {
		return
	}
	s.Log.Warn("could not "+what, "err", err)
}
