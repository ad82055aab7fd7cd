package discordtest_test

import (
	"fmt"
	"strings"
	"testing"

	"kaede/bot/discord/discordtest"
)

func repeat[T any](n int, one func(i int) T) []T {
	list := make([]T, n)
	for i := range list {
		list[i] = one(i)
	}
	return list
}

func button(id string) m { return m{"type": 2, "style": 1, "label": "x", "custom_id": id} }
func row(list ...m) m    { return m{"type": 1, "components": list} }
func words(n int) string { return strings.Repeat("é", n) }

// TestMessageLimits sends messages at each limit and beyond it.
func TestMessageLimits(t *testing.T) {
	t.Parallel()
	embeds := func(list ...m) m { return m{"embeds": list} }
	field := func(name, value string) m { return m{"title": "t", "fields": []m{{"name": name, "value": value}}} }
	components := func(list ...m) m { return m{"content": "x", "components": list} }
	v2 := func(list ...m) m { return m{"flags": 1 << 15, "components": list} }
	text := m{"type": 10, "content": "x"}
	options := func(n int, one func(int) m) m {
		return components(row(m{"type": 3, "custom_id": "s", "options": repeat(n, one)}))
	}
	choice := func(i int) m { return m{"label": "x", "value": fmt.Sprint(i)} }
	for _, test := range []struct {
		name, breach string // no breach: the message is good
		body         m
	}{
		{"content 2000", "", m{"content": words(2000)}},
		{"content 2001", "content: BASE_TYPE_BAD_LENGTH", m{"content": words(2001)}},
		{"nothing", "50006", m{"content": " "}},
		{"10 embeds", "", embeds(repeat(10, func(int) m { return m{"title": "t"} })...)},
		{"11 embeds", "embeds: BASE_TYPE_BAD_LENGTH", embeds(repeat(11, func(int) m { return m{"title": "t"} })...)},
		{"title 256", "", embeds(m{"title": words(256)})},
		{"title 257", "embeds.0.title", embeds(m{"title": words(257)})},
		{"description 4097", "embeds.0.description", embeds(m{"description": words(4097)})},
		{"26 fields", "embeds.0.fields", embeds(m{"fields": repeat(26, func(int) m { return m{"name": "n", "value": "v"} })})},
		{"field name 257", "fields.0.name", embeds(field(words(257), "v"))},
		{"field without name", "fields.0.name", embeds(field("", "v"))},
		{"field value 1025", "fields.0.value", embeds(field("n", words(1025)))},
		{"footer 2049", "footer.text", embeds(m{"footer": m{"text": words(2049)}})},
		{"author 257", "author.name", embeds(m{"author": m{"name": words(257)}})},
		{"6000 together", "", embeds(m{"description": words(3000)}, m{"description": words(3000)})},
		{"6001 together", "MAX_EMBED_SIZE_EXCEEDED", embeds(m{"description": words(3000)}, m{"description": words(3001)})},
		{"url of no kind", "URL_TYPE_INVALID_SCHEME", embeds(m{"title": "t", "url": "javascript:x"})},
		{"same url twice", "SAME_URL", embeds(m{"title": "a", "url": "https://x.org"}, m{"title": "b", "url": "https://x.org"})},
		{"nonce 26", "nonce", m{"content": "x", "nonce": words(26)}},
		{"4 stickers", "sticker_ids", m{"content": "x", "sticker_ids": repeat(4, func(int) string { return "1" })}},
		{"ephemeral", "flags", m{"content": "x", "flags": 64}},
		{"5 rows", "", components(repeat(5, func(i int) m { return row(button(fmt.Sprint(i))) })...)},
		{"6 rows", "components: BASE_TYPE_BAD_LENGTH", components(repeat(6, func(i int) m { return row(button(fmt.Sprint(i))) })...)},
		{"6 buttons", "components.0.components", components(row(repeat(6, func(i int) m { return button(fmt.Sprint(i)) })...))},
		{"select and button", "COMPONENT_LAYOUT_WIDTH_EXCEEDED", components(row(button("a"), m{"type": 3, "custom_id": "s", "options": []m{choice(1)}}))},
		{"custom id twice", "COMPONENT_CUSTOM_ID_DUPLICATED", components(row(button("a")), row(button("a")))},
		{"custom id 101", "custom_id", components(row(button(words(101))))},
		{"no custom id", "custom_id", components(row(m{"type": 2, "style": 1, "label": "x"}))},
		{"label 81", "label", components(row(m{"type": 2, "style": 1, "label": words(81), "custom_id": "a"}))},
		{"empty button", "BUTTON_COMPONENT_EMPTY", components(row(m{"type": 2, "style": 1, "custom_id": "a"}))},
		{"link", "", components(row(m{"type": 2, "style": 5, "label": "x", "url": "https://example.org"}))},
		{"link without url", "url", components(row(m{"type": 2, "style": 5, "label": "x"}))},
		{"link of 513", "url", components(row(m{"type": 2, "style": 5, "label": "x", "url": "https://x.org/" + strings.Repeat("x", 499)}))},
		{"unknown type", "components.0.components.0.type", components(row(m{"type": 99}))},
		{"25 options", "", options(25, choice)},
		{"26 options", "options", options(26, choice)},
		{"option 101", "options.0.label", options(1, func(int) m { return m{"label": words(101), "value": "x"} })},
		{"option twice", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", options(2, func(int) m { return m{"label": "x", "value": "x"} })},
		{"placeholder 151", "placeholder", components(row(m{"type": 3, "custom_id": "s", "placeholder": words(151), "options": []m{choice(1)}}))},
		{"v2 without flag", "components.0.type", components(text)},
		{"v2", "", v2(text, m{"type": 17, "components": []m{text, row(button("a")), {"type": 14}, {"type": 9, "components": []m{text}, "accessory": button("b")}}})},
		{"v2 of 40", "", v2(repeat(40, func(int) m { return text })...)},
		{"v2 of 41", "at most 40", v2(m{"type": 17, "components": repeat(39, func(int) m { return text })}, text)},
		{"v2 with content", "IS_COMPONENTS_V2", m{"flags": 1 << 15, "components": []m{text}, "content": "x"}},
		{"section of 4", "components.0.components", v2(m{"type": 9, "components": repeat(4, func(int) m { return text }), "accessory": button("b")})},
		{"section without accessory", "accessory", v2(m{"type": 9, "components": []m{text}})},
		{"media text 1025", "description", v2(m{"type": 12, "items": []m{{"media": m{"url": "https://x.org/x.png"}, "description": words(1025)}}})},
		{"4001 characters in v2", "MAX_TOTAL_TEXT", v2(m{"type": 10, "content": words(2001)}, m{"type": 10, "content": words(2000)})},
		{"wrong type", "embeds", m{"embeds": "x"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, discordtest.Options{})
			test.body["allowed_mentions"] = silent()
			resp, answer := w.do(t, "POST", "/channels/"+w.talk.ID+"/messages", test.body)
			w.report.want(t, test.breach)
			if good := test.breach == ""; good != (resp.StatusCode == 200) {
				t.Errorf("%d %v", resp.StatusCode, answer)
			}
		})
	}
}

