package discordtest

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Permission bits, as Discord numbers them.
const (
	AddReactions          = 1 << 6
	Administrator         = 1 << 3
	ManageGuild           = 1 << 5
	ViewChannel           = 1 << 10
	SendMessages          = 1 << 11
	ManageMessages        = 1 << 13
	EmbedLinks            = 1 << 14
	AttachFiles           = 1 << 15
	ReadMessageHistory    = 1 << 16
	MentionEveryone       = 1 << 17
	UseExternalEmojis     = 1 << 18
	Connect               = 1 << 20
	UseCommands           = 1 << 31
	ManageThreads         = 1 << 34
	CreatePublicThreads   = 1 << 35
	SendMessagesInThreads = 1 << 38
	PinMessages           = 1 << 51

	// Everyone is what the @everyone role of a new guild allows.
	Everyone = ViewChannel | SendMessages | EmbedLinks | AttachFiles | ReadMessageHistory | AddReactions |
		UseCommands | CreatePublicThreads | SendMessagesInThreads | UseExternalEmojis | Connect

	allPermissions = 1<<53 - 1
)

// Channel types.
const (
	GuildText     = 0
	DM            = 1
	GuildVoice    = 2
	GroupDM       = 3
	News          = 5
	PublicThread  = 11
	PrivateThread = 12
	GuildForum    = 15
)

// A User is a person, a bot or a webhook's face.
type User struct {
	ID, Name  string
	Locale    string // of the person's client; empty: en-US
	Bot       bool
	Installed bool // has installed the bot for himself
}

// A Guild is a server.
type Guild struct {
	ID, Name, OwnerID string
	Locale            string // empty: en-US
	WithoutBot        bool   // the bot is not a member
}

// A Channel is a channel, thread or direct message.
type Channel struct {
	ID, GuildID, Name string
	Type              int
	ParentID          string // the channel of a thread
	Archived, Locked  bool   // of a thread
}

func (c Channel) isThread() bool { return c.Type == PublicThread || c.Type == PrivateThread }

// A Role is a set of permissions in a guild; @everyone has the id of its guild.
type Role struct {
	ID, GuildID, Name string
	Permissions       int64
}

type object = map[string]any

type guild struct {
	Guild
	roles       []*Role
	members     map[string]*member
	channels    []*channel
	joined      time.Time
	unavailable bool
}

type member struct {
	user       *User
	roles      []string
	joined     time.Time
	mutedUntil time.Time
	nick       string
}

type channel struct {
	Channel
	recipients []string // of a direct message
	invited    []string // who may see a private thread
	overwrites []overwrite
	messages   []*Message
}

type overwrite struct {
	id          string // of a role or a member
	ofMember    bool
	allow, deny int64
}

// newID returns the next snowflake. Each has a millisecond of its own, so that guilds spread over shards.
func (d *Discord) newID() string {
	const epoch = 1420070400000
	d.lastID = max(d.Clock.Now().UnixMilli()-epoch, d.lastID+1)
	return strconv.FormatInt(d.lastID<<22, 10)
}

// AddGuild makes a guild that the bot belongs to, with an owner of its own.
func (d *Discord) AddGuild(name string) Guild { return d.AddGuildWith(Guild{Name: name}) }

// AddGuildWith makes a guild after g, whose id is given anew; without an owner it gets one.
func (d *Discord) AddGuildWith(g Guild) Guild {
	d.mu.Lock()
	defer d.unlock()
	if g.OwnerID == "" {
		g.OwnerID = d.addUser(User{Name: "owner of " + g.Name}).ID
	}
	g.ID = d.newID()
	made := &guild{Guild: g, members: make(map[string]*member), joined: d.Clock.Now()}
	made.roles = []*Role{{ID: g.ID, GuildID: g.ID, Name: "@everyone", Permissions: Everyone}}
	d.guilds[g.ID] = made
	made.members[g.OwnerID] = &member{user: d.user(g.OwnerID), joined: made.joined}
	if !g.WithoutBot {
		d.join(made)
	}
	return made.Guild
}

// JoinGuild lets the bot into the guild, as when somebody with Manage Server invites it.
func (d *Discord) JoinGuild(guildID string) {
	d.mu.Lock()
	defer d.unlock()
	d.join(d.guild(guildID))
}

