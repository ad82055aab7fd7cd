package discordtest

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// fault is one thing wrong with a request: where (keys joined by dots), Discord's code and words.
type fault struct{ path, code, message string }

// invalid is Discord's refusal of a body that breaks its limits, always a breach.
func invalid(faults ...fault) error {
	return &apiError{status: 400, code: 50035, message: "Invalid Form Body", faults: faults, breach: true}
}

// length counts as Discord does, in code points.
func length(s string) int { return utf8.RuneCountInString(s) }

// faults collects what is wrong.
type faults []fault

func (f *faults) add(path, code, format string, args ...any) {
	*f = append(*f, fault{path, code, fmt.Sprintf(format, args...)})
}

// text wants a string between least and most characters long.
func (f *faults) text(path, s string, least, most int) {
	if n := length(s); n < least || n > most {
		f.add(path, "BASE_TYPE_BAD_LENGTH", "Must be between %d and %d in length (is %d).", least, most, n)
	}
}

// count wants a list between least and most long.
func (f *faults) count(path string, n, least, most int) {
	if n < least || n > most {
		f.add(path, "BASE_TYPE_BAD_LENGTH", "Must be between %d and %d in length (is %d).", least, most, n)
	}
}

func join(path string, keys ...any) string {
	for _, k := range keys {
		if path != "" {
			path += "."
		}
		path += fmt.Sprint(k)
	}
	return path
}

// checkCreate judges a new message, whose flags must be among the allowed ones.
func (d *Discord) checkCreate(p payload, allowed int) error {
	m := Message{Flags: p.flags()}
	if p.flags()&^allowed != 0 {
		return invalid(fault{"flags", "INVALID_FLAGS", "these flags may not be set"})
	}
	return d.checkMessage(p, m, true)
}

// checkEdit judges what becomes of m by p.
func (d *Discord) checkEdit(p payload, m *Message) error {
	const settable = FlagSuppressEmbeds | FlagComponentsV2
	switch {
	case p.Flags != nil && p.flags()&^(settable|m.Flags) != 0:
		return invalid(fault{"flags", "INVALID_FLAGS", "an edit may set only SUPPRESS_EMBEDS and IS_COMPONENTS_V2"})
	case p.Flags != nil && m.Flags&FlagComponentsV2 != 0 && p.flags()&FlagComponentsV2 == 0:
		return invalid(fault{"flags", "INVALID_FLAGS", "IS_COMPONENTS_V2 cannot be taken off"})
	}
	after := *m
	after.Flags |= p.flags()
	return d.checkMessage(p, after, false)
}

// checkMessage judges what becomes of m, which is empty but for flags if it is new, when p is put into it.
func (d *Discord) checkMessage(p payload, m Message, fresh bool) error {
	var f faults
	var content string
	var embeds []Embed
	var components []Component
	if p.Content != nil {
		content = *p.Content
	}
	if p.Embeds != nil {
		embeds = *p.Embeds
	}
	if p.Components != nil {
		components = *p.Components
	}
	f.text("content", content, 0, 2000)
	f.count("embeds", len(embeds), 0, 10)
	total := 0
	first := make(map[string]int)
	for i, e := range embeds {
		if j, ok := first[e.URL]; ok && e.URL != "" {
			f.add(join("embeds", i, "url"), "SAME_URL", "embeds %d and %d have the same url: only the first would be seen", j, i)
		}
		first[e.URL] = i
		f.embed(join("embeds", i), e)
		for _, s := range e.texts() {
			total += length(strings.TrimSpace(s))
		}
	}
	if total > 6000 {
		f.add("embeds", "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000 (is %d)", total)
	}
	f.count("sticker_ids", len(p.Stickers), 0, 3)
	f.text("nonce", p.nonce(), 0, 25)
	if p.EnforceNonce && p.nonce() == "" {
		f.add("enforce_nonce", "NONCE_REQUIRED", "enforce_nonce without a nonce")
	}
	if m.Flags&FlagComponentsV2 != 0 {
		f.components("components", components, true)
		hasPoll := len(p.Poll) > 0 && string(p.Poll) != "null"
		left := p.Content == nil && m.Content != "" || p.Embeds == nil && len(m.Embeds) > 0
		if content != "" || len(embeds) > 0 || hasPoll || len(p.Stickers) > 0 || left {
			f.add("flags", "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", "no content, embeds, poll or stickers with IS_COMPONENTS_V2")
		}
	} else {
		f.components("components", components, false)
	}
	f.mentions(p, fresh || content != "" || len(embeds) > 0 || hasText(components))
	f.count("files", len(p.files), 0, 10)
	for i, file := range p.files {
		if strings.ContainsAny(file.Name, "\r\n/\\") || file.Name == "" {
			f.add(join("files", i), "INVALID_NAME", "file name %q", file.Name)
		}
		if len(file.Content) > d.opts.MaxUpload {
			return breachOf(413, 40005, "Request entity too large")
		}
	}
	if len(f) > 0 {
		return invalid(f...)
	}
	if p.Content != nil {
		m.Content = content
	}
	if p.Embeds != nil {
		m.Embeds = embeds
	}
	if p.Components != nil {
		m.Components = components
	}
	if p.Attachments != nil && len(*p.Attachments) == 0 {
		m.Attachments = nil
	}
	if strings.TrimSpace(m.Content) == "" && len(m.Embeds) == 0 && len(m.Components) == 0 && len(m.Attachments) == 0 &&
		len(p.files) == 0 && len(p.Stickers) == 0 && (len(p.Poll) == 0 || string(p.Poll) == "null") {
		return breachOf(400, 50006, "Cannot send an empty message")
	}
	return nil
}

