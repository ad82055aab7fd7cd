// Package index finds: it holds one version of the corpus as a Bleve index, and changes version without stopping.
package index
