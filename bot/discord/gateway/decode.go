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
	}
	return nil
}

// maxMended is how many wrong parts of one event are left out before the event is.
const maxMended = 8

// decode reads the data of an event. Where discordgo's types cannot hold it, it leaves out components, which are what changes
// most, then each part of a wrong type, and names what it left out.
func decode(name string, raw json.RawMessage) (data any, left []string, err error) {
	data = kind(name)
	if data == nil {
		return nil, nil, nil
	}
	defer func() {
		// discordgo's own decoders dereference what may be missing.
		if r := recover(); r != nil {
			err = fmt.Errorf("decode %s: %v", name, r)
		}
	}()
	if err = json.Unmarshal(raw, data); err == nil {
		return data, nil, whole(data)
	}
	for range maxMended {
		part := "components"
		var wrong *json.UnmarshalTypeError
		if len(left) > 0 {
			if !errors.As(err, &wrong) || wrong.Field == "" {
				break
			}
			part = wrong.Field[strings.LastIndex(wrong.Field, ".")+1:]
		}
		left = append(left, part)
		if raw, err = without(raw, part); err != nil {
			break
		}
		data = kind(name)
		if err = json.Unmarshal(raw, data); err == nil {
			return data, left, whole(data)
		}
	}
	return nil, left, err
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
