package discordtest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Flags of messages.
const (
	FlagSuppressEmbeds = 1 << 2
	FlagEphemeral      = 1 << 6
	FlagLoading        = 1 << 7
	FlagSilent         = 1 << 12
	FlagComponentsV2   = 1 << 15
)

// Types of messages.
const (
	typeDefault     = 0
	typeReply       = 19
	typeCommand     = 20
	typeContextMenu = 23
)

// A Message is what stands in a channel, or what one person alone sees.
type Message struct {
	ID, ChannelID, GuildID string
	Author                 User
	Type                   int
	Content                string
	Embeds                 []Embed
	Components             []Component
	Attachments            []Attachment
	Flags                  int
	RepliesTo              string   // id of a message, empty if none
	Mentions               []string // ids of the users that it mentions
	Reactions              []Reaction
	Nonce                  string
	At, Edited             time.Time
	WebhookID              string
	Interaction            string // id of the interaction that it answers

	visibleTo string // the only person who sees it; empty: all
	enforced  bool   // nonce holds against doubles
	poll      json.RawMessage
}

// Ephemeral reports whether one person alone sees the message.
func (m Message) Ephemeral() bool { return m.Flags&FlagEphemeral != 0 }

// Loading reports whether it is a deferred answer that has not come yet.
func (m Message) Loading() bool { return m.Flags&FlagLoading != 0 }

// Text is all that a reader sees of the message: content, embeds and components, a line each.
func (m Message) Text() string {
	lines := []string{m.Content}
	for _, e := range m.Embeds {
		lines = append(lines, e.texts()...)
	}
	walk(m.Components, func(c *Component) { lines = append(lines, c.Content, c.Label) })
	return strings.Join(slices.DeleteFunc(lines, func(s string) bool { return s == "" }), "\n")
}

// Component returns the button or select with a custom id.
func (m Message) Component(customID string) (Component, bool) {
	for _, c := range m.Interactive() {
		if c.CustomID == customID {
			return c, true
		}
	}
	return Component{}, false
}

// Interactive returns all buttons and selects, in order.
func (m Message) Interactive() []Component {
	var list []Component
	walk(m.Components, func(c *Component) {
		if c.Type == ButtonType || c.isSelect() {
			list = append(list, *c)
		}
	})
	return list
}

// An Embed is a framed part of a message.
type Embed struct {
	Type        string       `json:"type,omitempty"`
	Title       string       `json:"title,omitempty"`
	Description string       `json:"description,omitempty"`
	URL         string       `json:"url,omitempty"`
	Color       int          `json:"color,omitempty"`
	Timestamp   string       `json:"timestamp,omitempty"`
	Fields      []EmbedField `json:"fields,omitempty"`
	Footer      *EmbedText   `json:"footer,omitempty"`
	Author      *EmbedText   `json:"author,omitempty"`
	Image       *EmbedImage  `json:"image,omitempty"`
	Thumbnail   *EmbedImage  `json:"thumbnail,omitempty"`
}

// An EmbedField is a name and a value.
type EmbedField struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Inline bool   `json:"inline"`
}

// An EmbedText is a footer (Text) or an author (Name).
type EmbedText struct {
	Text    string `json:"text,omitempty"`
	Name    string `json:"name,omitempty"`
	URL     string `json:"url,omitempty"`
	IconURL string `json:"icon_url,omitempty"`
}

// An EmbedImage is a picture by its address.
type EmbedImage struct {
	URL string `json:"url,omitempty"`
}

func (e Embed) texts() []string {
	list := []string{e.Title, e.Description}
	for _, f := range e.Fields {
		list = append(list, f.Name, f.Value)
	}
	for _, t := range []*EmbedText{e.Footer, e.Author} {
		if t != nil {
			list = append(list, t.Text, t.Name)
		}
	}
	return list
}

// An Attachment is a file of a message.
type Attachment struct {
	ID          string `json:"id"`
	Filename    string `json:"filename"`
	Description string `json:"description,omitempty"`
	ContentType string `json:"content_type,omitempty"`
	Size        int    `json:"size"`
	URL         string `json:"url"`
	ProxyURL    string `json:"proxy_url"`
}

// A Reaction is an emoji and who gave it.
type Reaction struct {
	Emoji string
	Users []string
}

// payload is what the bot sends to make or change a message; nil is what it left out.
type payload struct {
	Content      *string         `json:"content"`
	Embeds       *[]Embed        `json:"embeds"`
	Components   *[]Component    `json:"components"`
	Mentions     *mentions       `json:"allowed_mentions"`
	Flags        *int            `json:"flags"`
	Nonce        json.RawMessage `json:"nonce"`
	EnforceNonce bool            `json:"enforce_nonce"`
	Reference    *reference      `json:"message_reference"`
	Stickers     []string        `json:"sticker_ids"`
	Poll         json.RawMessage `json:"poll"`
	Attachments  *[]kept         `json:"attachments"`
	files        []File
}

