package discordtest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Types of interactions.
const (
	typeCommandUsed  = 2
	typeComponent    = 3
	typeAutocomplete = 4
	typeModal        = 5
)

// tokenStart is how the token of each interaction begins.
const tokenStart = "aW50ZXJhY3Rpb246"

// Types of callbacks.
const (
	CallbackMessage        = 4
	CallbackDeferMessage   = 5
	CallbackDeferUpdate    = 6
	CallbackUpdate         = 7
	CallbackChoices        = 8
	CallbackModal          = 9
	answerWithin           = 3 * time.Second
	tokenLife              = 15 * time.Minute
	followupsOfUserInstall = 5
)

// An Interaction is something that a person did with a command, a component or a modal.
type Interaction struct {
	ID, Token         string
	Type              int
	ChannelID, UserID string
	At                time.Time
}

// An Answer is what the bot has answered to an interaction so far.
type Answer struct {
	Type      int      // of the callback; 0: none yet
	Ephemeral bool     // as its first answer fixed it
	Pending   bool     // deferred, and the words have not come
	Message   *Message // the original answer; nil if it is deleted, or not a message
	Choices   []Choice
	Modal     *Modal
	Followups []Message
}

// A Modal is a form that the bot shows to one person.
type Modal struct {
	CustomID   string      `json:"custom_id"`
	Title      string      `json:"title"`
	Components []Component `json:"components"`
}

// A Choice is one suggestion for an option's value.
type Choice struct {
	Name              string            `json:"name"`
	NameLocalizations map[string]string `json:"name_localizations,omitempty"`
	Value             any               `json:"value"`
}

type interaction struct {
	Interaction
	guildID     string
	user        *User
	userInstall bool   // the bot is there only because a person installed it
	source      string // id of the message whose component was used, or that opened the modal
	menu        bool   // a user or message command
	triggered   *interaction

	callback  int
	ephemeral bool
	pending   bool
	original  string // id of the message that answers
	choices   []Choice
	modal     *Modal
	followups []string
}

// Answer returns what the bot has answered to i.
func (d *Discord) Answer(i Interaction) Answer {
	d.mu.Lock()
	defer d.mu.Unlock()
	known := d.interactions[i.ID]
	if known == nil {
		return Answer{}
	}
	a := Answer{Type: known.callback, Ephemeral: known.ephemeral, Pending: known.pending, Choices: known.choices, Modal: known.modal}
	if m := d.messages[known.original]; m != nil {
		copied := m.clone()
		a.Message = &copied
	}
	for _, id := range known.followups {
		if m := d.messages[id]; m != nil {
			a.Followups = append(a.Followups, m.clone())
		}
	}
	return a
}

// Ephemerals returns the private messages that answer i: the original if it is one, and followups.
func (d *Discord) Ephemerals(i Interaction) []Message {
	a := d.Answer(i)
	all := a.Followups
	if a.Message != nil {
		all = append([]Message{*a.Message}, all...)
	}
	return slices.DeleteFunc(all, func(m Message) bool { return !m.Ephemeral() || m.Loading() })
}

// WaitAnswer waits until i is answered with words, choices or a modal, and returns the answer.
func (d *Discord) WaitAnswer(what string, i Interaction) Answer {
	d.t.Helper()
	d.WaitFor(what, func() bool {
		a := d.Answer(i)
		return a.Type != 0 && !a.Pending
	})
	return d.Answer(i)
}

