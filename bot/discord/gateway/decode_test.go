package gateway

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"
)

// FuzzDecode holds whatever Discord may send against what decode promises: it does not panic, what it returns is whole, and what
// discordgo reads by itself stays as it is.
func FuzzDecode(f *testing.F) {
	for _, seed := range [][2]string{
		{"READY", `{"v":10,"user":{"id":"1"},"session_id":"x","guilds":[{"id":"2","unavailable":true}],"application":{"id":"1"}}`},
		{"READY", `{"user":null}`},
		{"MESSAGE_CREATE", `{"id":"1","channel_id":"2","author":{"id":"3","public_flags":"64"},"content":"x","mentions":[null]}`},
		{"MESSAGE_CREATE", `{"id":"1","channel_id":"2","author":{"id":"3"},"components":[{"type":1,"components":[{"type":99}]}],"tts":7,"pinned":"no"}`},
		{"MESSAGE_UPDATE", `{"id":"1","channel_id":"2","edited_timestamp":{"seconds":1}}`},
		{"MESSAGE_DELETE", `{"id":"1","channel_id":"2"}`},
		{"MESSAGE_DELETE_BULK", `{"ids":["1","2"],"channel_id":"3"}`},
		{"INTERACTION_CREATE", `{"id":"1","token":"t","type":2,"user":{"id":"3"},"data":{"id":"4","name":"ask","options":[{"name":"question","type":3,"value":"x"}]}}`},
		{"INTERACTION_CREATE", `{"id":"1","token":"t","type":3,"member":{"user":{"id":"3"}},"data":{"custom_id":"k","component_type":2},"message":{"id":"5"}}`},
		{"INTERACTION_CREATE", `{"id":"1","token":"t","type":5,"user":{"id":"3"},"data":{"custom_id":"k","components":[{"type":18,"component":{"type":4}}]}}`},
		{"INTERACTION_CREATE", `{"id":"1","token":"t","type":77,"user":{"id":"3"},"data":{}}`},
		{"GUILD_CREATE", `{"id":"1","unavailable":false,"channels":[{"id":"2","type":99}]}`},
		{"NO_SUCH_EVENT", `[1]`},
		{"MESSAGE_CREATE", `null`},
		{"MESSAGE_CREATE", "{\"id\":\"\xff\"}"},
	} {
		f.Add(seed[0], []byte(seed[1]))
	}
	f.Fuzz(func(t *testing.T, name string, raw []byte) {
		data, left, err := decode(name, slices.Clone(raw))
		switch {
		case kind(name) == nil:
			if data != nil || err != nil {
				t.Errorf("an event that nobody needs is %v, %v", data, err)
			}
			return
		case err == nil && (reflect.TypeOf(data) != reflect.TypeOf(kind(name)) || whole(data) != nil):
			t.Errorf("%s is read as %T: %v", name, data, whole(data))
		case err != nil && json.Valid(raw) && len(left) == 0 && whole(data) == nil:
			t.Errorf("%s is whole but skipped: %v", name, err)
		}
		if as, plain := read(name, raw); plain == nil && (len(left) > 0 || !reflect.DeepEqual(data, as)) {
			t.Errorf("%s is read without its %v, though it reads as it is", name, left)
		}
	})
}
