package gateway

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/bwmarrin/discordgo"
)

// kind returns a new value of the type of an event, nil for one that nobody needs.
func kind(name string) any {
	switch name {
	case "READY":
		return new(discordgo.Ready)
	case "MESSAGE_CREATE":
		return new(discordgo.MessageCreate)
	case "MESSAGE_UPDATE":
		return new(discordgo.MessageUpdate)
	case "MESSAGE_DELETE":
		return new(discordgo.MessageDelete)
	case "MESSAGE_DELETE_BULK":
		return new(discordgo.MessageDeleteBulk)
	case "INTERACTION_CREATE":
		return new(discordgo.InteractionCreate)
	case "GUILD_CREATE":
		return new(Guild)
	}
	return nil
}

// maxMended is how many wrong parts of one event are left out before the event is.
const maxMended = 8

// decode reads the data of an event. Where discordgo's types cannot hold it, it leaves out components, which are what changes
// most, then each part that is named as of a wrong type, then each field that cannot be read by itself; it names what it left out.
func decode(name string, raw json.RawMessage) (data any, left []string, err error) {
	if kind(name) == nil {
		return nil, nil, nil
	}
	if data, err = read(name, raw); err == nil {
		return data, nil, whole(data)
	}
	for part := "components"; part != "" && len(left) < maxMended; part = misread(err) {
		if raw, err = without(raw, part); err != nil {
			return nil, left, err
		}
		left = append(left, part)
		if data, err = read(name, raw); err == nil {
			return data, left, whole(data)
		}
	}
	var fields map[string]json.RawMessage
	if e := json.Unmarshal(raw, &fields); e != nil {
		return nil, left, e
	}
	for field, value := range fields {
		alone, e := json.Marshal(map[string]json.RawMessage{field: value})
		if e == nil {
			_, e = read(name, alone)
		}
		if e != nil {
			delete(fields, field)
			left = append(left, field)
		}
	}
	if raw, err = json.Marshal(fields); err != nil {
		return nil, left, err
	}
	if data, err = read(name, raw); err != nil {
		return nil, left, err
	}
	return data, left, whole(data)
}

// read decodes by discordgo's own decoders, which dereference what may be missing.
func read(name string, raw []byte) (data any, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("decode %s: %v", name, r)
		}
	}()
	data = kind(name)
	return data, json.Unmarshal(raw, data)
}

// misread is the field of which err says that it has a wrong type, empty if it says none.
func misread(err error) string {
	var wrong *json.UnmarshalTypeError
	if !errors.As(err, &wrong) {
		return ""
	}
	return wrong.Field[strings.LastIndex(wrong.Field, ".")+1:]
}

// without returns raw with no key named part at any depth.
func without(raw []byte, part string) ([]byte, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var tree any
	if err := d.Decode(&tree); err != nil {
		return nil, err
	}
	prune(tree, part)
	return json.Marshal(tree)
}

func prune(node any, part string) {
	switch node := node.(type) {
	case map[string]any:
		delete(node, part)
		for _, one := range node {
			prune(one, part)
		}
	case []any:
		for _, one := range node {
			prune(one, part)
		}
	}
}

var errPartial = errors.New("what every event of its type has is missing")

// whole makes sure that what handlers rely on is there.
func whole(data any) error {
	ok := true
	switch e := data.(type) {
	case *discordgo.Ready:
		ok = e.User != nil
	case *discordgo.MessageCreate:
		ok = e.Message != nil && e.ID != "" && e.ChannelID != "" && e.Author != nil
	case *discordgo.MessageUpdate:
		ok = e.Message != nil && e.ID != "" && e.ChannelID != ""
	case *discordgo.MessageDelete:
		ok = e.Message != nil && e.ID != "" && e.ChannelID != ""
	case *discordgo.InteractionCreate:
		ok = e.Interaction != nil && e.ID != "" && e.Token != "" && e.Data != nil && (e.User != nil || e.Member != nil && e.Member.User != nil)
	}
	if !ok {
		return errPartial
	}
	return nil
}