// newInteraction makes an interaction and tells the shard that it concerns.
func (d *Discord) newInteraction(channelID, userID string, kind int, data object, prepare func(*interaction, object)) *interaction {
	d.t.Helper()
	ch, u := d.channel(channelID), d.user(userID)
	g := d.guilds[ch.GuildID]
	id := d.newID()
	i := &interaction{user: u, guildID: ch.GuildID, Interaction: Interaction{ID: id, Type: kind, ChannelID: ch.ID,
		UserID: u.ID, At: d.Clock.Now(), Token: tokenStart + id + strings.Repeat("x", 60) + id}}
	may := d.permissions(ch, u.ID)
	if may&ViewChannel == 0 {
		d.t.Fatalf("discordtest: %s does not see channel %s", u.Name, ch.ID)
	}
	wire := object{"id": i.ID, "application_id": d.bot.ID, "type": kind, "token": i.Token, "version": 1, "data": data,
		"channel_id": ch.ID, "channel": d.wireChannel(ch), "locale": u.Locale, "entitlements": []any{},
		"attachment_size_limit": d.opts.MaxUpload}
	appMay := d.permissions(ch, d.bot.ID)
	switch {
	case ch.Type == DM:
		wire["user"], wire["context"] = wireUser(u), 1
	case g == nil || g.WithoutBot:
		if !u.Installed {
			d.t.Fatalf("discordtest: %s cannot reach the bot in channel %s: it is not there and not installed", u.Name, ch.ID)
		}
		i.userInstall = true
		wire["context"] = 2
		appMay = may
	}
	if g != nil {
		m := d.wireMember(g.members[u.ID])
		m["permissions"] = fmt.Sprint(may)
		wire["member"], wire["guild_id"], wire["guild_locale"], wire["context"] = m, g.ID, or(g.Locale, "en-US"), 0
		wire["guild"] = object{"id": g.ID, "locale": or(g.Locale, "en-US"), "features": []any{}}
	} else {
		wire["user"] = wireUser(u)
	}
	wire["app_permissions"] = fmt.Sprint(appMay)
	wire["authorizing_integration_owners"] = i.owners()
	if prepare != nil {
		prepare(i, wire)
	}
	d.interactions[i.ID], d.tokens[i.Token] = i, i
	shard := ch.GuildID
	if i.userInstall {
		shard = ""
	}
	d.Gateway.eachSession(shard, func(s *session) { d.Gateway.event(s, "INTERACTION_CREATE", wire) })
	return i
}

// owners says by whose installation the bot is there.
func (i *interaction) owners() object {
	if i.userInstall {
		return object{"1": i.UserID}
	}
	return object{"0": or(i.guildID, "0")}
}

// metadata is what a message tells of the interaction that it answers.
func (i *interaction) metadata() object {
	wire := object{"id": i.ID, "type": i.Type, "user": wireUser(i.user), "authorizing_integration_owners": i.owners()}
	switch i.Type {
	case typeComponent:
		wire["interacted_message_id"] = i.source
	case typeModal:
		if i.triggered != nil {
			wire["triggering_interaction_metadata"] = i.triggered.metadata()
		}
	}
	return wire
}

// Invoke lets a person use a slash command, "ask" or with its subcommand "corpus refresh".
func (d *Discord) Invoke(channelID, userID, command string, options map[string]any) Interaction {
	d.t.Helper()
	d.mu.Lock()
	defer d.unlock()
	data := d.commandData(channelID, command, options, "")
	return d.newInteraction(channelID, userID, typeCommandUsed, data, nil).Interaction
}

// InvokeMessage lets a person use a message command on a message.
func (d *Discord) InvokeMessage(channelID, userID, command, messageID string) Interaction {
	d.t.Helper()
	d.mu.Lock()
	defer d.unlock()
	c := d.command(channelID, command, 3)
	m := found(d, d.messages, "message", messageID)
	data := object{"id": c.ID, "name": c.Name, "type": 3, "target_id": m.ID,
		"resolved": object{"messages": object{m.ID: d.wireMessage(m, true)}}}
	return d.newInteraction(channelID, userID, typeCommandUsed, data, func(i *interaction, _ object) { i.menu = true }).Interaction
}

// Autocomplete lets a person type a part of an option's value, with other options filled in before, and returns the choices
// that the bot offers.
func (d *Discord) Autocomplete(channelID, userID, command, option, partial string, others map[string]any) []Choice {
	d.t.Helper()
	i := d.StartAutocomplete(channelID, userID, command, option, partial, others)
	return d.WaitAnswer("choices for /"+command, i).Choices
}

// StartAutocomplete is Autocomplete without waiting for the answer.
func (d *Discord) StartAutocomplete(channelID, userID, command, option, partial string, others map[string]any) Interaction {
	d.t.Helper()
	d.mu.Lock()
	defer d.unlock()
	options := maps.Clone(others)
	if options == nil {
		options = make(map[string]any)
	}
	options[option] = partial
	data := d.commandData(channelID, command, options, option)
	return d.newInteraction(channelID, userID, typeAutocomplete, data, nil).Interaction
}

