package bot

import (
	"embed"
	"fmt"
	"path"
	"sync"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
	"gopkg.in/yaml.v3"
)

//go:embed words/*.yaml
var wordFiles embed.FS

// locales are those that have a file of words, the first being what others fall back to.
var locales = [...]string{"en-US", "en-GB", "fr", "ja"}

// voices are the localizers by locale, ready once and never changed.
var voices = sync.OnceValue(func() map[string]*i18n.Localizer {
	bundle := i18n.NewBundle(language.AmericanEnglish)
	bundle.RegisterUnmarshalFunc("yaml", yaml.Unmarshal)
	for _, l := range locales {
		data, err := wordFiles.ReadFile(path.Join("words", l+".yaml"))
		if err == nil {
			_, err = bundle.ParseMessageFileBytes(data, l+".yaml")
		}
		if err != nil {
			panic(fmt.Sprintf("words of %s: %v", l, err)) // Unreachable: a test reads them all.
		}
	}
	out := map[string]*i18n.Localizer{"en": i18n.NewLocalizer(bundle, locales[0])}
	for _, l := range locales {
		out[l] = i18n.NewLocalizer(bundle, l, locales[0])
	}
	return out
})

// Say gives the sentence with that id in a locale: en, en-US, en-GB, fr or ja; any other is taken for en-US. An id that no file has is said
// as it stands.
func Say(locale, id string, data map[string]any) string {
	v := voices()
	l, ok := v[locale]
	if !ok {
		l = v[locales[0]]
	}
	s, err := l.Localize(&i18n.LocalizeConfig{MessageID: id, TemplateData: data})
	if err != nil && s == "" {
		return id
	}
	return s
}