func hasText(list []Component) bool {
	found := false
	walk(list, func(c *Component) { found = found || c.Type == TextType })
	return found
}

// mentions wants allowed_mentions that allow nobody, on everything that carries words.
func (f *faults) mentions(p payload, words bool) {
	const path = "allowed_mentions"
	a := p.Mentions
	switch {
	case a == nil && words:
		f.add(path, "MISSING", "every message must carry allowed_mentions with an empty parse list")
	case a == nil:
	case a.Parse == nil:
		f.add(path+".parse", "MISSING", "parse must be an empty list, not left out or null")
	case len(*a.Parse) > 0:
		f.add(path+".parse", "PINGS", "parse must be empty, is %q", *a.Parse)
	case len(a.Users) > 0 || len(a.Roles) > 0 || a.RepliedUser:
		f.add(path, "PINGS", "nobody may be pinged: users %q, roles %q, replied_user %v", a.Users, a.Roles, a.RepliedUser)
	}
}

func (f *faults) embed(path string, e Embed) {
	f.text(join(path, "title"), strings.TrimSpace(e.Title), 0, 256)
	f.text(join(path, "description"), strings.TrimSpace(e.Description), 0, 4096)
	f.count(join(path, "fields"), len(e.Fields), 0, 25)
	for i, field := range e.Fields {
		f.text(join(path, "fields", i, "name"), strings.TrimSpace(field.Name), 1, 256)
		f.text(join(path, "fields", i, "value"), strings.TrimSpace(field.Value), 1, 1024)
	}
	if e.Footer != nil {
		f.text(join(path, "footer.text"), strings.TrimSpace(e.Footer.Text), 1, 2048)
	}
	if e.Author != nil {
		f.text(join(path, "author.name"), strings.TrimSpace(e.Author.Name), 1, 256)
	}
	for key, address := range map[string]string{"url": e.URL, "image.url": e.imageURL()} {
		if address != "" && !strings.HasPrefix(address, "https://") && !strings.HasPrefix(address, "http://") && !strings.HasPrefix(address, "attachment://") {
			f.add(join(path, key), "URL_TYPE_INVALID_SCHEME", "Scheme of %q must be one of ('http', 'https').", address)
		}
	}
	if e.Title == "" && e.Description == "" && len(e.Fields) == 0 && e.Footer == nil && e.Author == nil && e.Image == nil && e.Thumbnail == nil {
		f.add(path, "EMPTY", "an embed without anything in it")
	}
}

func (e Embed) imageURL() string {
	if e.Image == nil {
		return ""
	}
	return e.Image.URL
}

// components judges the components of a message, of the legacy kind or v2.
func (f *faults) components(path string, list []Component, v2 bool) {
	if !v2 {
		f.count(path, len(list), 0, 5)
	}
	seen := make(map[string]bool)
	total, words := 0, 0
	walk(list, func(c *Component) {
		total++
		words += length(c.Content)
		if c.CustomID != "" && seen[c.CustomID] {
			f.add(path, "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id %q cannot be duplicated", c.CustomID)
		}
		seen[c.CustomID] = true
	})
	if v2 {
		if total > 40 {
			f.add(path, "BASE_TYPE_BAD_LENGTH", "at most 40 components in all (are %d)", total)
		}
		if words > 4000 {
			f.add(path, "COMPONENT_MAX_TOTAL_TEXT_SIZE_EXCEEDED", "at most 4000 characters in all (are %d)", words)
		}
	}
	top := []int{RowType}
	if v2 {
		top = []int{RowType, SectionType, TextType, GalleryType, FileType, SeparatorType, ContainerType}
	}
	f.each(path, list, top)
}