// command finds a command by name as a person in that channel does: the guild's own first.
func (d *Discord) command(channelID, name string, kind int) *Command {
	d.t.Helper()
	ch := d.channel(channelID)
	scopes := []string{""}
	if ch.GuildID != "" {
		scopes = []string{ch.GuildID, ""}
	}
	install := 0
	if g := d.guilds[ch.GuildID]; ch.Type == GroupDM || g != nil && g.WithoutBot {
		install = 1
	}
	for _, scope := range scopes {
		for _, c := range d.commands[scope] {
			if c.Name == name && c.Type == kind {
				context := 0
				if ch.GuildID == "" {
					context = map[int]int{DM: 1, GroupDM: 2}[ch.Type]
				}
				if c.Contexts != nil && !slices.Contains(*c.Contexts, context) {
					d.t.Fatalf("discordtest: command %q is not offered in context %d", name, context)
				}
				if !slices.Contains(c.IntegrationTypes, install) && ch.Type != DM {
					d.t.Fatalf("discordtest: command %q is not offered by installation type %d", name, install)
				}
				return c
			}
		}
	}
	d.t.Fatalf("discordtest: there is no command %q of type %d in channel %s", name, kind, ch.ID)
	return nil
}

// commandData is the data of a slash command as its person filled it in.
func (d *Discord) commandData(channelID, path string, values map[string]any, focused string) object {
	d.t.Helper()
	names := strings.Fields(path)
	c := d.command(channelID, names[0], 1)
	data := object{"id": c.ID, "name": c.Name, "type": 1}
	if scope := c.GuildID; scope != "" {
		data["guild_id"] = scope
	}
	at, options := data, c.Options
	for _, name := range names[1:] {
		i := slices.IndexFunc(options, func(o CommandOption) bool { return o.Name == name && o.Type <= 2 })
		if i < 0 {
			d.t.Fatalf("discordtest: command %q has no subcommand %q", path, name)
		}
		sub := object{"name": name, "type": options[i].Type}
		at["options"] = []object{sub}
		at, options = sub, options[i].Options
	}
	filled := []object{}
	for _, o := range options {
		value, given := values[o.Name]
		switch {
		case o.Type <= 2:
			d.t.Fatalf("discordtest: command %q needs a subcommand such as %q", path, o.Name)
		case !given && o.Required && focused == "":
			d.t.Fatalf("discordtest: command %q needs the option %q", path, o.Name)
		case given && len(o.Choices) > 0 && !slices.ContainsFunc(o.Choices, func(c Choice) bool { return fmt.Sprint(c.Value) == fmt.Sprint(value) }):
			d.t.Fatalf("discordtest: %q is no choice of option %q", value, o.Name)
		case focused == o.Name && !o.Autocomplete:
			d.t.Fatalf("discordtest: option %q has no autocomplete", o.Name)
		case given:
			option := object{"name": o.Name, "type": o.Type, "value": value}
			if o.Name == focused {
				option["focused"] = true
			}
			filled = append(filled, option)
		}
	}
	if len(filled) != len(values) {
		d.t.Fatalf("discordtest: command %q has not all of the options %v", path, values)
	}
	at["options"] = filled
	return data
}

// Click lets a person press a button.
func (d *Discord) Click(userID, messageID, customID string) Interaction {
	d.t.Helper()
	return d.use(userID, messageID, customID, nil)
}

// Select lets a person choose values in a select.
func (d *Discord) Select(userID, messageID, customID string, values ...string) Interaction {
	d.t.Helper()
	return d.use(userID, messageID, customID, values)
}

