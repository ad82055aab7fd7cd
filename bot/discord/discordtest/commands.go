package discordtest

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
)

// A Command is an application command as it is registered.
type Command struct {
	ID                       string            `json:"id"`
	ApplicationID            string            `json:"application_id"`
	Version                  string            `json:"version"`
	GuildID                  string            `json:"guild_id,omitempty"`
	Type                     int               `json:"type"`
	Name                     string            `json:"name"`
	NameLocalizations        map[string]string `json:"name_localizations"`
	Description              string            `json:"description"`
	DescriptionLocalizations map[string]string `json:"description_localizations"`
	Options                  []CommandOption   `json:"options,omitempty"`
	DefaultMemberPermissions *Bits             `json:"default_member_permissions"`
	DMPermission             *bool             `json:"dm_permission,omitempty"`
	Contexts                 *[]int            `json:"contexts"`
	IntegrationTypes         []int             `json:"integration_types,omitempty"`
	NSFW                     bool              `json:"nsfw"`
}

// A CommandOption is a parameter, subcommand or group of subcommands.
type CommandOption struct {
	Type                     int               `json:"type"`
	Name                     string            `json:"name"`
	NameLocalizations        map[string]string `json:"name_localizations,omitempty"`
	Description              string            `json:"description"`
	DescriptionLocalizations map[string]string `json:"description_localizations,omitempty"`
	Required                 bool              `json:"required,omitempty"`
	Autocomplete             bool              `json:"autocomplete,omitempty"`
	Choices                  []Choice          `json:"choices,omitempty"`
	Options                  []CommandOption   `json:"options,omitempty"`
	ChannelTypes             []int             `json:"channel_types,omitempty"`
	MinValue                 *float64          `json:"min_value,omitempty"`
	MaxValue                 *float64          `json:"max_value,omitempty"`
	MinLength                *int              `json:"min_length,omitempty"`
	MaxLength                *int              `json:"max_length,omitempty"`
}

// Bits are permissions, which Discord tells as a string and takes as a number too.
type Bits string

// UnmarshalJSON takes a string or a number.
func (b *Bits) UnmarshalJSON(raw []byte) error {
	*b = Bits(strings.Trim(string(raw), `"`))
	if !isSnowflake(string(*b)) {
		return fmt.Errorf("permissions %s are no number", raw)
	}
	return nil
}

// Commands returns what is registered for a guild, or with no id globally.
func (d *Discord) Commands(guildID string) []Command {
	d.mu.Lock()
	defer d.mu.Unlock()
	list := make([]Command, len(d.commands[guildID]))
	for i, c := range d.commands[guildID] {
		list[i] = *c
	}
	return list
}

func commandRoutes() []route {
	var list []route
	for _, scope := range []string{"/applications/{application_id}/commands", "/applications/{application_id}/guilds/{guild_id}/commands"} {
		list = append(list,
			route{"GET", scope, (*Discord).getCommands, false},
			route{"PUT", scope, (*Discord).putCommands, false},
			route{"POST", scope, (*Discord).postCommand, false},
			route{"GET", scope + "/{command_id}", (*Discord).getCommand, false},
			route{"PATCH", scope + "/{command_id}", (*Discord).patchCommand, false},
			route{"DELETE", scope + "/{command_id}", (*Discord).deleteCommand, false})
	}
	return list
}

// scope returns the guild of a call on commands, or nothing for the global ones.
func (d *Discord) scope(c *call) (string, error) {
	id := c.params["guild_id"]
	switch {
	case c.params["application_id"] != d.bot.ID:
		return "", breachOf(403, 20012, "You are not authorized to perform this action on this application")
	case id != "" && (d.guilds[id] == nil || d.guilds[id].WithoutBot):
		return "", refuse(403, 50001, "Missing Access")
	}
	return id, nil
}

func (d *Discord) getCommands(c *call) (answer, error) {
	scope, err := d.scope(c)
	if err != nil {
		return answer{}, err
	}
	return answer{200, d.wireCommands(scope, c.Query.Get("with_localizations") == "true")}, nil
}

// wireCommands leaves localizations out unless they are asked for.
func (d *Discord) wireCommands(scope string, localized bool) []Command {
	list := []Command{}
	for _, c := range d.commands[scope] {
		if !localized {
			c = c.plain()
		}
		list = append(list, *c)
	}
	return list
}

func (c *Command) plain() *Command {
	out := *c
	out.NameLocalizations, out.DescriptionLocalizations = nil, nil
	out.Options = plainOptions(c.Options)
	return &out
}