type mentions struct {
	Parse       *[]string `json:"parse"`
	Users       []string  `json:"users"`
	Roles       []string  `json:"roles"`
	RepliedUser bool      `json:"replied_user"`
}

type reference struct {
	Type            int    `json:"type"`
	MessageID       string `json:"message_id"`
	ChannelID       string `json:"channel_id"`
	GuildID         string `json:"guild_id"`
	FailIfNotExists *bool  `json:"fail_if_not_exists"`
}

// kept names an attachment of an earlier version, or describes a file of this request by its number.
type kept struct {
	ID          json.RawMessage `json:"id"`
	Filename    string          `json:"filename"`
	Description string          `json:"description"`
}

func (k kept) id() string { return strings.Trim(string(k.ID), `"`) }

func (p payload) flags() int {
	if p.Flags == nil {
		return 0
	}
	return *p.Flags
}

func (p payload) nonce() string {
	return strings.Trim(strings.TrimPrefix(string(p.Nonce), "null"), `"`)
}

const messagePath = "/channels/{channel_id}/messages"

func messageRoutes() []route {
	const one, reaction = messagePath + "/{message_id}", messagePath + "/{message_id}/reactions/{emoji_name}"
	return []route{
		{"GET", messagePath, (*Discord).getMessages, false},
		{"POST", messagePath, (*Discord).postMessage, false},
		{"POST", messagePath + "/bulk-delete", (*Discord).bulkDelete, false},
		{"GET", one, (*Discord).getMessage, false},
		{"PATCH", one, (*Discord).patchMessage, false},
		{"DELETE", one, (*Discord).deleteMessage, false},
		{"POST", one + "/threads", (*Discord).postThread, false},
		{"PUT", reaction + "/@me", (*Discord).putReaction, false},
		{"DELETE", reaction + "/@me", (*Discord).deleteReaction, false},
		{"GET", reaction, (*Discord).getReactions, false},
	}
}

func (d *Discord) getGateway(*call) (answer, error) {
	return answer{200, object{"url": d.GatewayURL()}}, nil
}

func (d *Discord) getGatewayBot(*call) (answer, error) {
	starts, reset := d.Gateway.lastDay(), 24*time.Hour
	if len(starts) > 0 {
		reset -= d.Clock.Now().Sub(starts[0])
	}
	return answer{200, object{"url": d.GatewayURL(), "shards": d.opts.Shards, "session_start_limit": object{
		"total": d.opts.StartsADay, "remaining": max(0, d.opts.StartsADay-len(starts)), "reset_after": reset.Milliseconds(),
		"max_concurrency": max(1, d.opts.Concurrency)}}}, nil
}

func (d *Discord) getMe(*call) (answer, error) {
	me := wireUser(d.bot)
	me["mfa_enabled"], me["locale"], me["email"], me["verified"] = true, "en-US", nil, true
	return answer{200, me}, nil
}

func (d *Discord) getUser(c *call) (answer, error) {
	u := d.users[c.params["user_id"]]
	if u == nil {
		return answer{}, refuse(404, 10013, "Unknown User")
	}
	return answer{200, wireUser(u)}, nil
}

func (d *Discord) getApplication(*call) (answer, error) {
	return answer{200, object{"id": d.bot.ID, "name": d.bot.Name, "icon": nil, "description": "", "type": nil,
		"bot": wireUser(d.bot), "bot_public": true, "bot_require_code_grant": false, "verify_key": strings.Repeat("0", 64),
		"flags": 0, "flags_new": "0", "redirect_uris": []any{}, "interactions_endpoint_url": nil,
		"role_connections_verification_url": nil, "owner": wireUser(&User{ID: "1", Name: "the operator"}),
		"approximate_guild_count": len(d.guilds), "approximate_user_install_count": 0,
		"approximate_user_authorization_count": 0, "explicit_content_filter": 0, "team": nil,
		"integration_types_config": object{"0": object{}, "1": object{}}, "eligible_oauth2_scopes": []any{}}}, nil
}

func (d *Discord) postDM(c *call) (answer, error) {
	var p struct {
		RecipientID string `json:"recipient_id"`
	}
	if err := c.decode(&p); err != nil {
		return answer{}, err
	}
	u := d.users[p.RecipientID]
	switch {
	case u == nil:
		return answer{}, refuse(404, 10013, "Unknown User")
	case u.Bot:
		return answer{}, breachOf(400, 50007, "Cannot send messages to this user")
	}
	return answer{200, d.wireChannel(d.openDM(u.ID))}, nil
}