// each judges a list of components that may be of these types.
func (f *faults) each(path string, list []Component, types []int) {
	for i := range list {
		f.component(join(path, i), &list[i], types)
	}
}

func (f *faults) component(path string, c *Component, types []int) {
	if !slices.Contains(types, c.Type) {
		f.add(join(path, "type"), "UNION_TYPE_CHOICES", "type %d is not one of %v", c.Type, types)
		return
	}
	switch {
	case c.Type == RowType:
		f.count(join(path, "components"), len(c.Components), 1, 5)
		f.each(join(path, "components"), c.Components, []int{ButtonType, SelectType, 5, 6, 7, 8})
		for i := range c.Components {
			if c.Components[i].isSelect() && len(c.Components) > 1 {
				f.add(join(path, "components"), "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "a select fills its row")
			}
		}
	case c.Type == ButtonType:
		f.button(path, c)
	case c.isSelect():
		f.selectMenu(path, c)
	case c.Type == SectionType:
		f.count(join(path, "components"), len(c.Components), 1, 3)
		f.each(join(path, "components"), c.Components, []int{TextType})
		if c.Accessory == nil {
			f.add(join(path, "accessory"), "BASE_TYPE_REQUIRED", "This field is required")
		} else {
			f.component(join(path, "accessory"), c.Accessory, []int{ButtonType, ThumbnailType})
		}
	case c.Type == TextType:
		f.text(join(path, "content"), c.Content, 1, 4000)
	case c.Type == ThumbnailType:
		f.text(join(path, "description"), c.Description, 0, 1024)
		if c.Media == nil {
			f.add(join(path, "media"), "BASE_TYPE_REQUIRED", "This field is required")
		}
	case c.Type == GalleryType:
		f.count(join(path, "items"), len(c.Items), 1, 10)
		for i, item := range c.Items {
			f.text(join(path, "items", i, "description"), item.Description, 0, 1024)
		}
	case c.Type == FileType:
		if c.File == nil || !strings.HasPrefix(c.File.URL, "attachment://") {
			f.add(join(path, "file"), "BASE_TYPE_REQUIRED", "a file is named by attachment://")
		}
	case c.Type == ContainerType:
		f.count(join(path, "components"), len(c.Components), 1, 39)
		f.each(join(path, "components"), c.Components, []int{RowType, SectionType, TextType, GalleryType, FileType, SeparatorType})
	}
}

func (f *faults) button(path string, c *Component) {
	f.text(join(path, "label"), c.Label, 0, 80)
	hasEmoji := len(c.Emoji) > 0 && string(c.Emoji) != "null"
	if c.Label == "" && !hasEmoji {
		f.add(path, "BUTTON_COMPONENT_EMPTY", "a button needs a label or an emoji")
	}
	switch c.Style {
	case 1, 2, 3, 4:
		f.text(join(path, "custom_id"), c.CustomID, 1, 100)
		if c.URL != "" {
			f.add(join(path, "url"), "BUTTON_COMPONENT_INVALID_URL", "only a link button has a url")
		}
	case 5:
		f.text(join(path, "url"), c.URL, 1, 512)
		if c.CustomID != "" {
			f.add(join(path, "custom_id"), "BUTTON_COMPONENT_CUSTOM_ID", "a link button has no custom id")
		}
	default:
		f.add(join(path, "style"), "BASE_TYPE_CHOICES", "style %d", c.Style)
	}
}

func (f *faults) selectMenu(path string, c *Component) {
	f.text(join(path, "custom_id"), c.CustomID, 1, 100)
	f.text(join(path, "placeholder"), c.Placeholder, 0, 150)
	least, most := 1, 1
	if c.MinValues != nil {
		least = *c.MinValues
	}
	if c.MaxValues != nil {
		most = *c.MaxValues
	}
	if least < 0 || least > 25 || most < 1 || most > 25 || least > most {
		f.add(join(path, "min_values"), "NUMBER_TYPE_MAX", "min_values %d and max_values %d", least, most)
	}
	if c.Type != SelectType {
		return
	}
	f.count(join(path, "options"), len(c.Options), 1, 25)
	seen := make(map[string]bool)
	for i, o := range c.Options {
		at := join(path, "options", i)
		f.text(join(at, "label"), o.Label, 1, 100)
		f.text(join(at, "value"), o.Value, 1, 100)
		f.text(join(at, "description"), o.Description, 0, 100)
		if seen[o.Value] {
			f.add(join(at, "value"), "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The specified option value %q is already used", o.Value)
		}
		seen[o.Value] = true
	}
	if most > len(c.Options) {
		f.add(join(path, "max_values"), "NUMBER_TYPE_MAX", "max_values %d of %d options", most, len(c.Options))
	}
}

func checkModal(m Modal) faults {
	var f faults
	f.text("data.title", m.Title, 1, 45)
	f.text("data.custom_id", m.CustomID, 1, 100)
	f.count("data.components", len(m.Components), 1, 5)
	seen := make(map[string]bool)
	for i := range m.Components {
		part := &m.Components[i]
		path := join("data.components", i)
		inner := part.Component
		switch part.Type {
		case TextType:
			f.text(join(path, "content"), part.Content, 1, 4000)
			continue
		case RowType:
			if len(part.Components) != 1 || part.Components[0].Type != TextInputType {
				f.add(path, "BASE_TYPE_BAD_LENGTH", "a row of a modal holds one text input")
				continue
			}
			inner = &part.Components[0]
			f.text(join(path, "components.0.label"), inner.Label, 1, 45)
		case LabelType:
			f.text(join(path, "label"), part.Label, 1, 45)
			f.text(join(path, "description"), part.Description, 0, 100)
			if inner == nil {
				f.add(path, "BASE_TYPE_REQUIRED", "a label holds one component")
				continue
			}
		default:
			f.add(path, "UNION_TYPE_CHOICES", "type %d in a modal", part.Type)
			continue
		}
		f.input(path, inner)
		if seen[inner.CustomID] {
			f.add(path, "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id %q cannot be duplicated", inner.CustomID)
		}
		seen[inner.CustomID] = true
	}
	return f
}

// input judges what a person fills in.
func (f *faults) input(path string, c *Component) {
	if c.isSelect() {
		f.selectMenu(path, c)
		return
	}
	f.text(join(path, "custom_id"), c.CustomID, 1, 100)
	if c.Type != TextInputType {
		return
	}
	f.text(join(path, "placeholder"), c.Placeholder, 0, 100)
	f.text(join(path, "value"), c.Value, 0, 4000)
	for key, n := range map[string]*int{"min_length": c.MinLength, "max_length": c.MaxLength} {
		if n != nil && (*n < 0 || *n > 4000) {
			f.add(join(path, key), "NUMBER_TYPE_MAX", "must be at most 4000")
		}
	}
	if c.Style != 1 && c.Style != 2 {
		f.add(join(path, "style"), "BASE_TYPE_CHOICES", "style %d", c.Style)
	}
}

func checkChoices(path string, list []Choice) faults {
	var f faults
	f.count(path, len(list), 0, 25)
	for i, c := range list {
		f.text(join(path, i, "name"), c.Name, 1, 100)
		f.locales(join(path, i, "name_localizations"), c.NameLocalizations, func(at, s string) { f.text(at, s, 1, 100) })
		if s, ok := c.Value.(string); ok {
			f.text(join(path, i, "value"), s, 1, 100)
		}
	}
	return f
}

// locales judges translations by language.
func (f *faults) locales(path string, m map[string]string, each func(path, s string)) {
	known := strings.Fields("id da de en-GB en-US es-ES es-419 fr hr it lt hu nl no pl pt-BR ro fi sv-SE vi tr cs el bg ru uk hi th zh-CN ja zh-TW ko")
	for locale, s := range m {
		if !slices.Contains(known, locale) {
			f.add(join(path, locale), "ENUM_TYPE_COERCE", "Value %q is not a valid locale", locale)
		}
		each(join(path, locale), s)
	}
}

var commandName = regexp.MustCompile(`^[-_'\p{L}\p{N}\p{Devanagari}\p{Thai}]{1,32}$`)

// name judges the name of a slash command or an option.
func (f *faults) name(path, s string) {
	if !commandName.MatchString(s) || s != strings.ToLower(s) {
		f.add(path, "APPLICATION_COMMAND_INVALID_NAME", "Command name %q is invalid", s)
	}
}

func checkCommand(path string, c *Command) faults {
	var f faults
	switch c.Type {
	case 1:
		f.name(join(path, "name"), c.Name)
		f.locales(join(path, "name_localizations"), c.NameLocalizations, f.name)
		f.text(join(path, "description"), c.Description, 1, 100)
		f.locales(join(path, "description_localizations"), c.DescriptionLocalizations, func(at, s string) { f.text(at, s, 1, 100) })
		f.options(join(path, "options"), c.Options, 0)
		if n := c.size(); n > 8000 {
			f.add(path, "APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (8000), is %d", n)
		}
	case 2, 3:
		f.text(join(path, "name"), c.Name, 1, 32)
		f.locales(join(path, "name_localizations"), c.NameLocalizations, func(at, s string) { f.text(at, s, 1, 32) })
		if c.Description != "" || len(c.Options) > 0 {
			f.add(join(path, "description"), "APPLICATION_COMMAND_CONTEXT_MENU", "Context menu commands cannot have description or options")
		}
	default:
		f.add(join(path, "type"), "BASE_TYPE_CHOICES", "type %d", c.Type)
	}
	return f
}

func (f *faults) options(path string, list []CommandOption, depth int) {
	f.count(path, len(list), 0, 25)
	seen := make(map[string]bool)
	optional := false
	for i, o := range list {
		at := join(path, i)
		f.name(join(at, "name"), o.Name)
		f.locales(join(at, "name_localizations"), o.NameLocalizations, f.name)
		f.text(join(at, "description"), o.Description, 1, 100)
		f.locales(join(at, "description_localizations"), o.DescriptionLocalizations, func(at, s string) { f.text(at, s, 1, 100) })
		switch {
		case seen[o.Name]:
			f.add(join(at, "name"), "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", "option %q twice", o.Name)
		case o.Type < 1 || o.Type > 11:
			f.add(join(at, "type"), "BASE_TYPE_CHOICES", "type %d", o.Type)
		case o.Type == 2 && depth > 0, o.Type == 1 && depth > 1:
			f.add(join(at, "type"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "subcommands are nested too deep")
		case (o.Type <= 2) != (list[0].Type <= 2):
			f.add(join(at, "type"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-command and sub-command group option types are mutually exclusive to all other types")
		case o.Type > 2 && o.Required && optional:
			f.add(at, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", "Required options must be placed before non-required options")
		case o.Autocomplete && len(o.Choices) > 0:
			f.add(at, "APPLICATION_COMMAND_AUTOCOMPLETE_CHOICES", "no choices together with autocomplete")
		case o.Autocomplete && o.Type != 3 && o.Type != 4 && o.Type != 10:
			f.add(at, "APPLICATION_COMMAND_AUTOCOMPLETE_TYPE", "type %d has no autocomplete", o.Type)
		}
		seen[o.Name] = true
		optional = optional || !o.Required
		*f = append(*f, checkChoices(join(at, "choices"), o.Choices)...)
		if o.Type <= 2 {
			f.options(join(at, "options"), o.Options, depth+o.Type%2+1)
		}
	}
}

// size is what the 8000 characters of a command count, of translations the longest.
func (c *Command) size() int {
	return longest(c.Name, c.NameLocalizations) + longest(c.Description, c.DescriptionLocalizations) + optionsSize(c.Options)
}

func optionsSize(list []CommandOption) int {
	n := 0
	for _, o := range list {
		n += longest(o.Name, o.NameLocalizations) + longest(o.Description, o.DescriptionLocalizations) + optionsSize(o.Options)
		for _, c := range o.Choices {
			n += longest(c.Name, c.NameLocalizations) + length(fmt.Sprint(c.Value))
		}
	}
	return n
}

func longest(s string, translations map[string]string) int {
	n := length(s)
	for _, t := range translations {
		n = max(n, length(t))
	}
	return n
}

// checkCommands judges all commands of a scope together.
func checkCommands(list []*Command) faults {
	var f faults
	most := map[int]int{1: 100, 2: 15, 3: 15}
	count := make(map[int]int)
	seen := make(map[string]bool)
	for i, c := range list {
		count[c.Type]++
		if count[c.Type] == most[c.Type]+1 {
			f.add("", "APPLICATION_COMMANDS_MAXIMUM", "Maximum number of application commands of type %d reached (%d)", c.Type, most[c.Type])
		}
		key := fmt.Sprint(c.Type, c.Name)
		if seen[key] {
			f.add(join("", i, "name"), "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique: %q", c.Name)
		}
		seen[key] = true
	}
	return f
}
