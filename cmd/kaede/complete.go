package main

import (
	"path/filepath"
	"slices"

	"kaede/corpus"

	"github.com/spf13/cobra"
)

// What the shell is offered never fails: what cannot be read is not offered.

// completeVersions offers the versions that are kept to the shell.
func (p *program) completeVersions(c *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	config, err := p.env.configure(c.Flags())
	if err != nil || config.data == "" || len(args) > 0 || isDir(config.data) != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	versions, err := corpus.OpenStore(config.data).Versions()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []string
	for _, v := range versions {
		if !v.Damaged {
			names = append(names, v.Name)
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// completeDirs offers directories.
func completeDirs(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveFilterDirs
}

// completeFiles offers files.
func completeFiles(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveDefault
}

// completeSources offers the ids of the documents.
func (p *program) completeSources(c *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	var ids []string
	for _, d := range p.completing(c).Documents {
		ids = append(ids, cobra.CompletionWithDesc(d.ID, d.Title))
	}
	return ids, cobra.ShellCompDirectiveNoFileComp
}

// completeTopics offers the topics.
func (p *program) completeTopics(c *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	var ids []string
	for _, f := range p.completing(c).Facts {
		if len(args) == 0 && !slices.Contains(ids, f.Topic) {
			ids = append(ids, f.Topic)
		}
	}
	return ids, cobra.ShellCompDirectiveNoFileComp
}

// completing is the corpus of the command that is being typed.
func (p *program) completing(c *cobra.Command) *corpus.Corpus {
	config, err := p.env.configure(c.Flags())
	if err != nil {
		return &corpus.Corpus{}
	}
	store := corpus.OpenStore(config.data)
	if current, err := store.Current(); config.data != "" && err == nil {
		if dir, err := store.Dir(current.Name); err == nil {
			config.corpus = filepath.Join(dir, "corpus")
		}
	}
	k, err := loadCorpus(config.corpus)
	if err != nil {
		return &corpus.Corpus{}
	}
	return k
}