func (d *Discord) join(g *guild) {
	g.WithoutBot = false
	g.members[d.bot.ID] = &member{user: d.bot, joined: d.Clock.Now()}
	d.dispatchGuild(g, "GUILD_CREATE", d.wireGuildCreate(g))
}

// LeaveGuild puts the bot out of the guild.
func (d *Discord) LeaveGuild(guildID string) {
	d.mu.Lock()
	defer d.unlock()
	g := d.guild(guildID)
	d.dispatchGuild(g, "GUILD_DELETE", object{"id": g.ID})
	g.WithoutBot = true
	delete(g.members, d.bot.ID)
}

// SetUnavailable takes the guild away by an outage, or brings it back.
func (d *Discord) SetUnavailable(guildID string, gone bool) {
	d.mu.Lock()
	defer d.unlock()
	g := d.guild(guildID)
	g.unavailable = gone
	if gone {
		d.dispatchGuild(g, "GUILD_DELETE", object{"id": g.ID, "unavailable": true})
	} else {
		d.dispatchGuild(g, "GUILD_CREATE", d.wireGuildCreate(g))
	}
}

// AddChannel makes a text channel.
func (d *Discord) AddChannel(guildID, name string) Channel {
	return d.AddChannelWith(Channel{GuildID: guildID, Name: name, Type: GuildText})
}

// AddChannelWith makes a channel after c, such as a voice channel or a forum, whose id is given anew.
func (d *Discord) AddChannelWith(c Channel) Channel {
	d.mu.Lock()
	defer d.unlock()
	g := d.guild(c.GuildID)
	made := d.addChannel(c)
	d.dispatchGuild(g, "CHANNEL_CREATE", d.wireChannel(made))
	return made.Channel
}

// AddThread makes a public thread in a channel.
func (d *Discord) AddThread(channelID, name string) Channel {
	d.mu.Lock()
	defer d.unlock()
	return d.addThread(channelID, name, PublicThread).Channel
}

// AddPrivateThread makes a thread that only those who are invited see, and who may manage threads.
func (d *Discord) AddPrivateThread(channelID, name string, userIDs ...string) Channel {
	d.mu.Lock()
	defer d.unlock()
	return d.addThread(channelID, name, PrivateThread, userIDs...).Channel
}

func (d *Discord) addThread(channelID, name string, kind int, invited ...string) *channel {
	parent := d.channel(channelID)
	c := d.addChannel(Channel{GuildID: parent.GuildID, Name: name, Type: kind, ParentID: parent.ID})
	if c.invited = invited; d.permissions(c, d.bot.ID)&ViewChannel != 0 {
		d.dispatchGuild(d.guilds[c.GuildID], "THREAD_CREATE", d.wireChannel(c))
	}
	return c
}

// SetThread archives or locks a thread, or undoes it.
func (d *Discord) SetThread(threadID string, archived, locked bool) {
	d.mu.Lock()
	defer d.unlock()
	c := d.channel(threadID)
	c.Archived, c.Locked = archived, locked
	d.dispatchGuild(d.guilds[c.GuildID], "THREAD_UPDATE", d.wireChannel(c))
}

// AddDM opens the direct message between a person and the bot, or a group of which the bot is no member if there are more.
func (d *Discord) AddDM(userIDs ...string) Channel {
	d.mu.Lock()
	defer d.unlock()
	return d.openDM(userIDs...).Channel
}

func (d *Discord) openDM(userIDs ...string) *channel {
	for _, c := range d.channels {
		if c.GuildID == "" && slices.Equal(c.recipients, userIDs) {
			return c
		}
	}
	for _, id := range userIDs {
		d.user(id)
	}
	made := Channel{Type: DM}
	if len(userIDs) > 1 {
		made.Type = GroupDM
	}
	c := d.addChannel(made)
	c.recipients = userIDs
	return c
}

func (d *Discord) addChannel(c Channel) *channel {
	c.ID = d.newID()
	made := &channel{Channel: c}
	d.channels[c.ID] = made
	if g := d.guilds[c.GuildID]; g != nil {
		g.channels = append(g.channels, made)
	}
	return made
}