func TestMentionsMustBeNone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{})
	path := "/channels/" + w.talk.ID + "/messages"
	for _, test := range []struct {
		breach string
		body   m
	}{
		{"must carry allowed_mentions", m{"content": "x"}},
		{"must carry allowed_mentions", m{"content": "x", "allowed_mentions": nil}},
		{"left out or null", m{"content": "x", "allowed_mentions": m{}}},
		{"left out or null", m{"content": "x", "allowed_mentions": m{"parse": nil}}},
		{"parse must be empty", m{"content": "x", "allowed_mentions": m{"parse": []string{"users"}}}},
		{"nobody may be pinged", m{"content": "x", "allowed_mentions": m{"parse": []string{}, "users": []string{w.aki.ID}}}},
		{"nobody may be pinged", m{"content": "x", "allowed_mentions": m{"parse": []string{}, "replied_user": true}}},
	} {
		w.want(t, "POST", path, test.body, 400, 50035)
		w.report.want(t, test.breach)
	}
	sent := w.want(t, "POST", path, m{"content": "x", "allowed_mentions": silent()}, 200, 0)
	one := path + "/" + sent["id"].(string)
	w.want(t, "PATCH", one, m{"content": "y"}, 400, 50035)
	w.report.want(t, "must carry allowed_mentions")
	w.want(t, "PATCH", one, m{"components": []m{row(button("a"))}}, 200, 0)
	w.want(t, "PATCH", one, m{"content": "y", "allowed_mentions": silent()}, 200, 0)
	w.report.want(t, "")
}

func TestFlagV2StaysOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{})
	path := "/channels/" + w.talk.ID + "/messages"
	sent := w.want(t, "POST", path, m{"flags": 1 << 15, "components": []m{{"type": 10, "content": "x"}}, "allowed_mentions": silent()}, 200, 0)
	w.report.want(t, "")
	w.want(t, "PATCH", path+"/"+sent["id"].(string), m{"flags": 0}, 400, 50035)
	w.report.want(t, "cannot be taken off")
	w.want(t, "PATCH", path+"/"+sent["id"].(string), m{"content": "x", "allowed_mentions": silent()}, 400, 50035)
	w.report.want(t, "IS_COMPONENTS_V2")
}

