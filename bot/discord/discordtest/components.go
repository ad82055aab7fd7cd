package discordtest

import "encoding/json"

// Types of components.
const (
	RowType       = 1
	ButtonType    = 2
	SelectType    = 3 // of strings; 5 to 8 are selects of users, roles, both, channels
	TextInputType = 4
	SectionType   = 9
	TextType      = 10
	ThumbnailType = 11
	GalleryType   = 12
	FileType      = 13
	SeparatorType = 14
	ContainerType = 17
	LabelType     = 18
)

// A Component is a part of a message or a modal; the fields that its type does not have are empty.
type Component struct {
	Type        int             `json:"type"`
	ID          int             `json:"id"`
	CustomID    string          `json:"custom_id"`
	Style       int             `json:"style"`
	Label       string          `json:"label"`
	Emoji       json.RawMessage `json:"emoji"`
	URL         string          `json:"url"`
	Disabled    bool            `json:"disabled"`
	Placeholder string          `json:"placeholder"`
	MinValues   *int            `json:"min_values"`
	MaxValues   *int            `json:"max_values"`
	Options     []SelectOption  `json:"options"`
	Content     string          `json:"content"`
	Description string          `json:"description"`
	Media       *Media          `json:"media"`
	File        *Media          `json:"file"`
	Items       []GalleryItem   `json:"items"`
	Spoiler     bool            `json:"spoiler"`
	AccentColor *int            `json:"accent_color"`
	Divider     *bool           `json:"divider"`
	Spacing     int             `json:"spacing"`
	Components  []Component     `json:"components"`
	Accessory   *Component      `json:"accessory"`
	Component   *Component      `json:"component"` // of a label
	Required    *bool           `json:"required"`
	Value       string          `json:"value"`
	MinLength   *int            `json:"min_length"`
	MaxLength   *int            `json:"max_length"`
}

// A SelectOption is one choice of a select.
type SelectOption struct {
	Label       string          `json:"label"`
	Value       string          `json:"value"`
	Description string          `json:"description,omitempty"`
	Emoji       json.RawMessage `json:"emoji,omitempty"`
	Default     bool            `json:"default"`
}

// Media is a picture or file by address.
type Media struct {
	URL string `json:"url"`
}

// A GalleryItem is one picture of a gallery.
type GalleryItem struct {
	Media       Media  `json:"media"`
	Description string `json:"description"`
	Spoiler     bool   `json:"spoiler"`
}

func (c *Component) isSelect() bool {
	return c.Type == SelectType || c.Type >= 5 && c.Type <= 8
}

// walk calls f for each component, nested ones after their parent.
func walk(list []Component, f func(*Component)) {
	for i := range list {
		c := &list[i]
		f(c)
		walk(c.Components, f)
		for _, one := range []*Component{c.Accessory, c.Component} {
			if one != nil {
				f(one)
				walk(one.Components, f)
			}
		}
	}
}

// number gives the components that have no id one.
func number(list []Component) {
	next := 0
	walk(list, func(c *Component) {
		next++
		if c.ID == 0 {
			c.ID = next
		}
	})
}

func wireComponents(list []Component) []object {
	wire := []object{}
	for i := range list {
		wire = append(wire, list[i].wire())
	}
	return wire
}

// wire is the component as Discord tells it back: the fields of its type, defaults filled in.
func (c *Component) wire() object {
	wire := object{"type": c.Type, "id": c.ID}
	set := func(key, value string) {
		if value != "" {
			wire[key] = value
		}
	}
	number := func(n *int, otherwise int) int {
		if n == nil {
			return otherwise
		}
		return *n
	}
	switch c.Type {
	case RowType:
		wire["components"] = wireComponents(c.Components)
	case ButtonType:
		wire["style"] = c.Style
		set("custom_id", c.CustomID)
		set("label", c.Label)
		set("url", c.URL)
		if c.Disabled {
			wire["disabled"] = true
		}
		if len(c.Emoji) > 0 && string(c.Emoji) != "null" {
			wire["emoji"] = c.Emoji
		}
	case SelectType, 5, 6, 7, 8:
		wire["custom_id"] = c.CustomID
		set("placeholder", c.Placeholder)
		wire["min_values"], wire["max_values"] = number(c.MinValues, 1), number(c.MaxValues, 1)
		if c.Disabled {
			wire["disabled"] = true
		}
		if c.Type == SelectType {
			wire["options"] = c.Options
		}
	case SectionType:
		wire["components"] = wireComponents(c.Components)
		if c.Accessory != nil {
			wire["accessory"] = c.Accessory.wire()
		}
	case TextType:
		wire["content"] = c.Content
	case ThumbnailType:
		wire["media"], wire["description"], wire["spoiler"] = wireMedia(c.Media), orNil(c.Description), c.Spoiler
	case GalleryType:
		items := []object{}
		for _, item := range c.Items {
			items = append(items, object{"media": wireMedia(&item.Media), "description": orNil(item.Description), "spoiler": item.Spoiler})
		}
		wire["items"] = items
	case FileType:
		wire["file"], wire["name"], wire["size"], wire["spoiler"] = wireMedia(c.File), nil, nil, c.Spoiler
	case SeparatorType:
		wire["spacing"], wire["divider"] = max(c.Spacing, 1), c.Divider == nil || *c.Divider
	case ContainerType:
		wire["components"], wire["spoiler"], wire["accent_color"] = wireComponents(c.Components), c.Spoiler, nil
		if c.AccentColor != nil {
			wire["accent_color"] = *c.AccentColor
		}
	}
	return wire
}

func wireMedia(m *Media) object {
	if m == nil {
		return nil
	}
	return object{"id": "1", "url": m.URL, "proxy_url": m.URL}
}