// DeleteChannel removes a channel or thread with all it holds.
func (d *Discord) DeleteChannel(channelID string) {
	d.mu.Lock()
	defer d.unlock()
	c := d.channel(channelID)
	delete(d.channels, c.ID)
	if g := d.guilds[c.GuildID]; g != nil {
		g.channels = slices.DeleteFunc(g.channels, func(other *channel) bool { return other == c })
		name := "CHANNEL_DELETE"
		if c.isThread() {
			name = "THREAD_DELETE"
		}
		d.dispatchGuild(g, name, d.wireChannel(c))
	}
}

// AddRole makes a role.
func (d *Discord) AddRole(guildID, name string, permissions int64) Role {
	d.mu.Lock()
	defer d.unlock()
	g := d.guild(guildID)
	r := &Role{ID: d.newID(), GuildID: g.ID, Name: name, Permissions: permissions}
	g.roles = append(g.roles, r)
	d.dispatchGuild(g, "GUILD_ROLE_CREATE", object{"guild_id": g.ID, "role": wireRole(r, len(g.roles)-1)})
	return *r
}

// SetRole changes what a role allows; the role with the guild's own id is @everyone.
func (d *Discord) SetRole(guildID, roleID string, permissions int64) {
	d.mu.Lock()
	defer d.unlock()
	g := d.guild(guildID)
	for i, r := range g.roles {
		if r.ID == roleID {
			r.Permissions = permissions
			d.dispatchGuild(g, "GUILD_ROLE_UPDATE", object{"guild_id": g.ID, "role": wireRole(r, i)})
			return
		}
	}
	d.t.Fatalf("discordtest: guild %s has no role %s", guildID, roleID)
}

// AddUser makes a person; the locale of his client is en-US unless another is given.
func (d *Discord) AddUser(name string, locale ...string) User {
	return d.AddUserWith(User{Name: name, Locale: strings.Join(locale, "")})
}

// AddUserWith makes a user after u, whose id is given anew.
func (d *Discord) AddUserWith(u User) User {
	d.mu.Lock()
	defer d.unlock()
	return *d.addUser(u)
}

func (d *Discord) addUser(u User) *User {
	u.ID = d.newID()
	if u.Locale == "" {
		u.Locale = "en-US"
	}
	d.users[u.ID] = &u
	return &u
}

// AddMember brings a user into a guild with roles; called again it sets the roles. The bot's own id gives the bot roles.
func (d *Discord) AddMember(guildID, userID string, roleIDs ...string) {
	d.mu.Lock()
	defer d.unlock()
	g := d.guild(guildID)
	m := g.members[userID]
	name := "GUILD_MEMBER_UPDATE"
	if m == nil {
		m = &member{user: d.user(userID), joined: d.Clock.Now()}
		g.members[userID] = m
		name = "GUILD_MEMBER_ADD"
	}
	m.roles = roleIDs
	event := d.wireMember(m)
	event["guild_id"] = g.ID
	d.dispatchGuild(g, name, event)
}

// RemoveMember takes a user out of a guild.
func (d *Discord) RemoveMember(guildID, userID string) {
	d.mu.Lock()
	defer d.unlock()
	g := d.guild(guildID)
	delete(g.members, userID)
	d.dispatchGuild(g, "GUILD_MEMBER_REMOVE", object{"guild_id": g.ID, "user": wireUser(d.user(userID))})
}

// TimeOut silences a member until the given time.
func (d *Discord) TimeOut(guildID, userID string, until time.Time) {
	d.mu.Lock()
	defer d.unlock()
	g := d.guild(guildID)
	m := g.members[userID]
	if m == nil {
		d.t.Fatalf("discordtest: user %s is no member of guild %s", userID, guildID)
	}
	m.mutedUntil = until
	event := d.wireMember(m)
	event["guild_id"] = g.ID
	d.dispatchGuild(g, "GUILD_MEMBER_UPDATE", event)
}