func plainOptions(list []CommandOption) []CommandOption {
	list = slices.Clone(list)
	for i := range list {
		o := &list[i]
		o.NameLocalizations, o.DescriptionLocalizations = nil, nil
		o.Options = plainOptions(o.Options)
		o.Choices = slices.Clone(o.Choices)
		for j := range o.Choices {
			o.Choices[j].NameLocalizations = nil
		}
	}
	return list
}

func (d *Discord) putCommands(c *call) (answer, error) {
	scope, err := d.scope(c)
	if err != nil {
		return answer{}, err
	}
	var list []*Command
	if err := c.decode(&list); err != nil {
		return answer{}, err
	}
	var faults []fault
	for i, one := range list {
		one.complete()
		faults = append(faults, checkCommand(fmt.Sprint(i), one)...)
	}
	faults = append(faults, checkCommands(list)...)
	if len(faults) > 0 {
		return answer{}, invalid(faults...)
	}
	for _, one := range list {
		if err := d.register(scope, one); err != nil {
			return answer{}, err
		}
	}
	d.commands[scope] = list
	return answer{200, d.wireCommands(scope, true)}, nil
}

// complete fills in what Discord does.
func (c *Command) complete() {
	if c.Type == 0 {
		c.Type = 1
	}
	if c.IntegrationTypes == nil {
		c.IntegrationTypes = []int{0}
	}
}

// register gives a command its ids: those of the command that it replaces, or new ones, of which a day has only so many.
func (d *Discord) register(scope string, c *Command) error {
	c.ApplicationID, c.GuildID = d.bot.ID, scope
	for _, old := range d.commands[scope] {
		if old.Name == c.Name && old.Type == c.Type {
			c.ID, c.Version = old.ID, old.Version
			if !reflect.DeepEqual(old, c) {
				c.Version = d.newID()
			}
			return nil
		}
	}
	now := d.Clock.Now()
	today := slices.DeleteFunc(d.created[scope], func(t time.Time) bool { return now.Sub(t) >= 24*time.Hour })
	if len(today) >= 200 {
		return breachOf(400, 30034, "Max number of daily application command creates has been reached (200)")
	}
	d.created[scope] = append(today, now)
	c.ID, c.Version = d.newID(), d.newID()
	return nil
}

func (d *Discord) postCommand(c *call) (answer, error) {
	scope, err := d.scope(c)
	if err != nil {
		return answer{}, err
	}
	one := new(Command)
	if err := c.decode(one); err != nil {
		return answer{}, err
	}
	one.complete()
	others := slices.DeleteFunc(slices.Clone(d.commands[scope]), func(o *Command) bool { return o.Name == one.Name && o.Type == one.Type })
	list := append(others, one)
	status := 201
	if len(others) < len(d.commands[scope]) {
		status = 200
	}
	if faults := append(checkCommand("", one), checkCommands(list)...); len(faults) > 0 {
		return answer{}, invalid(faults...)
	}
	if err := d.register(scope, one); err != nil {
		return answer{}, err
	}
	d.commands[scope] = list
	return answer{status, one}, nil
}

// registered returns the command of a call and its place in the list.
func (d *Discord) registered(c *call) (scope string, i int, err error) {
	if scope, err = d.scope(c); err != nil {
		return "", 0, err
	}
	i = slices.IndexFunc(d.commands[scope], func(o *Command) bool { return o.ID == c.params["command_id"] })
	if i < 0 {
		return "", 0, refuse(404, 10063, "Unknown application command")
	}
	return scope, i, nil
}

func (d *Discord) getCommand(c *call) (answer, error) {
	scope, i, err := d.registered(c)
	if err != nil {
		return answer{}, err
	}
	return answer{200, d.commands[scope][i]}, nil
}

func (d *Discord) patchCommand(c *call) (answer, error) {
	scope, i, err := d.registered(c)
	if err != nil {
		return answer{}, err
	}
	old, err := json.Marshal(d.commands[scope][i])
	if err != nil {
		return answer{}, err
	}
	one := new(Command)
	if err := json.Unmarshal(old, one); err != nil {
		return answer{}, err
	}
	if err := c.decode(one); err != nil {
		return answer{}, err
	}
	list := slices.Clone(d.commands[scope])
	list[i] = one
	if faults := append(checkCommand("", one), checkCommands(list)...); len(faults) > 0 {
		return answer{}, invalid(faults...)
	}
	one.ID, one.ApplicationID, one.GuildID, one.Version = list[i].ID, d.bot.ID, scope, d.newID()
	d.commands[scope] = list
	return answer{200, one}, nil
}

func (d *Discord) deleteCommand(c *call) (answer, error) {
	scope, i, err := d.registered(c)
	if err != nil {
		return answer{}, err
	}
	d.commands[scope] = slices.Delete(slices.Clone(d.commands[scope]), i, i+1)
	return answer{204, nil}, nil
}
