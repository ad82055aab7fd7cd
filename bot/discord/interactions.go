package discord

import (
	"context"
	"errors"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"kaede/bot"
	"kaede/corpus"
)

// Types of callbacks.
const (
	callbackMessage      = 4
	callbackDeferMessage = 5
	callbackDeferUpdate  = 6
	callbackUpdate       = 7
	callbackChoices      = 8
)

const (
	// deferAfter leaves half of Discord's 3 s for the way there.
	deferAfter = 1500 * time.Millisecond
	// answerWithin is how long a callback may wait for a rate limit.
	answerWithin = 2500 * time.Millisecond
	// tokenLife is how long an interaction can be answered, a little less than Discord's 15 minutes.
	tokenLife = 14 * time.Minute

	maxChoices    = 25
	maxChoiceText = 100
)

// choice is one suggestion.
type choice struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// use is one use of a command or button by a person.
type use struct {
	*discordgo.Interaction
	user    *discordgo.User
	voice   voice // of the person's client
	arrived time.Time
}

// onInteraction takes a use of a command, button or option.
func (s *Server) onInteraction(i *discordgo.Interaction, arrived time.Time) {
	if !s.seen.add(i.ID) {
		return
	}
	u := &use{Interaction: i, user: i.User, arrived: arrived, voice: s.voiceOf(langOf(string(i.Locale)), string(i.Locale))}
	if i.Member != nil && i.Member.User != nil {
		u.user = i.Member.User
	}
	j := job{lane: i.ID, run: func() { s.guard("answer an interaction", func() { s.act(s.work, u) }) }}
	if i.Type != discordgo.InteractionApplicationCommandAutocomplete {
		j.missed = func() { s.tell(s.work, u, "busy") }
	}
	s.interactions.push(j)
}

// act does what a person asks for.
func (s *Server) act(ctx context.Context, u *use) {
	switch data := u.Data.(type) {
	case discordgo.ApplicationCommandInteractionData:
		if u.Type == discordgo.InteractionApplicationCommandAutocomplete {
			s.callback(ctx, u, callbackChoices, map[string]any{"choices": s.suggest(u.Interaction, data)}, nil)
			return
		}
		s.command(ctx, u, data)
	case discordgo.MessageComponentInteractionData:
		s.press(ctx, u, data.CustomID)
	}
}

// command runs a command.
func (s *Server) command(ctx context.Context, u *use, data discordgo.ApplicationCommandInteractionData) {
	options := make(map[string]*discordgo.ApplicationCommandInteractionDataOption)
	for _, o := range flatten(data.Options) {
		options[o.Name] = o
	}
	text := func(name string) string {
		if o := options[name]; o != nil {
			return textOf(o)
		}
		return ""
	}
	flag := func(name string) bool {
		o := options[name]
		if o == nil {
			return false
		}
		b, _ := o.Value.(bool)
		return b
	}
	if !s.mayCommand(u, data.Name, flag(optionPrivate)) {
		s.tell(ctx, u, "slower")
		return
	}
	switch data.Name {
	case commandAsk:
		s.ask(ctx, u, "slash", text(optionQuestion), text(optionSource), flag(optionPrivate))
	case commandAskAbout:
		s.askAbout(ctx, u, data)
	case commandFact:
		s.respond(ctx, u, false, func(ctx context.Context) view { return s.fact(ctx, u, text(optionTopic), u.voice, false) })
	case commandFacts:
		s.respond(ctx, u, true, func(context.Context) view { return s.facts(text(optionTheme), 0, u.voice) })
	case commandSources:
		s.respond(ctx, u, true, func(context.Context) view { return s.sources(0, u.voice) })
	case commandHelp:
		s.respond(ctx, u, true, func(context.Context) view { return s.help(u.voice) })
	case commandAbout:
		s.respond(ctx, u, true, func(context.Context) view { return s.about(u.voice) })
	case commandCorpus:
		s.moderate(ctx, u, data, text(optionVersion), flag(optionForce))
	default:
		s.tell(ctx, u, "unknown")
	}
}

// mayCommand reports whether a person, and the channel where all see the answer, have not used commands too often.
func (s *Server) mayCommand(u *use, name string, private bool) bool {
	switch {
	case name == commandCorpus:
		return true // it is for moderators, and logged
	case name == commandAskAbout || name == commandAsk && private:
		return s.inPace(u.user.ID, "", u.arrived)
	case name == commandAsk || name == commandFact:
		return s.inPace(u.user.ID, u.ChannelID, u.arrived)
	}
	return s.mayPress(u)
}

// mayPress reports whether a person has not asked too often for what only they see and what costs little.
func (s *Server) mayPress(u *use) bool {
	ok := s.presses.allow(u.user.ID, u.arrived)
	if !ok {
		s.metrics.slowed.WithLabelValues("user").Inc()
	}
	return ok
}

