package discord

import (
	"cmp"
	"strconv"
)

// message is what we send: a new message, an answer to an interaction or the edit of either. It has no embeds: text with small
// print needs one permission less, can be copied, and is read aloud by screen readers.
type message struct {
	Content         string     `json:"content"`
	Components      []row      `json:"components"`
	Flags           int        `json:"flags"`
	AllowedMentions mentions   `json:"allowed_mentions"`
	Reference       *reference `json:"message_reference,omitempty"`
	Nonce           string     `json:"nonce,omitempty"`
	EnforceNonce    bool       `json:"enforce_nonce,omitempty"`
	Attachments     []attached `json:"attachments,omitempty"`

	files []file
}

// Flags of messages.
const (
	flagSuppressEmbeds = 1 << 2 // links do not unfold
	flagEphemeral      = 1 << 6
)

// mentions allow nobody to be pinged.
type mentions struct {
	Parse       []string `json:"parse"`
	RepliedUser bool     `json:"replied_user"`
}

type reference struct {
	MessageID       string `json:"message_id"`
	ChannelID       string `json:"channel_id"`
	FailIfNotExists bool   `json:"fail_if_not_exists"`
}

type attached struct {
	ID          string `json:"id"` // the number of the upload
	Filename    string `json:"filename"`
	Description string `json:"description"`
}

// row is a row of at most five buttons.
type row struct {
	Type       int      `json:"type"`
	Components []button `json:"components"`
}

type button struct {
	Type     int    `json:"type"`
	Style    int    `json:"style"`
	Label    string `json:"label"`
	CustomID string `json:"custom_id"`
	Disabled bool   `json:"disabled,omitempty"`
}

const (
	typeRow    = 1
	typeButton = 2

	styleBlue = 1
	styleGrey = 2
	styleRed  = 4

	maxLabel   = 80
	maxInRow   = 5
	maxContent = 2000
)

// view is what a person will see, before it is known how it is sent.
type view struct {
	content string
	rows    []row
	files   []file
	private bool // for the person alone, where there is still a choice
}

// add puts buttons into a row of their own; none make no row.
func (v *view) add(buttons ...button) {
	if len(buttons) > 0 {
		v.rows = append(v.rows, row{typeRow, buttons[:min(len(buttons), maxInRow)]})
	}
}

// newButton makes a button; what is too long for its label is cut. A label is no markdown, and may not be empty.
func newButton(style int, label string, id customID) button {
	return button{Type: typeButton, Style: style, Label: cmp.Or(clip(clean(label), maxLabel), "…"), CustomID: id.String()}
}

// message makes the view a message with flags, which always suppress embeds and ping nobody.
func (v view) message(flags int) message {
	m := message{
		Content: clipEscaped(v.content, maxContent), Components: v.rows, Flags: flags | flagSuppressEmbeds,
		AllowedMentions: mentions{Parse: []string{}}, files: v.files,
	}
	if m.Components == nil {
		m.Components = []row{} // an edit takes the buttons away
	}
	for i, f := range v.files {
		m.Attachments = append(m.Attachments, attached{strconv.Itoa(i), f.name, f.name})
	}
	return m
}