// place returns the channel of a call if the bot may do there what it wants.
func (d *Discord) place(c *call, need int64) (*channel, error) {
	ch := d.channels[c.params["channel_id"]]
	if ch == nil || ch.GuildID != "" && d.guilds[ch.GuildID].WithoutBot || ch.Type == GroupDM {
		return nil, refuse(404, 10003, "Unknown Channel")
	}
	return ch, d.need(ch, need)
}

// need refuses what the bot has no permission for. Seeing the channel is always needed.
func (d *Discord) need(ch *channel, need int64) error {
	may := d.permissions(ch, d.bot.ID)
	switch {
	case may&ViewChannel == 0:
		return breachOf(403, 50001, "Missing Access")
	case may&need != need:
		return breachOf(403, 50013, "Missing Permissions")
	}
	return nil
}

// speak is the permission that sending in a channel takes.
func (ch *channel) speak() int64 {
	if ch.isThread() {
		return SendMessagesInThreads
	}
	return SendMessages
}

func (d *Discord) getChannel(c *call) (answer, error) {
	ch, err := d.place(c, 0)
	if err != nil {
		return answer{}, err
	}
	return answer{200, d.wireChannel(ch)}, nil
}

func (d *Discord) postTyping(c *call) (answer, error) {
	ch := d.channels[c.params["channel_id"]]
	if ch == nil {
		return answer{}, refuse(404, 10003, "Unknown Channel")
	}
	return answer{204, nil}, d.need(ch, ch.speak())
}

// home returns the guild of a call that the bot is in.
func (d *Discord) home(c *call) (*guild, error) {
	g := d.guilds[c.params["guild_id"]]
	if g == nil || g.WithoutBot {
		return nil, refuse(404, 10004, "Unknown Guild")
	}
	return g, nil
}

func (d *Discord) getGuild(c *call) (answer, error) {
	g, err := d.home(c)
	if err != nil {
		return answer{}, err
	}
	return answer{200, d.wireGuild(g)}, nil
}

func (d *Discord) getGuildChannels(c *call) (answer, error) {
	g, err := d.home(c)
	if err != nil {
		return answer{}, err
	}
	list := []object{}
	for _, ch := range g.channels {
		if !ch.isThread() {
			list = append(list, d.wireChannel(ch))
		}
	}
	return answer{200, list}, nil
}

func (d *Discord) getActiveThreads(c *call) (answer, error) {
	g, err := d.home(c)
	if err != nil {
		return answer{}, err
	}
	list := []object{}
	for _, ch := range g.channels {
		if ch.isThread() && !ch.Archived && d.permissions(ch, d.bot.ID)&ViewChannel != 0 {
			list = append(list, d.wireChannel(ch))
		}
	}
	return answer{200, object{"threads": list, "members": []any{}, "has_more": false}}, nil
}

func (d *Discord) getGuildRoles(c *call) (answer, error) {
	g, err := d.home(c)
	if err != nil {
		return answer{}, err
	}
	return answer{200, d.wireRoles(g)}, nil
}

func (d *Discord) getMember(c *call) (answer, error) {
	g, err := d.home(c)
	if err != nil {
		return answer{}, err
	}
	m := g.members[c.params["user_id"]]
	if m == nil {
		return answer{}, refuse(404, 10007, "Unknown Member")
	}
	return answer{200, d.wireMember(m)}, nil
}

func (d *Discord) getMessages(c *call) (answer, error) {
	ch, err := d.place(c, ReadMessageHistory)
	if err != nil {
		return answer{}, err
	}
	limit := 50
	if s := c.Query.Get("limit"); s != "" {
		if limit, err = strconv.Atoi(s); err != nil || limit < 1 || limit > 100 {
			return answer{}, invalid(fault{"limit", "NUMBER_TYPE_MAX", "int value should be between 1 and 100."})
		}
	}
	visible := slices.DeleteFunc(slices.Clone(ch.messages), func(m *Message) bool { return m.Ephemeral() })
	newer := func(m *Message, id string) bool { return len(m.ID) > len(id) || len(m.ID) == len(id) && m.ID > id }
	first := max(0, len(visible)-limit)
	if id := c.Query.Get("before"); id != "" {
		visible = slices.DeleteFunc(visible, func(m *Message) bool { return m.ID == id || newer(m, id) })
		first = max(0, len(visible)-limit)
	} else if id := c.Query.Get("after"); id != "" {
		visible = slices.DeleteFunc(visible, func(m *Message) bool { return !newer(m, id) })
		visible, first = visible[:min(limit, len(visible))], 0
	} else if id := c.Query.Get("around"); id != "" {
		at := slices.IndexFunc(visible, func(m *Message) bool { return m.ID == id || newer(m, id) })
		first = max(0, at-limit/2)
		visible = visible[:min(len(visible), first+limit)]
	}
	list := []object{}
	for _, m := range slices.Backward(visible[first:]) {
		list = append(list, d.wireMessage(m, d.opts.Intents&intentContent != 0))
	}
	return answer{200, list}, nil
}