// ask answers a question that was put by a command.
func (s *Server) ask(ctx context.Context, u *use, way, text, source string, private bool) {
	s.respond(ctx, u, private, func(ctx context.Context) view {
		q := bot.Question{Text: text, Lang: u.voice.lang}
		if source != "" {
			q.Sources = []string{source}
		}
		if strings.TrimSpace(text) == "" {
			return s.help(u.voice)
		}
		out, lang, outcome := s.answer(ctx, q, string(u.Locale), shown{asker: u.user.ID, private: private, echo: text})
		s.count(way, lang, outcome, u.arrived)
		if s.LogQuestions {
			s.Log.Info("question", "way", way, "text", clip(clean(text), 500), "outcome", outcome)
		}
		return out
	})
}

// askAbout answers the message on which the message command was used, to the person alone.
func (s *Server) askAbout(ctx context.Context, u *use, data discordgo.ApplicationCommandInteractionData) {
	text := ""
	if data.Resolved != nil {
		if m := data.Resolved.Messages[data.TargetID]; m != nil {
			text = s.question(m.Content)
		}
	}
	if text == "" {
		s.tell(ctx, u, "no_text")
		return
	}
	s.ask(ctx, u, "message", text, "", true)
}

// fact shows a quick fact, by id or by name.
func (s *Server) fact(ctx context.Context, u *use, topic string, v voice, private bool) view {
	r, err := s.Bot.Fact(topic, v.lang)
	if err != nil {
		s.count("fact", v.lang, string(bot.Refused), u.arrived)
		return s.sorry("find a fact", err, v)
	}
	s.count("fact", r.Lang, string(bot.Answered), u.arrived)
	how := shown{asker: u.user.ID, private: private, echo: r.Parts[0].Facts[0].Label.In(v.lang), more: more(r), now: s.Clock.Now()}
	return renderReply(r, v, how)
}

func (s *Server) facts(theme string, page int, v voice) view {
	title := v.say("facts_title")
	if theme != "" {
		if found := s.Bot.SuggestTopics(theme, v.lang, 1); len(s.Bot.Facts(theme)) == 0 && len(found) > 0 {
			theme = found[0].ID
		}
		title = s.Bot.TopicName(theme, v.lang)
	}
	facts := s.Bot.Facts(theme)
	if len(facts) == 0 {
		return view{content: v.say("no_theme", "Name", escape(clip(theme, 100)))}
	}
	return renderFacts(title, facts, customID{op: opFacts, lang: v.lang, page: page, args: []string{keyOf(theme)}}, v)
}

func (s *Server) sources(page int, v voice) view {
	return renderSources(s.Bot.Sources(), customID{op: opList, lang: v.lang, page: page}, v, s.Clock.Now())
}

// about tells version, corpus, sources and privacy.
func (s *Server) about(v voice) view {
	st := s.Bot.Status()
	program := "?"
	if info, ok := debug.ReadBuildInfo(); ok {
		program = info.Main.Version
	}
	return view{content: v.say("about", "Program", escape(program), "Version", escape(st.Version), "Documents", st.Documents,
		"Publications", len(s.Bot.Publications()), "Facts", st.Facts, "Sentences", st.Sentences)}
}

// press does what a button says.
func (s *Server) press(ctx context.Context, u *use, raw string) {
	id, err := parseCustomID(raw)
	if err != nil {
		s.tell(ctx, u, "unknown")
		return
	}
	if !s.mayPress(u) {
		s.tell(ctx, u, "slower")
		return
	}
	v := s.voiceOf(id.lang, string(u.Locale))
	switch id.op {
	case opMore:
		s.respond(ctx, u, true, func(context.Context) view { return s.passages(id.args, v) })
	case opSource:
		s.respond(ctx, u, true, func(context.Context) view { return s.document(id, v) })
	case opFact:
		s.respond(ctx, u, true, func(ctx context.Context) view { return s.fact(ctx, u, s.factOf(arg(id, 0)), v, true) })
	case opTurn:
		s.turn(ctx, u, func(context.Context) view { return s.document(id, v) })
	case opFacts:
		s.turn(ctx, u, func(context.Context) view { return s.facts(s.topicOf(arg(id, 0)), id.page, v) })
	case opList:
		s.turn(ctx, u, func(context.Context) view { return s.sources(id.page, v) })
	case opRemove:
		s.remove(ctx, u, arg(id, 0))
	case opPost:
		s.publish(ctx, u, v)
	}
}

func arg(id customID, n int) string {
	if n < len(id.args) {
		return id.args[n]
	}
	return ""
}

// factOf finds the id of the fact with that key; a key of none stands for itself.
func (s *Server) factOf(key string) string {
	for _, f := range s.Bot.Facts("") {
		if keyOf(f.ID) == key {
			return f.ID
		}
	}
	return key
}

