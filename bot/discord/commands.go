package discord

import (
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"time"

	"github.com/bwmarrin/discordgo"

	"kaede/bot"
	"kaede/corpus"
)

// command is an application command as we register it, and as Discord tells it back.
type command struct {
	ID               string            `json:"id,omitempty"` // Discord's, not ours to give
	Type             int               `json:"type"`
	Name             string            `json:"name"`
	Names            map[string]string `json:"name_localizations,omitempty"`
	Description      string            `json:"description,omitempty"`
	Descriptions     map[string]string `json:"description_localizations,omitempty"`
	Options          []option          `json:"options,omitempty"`
	Permissions      *string           `json:"default_member_permissions,omitempty"`
	Contexts         []int             `json:"contexts,omitempty"`
	IntegrationTypes []int             `json:"integration_types,omitempty"`
}

type option struct {
	Type         int               `json:"type"`
	Name         string            `json:"name"`
	Names        map[string]string `json:"name_localizations,omitempty"`
	Description  string            `json:"description"`
	Descriptions map[string]string `json:"description_localizations,omitempty"`
	Required     bool              `json:"required,omitempty"`
	Autocomplete bool              `json:"autocomplete,omitempty"`
	MaxLength    int               `json:"max_length,omitempty"`
	Options      []option          `json:"options,omitempty"`
}

// Types of options and commands.
const (
	typeSlash   = 1
	typeMessage = 3

	optionSub    = 1
	optionString = 3
	optionBool   = 5
)

// Names of commands and options, as handlers know them.
const (
	commandAsk      = "ask"
	commandFact     = "fact"
	commandFacts    = "facts"
	commandSources  = "sources"
	commandHelp     = "help"
	commandAbout    = "about"
	commandCorpus   = "corpus"
	commandAskAbout = "Ask Kaede about this"

	optionQuestion = "question"
	optionSource   = "source"
	optionPrivate  = "private"
	optionTopic    = "topic"
	optionTheme    = "theme"
	optionVersion  = "version"
	optionForce    = "force"
)

// everywhere are the contexts: servers, direct messages with the bot, other private channels.
func everywhere() []int { return []int{0, 1, 2} }

// commandLocales are the locales that Discord knows of those we speak.
func commandLocales() []string { return []string{"en-GB", "en-US", "fr", "ja"} }

// globalCommands are those for everybody.
func globalCommands() []command {
	list := []command{
		slash(commandAsk,
			option{Type: optionString, Name: optionQuestion, Required: true, MaxLength: 1000},
			option{Type: optionString, Name: optionSource, Autocomplete: true},
			option{Type: optionBool, Name: optionPrivate}),
		slash(commandFact, option{Type: optionString, Name: optionTopic, Required: true, Autocomplete: true}),
		slash(commandFacts, option{Type: optionString, Name: optionTheme, Autocomplete: true}),
		slash(commandSources),
		slash(commandHelp),
		slash(commandAbout),
		{Type: typeMessage, Name: commandAskAbout, Names: localized("command_ask_about_name", false)},
	}
	for i := range list {
		list[i].Contexts, list[i].IntegrationTypes = everywhere(), []int{0, 1}
	}
	return list
}

// homeCommands are those of moderators, for a home server.
func homeCommands() []command {
	c := slash(commandCorpus,
		option{Type: optionSub, Name: subStatus},
		option{Type: optionSub, Name: subCheck},
		option{Type: optionSub, Name: subRefresh, Options: []option{{Type: optionBool, Name: optionForce}}},
		option{Type: optionSub, Name: subVersions},
		option{Type: optionSub, Name: subUse, Options: []option{{Type: optionString, Name: optionVersion, Required: true, Autocomplete: true}}})
	manage := "32" // Manage Server
	c.Permissions = &manage
	return []command{c}
}

// slash makes a slash command with its words in all languages.
func slash(name string, options ...option) command {
	id := "command_" + name
	return command{Type: typeSlash, Name: name, Names: localized(id+"_name", true), Description: voiceOf(corpus.English, "").say(id),
		Descriptions: localized(id, true), Options: worded(id, options)}
}

// worded gives options, and theirs, their words.
func worded(parent string, options []option) []option {
	for i := range options {
		o := &options[i]
		id := parent + "_" + o.Name
		o.Names, o.Description, o.Descriptions = localized(id+"_name", true), voiceOf(corpus.English, "").say(id), localized(id, true)
		o.Options = worded(id, o.Options)
	}
	return options
}