// known returns the message of a call.
func (d *Discord) known(c *call, ch *channel) (*Message, error) {
	m := d.messages[c.params["message_id"]]
	if m == nil || m.ChannelID != ch.ID || m.Ephemeral() {
		return nil, refuse(404, 10008, "Unknown Message")
	}
	return m, nil
}

func (d *Discord) getMessage(c *call) (answer, error) {
	ch, err := d.place(c, ReadMessageHistory)
	if err != nil {
		return answer{}, err
	}
	m, err := d.known(c, ch)
	if err != nil {
		return answer{}, err
	}
	return answer{200, d.wireMessage(m, d.opts.Intents&intentContent != 0)}, nil
}

func (d *Discord) postMessage(c *call) (answer, error) {
	p, err := readPayload(c)
	if err != nil {
		return answer{}, err
	}
	ch, err := d.place(c, 0)
	if err != nil {
		return answer{}, err
	}
	if ch.Type == GuildForum {
		return answer{}, breachOf(400, 50008, "Cannot send messages in a non-text channel")
	}
	need := ch.speak()
	if p.Embeds != nil && len(*p.Embeds) > 0 {
		need |= EmbedLinks
	}
	if len(p.files) > 0 {
		need |= AttachFiles
	}
	if err := d.need(ch, need); err != nil {
		return answer{}, err
	}
	if ch.Locked && d.permissions(ch, d.bot.ID)&ManageThreads == 0 {
		return answer{}, breachOf(403, 50083, "Thread is archived")
	}
	if err := d.checkCreate(p, FlagSuppressEmbeds|FlagSilent|FlagComponentsV2); err != nil {
		return answer{}, err
	}
	if p.EnforceNonce {
		for _, m := range ch.messages {
			if m.enforced && m.Nonce == p.nonce() && m.Author.ID == d.bot.ID {
				return answer{200, d.wireMessage(m, true)}, nil
			}
		}
	}
	m := &Message{Author: *d.bot, Nonce: p.nonce(), enforced: p.EnforceNonce}
	if ref := p.Reference; ref != nil && ref.MessageID != "" {
		to := d.messages[ref.MessageID]
		switch {
		case d.need(ch, ReadMessageHistory) != nil:
			return answer{}, breachOf(403, 160002, "Cannot reply without permission to read message history")
		case to != nil && to.ChannelID == ch.ID:
			m.RepliesTo, m.Type = to.ID, typeReply
		case ref.FailIfNotExists == nil || *ref.FailIfNotExists:
			return answer{}, &apiError{status: 400, code: 50035, message: "Invalid Form Body", faults: []fault{
				{"message_reference", "MESSAGE_REFERENCE_UNKNOWN_MESSAGE", "Unknown message"}}}
		}
	}
	d.fill(m, ch, p)
	d.publish(m, ch)
	return answer{200, d.wireMessage(m, true)}, nil
}

func readPayload(c *call) (payload, error) {
	p := payload{files: c.Files}
	return p, c.decode(&p)
}

// fill puts into m what p names and leaves the rest.
func (d *Discord) fill(m *Message, ch *channel, p payload) {
	m.ChannelID, m.GuildID = ch.ID, ch.GuildID
	if m.ID == "" {
		m.ID, m.At = d.newID(), d.Clock.Now()
	}
	if p.Content != nil {
		m.Content = *p.Content
	}
	if p.Embeds != nil {
		m.Embeds = nil
		for _, e := range *p.Embeds {
			e.Type = "rich"
			m.Embeds = append(m.Embeds, e)
		}
	}
	if p.Components != nil {
		m.Components = *p.Components
		number(m.Components)
	}
	const settable = FlagSuppressEmbeds | FlagEphemeral | FlagSilent | FlagComponentsV2
	if p.Flags != nil {
		m.Flags = m.Flags&^FlagSuppressEmbeds | *p.Flags&settable
	}
	if len(p.Poll) > 0 && string(p.Poll) != "null" {
		m.poll = p.Poll
	}
	if p.Attachments != nil {
		m.Attachments = slices.DeleteFunc(m.Attachments, func(a Attachment) bool {
			return !slices.ContainsFunc(*p.Attachments, func(k kept) bool { return k.id() == a.ID })
		})
	}
	for n, f := range p.files {
		a := d.store(ch.ID, f)
		if p.Attachments != nil {
			for _, k := range *p.Attachments {
				if k.id() == strconv.Itoa(n) {
					a.Description = k.Description
				}
			}
		}
		m.Attachments = append(m.Attachments, a)
	}
}

var notInNames = regexp.MustCompile(`[^\w.-]+`)