// Overwrite sets what a channel allows and denies to a role or a member, by id.
func (d *Discord) Overwrite(channelID, targetID string, allow, deny int64) {
	d.mu.Lock()
	defer d.unlock()
	c := d.channel(channelID)
	c.overwrites = slices.DeleteFunc(c.overwrites, func(o overwrite) bool { return o.id == targetID })
	_, ofMember := d.users[targetID]
	c.overwrites = append(c.overwrites, overwrite{targetID, ofMember, allow, deny})
	d.dispatchGuild(d.guilds[c.GuildID], "CHANNEL_UPDATE", d.wireChannel(c))
}

// Permissions returns what a user may do in a channel, in Discord's order: roles, then the channel's overwrites for
// @everyone, for the roles together, and for the member; then what a missing permission or a time-out implies.
func (d *Discord) Permissions(channelID, userID string) int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.permissions(d.channel(channelID), userID)
}

func (d *Discord) permissions(c *channel, userID string) int64 {
	g := d.guilds[c.GuildID]
	if g == nil {
		if userID == d.bot.ID && c.Type == DM || slices.Contains(c.recipients, userID) {
			return allPermissions
		}
		return 0
	}
	m := g.members[userID]
	switch {
	case m == nil:
		return 0
	case g.OwnerID == userID:
		return allPermissions
	}
	var may int64
	for _, r := range g.roles {
		if r.ID == g.ID || slices.Contains(m.roles, r.ID) {
			may |= r.Permissions
		}
	}
	if may&Administrator != 0 {
		return allPermissions
	}
	place := c
	if c.isThread() && d.channels[c.ParentID] != nil {
		place = d.channels[c.ParentID]
	}
	apply := func(of func(overwrite) bool) {
		var allow, deny int64
		for _, o := range place.overwrites {
			if of(o) {
				allow |= o.allow
				deny |= o.deny
			}
		}
		may = may&^deny | allow
	}
	apply(func(o overwrite) bool { return o.id == g.ID })
	apply(func(o overwrite) bool { return !o.ofMember && o.id != g.ID && slices.Contains(m.roles, o.id) })
	apply(func(o overwrite) bool { return o.ofMember && o.id == userID })
	if m.mutedUntil.After(d.Clock.Now()) {
		may &= ViewChannel | ReadMessageHistory
	}
	switch {
	case may&ViewChannel == 0,
		c.Type == GuildVoice && may&Connect == 0,
		c.Type == PrivateThread && may&ManageThreads == 0 && !slices.Contains(c.invited, userID):
		return 0
	case may&c.speak() == 0:
		may &^= EmbedLinks | AttachFiles | MentionEveryone
	}
	return may
}

func (d *Discord) user(id string) *User       { return found(d, d.users, "user", id) }
func (d *Discord) guild(id string) *guild     { return found(d, d.guilds, "guild", id) }
func (d *Discord) channel(id string) *channel { return found(d, d.channels, "channel", id) }

// found ends the test when it asks for something that is not there.
func found[V any](d *Discord, in map[string]*V, what, id string) *V {
	v := in[id]
	if v == nil {
		d.t.Helper()
		d.t.Fatalf("discordtest: there is no %s %q", what, id)
	}
	return v
}

func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format("2006-01-02T15:04:05.000000+00:00")
}

func wireUser(u *User) object {
	wire := object{"id": u.ID, "username": u.Name, "global_name": nil, "avatar": nil, "discriminator": "0",
		"public_flags": 0, "flags": 0, "primary_guild": nil}
	if u.Bot {
		wire["bot"] = true
		wire["discriminator"] = "0001"
	}
	return wire
}

func (d *Discord) wireMember(m *member) object {
	return object{"user": wireUser(m.user), "nick": orNil(m.nick), "roles": notNil(m.roles), "joined_at": stamp(m.joined),
		"avatar": nil, "banner": nil, "communication_disabled_until": stamp(m.mutedUntil), "flags": 0, "pending": false,
		"premium_since": nil, "mute": false, "deaf": false}
}

func wireRole(r *Role, position int) object {
	return object{"id": r.ID, "name": r.Name, "permissions": fmt.Sprint(r.Permissions), "position": position, "color": 0,
		"colors": object{"primary_color": 0, "secondary_color": nil, "tertiary_color": nil}, "hoist": false,
		"managed": false, "mentionable": false, "icon": nil, "unicode_emoji": nil, "flags": 0}
}