func (d *Discord) use(userID, messageID, customID string, values []string) Interaction {
	d.t.Helper()
	d.mu.Lock()
	defer d.unlock()
	m := found(d, d.messages, "message", messageID)
	c, ok := m.Component(customID)
	switch {
	case !ok:
		d.t.Fatalf("discordtest: message %s has no component %q", m.ID, customID)
	case c.Disabled:
		d.t.Fatalf("discordtest: component %q is disabled", customID)
	case m.visibleTo != "" && m.visibleTo != userID:
		d.t.Fatalf("discordtest: message %s is private to user %s", m.ID, m.visibleTo)
	}
	data := object{"custom_id": customID, "component_type": c.Type, "id": c.ID}
	if c.Type != ButtonType {
		data["values"] = notNil(values)
		for _, v := range values {
			if c.Type == SelectType && !slices.ContainsFunc(c.Options, func(o SelectOption) bool { return o.Value == v }) {
				d.t.Fatalf("discordtest: select %q has no value %q", customID, v)
			}
		}
	}
	return d.newInteraction(m.ChannelID, userID, typeComponent, data, func(i *interaction, wire object) {
		i.source = m.ID
		wire["message"] = d.wireMessage(m, true)
	}).Interaction
}

// SubmitModal lets the person to whom i showed a modal send it with values by custom id.
func (d *Discord) SubmitModal(i Interaction, values map[string]string) Interaction {
	d.t.Helper()
	d.mu.Lock()
	defer d.unlock()
	opened := found(d, d.interactions, "interaction", i.ID)
	if opened.modal == nil {
		d.t.Fatalf("discordtest: interaction %s has opened no modal", i.ID)
	}
	list := []object{}
	for at := range opened.modal.Components {
		row := &opened.modal.Components[at]
		filled := func(c *Component) object {
			return object{"type": c.Type, "id": c.ID, "custom_id": c.CustomID, "value": values[c.CustomID]}
		}
		wire := object{"type": row.Type, "id": row.ID}
		switch {
		case row.Type == RowType && len(row.Components) == 1:
			wire["components"] = []object{filled(&row.Components[0])}
		case row.Type == LabelType && row.Component != nil:
			wire["component"] = filled(row.Component)
		}
		list = append(list, wire)
	}
	data := object{"custom_id": opened.modal.CustomID, "components": list}
	return d.newInteraction(i.ChannelID, i.UserID, typeModal, data, func(made *interaction, wire object) {
		made.source, made.triggered = opened.source, opened
		if m := d.messages[opened.source]; m != nil {
			wire["message"] = d.wireMessage(m, true)
		}
	}).Interaction
}

func interactionRoutes() []route {
	const hook = "/webhooks/{webhook_id}/{webhook_token}"
	return []route{
		{"POST", "/interactions/{interaction_id}/{interaction_token}/callback", (*Discord).postCallback, true},
		{"POST", hook, (*Discord).postFollowup, true},
		{"GET", hook + "/messages/@original", (*Discord).getFollowup, true},
		{"PATCH", hook + "/messages/@original", (*Discord).patchFollowup, true},
		{"DELETE", hook + "/messages/@original", (*Discord).deleteFollowup, true},
		{"GET", hook + "/messages/{message_id}", (*Discord).getFollowup, true},
		{"PATCH", hook + "/messages/{message_id}", (*Discord).patchFollowup, true},
		{"DELETE", hook + "/messages/{message_id}", (*Discord).deleteFollowup, true},
	}
}

// postCallback takes the first answer to an interaction.
func (d *Discord) postCallback(c *call) (answer, error) {
	i := d.interactions[c.params["interaction_id"]]
	switch {
	case i == nil || i.Token != c.params["interaction_token"]:
		return answer{}, breachOf(404, 10062, "Unknown interaction")
	case i.callback != 0:
		return answer{}, breachOf(400, 40060, "Interaction has already been acknowledged.")
	case d.Clock.Now().Sub(i.At) > answerWithin:
		return answer{}, breachOf(404, 10062, "Unknown interaction")
	}
	var kind struct{ Type int }
	if err := c.decode(&kind); err != nil {
		return answer{}, err
	}
	if !slices.Contains(i.callbacks(), kind.Type) {
		return answer{}, invalid(fault{"type", "BASE_TYPE_CHOICES", fmt.Sprintf("callback %d does not answer interaction type %d", kind.Type, i.Type)})
	}
	var err error
	switch kind.Type {
	case CallbackChoices:
		err = d.answerChoices(c, i)
	case CallbackModal:
		err = d.answerModal(c, i)
	default:
		err = d.answerMessage(c, i, kind.Type)
	}
	if err != nil {
		return answer{}, err
	}
	i.callback = kind.Type
	if c.Query.Get("with_response") != "true" {
		return answer{204, nil}, nil
	}
	state := object{"id": i.ID, "type": i.Type, "response_message_loading": i.pending, "response_message_ephemeral": i.ephemeral}
	body := object{"interaction": state}
	if m := d.messages[i.original]; m != nil && kind.Type != CallbackDeferUpdate {
		state["response_message_id"] = m.ID
		body["resource"] = object{"type": kind.Type, "message": d.wireMessage(m, true)}
	}
	return answer{200, body}, nil
}

