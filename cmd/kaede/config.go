package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"regexp"
	"slices"
	"strings"

	"kaede/corpus"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"gopkg.in/yaml.v3"
)

// configFile is read from the working directory if it is there.
const configFile = "kaede.yaml"

// maxConfig bounds the configuration file.
const maxConfig = 64 << 10

// config is what flags, environment and kaede.yaml come to.
type config struct {
	corpus    string
	data      string
	lang      corpus.Lang
	sources   []string
	logLevel  slog.Level
	logFormat string
	serving   serving
	places    map[string]string // where each setting was set that was, by its name
}

// setting is one field of the configuration, wherever it is set. The flags, the environment, the file and the table in the
// README all come from the list of settings.
type setting struct {
	name  string   // the flag, and the key in the file
	env   string   // the environment variable
	hint  string   // what its value is, for --help
	def   string   // the default, as one would type it
	usage string   // for --help and the README
	list  bool     // may be given several times; in the environment separated by commas
	only  []string // the commands that have the flag; nil: all
	of    []string // the only values that there are; nil: any
	set   func(c *config, values []string) error
}

// settings lists every setting. Where one is set several times, the flag counts, then the environment, the file, the default.
func settings() []setting {
	return append([]setting{
		{name: "corpus", env: "KAEDE_CORPUS", hint: "DIR", usage: "read the corpus from `DIR` instead of the one in the program",
			set: func(c *config, v []string) error { c.corpus = v[0]; return isDir(v[0]) }},
		{name: "data", env: "KAEDE_DATA", hint: "DIR", usage: "keep versions of the corpus in `DIR`, so that it can be refreshed and rolled back",
			set: func(c *config, v []string) error { c.data = v[0]; return mayBeDir(v[0]) }},
		{name: "lang", env: "KAEDE_LANG", hint: "LANG", of: []string{"en", "fr", "ja"}, usage: "speak `LANG`, and take a question that does not show its language to be in it: en, fr or ja",
			set: func(c *config, v []string) error { c.lang = corpus.Lang(v[0]); return nil }},
		{name: "source", env: "KAEDE_SOURCE", hint: "ID", list: true, usage: "answer only from the document `ID`; repeatable",
			only: []string{"kaede", "ask", "eval"},
			set:  func(c *config, v []string) error { c.sources = v; return nil }},
		{name: "log-level", env: "KAEDE_LOG_LEVEL", hint: "LEVEL", def: "warn", of: []string{"debug", "info", "warn", "error"}, usage: "log from `LEVEL` up: debug, info, warn or error; serve logs from info unless told otherwise",
			set: func(c *config, v []string) error { return c.logLevel.UnmarshalText([]byte(v[0])) }},
		{name: "log-format", env: "KAEDE_LOG_FORMAT", hint: "FORMAT", def: "text", of: []string{"text", "json"}, usage: "log as `FORMAT`: text or json",
			set: func(c *config, v []string) error { c.logFormat = v[0]; return nil }},
	}, serveSettings()...)
}

// addFlags gives root and its commands the flags of the settings. A flag holds the text as typed; configure reads it.
func (p *program) addFlags(root *cobra.Command) {
	root.PersistentFlags().String("config", "", "read settings from `FILE` instead of "+configFile+" in the working directory")
	root.RegisterFlagCompletionFunc("config", completeFiles)
	for _, s := range settings() {
		if s.only == nil {
			p.addFlag(s, root, root.PersistentFlags())
			continue
		}
		for _, c := range append(root.Commands(), root) {
			if slices.Contains(s.only, c.Name()) {
				p.addFlag(s, c, c.Flags())
			}
		}
	}
}

func (p *program) addFlag(s setting, c *cobra.Command, flags *pflag.FlagSet) {
	if s.list {
		flags.StringArray(s.name, nil, s.usage)
	} else {
		flags.String(s.name, s.def, s.usage)
	}
	complete := cobra.FixedCompletions(s.of, cobra.ShellCompDirectiveNoFileComp)
	switch s.hint {
	case "DIR":
		complete = completeDirs
	case "FILE":
		complete = completeFiles
	case "ID":
		complete = p.completeSources
	}
	if err := c.RegisterFlagCompletionFunc(s.name, complete); err != nil {
		panic(err) // Unreachable: the flag was defined above.
	}
}

// environment is the process's environment.
type environment map[string]string

func newEnvironment(list []string) environment {
	env := make(environment, len(list))
	for _, s := range list {
		name, value, _ := strings.Cut(s, "=")
		env[name] = value
	}
	return env
}

// unknown gives the variables that look like settings and are none, in order.
func (env environment) unknown() []string {
	var out []string
	for name := range env {
		known := func(s setting) bool { return s.env == name }
		if strings.HasPrefix(name, "KAEDE_") && name != "KAEDE_CONFIG" && !slices.ContainsFunc(settings(), known) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// configure resolves the settings. Every error is a usageError that names the field.
func (env environment) configure(flags *pflag.FlagSet) (config, error) {
	c := config{places: make(map[string]string)}
	file, err := env.readFile(flags)
	if err != nil {
		return c, usageError{err}
	}
	for _, s := range settings() {
		values, place := file.values[s.name], file.places[s.name]
		if v := env[s.env]; v != "" {
			values, place = []string{v}, s.env
			if s.list {
				values = strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == ' ' })
			}
		}
		if f := flags.Lookup(s.name); f != nil && f.Changed {
			values, place = []string{f.Value.String()}, "--"+s.name
			if s.list {
				values, _ = flags.GetStringArray(s.name)
			}
		}
		if place == "" {
			if s.def == "" {
				continue
			}
			values = []string{s.def}
		} else {
			c.places[s.name] = place
		}
		if len(values) == 0 || slices.Contains(values, "") {
			return c, usagef("%s: want a value, got nothing", place)
		}
		err := oneOf(values[0], s.of)
		if err == nil {
			err = s.set(&c, values)
		}
		if err != nil {
			return c, usagef("%s: %w", place, err)
		}
	}
	return c, nil
}