func (d *Discord) wireRoles(g *guild) []object {
	wire := []object{}
	for i, r := range g.roles {
		wire = append(wire, wireRole(r, i))
	}
	return wire
}

func (d *Discord) wireChannel(c *channel) object {
	wire := object{"id": c.ID, "type": c.Type, "flags": 0, "last_message_id": nil}
	if n := len(c.messages); n > 0 {
		wire["last_message_id"] = c.messages[n-1].ID
	}
	if c.GuildID == "" {
		people := []object{}
		for _, id := range c.recipients {
			people = append(people, wireUser(d.users[id]))
		}
		wire["recipients"] = people
		if c.Type == GroupDM {
			wire["name"], wire["icon"], wire["owner_id"] = nil, nil, c.recipients[0]
		}
		return wire
	}
	wire["guild_id"], wire["name"] = c.GuildID, c.Name
	wire["rate_limit_per_user"] = 0
	wire["parent_id"] = orNil(c.ParentID)
	if c.isThread() {
		wire["owner_id"], wire["message_count"], wire["member_count"], wire["total_message_sent"] =
			d.guilds[c.GuildID].OwnerID, len(c.messages), 1, len(c.messages)
		wire["thread_metadata"] = object{"archived": c.Archived, "locked": c.Locked, "auto_archive_duration": 1440,
			"archive_timestamp": stamp(d.guilds[c.GuildID].joined)}
		return wire
	}
	overwrites := []object{}
	for _, o := range c.overwrites {
		kind := 0
		if o.ofMember {
			kind = 1
		}
		overwrites = append(overwrites, object{"id": o.id, "type": kind, "allow": fmt.Sprint(o.allow), "deny": fmt.Sprint(o.deny)})
	}
	wire["position"], wire["topic"], wire["nsfw"], wire["permission_overwrites"] = 0, nil, false, overwrites
	return wire
}

func (d *Discord) wireGuild(g *guild) object {
	return object{"id": g.ID, "name": g.Name, "owner_id": g.OwnerID, "roles": d.wireRoles(g),
		"preferred_locale": or(g.Locale, "en-US"), "icon": nil, "description": nil, "home_header": nil, "splash": nil,
		"discovery_splash": nil, "features": []any{}, "banner": nil, "application_id": nil, "region": "us-west",
		"afk_channel_id": nil, "afk_timeout": 300, "system_channel_id": nil, "system_channel_flags": 0,
		"widget_enabled": false, "widget_channel_id": nil, "verification_level": 0, "default_message_notifications": 0,
		"mfa_level": 0, "explicit_content_filter": 0, "max_presences": nil, "max_members": 500000,
		"max_stage_video_channel_users": 50, "max_video_channel_users": 25, "vanity_url_code": nil, "premium_tier": 0,
		"premium_subscription_count": 0, "rules_channel_id": nil, "safety_alerts_channel_id": nil,
		"public_updates_channel_id": nil, "premium_progress_bar_enabled": false, "nsfw": false, "nsfw_level": 0,
		"emojis": []any{}, "stickers": []any{}, "incidents_data": nil}
}

// wireGuildCreate is the guild as GUILD_CREATE tells it: only the channels that the bot sees, and of the members itself.
func (d *Discord) wireGuildCreate(g *guild) object {
	wire := d.wireGuild(g)
	channels, threads := []object{}, []object{}
	for _, c := range g.channels {
		switch {
		case d.permissions(c, d.bot.ID)&ViewChannel == 0:
		case c.isThread():
			threads = append(threads, d.wireChannel(c))
		default:
			channels = append(channels, d.wireChannel(c))
		}
	}
	members := []object{}
	if me := g.members[d.bot.ID]; me != nil {
		members = append(members, d.wireMember(me))
	}
	more := object{"joined_at": stamp(g.joined), "large": false, "unavailable": false,
		"member_count": len(g.members), "voice_states": []any{}, "members": members, "channels": channels,
		"threads": threads, "presences": []any{}, "stage_instances": []any{}, "guild_scheduled_events": []any{},
		"soundboard_sounds": []any{}}
	maps.Copy(wire, more)
	return wire
}

func orNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func notNil(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