func (s *Server) topicOf(key string) string {
	for _, t := range s.Bot.Topics() {
		if keyOf(t.ID) == key {
			return t.ID
		}
	}
	return key
}

// documentOf finds the document with that key in the version in use.
func (s *Server) documentOf(key string) (*corpus.Document, bool) {
	if d, ok := s.Bot.Document(key); ok {
		return d, true
	}
	for _, d := range s.Bot.Documents() {
		if keyOf(d.ID) == key {
			return d, true
		}
	}
	return nil, false
}

// passages shows the sentences that a button names, as far as the version in use still has them.
func (s *Server) passages(args []string, v voice) view {
	var doc *corpus.Document
	var found []*corpus.Sentence
	lost := 0
	for _, a := range args {
		if key, ok := strings.CutPrefix(a, documentMark); ok {
			doc, _ = s.documentOf(key)
			continue
		}
		if sentence := sentenceOf(doc, a); sentence != nil {
			found = append(found, sentence)
		} else {
			lost++
		}
	}
	return renderPassages(found, lost, v, s.Clock.Now())
}

func sentenceOf(d *corpus.Document, key string) *corpus.Sentence {
	if d == nil {
		return nil
	}
	for _, p := range d.Passages {
		for _, s := range p.Sentences {
			if sentenceKey(s) == key {
				return s
			}
		}
	}
	return nil
}

func (s *Server) document(id customID, v voice) view {
	d, ok := s.documentOf(arg(id, 0))
	if !ok {
		return view{content: v.say("source_gone")}
	}
	turn := customID{op: opTurn, lang: id.lang, page: id.page, args: []string{keyOf(d.ID)}}
	key := ""
	if id.op == opSource {
		key = arg(id, 1)
	}
	return renderDocument(d, turn, key, v, s.Clock.Now())
}

// remove deletes the answer on which the button stands, for who asked and for who may manage messages.
func (s *Server) remove(ctx context.Context, u *use, asker string) {
	manages := u.Member != nil && u.Member.Permissions&(discordgo.PermissionManageMessages|discordgo.PermissionAdministrator) != 0
	if u.user.ID != asker && !manages {
		s.tell(ctx, u, "not_yours")
		return
	}
	if s.callback(ctx, u, callbackDeferUpdate, nil, nil) != nil {
		return
	}
	if u.Message != nil {
		if x, ok := s.byAnswer.get(u.Message.ID); ok {
			s.forget(x)
		}
	}
	_, app := s.me()
	err := s.rest.do(ctx, request{method: http.MethodDelete, route: "/webhooks/%s/%s/messages/@original", ids: []any{app, u.Token},
		major: u.ID, interaction: true, repeat: true}, nil)
	if err != nil && !isCode(err, codeUnknownMessage) {
		s.failed("remove an answer", err)
	}
}

// publish posts the private answer on which the button stands, and takes the button from it, so that it is posted once whoever serves. Its words
// are our own, so they are posted as they are.
func (s *Server) publish(ctx context.Context, u *use, v voice) {
	self, app := s.me()
	if u.Message == nil || u.Message.Content == "" || u.Message.Author == nil || u.Message.Author.ID != self && u.Message.Author.ID != app {
		s.tell(ctx, u, "failed")
		return
	}
	if !s.inPace(u.user.ID, u.ChannelID, u.arrived) {
		s.tell(ctx, u, "slower")
		return
	}
	mark := "post " + u.Message.ID
	if !s.seen.add(mark) {
		s.tell(ctx, u, "posted")
		return
	}
	if s.callback(ctx, u, callbackUpdate, again(u.Message).message(0), nil) != nil {
		s.seen.remove(mark)
		return
	}
	err := s.rest.do(ctx, request{method: http.MethodPost, route: "/webhooks/%s/%s", ids: []any{app, u.Token}, major: u.ID,
		body: again(u.Message, removeButton(u.user.ID, v)).message(0), interaction: true}, nil)
	if err != nil {
		s.failed("post a private answer", err)
		s.seen.remove(mark)
		s.edit(ctx, u, again(u.Message, postButton(v)))
	}
}

// again is a message of ours with its buttons, and others where its button "post" is.
func again(m *discordgo.Message, post ...button) view {
	out := view{content: m.Content}
	for _, c := range m.Components {
		line, ok := c.(*discordgo.ActionsRow)
		if !ok {
			continue
		}
		var row []button
		for _, c := range line.Components {
			b, ok := c.(*discordgo.Button)
			if !ok {
				continue
			}
			id, err := parseCustomID(b.CustomID)
			switch {
			case err != nil:
			case id.op == opPost:
				row = append(row, post...)
			default:
				row = append(row, newButton(int(b.Style), b.Label, id))
			}
		}
		out.add(row...)
	}
	return out
}

