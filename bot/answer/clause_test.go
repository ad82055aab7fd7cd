package answer

import (
	"testing"

	"kaede/corpus"
)

func TestAskedPart(t *testing.T) {
	for _, tt := range []struct {
		lang       corpus.Lang
		text, want string
	}{
		{corpus.English, "when did the ferry sail?", "when did the ferry sail?"},
		{corpus.English, "when ferry sail first", "when ferry sail first"},
		{corpus.English, "how many ports were open when the ferry sailed?", "how many ports were open ____ the ferry sailed?"},
		{corpus.English, "when the ferry sailed, what changed?", "____ the ferry sailed, what changed?"},
		{corpus.English, "what became of the sailors who came ashore?", "what became of the sailors ___ came ashore?"},
		{corpus.English, "tell me who came ashore", "tell me who came ashore"},
		{corpus.English, "the sailors who came ashore", "the sailors who came ashore"},
		{corpus.French, "qui a ouvert le port ?", "qui a ouvert le port ?"},
		{corpus.French, "qu'est-ce qui relie les deux ports ?", "qu'est-ce ___ relie les deux ports ?"},
		{corpus.French, "combien de marins qui sont venus ?", "combien de marins ___ sont venus ?"},
		{corpus.Japanese, "誰が港を開きましたか", "誰が港を開きましたか"},
	} {
		if got := askedPart(tt.lang, tt.text); got != tt.want {
			t.Errorf("askedPart(%s, %q) = %q, want %q", tt.lang, tt.text, got, tt.want)
		}
	}
}