// store keeps a file on the CDN under a signed link that expires after a day.
func (d *Discord) store(channelID string, f File) Attachment {
	a := Attachment{ID: d.newID(), Filename: notInNames.ReplaceAllString(f.Name, "_"), ContentType: f.Type, Size: len(f.Content)}
	d.files[a.ID] = f.Content
	path := "/attachments/" + channelID + "/" + a.ID + "/" + url.PathEscape(a.Filename)
	expires := strconv.FormatInt(d.Clock.Now().Add(24*time.Hour).Unix(), 16)
	query := "?ex=" + expires + "&is=" + strconv.FormatInt(d.Clock.Now().Unix(), 16) + "&hm=" + signature(path, expires)
	a.URL, a.ProxyURL = "https://cdn.discordapp.com"+path+query, "https://media.discordapp.net"+path+query
	return a
}

func signature(path, expires string) string {
	sum := sha256.Sum256([]byte(path + expires))
	return hex.EncodeToString(sum[:])
}

// serveFile answers like the CDN.
func (d *Discord) serveFile(w http.ResponseWriter, r *http.Request) {
	path, query := r.URL.EscapedPath(), r.URL.Query()
	parts := strings.Split(path, "/")
	expires, err := strconv.ParseInt(query.Get("ex"), 16, 64)
	if err != nil || query.Get("hm") != signature(path, query.Get("ex")) || d.Clock.Now().Unix() > expires {
		http.Error(w, "This content is no longer available.", http.StatusNotFound)
		return
	}
	if r.Header.Get("Authorization") != "" {
		d.breach("the Authorization header is sent to the CDN")
	}
	d.mu.Lock()
	content := d.files[parts[3]]
	d.mu.Unlock()
	w.Write(content)
}

// publish puts m into its channel and tells the sessions.
func (d *Discord) publish(m *Message, ch *channel) {
	m.Mentions = d.mentioned(m)
	d.messages[m.ID] = m
	ch.messages = append(ch.messages, m)
	d.tell("MESSAGE_CREATE", m, ch)
}

// update notes an edit and tells the sessions.
func (d *Discord) update(m *Message) {
	m.Edited = d.Clock.Now()
	m.Mentions = d.mentioned(m)
	if ch := d.channels[m.ChannelID]; ch != nil {
		d.tell("MESSAGE_UPDATE", m, ch)
	}
}

// tell sends a message to the sessions, with its words only where they may be read.
func (d *Discord) tell(name string, m *Message, ch *channel) {
	if m.Ephemeral() {
		return
	}
	d.dispatchIn(ch, intentMessages, intentDirectMessages, func(s *session) {
		wire := d.wireMessage(m, s.intents&intentContent != 0)
		if g := d.guilds[ch.GuildID]; g != nil {
			wire["guild_id"] = g.ID
			if author := g.members[m.Author.ID]; author != nil && m.WebhookID == "" {
				part := d.wireMember(author)
				delete(part, "user")
				wire["member"] = part
			}
		}
		d.Gateway.event(s, name, wire)
	})
}

var userMention = regexp.MustCompile(`<@!?(\d+)>`)