// flagsFor are those of an answer that is private or not.
func flagsFor(private bool) int {
	if private {
		return flagEphemeral
	}
	return 0
}

// respond answers with a message that work returns.
func (s *Server) respond(ctx context.Context, u *use, private bool, work func(context.Context) view) {
	s.settle(ctx, u, callbackMessage, private, work)
}

// turn puts what work returns in place of the message on which a button stands.
func (s *Server) turn(ctx context.Context, u *use, work func(context.Context) view) {
	s.settle(ctx, u, callbackUpdate, false, work)
}

// settle answers by a callback of a kind with what work returns: at once, or by an edit when work takes longer than Discord would wait.
func (s *Server) settle(ctx context.Context, u *use, kind int, private bool, work func(context.Context) view) {
	done := make(chan view, 1)
	go s.guard("work for an interaction", func() {
		out := view{content: u.voice.say("failed")} // what a panic leaves
		defer func() { done <- out }()
		out = work(ctx)
	})
	waiting, stop := context.WithCancel(ctx)
	defer stop()
	late := make(chan struct{})
	go func() {
		defer close(late)
		s.Clock.Sleep(waiting, deferAfter-s.Clock.Now().Sub(u.arrived))
	}()
	select {
	case out := <-done:
		stop()
		<-late
		s.callback(ctx, u, kind, out.message(flagsFor(private || out.private)), out.files)
	case <-late:
		if s.defers(ctx, u, kind, private) {
			s.edit(ctx, u, <-done)
		} else {
			<-done
		}
	}
}

// defers tells Discord that the answer of that kind comes later, and whether that was taken.
func (s *Server) defers(ctx context.Context, u *use, kind int, private bool) bool {
	if kind == callbackUpdate {
		return s.callback(ctx, u, callbackDeferUpdate, nil, nil) == nil
	}
	return s.callback(ctx, u, callbackDeferMessage, map[string]int{"flags": flagsFor(private)}, nil) == nil
}

// edit puts the words into a deferred answer, or others into one that has some.
func (s *Server) edit(ctx context.Context, u *use, out view) {
	if s.Clock.Now().Sub(u.arrived) > tokenLife {
		s.Log.Warn("an answer came too late for its interaction")
		return
	}
	_, app := s.me()
	err := s.rest.do(ctx, request{method: http.MethodPatch, route: "/webhooks/%s/%s/messages/@original", ids: []any{app, u.Token},
		major: u.ID, body: out.message(0), files: out.files, interaction: true, repeat: true}, nil)
	if err != nil {
		s.failed("edit an answer to an interaction", err)
	}
}

// tell answers with one sentence that only the person sees.
func (s *Server) tell(ctx context.Context, u *use, id string) {
	s.callback(ctx, u, callbackMessage, view{content: u.voice.say(id)}.message(flagEphemeral), nil)
}

// callback is the one first answer to an interaction.
func (s *Server) callback(ctx context.Context, u *use, kind int, data any, files []file) error {
	body := map[string]any{"type": kind}
	if data != nil {
		body["data"] = data
	}
	err := s.rest.do(ctx, request{method: http.MethodPost, route: "/interactions/%s/%s/callback", ids: []any{u.ID, u.Token}, major: u.ID,
		body: body, files: files, interaction: true, repeat: true, patience: answerWithin}, nil)
	if err != nil {
		s.failed("answer an interaction", err)
	}
	return err
}

func choicesOf(list []bot.Choice) []choice {
	out := []choice{}
	for _, c := range list {
		out = appendChoice(out, c.Label, c.ID)
	}
	return out
}

// appendChoice adds a suggestion that Discord takes: with a name and a value of at most 100 characters, and not too many.
func appendChoice(list []choice, name, value string) []choice {
	if name = clip(clean(name), maxChoiceText); name == "" || value == "" || width(value) > maxChoiceText || len(list) >= maxChoices {
		return list
	}
	return append(list, choice{name, value})
}

func (s *Server) suggestSources(typed string) []choice {
	out := []choice{}
	for _, d := range s.Bot.Documents() {
		if strings.Contains(strings.ToLower(d.Title), strings.ToLower(typed)) || strings.Contains(d.ID, typed) {
			out = appendChoice(out, d.Title, d.ID)
		}
	}
	return out
}

func (s *Server) suggestVersions(typed string) []choice {
	out := []choice{}
	versions, err := s.Bot.Versions()
	if err != nil && !errors.As(err, new(*bot.Error)) {
		s.failed("list versions", err)
	}
	versions = slices.DeleteFunc(versions, func(v corpus.Version) bool { return v.Damaged || !strings.Contains(v.Name, typed) })
	for _, v := range versions {
		out = appendChoice(out, v.Name, v.Name)
	}
	return out
}