// callbacks are the types of callback that may answer i.
func (i *interaction) callbacks() []int {
	switch i.Type {
	case typeAutocomplete:
		return []int{CallbackChoices}
	case typeCommandUsed:
		return []int{CallbackMessage, CallbackDeferMessage, CallbackModal}
	case typeComponent:
		return []int{CallbackMessage, CallbackDeferMessage, CallbackDeferUpdate, CallbackUpdate, CallbackModal}
	}
	if i.source == "" {
		return []int{CallbackMessage, CallbackDeferMessage}
	}
	return []int{CallbackMessage, CallbackDeferMessage, CallbackDeferUpdate, CallbackUpdate}
}

func (d *Discord) answerChoices(c *call, i *interaction) error {
	var p struct{ Data struct{ Choices []Choice } }
	if err := c.decode(&p); err != nil {
		return err
	}
	if faults := checkChoices("data.choices", p.Data.Choices); len(faults) > 0 {
		return invalid(faults...)
	}
	i.choices = p.Data.Choices
	return nil
}

func (d *Discord) answerModal(c *call, i *interaction) error {
	var p struct{ Data Modal }
	if err := c.decode(&p); err != nil {
		return err
	}
	if faults := checkModal(p.Data); len(faults) > 0 {
		return invalid(faults...)
	}
	number(p.Data.Components)
	i.modal = &p.Data
	return nil
}

// answerMessage makes or changes a message, now or later.
func (d *Discord) answerMessage(c *call, i *interaction, kind int) error {
	p := struct{ Data payload }{}
	if err := c.decode(&p); err != nil {
		return err
	}
	p.Data.files = c.Files
	ch := d.channels[i.ChannelID]
	if ch == nil {
		return refuse(404, 10003, "Unknown Channel")
	}
	source := d.messages[i.source]
	switch kind {
	case CallbackDeferUpdate:
		i.original, i.pending = i.source, true
		if source != nil {
			i.ephemeral = source.Ephemeral()
		}
		return nil
	case CallbackUpdate:
		if source == nil {
			return refuse(404, 10008, "Unknown Message")
		}
		if err := d.checkEdit(p.Data, source); err != nil {
			return err
		}
		d.fill(source, ch, p.Data)
		d.update(source)
		i.original, i.ephemeral = source.ID, source.Ephemeral()
		return nil
	case CallbackDeferMessage:
		if flags := p.Data.flags(); flags&^FlagEphemeral != 0 {
			return invalid(fault{"data.flags", "INVALID_FLAGS", "only EPHEMERAL may be set when deferring"})
		}
		i.pending = true
	case CallbackMessage:
		if err := d.checkCreate(p.Data, FlagSuppressEmbeds|FlagEphemeral|FlagSilent|FlagComponentsV2); err != nil {
			return err
		}
	}
	i.ephemeral = p.Data.flags()&FlagEphemeral != 0
	m := d.answering(i)
	if i.pending {
		p.Data = payload{Flags: p.Data.Flags}
		m.Flags |= FlagLoading
	}
	d.fill(m, ch, p.Data)
	d.publish(m, ch)
	i.original = m.ID
	return nil
}

// answering is an empty message of the bot that answers i.
func (d *Discord) answering(i *interaction) *Message {
	m := &Message{Author: *d.bot, Interaction: i.ID, Type: typeCommand}
	switch {
	case i.menu:
		m.Type = typeContextMenu
	case i.Type != typeCommandUsed && i.source != "":
		m.Type, m.RepliesTo = typeReply, i.source
	case i.Type != typeCommandUsed:
		m.Type = typeDefault
	}
	if i.ephemeral {
		m.visibleTo, m.Flags = i.UserID, FlagEphemeral
	}
	return m
}