func TestCommandLimits(t *testing.T) {
	t.Parallel()
	command := func(change m) []m {
		c := m{"name": "ask", "description": "asks"}
		for k, v := range change {
			c[k] = v
		}
		return []m{c}
	}
	option := func(name string) m { return m{"type": 3, "name": name, "description": "d"} }
	for _, test := range []struct {
		name, breach string
		body         []m
	}{
		{"good", "", command(m{"name": "質問", "name_localizations": m{"fr": "demander", "ja": "きく"}, "options": []m{option("a")},
			"default_member_permissions": "32", "contexts": []int{0, 1}, "integration_types": []int{0, 1}})},
		{"capitals", "APPLICATION_COMMAND_INVALID_NAME", command(m{"name": "Ask"})},
		{"space", "APPLICATION_COMMAND_INVALID_NAME", command(m{"name": "ask me"})},
		{"33 characters", "APPLICATION_COMMAND_INVALID_NAME", command(m{"name": strings.Repeat("x", 33)})},
		{"no description", "0.description", command(m{"description": ""})},
		{"description 101", "0.description", command(m{"description": words(101)})},
		{"unknown locale", "ENUM_TYPE_COERCE", command(m{"name_localizations": m{"fr-CA": "x"}})},
		{"26 options", "0.options", command(m{"options": repeat(26, func(i int) m { return option(fmt.Sprint("o", i)) })})},
		{"option twice", "NAME_ALREADY_EXISTS", command(m{"options": []m{option("a"), option("a")}})},
		{"required last", "REQUIRED_INVALID", command(m{"options": []m{option("a"), {"type": 3, "name": "b", "description": "d", "required": true}}})},
		{"26 choices", "choices", command(m{"options": []m{{"type": 3, "name": "a", "description": "d",
			"choices": repeat(26, func(i int) m { return m{"name": fmt.Sprint(i), "value": "v"} })}}})},
		{"choices and autocomplete", "AUTOCOMPLETE_CHOICES", command(m{"options": []m{{"type": 3, "name": "a", "description": "d",
			"autocomplete": true, "choices": []m{{"name": "a", "value": "v"}}}}})},
		{"over 8000", "TOO_LARGE", command(m{"options": repeat(25, func(i int) m {
			return m{"type": 3, "name": fmt.Sprint("o", i), "description": words(100), "choices": repeat(3, func(i int) m {
				return m{"name": fmt.Sprint(words(80), i), "value": fmt.Sprint(i)}
			})}
		})})},
		{"options beside subcommands", "OPTIONS_TYPE_INVALID", command(m{"options": []m{{"type": 1, "name": "a", "description": "d"}, option("b")}})},
		{"name twice", "DUPLICATE_NAME", append(command(nil), command(nil)...)},
		{"message command", "", []m{{"type": 3, "name": "Ask about this"}}},
		{"message command described", "CONTEXT_MENU", []m{{"type": 3, "name": "Ask about this", "description": "d"}}},
		{"16 message commands", "APPLICATION_COMMANDS_MAXIMUM", repeat(16, func(i int) m { return m{"type": 3, "name": fmt.Sprint(i)} })},
		{"101 commands", "APPLICATION_COMMANDS_MAXIMUM", repeat(101, func(i int) m { return m{"name": fmt.Sprint("c", i), "description": "d"} })},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, discordtest.Options{})
			resp, _ := w.do(t, "PUT", "/applications/"+w.ApplicationID()+"/commands", test.body)
			w.report.want(t, test.breach)
			if good := test.breach == ""; good != (resp.StatusCode == 200) || good != (len(w.Commands("")) > 0) {
				t.Errorf("status %d, %d commands", resp.StatusCode, len(w.Commands("")))
			}
		})
	}
}

func TestCreatesADay(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{})
	path := "/applications/" + w.ApplicationID() + "/guilds/" + w.home.ID + "/commands"
	batch := func(n int) []m {
		return repeat(100, func(i int) m { return m{"name": fmt.Sprint("c", n, "-", i), "description": "d"} })
	}
	w.want(t, "PUT", path, batch(1), 200, 0)
	w.want(t, "PUT", path, batch(1), 200, 0) // the same again creates nothing
	w.want(t, "PUT", path, batch(2), 200, 0)
	w.report.want(t, "")
	w.want(t, "PUT", path, []m{{"name": "more", "description": "d"}}, 400, 30034)
	w.report.want(t, "30034")
	w.Clock.Advance(24 * 60 * 60 * 1e9)
	w.want(t, "PUT", path, []m{{"name": "more", "description": "d"}}, 200, 0)
	w.report.want(t, "")
}