func localized(id string, britishToo bool) map[string]string {
	out := make(map[string]string)
	for _, l := range commandLocales() {
		if s := bot.Say(l, "discord_"+id, nil); britishToo || l == "fr" || l == "ja" {
			out[l] = s
		}
	}
	return out
}

// Pauses between attempts to register commands.
const (
	registerAgain  = 5 * time.Second
	registerAtMost = 10 * time.Minute
)

// register overwrites the commands of a home server, or for everybody with none, where they differ from ours. It does not wait, and
// tries until it succeeds: Kaede answers meanwhile.
func (s *Server) register(home string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.registering[home] {
		return
	}
	s.registering[home] = true
	s.background.Go(func() {
		want := globalCommands()
		if home != "" {
			want = homeCommands()
		}
		for pause := registerAgain; s.overwrite(s.work, home, want) != nil; pause = min(2*pause, registerAtMost) {
			if s.Clock.Sleep(s.work, pause) != nil {
				break
			}
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.registering, home)
	})
}

func (s *Server) overwrite(ctx context.Context, guild string, want []command) error {
	_, app := s.me()
	route, ids := "/applications/%s/commands", []any{app}
	if guild != "" {
		route, ids = "/applications/%s/guilds/%s/commands", []any{app, guild}
	}
	var have []command
	err := s.rest.do(ctx, request{method: http.MethodGet, route: route, ids: ids, query: "?with_localizations=true", repeat: true}, &have)
	same := err == nil && sameCommands(have, want)
	if err == nil && !same {
		err = s.rest.do(ctx, request{method: http.MethodPut, route: route, ids: ids, body: want, repeat: true}, &have)
	}
	if err == nil && guild == "" {
		known := make(map[string]string)
		for _, c := range have {
			known[c.Name] = c.ID
		}
		s.commandIDs.Store(&known)
	}
	switch {
	case same:
	case isCode(err, codeMissingAccess):
		s.Log.Error("a home server has not invited Kaede with its commands", "server", guild, "invite", s.Invite())
	case err != nil:
		s.failed("register commands", err)
	default:
		s.Log.Info("registered commands", "commands", len(want), "server", guild)
	}
	return err
}

// sameCommands reports whether Discord has our commands, in whatever order.
func sameCommands(have, want []command) bool {
	if len(have) != len(want) {
		return false
	}
	for _, w := range want {
		i := slices.IndexFunc(have, func(h command) bool { return h.Name == w.Name && h.Type == w.Type })
		if i < 0 || !reflect.DeepEqual(plainCommand(have[i]), plainCommand(w)) {
			return false
		}
	}
	return true
}

// plainCommand is a command as JSON has it, so that nil and empty are one, in an order of its own.
func plainCommand(c command) any {
	c.ID = ""
	slices.Sort(c.Contexts)
	if len(c.Contexts) == 0 {
		c.IntegrationTypes = nil // a server's commands have none of their own
	}
	slices.Sort(c.IntegrationTypes)
	raw, err := json.Marshal(c)
	if err != nil {
		return err // Unreachable: plain data.
	}
	var out any
	if err := json.Unmarshal(raw, &out); err != nil {
		return err // Unreachable: our own JSON.
	}
	return out
}

// suggest answers what a person types into an option, from memory.
func (s *Server) suggest(i *discordgo.Interaction, data discordgo.ApplicationCommandInteractionData) []choice {
	lang := langOf(string(i.Locale))
	for _, o := range flatten(data.Options) {
		if !o.Focused {
			continue
		}
		typed := clip(textOf(o), 100)
		switch o.Name {
		case optionTopic:
			return choicesOf(s.Bot.Suggest(typed, lang, maxChoices))
		case optionTheme:
			return choicesOf(s.Bot.SuggestTopics(typed, lang, maxChoices))
		case optionSource:
			return s.suggestSources(typed)
		case optionVersion:
			if s.isModerator(i) {
				return s.suggestVersions(typed)
			}
		}
	}
	return []choice{}
}

// flatten returns the options of a command or of its subcommand.
func flatten(list []*discordgo.ApplicationCommandInteractionDataOption) []*discordgo.ApplicationCommandInteractionDataOption {
	for len(list) == 1 && list[0] != nil && list[0].Type <= discordgo.ApplicationCommandOptionSubCommandGroup {
		list = list[0].Options
	}
	return slices.DeleteFunc(slices.Clone(list), func(o *discordgo.ApplicationCommandInteractionDataOption) bool { return o == nil })
}

// textOf is an option's value, empty if it is no text.
func textOf(o *discordgo.ApplicationCommandInteractionDataOption) string {
	text, _ := o.Value.(string)
	return text
}