// mentioned returns whom m mentions: a person's message whom it names, the bot's nobody, since it must allow nobody.
func (d *Discord) mentioned(m *Message) []string {
	ids := []string{}
	if m.Author.ID == d.bot.ID {
		return ids
	}
	for _, match := range userMention.FindAllStringSubmatch(m.Content, -1) {
		if id := match[1]; d.users[id] != nil && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	to := d.messages[m.RepliesTo]
	if to != nil && to.Interaction == "" && m.Flags&flagNoPing == 0 && !slices.Contains(ids, to.Author.ID) {
		ids = append(ids, to.Author.ID)
	}
	return ids
}

// flagNoPing marks, inside the fake only, a reply whose author has turned the ping off.
const flagNoPing = 1 << 30

func (d *Discord) patchMessage(c *call) (answer, error) {
	p, err := readPayload(c)
	if err != nil {
		return answer{}, err
	}
	ch, err := d.place(c, 0)
	if err != nil {
		return answer{}, err
	}
	m, err := d.known(c, ch)
	switch {
	case err != nil:
		return answer{}, err
	case m.Author.ID != d.bot.ID:
		return answer{}, breachOf(403, 50005, "Cannot edit a message authored by another user")
	case ch.Archived:
		return answer{}, breachOf(400, 50083, "Thread is archived")
	}
	if err := d.checkEdit(p, m); err != nil {
		return answer{}, err
	}
	d.fill(m, ch, p)
	d.update(m)
	return answer{200, d.wireMessage(m, true)}, nil
}

func (d *Discord) deleteMessage(c *call) (answer, error) {
	ch, err := d.place(c, 0)
	if err != nil {
		return answer{}, err
	}
	m, err := d.known(c, ch)
	if err != nil {
		return answer{}, err
	}
	if m.Author.ID != d.bot.ID {
		if err := d.need(ch, ManageMessages); err != nil {
			return answer{}, err
		}
	}
	d.remove(m)
	return answer{204, nil}, nil
}

// remove deletes a message and tells the sessions.
func (d *Discord) remove(m *Message) {
	delete(d.messages, m.ID)
	ch := d.channels[m.ChannelID]
	if ch == nil {
		return
	}
	ch.messages = slices.DeleteFunc(ch.messages, func(other *Message) bool { return other == m })
	if m.Ephemeral() {
		return
	}
	event := object{"id": m.ID, "channel_id": ch.ID}
	if ch.GuildID != "" {
		event["guild_id"] = ch.GuildID
	}
	d.dispatchIn(ch, intentMessages, intentDirectMessages, func(s *session) { d.Gateway.event(s, "MESSAGE_DELETE", event) })
}

func (d *Discord) bulkDelete(c *call) (answer, error) {
	var p struct{ Messages []string }
	if err := c.decode(&p); err != nil {
		return answer{}, err
	}
	ch, err := d.place(c, ManageMessages)
	if err != nil {
		return answer{}, err
	}
	if n := len(p.Messages); n < 2 || n > 100 {
		return answer{}, invalid(fault{"messages", "BASE_TYPE_BAD_LENGTH", "Must be between 2 and 100 in length."})
	}
	for _, id := range p.Messages {
		if m := d.messages[id]; m != nil && d.Clock.Now().Sub(m.At) > 14*24*time.Hour {
			return answer{}, breachOf(400, 50034, "You can only bulk delete messages that are under 14 days old.")
		}
	}
	d.purge(ch, p.Messages)
	return answer{204, nil}, nil
}

// purge deletes messages of a channel at once and tells the sessions.
func (d *Discord) purge(ch *channel, ids []string) {
	ch.messages = slices.DeleteFunc(ch.messages, func(m *Message) bool { return slices.Contains(ids, m.ID) })
	for _, id := range ids {
		delete(d.messages, id)
	}
	d.dispatchIn(ch, intentMessages, intentDirectMessages, func(s *session) {
		d.Gateway.event(s, "MESSAGE_DELETE_BULK", object{"ids": ids, "channel_id": ch.ID, "guild_id": ch.GuildID})
	})
}

func (d *Discord) postThread(c *call) (answer, error) {
	var p struct{ Name string }
	if err := c.decode(&p); err != nil {
		return answer{}, err
	}
	ch, err := d.place(c, CreatePublicThreads)
	if err != nil {
		return answer{}, err
	}
	m, err := d.known(c, ch)
	switch {
	case err != nil:
		return answer{}, err
	case d.channels[m.ID] != nil:
		return answer{}, breachOf(400, 160004, "A thread has already been created for this message")
	case length(p.Name) < 1 || length(p.Name) > 100:
		return answer{}, invalid(fault{"name", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length."})
	}
	made := d.addChannel(Channel{GuildID: ch.GuildID, Name: p.Name, Type: PublicThread, ParentID: ch.ID})
	delete(d.channels, made.ID)
	made.ID = m.ID // a thread from a message has the message's id
	d.channels[made.ID] = made
	d.dispatchGuild(d.guilds[ch.GuildID], "THREAD_CREATE", d.wireChannel(made))
	return answer{201, d.wireChannel(made)}, nil
}

func (d *Discord) putReaction(c *call) (answer, error) {
	ch, err := d.place(c, ReadMessageHistory)
	if err != nil {
		return answer{}, err
	}
	m, err := d.known(c, ch)
	if err != nil {
		return answer{}, err
	}
	emoji := c.params["emoji_name"]
	has := slices.ContainsFunc(m.Reactions, func(r Reaction) bool { return r.Emoji == emoji })
	if !has {
		if err := d.need(ch, AddReactions); err != nil {
			return answer{}, err
		}
	}
	d.react(m, ch, d.bot, emoji)
	return answer{204, nil}, nil
}

// react gives a message a reaction and tells the sessions.
func (d *Discord) react(m *Message, ch *channel, u *User, emoji string) {
	i := slices.IndexFunc(m.Reactions, func(r Reaction) bool { return r.Emoji == emoji })
	if i < 0 {
		i = len(m.Reactions)
		m.Reactions = append(m.Reactions, Reaction{Emoji: emoji})
	}
	if slices.Contains(m.Reactions[i].Users, u.ID) {
		return
	}
	m.Reactions[i].Users = append(m.Reactions[i].Users, u.ID)
	d.tellReaction("MESSAGE_REACTION_ADD", m, ch, u, emoji)
}

func (d *Discord) tellReaction(name string, m *Message, ch *channel, u *User, emoji string) {
	event := object{"user_id": u.ID, "channel_id": ch.ID, "message_id": m.ID, "emoji": wireEmoji(emoji), "burst": false,
		"type": 0, "message_author_id": m.Author.ID}
	if g := d.guilds[ch.GuildID]; g != nil {
		event["guild_id"] = g.ID
		if who := g.members[u.ID]; who != nil && name == "MESSAGE_REACTION_ADD" {
			event["member"] = d.wireMember(who)
		}
	}
	d.dispatchIn(ch, intentReactions, intentDirectReactions, func(s *session) { d.Gateway.event(s, name, event) })
}

func wireEmoji(emoji string) object {
	if name, id, ok := strings.Cut(emoji, ":"); ok {
		return object{"id": id, "name": name}
	}
	return object{"id": nil, "name": emoji}
}

func (d *Discord) deleteReaction(c *call) (answer, error) {
	ch, err := d.place(c, ReadMessageHistory)
	if err != nil {
		return answer{}, err
	}
	m, err := d.known(c, ch)
	if err != nil {
		return answer{}, err
	}
	d.unreact(m, ch, d.bot, c.params["emoji_name"])
	return answer{204, nil}, nil
}

func (d *Discord) unreact(m *Message, ch *channel, u *User, emoji string) {
	for i := range m.Reactions {
		if r := &m.Reactions[i]; r.Emoji == emoji && slices.Contains(r.Users, u.ID) {
			r.Users = slices.DeleteFunc(r.Users, func(id string) bool { return id == u.ID })
			d.tellReaction("MESSAGE_REACTION_REMOVE", m, ch, u, emoji)
		}
	}
	m.Reactions = slices.DeleteFunc(m.Reactions, func(r Reaction) bool { return len(r.Users) == 0 })
}

func (d *Discord) getReactions(c *call) (answer, error) {
	ch, err := d.place(c, ReadMessageHistory)
	if err != nil {
		return answer{}, err
	}
	m, err := d.known(c, ch)
	if err != nil {
		return answer{}, err
	}
	list := []object{}
	for _, r := range m.Reactions {
		for _, id := range r.Users {
			if r.Emoji == c.params["emoji_name"] {
				list = append(list, wireUser(d.users[id]))
			}
		}
	}
	return answer{200, list}, nil
}

// wireMessage is the message as Discord tells it; without its words if they need the intent that the reader lacks: all but
// the bot's own, direct ones and those that mention it.
func (d *Discord) wireMessage(m *Message, content bool) object {
	wire := d.wireBare(m, content)
	if m.RepliesTo != "" {
		wire["referenced_message"] = nil
		if to := d.messages[m.RepliesTo]; to != nil {
			wire["referenced_message"] = d.wireBare(to, content)
		}
	}
	return wire
}

func (d *Discord) wireBare(m *Message, content bool) object {
	readable := content || m.GuildID == "" || m.Author.ID == d.bot.ID || slices.Contains(m.Mentions, d.bot.ID)
	mentions := []object{}
	for _, id := range m.Mentions {
		mentions = append(mentions, wireUser(d.users[id]))
	}
	wire := object{"id": m.ID, "channel_id": m.ChannelID, "author": wireUser(&m.Author), "type": m.Type, "content": "",
		"embeds": []any{}, "attachments": []any{}, "components": []any{}, "mentions": mentions, "mention_roles": []any{},
		"mention_everyone": false, "timestamp": stamp(m.At), "edited_timestamp": stamp(m.Edited), "flags": m.Flags &^ flagNoPing,
		"pinned": false, "tts": false}
	if readable {
		wire["content"] = m.Content
		if len(m.Embeds) > 0 {
			wire["embeds"] = m.Embeds
		}
		if len(m.Attachments) > 0 {
			wire["attachments"] = m.Attachments
		}
		wire["components"] = wireComponents(m.Components)
	}
	if m.Nonce != "" {
		wire["nonce"] = m.Nonce
	}
	if m.WebhookID != "" {
		wire["webhook_id"] = m.WebhookID
	}
	if m.RepliesTo != "" {
		ref := object{"type": 0, "message_id": m.RepliesTo, "channel_id": m.ChannelID}
		if m.GuildID != "" {
			ref["guild_id"] = m.GuildID
		}
		wire["message_reference"] = ref
	}
	if i := d.interactions[m.Interaction]; i != nil {
		wire["application_id"] = d.bot.ID
		wire["interaction_metadata"] = i.metadata()
	}
	if len(m.Reactions) > 0 {
		list := []object{}
		for _, r := range m.Reactions {
			list = append(list, object{"emoji": wireEmoji(r.Emoji), "count": len(r.Users), "burst_colors": []any{},
				"count_details": object{"burst": 0, "normal": len(r.Users)}, "me_burst": false,
				"me": slices.Contains(r.Users, d.bot.ID)})
		}
		wire["reactions"] = list
	}
	return wire
}

// Messages returns what stands in a channel for all to see, oldest first.
func (d *Discord) Messages(channelID string) []Message {
	d.mu.Lock()
	defer d.mu.Unlock()
	var list []Message
	if ch := d.channels[channelID]; ch != nil {
		for _, m := range ch.messages {
			if !m.Ephemeral() {
				list = append(list, m.clone())
			}
		}
	}
	return list
}

// Message returns the message with an id, ephemeral ones too; false if it never was or is deleted.
func (d *Discord) Message(id string) (Message, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if m := d.messages[id]; m != nil {
		return m.clone(), true
	}
	return Message{}, false
}

func (m *Message) clone() Message {
	out := *m
	out.Embeds, out.Components, out.Attachments = slices.Clone(m.Embeds), slices.Clone(m.Components), slices.Clone(m.Attachments)
	out.Mentions = slices.Clone(m.Mentions)
	out.Reactions = slices.Clone(m.Reactions)
	for i := range out.Reactions {
		out.Reactions[i].Users = slices.Clone(out.Reactions[i].Users)
	}
	return out
}

// File returns the content of an attachment.
func (d *Discord) File(attachmentID string) []byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.files[attachmentID]
}

// Say is more that a person's message can have.
type Say struct {
	ReplyTo string // id of a message
	NoPing  bool   // a reply that does not mention the author
	Webhook bool   // comes from a webhook
	Type    int    // of a system message, such as 7 for a member's arrival
	Embeds  []Embed
	Files   []File
}

// UserSays lets a user write into a channel, and returns the message.
func (d *Discord) UserSays(channelID, userID, text string, more ...Say) Message {
	d.t.Helper()
	d.mu.Lock()
	defer d.unlock()
	return d.say(d.channel(channelID), userID, text, d.newID(), more...)
}

// UserPosts lets a user begin a thread in a forum; its first message has the thread's own id.
func (d *Discord) UserPosts(forumID, userID, title, text string) (Channel, Message) {
	d.t.Helper()
	d.mu.Lock()
	defer d.unlock()
	thread := d.addThread(forumID, title, PublicThread)
	return thread.Channel, d.say(thread, userID, text, thread.ID)
}

func (d *Discord) say(ch *channel, userID, text, id string, more ...Say) Message {
	d.t.Helper()
	u := d.user(userID)
	if may := d.permissions(ch, userID); may&ch.speak() == 0 || ch.Locked || ch.Type == GuildForum {
		d.t.Fatalf("discordtest: %s may not write in %s", u.Name, fmt.Sprintf("channel %q", ch.Name))
	}
	ch.Archived = false // a message opens an archived thread
	m := &Message{ID: id, ChannelID: ch.ID, GuildID: ch.GuildID, Author: *u, Content: text, At: d.Clock.Now()}
	for _, s := range more {
		m.Type, m.Embeds = s.Type, s.Embeds
		if s.ReplyTo != "" {
			m.RepliesTo, m.Type = s.ReplyTo, typeReply
		}
		if s.NoPing {
			m.Flags |= flagNoPing
		}
		if s.Webhook {
			m.WebhookID = d.newID()
			m.Author.Bot = true
		}
		for _, f := range s.Files {
			m.Attachments = append(m.Attachments, d.store(ch.ID, f))
		}
	}
	d.publish(m, ch)
	return m.clone()
}

// UserEdits lets the author of a message change its text.
func (d *Discord) UserEdits(messageID, text string) {
	d.t.Helper()
	d.mu.Lock()
	defer d.unlock()
	m := found(d, d.messages, "message", messageID)
	m.Content = text
	d.update(m)
}

// UserDeletes lets a person delete a message.
func (d *Discord) UserDeletes(messageID string) {
	d.t.Helper()
	d.mu.Lock()
	defer d.unlock()
	d.remove(found(d, d.messages, "message", messageID))
}

// Purge deletes messages of one channel at once, as a moderator's bot does.
func (d *Discord) Purge(channelID string, messageIDs ...string) {
	d.t.Helper()
	d.mu.Lock()
	defer d.unlock()
	d.purge(d.channel(channelID), messageIDs)
}

// UserReacts gives a message a person's reaction.
func (d *Discord) UserReacts(messageID, userID, emoji string) {
	d.t.Helper()
	d.mu.Lock()
	defer d.unlock()
	m := found(d, d.messages, "message", messageID)
	d.react(m, d.channel(m.ChannelID), d.user(userID), emoji)
}

// UserUnreacts takes it back.
func (d *Discord) UserUnreacts(messageID, userID, emoji string) {
	d.t.Helper()
	d.mu.Lock()
	defer d.unlock()
	m := found(d, d.messages, "message", messageID)
	d.unreact(m, d.channel(m.ChannelID), d.user(userID), emoji)
}