// fileSettings are the settings of kaede.yaml, as text, with the place of each for messages.
type fileSettings struct {
	values map[string][]string
	places map[string]string // "kaede.yaml:3: lang"
}

// readFile reads the file that --config or KAEDE_CONFIG names, or else kaede.yaml if there is one.
func (env environment) readFile(flags *pflag.FlagSet) (fileSettings, error) {
	name, must := configFile, ""
	if v := env["KAEDE_CONFIG"]; v != "" {
		name, must = v, "KAEDE_CONFIG"
	}
	if f := flags.Lookup("config"); f != nil && f.Changed {
		name, must = f.Value.String(), "--config"
	}
	file, err := os.Open(name)
	if must == "" && errors.Is(err, os.ErrNotExist) {
		return fileSettings{}, nil
	}
	if must == "" {
		must = "config"
	}
	if err != nil {
		return fileSettings{}, fmt.Errorf("%s: %w", must, err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxConfig+1))
	if err != nil {
		return fileSettings{}, fmt.Errorf("%s: %w", must, err)
	}
	if len(data) > maxConfig {
		return fileSettings{}, fmt.Errorf("%s: %s is larger than %d bytes", must, name, maxConfig)
	}
	return parseFile(name, data)
}

// yamlLine finds the line in an error of the YAML library.
var yamlLine = regexp.MustCompile(`^yaml: line (\d+): `)

// parseFile reads the content of a configuration file. Its errors begin with the file's name and the line.
func parseFile(name string, data []byte) (fileSettings, error) {
	out := fileSettings{values: make(map[string][]string), places: make(map[string]string)}
	var doc yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	if err := decoder.Decode(&doc); errors.Is(err, io.EOF) {
		return out, nil // nothing in it but comments
	} else if m := yamlLine.FindStringSubmatch(fmt.Sprint(err)); m != nil {
		return out, fmt.Errorf("%s:%s: %s", name, m[1], err.Error()[len(m[0]):])
	} else if err != nil {
		return out, fmt.Errorf("%s:1: %w", name, err)
	}
	top := doc.Content[0]
	if top.Kind == yaml.ScalarNode && top.Tag == "!!null" {
		return out, nil
	}
	if top.Kind != yaml.MappingNode {
		return out, fmt.Errorf("%s:%d: want settings, one a line, such as \"lang: fr\"", name, top.Line)
	}
	var rest yaml.Node
	if err := decoder.Decode(&rest); !errors.Is(err, io.EOF) {
		return out, fmt.Errorf("%s:%d: want one YAML document, got a second", name, max(rest.Line, 1))
	}
	for i := 0; i < len(top.Content); i += 2 {
		key, value := top.Content[i], top.Content[i+1]
		place := fmt.Sprintf("%s:%d: %s", name, key.Line, key.Value)
		n := slices.IndexFunc(settings(), func(s setting) bool { return s.name == key.Value })
		if n < 0 {
			return out, fmt.Errorf("%s: no such setting; known: %s", place, strings.Join(settingNames(), ", "))
		}
		if out.places[key.Value] != "" {
			return out, fmt.Errorf("%s: set twice", place)
		}
		values, err := settings()[n].fromYAML(value)
		if err != nil {
			return out, fmt.Errorf("%s: %w", place, err)
		}
		out.values[key.Value], out.places[key.Value] = values, place
	}
	return out, nil
}

// fromYAML gives the value of a setting as text, if it has the right type.
func (s setting) fromYAML(n *yaml.Node) ([]string, error) {
	if s.list {
		if n.Kind != yaml.SequenceNode || len(n.Content) == 0 {
			return nil, errors.New("want a list of texts")
		}
		var out []string
		for _, item := range n.Content {
			if item.Kind != yaml.ScalarNode || item.Tag != "!!str" {
				return nil, fmt.Errorf("want a list of texts, got an item %q", item.Value)
			}
			out = append(out, item.Value)
		}
		return out, nil
	}
	if n.Kind != yaml.ScalarNode || n.Tag != "!!str" {
		return nil, errors.New("want a text")
	}
	return []string{n.Value}, nil
}

func settingNames() []string {
	var out []string
	for _, s := range settings() {
		out = append(out, s.name)
	}
	return out
}

// logger makes the logger that the configuration asks for.
func (c config) logger(w io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: c.logLevel}
	if c.logFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

// oneOf refuses a value that is not among those allowed; nil allows any.
func oneOf(value string, allowed []string) error {
	if allowed == nil || slices.Contains(allowed, value) {
		return nil
	}
	last := len(allowed) - 1
	return fmt.Errorf("%q is not %s or %s", value, strings.Join(allowed[:last], ", "), allowed[last])
}

func isDir(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return fmt.Errorf("%s is not a directory", path)
	}
	return nil
}

// mayBeDir refuses what is there and is no directory.
func mayBeDir(path string) error {
	if err := isDir(path); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