// hooked returns the interaction whose token the path holds.
func (d *Discord) hooked(c *call) (*interaction, error) {
	i := d.tokens[c.params["webhook_token"]]
	switch {
	case i == nil || c.params["webhook_id"] != d.bot.ID || i.callback == 0:
		return nil, breachOf(404, 10015, "Unknown Webhook")
	case d.Clock.Now().Sub(i.At) > tokenLife:
		return nil, breachOf(401, 50027, "Invalid Webhook Token")
	}
	return i, nil
}

func (d *Discord) postFollowup(c *call) (answer, error) {
	i, err := d.hooked(c)
	if err != nil {
		return answer{}, err
	}
	p, err := readPayload(c)
	if err != nil {
		return answer{}, err
	}
	if m := d.messages[i.original]; i.callback == CallbackDeferMessage && i.pending && m != nil {
		// Directly after a deferral a followup is the original's edit.
		if p.Flags != nil && p.flags()&FlagEphemeral != m.Flags&FlagEphemeral {
			d.breach("a followup to a deferred answer wants to change EPHEMERAL, which the deferral has fixed")
		}
		if p.Flags != nil {
			kept := p.flags() &^ FlagEphemeral
			p.Flags = &kept
		}
		return d.edit(i, m, p)
	}
	switch {
	case i.userInstall && len(i.followups) >= followupsOfUserInstall:
		return answer{}, breachOf(400, 40094, "This interaction has reached the maximum number of follow up messages.")
	case d.channels[i.ChannelID] == nil:
		return answer{}, refuse(404, 10003, "Unknown Channel")
	}
	if err := d.checkCreate(p, FlagSuppressEmbeds|FlagEphemeral|FlagSilent|FlagComponentsV2); err != nil {
		return answer{}, err
	}
	m := d.answering(i)
	m.Type, m.RepliesTo, m.Flags, m.visibleTo = typeReply, i.original, 0, ""
	if p.flags()&FlagEphemeral != 0 {
		m.visibleTo = i.UserID
	}
	d.fill(m, d.channels[i.ChannelID], p)
	d.publish(m, d.channels[i.ChannelID])
	i.followups = append(i.followups, m.ID)
	return answer{200, d.wireMessage(m, true)}, nil
}

// answered returns the message of an interaction that the path names.
func (d *Discord) answered(c *call) (*interaction, *Message, error) {
	i, err := d.hooked(c)
	if err != nil {
		return nil, nil, err
	}
	id, named := c.params["message_id"]
	if !named {
		id = i.original
	}
	m := d.messages[id]
	if m == nil || m.ID != i.original && m.Interaction != i.ID {
		return nil, nil, refuse(404, 10008, "Unknown Message")
	}
	return i, m, nil
}

func (d *Discord) getFollowup(c *call) (answer, error) {
	_, m, err := d.answered(c)
	if err != nil {
		return answer{}, err
	}
	return answer{200, d.wireMessage(m, true)}, nil
}

func (d *Discord) patchFollowup(c *call) (answer, error) {
	i, m, err := d.answered(c)
	if err != nil {
		return answer{}, err
	}
	p, err := readPayload(c)
	if err != nil {
		return answer{}, err
	}
	return d.edit(i, m, p)
}

// edit changes an answer to an interaction, and fulfils a deferred one.
func (d *Discord) edit(i *interaction, m *Message, p payload) (answer, error) {
	if err := d.checkEdit(p, m); err != nil {
		return answer{}, err
	}
	ch := d.channels[m.ChannelID]
	if ch == nil {
		return answer{}, refuse(404, 10003, "Unknown Channel")
	}
	ephemeral := m.Flags & FlagEphemeral
	d.fill(m, ch, p)
	m.Flags = m.Flags&^(FlagLoading|FlagEphemeral) | ephemeral
	if m.ID == i.original {
		i.pending = false
	}
	d.update(m)
	return answer{200, d.wireMessage(m, true)}, nil
}

func (d *Discord) deleteFollowup(c *call) (answer, error) {
	i, m, err := d.answered(c)
	if err != nil {
		return answer{}, err
	}
	if m.ID == i.original {
		i.pending = false
	}
	d.remove(m)
	return answer{204, nil}, nil
}
