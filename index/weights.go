package index

import "kaede/corpus"

// weighting is the weight of each signal in a score, by language of the text. It is fitted on questions of the retrieval
// benchmarks (English: squad-dev; French and Japanese: half of piaf-fr, jaquad-dev and jsquad-valid, the tenths 1, 3, 5, 7 and 9), but
// for Concepts and Opposite: those texts have no lexicon, and the asks of the shipped corpus teach them. This file is written by
//
//	go test ./index -run 'TestFit$' -v -timeout 30m -fit -benchmarks DIR
//	go test ./index -run TestFitConcepts -v -fit
var weighting = map[corpus.Lang]Signals{
	corpus.English:  {Passage: 7.81, Document: 2.13, Sentence: 2.85, Coverage: 5.17, Form: 2.99, Phrase: 0.958, Prefix: 5.93, Title: 7.52, Both: -5.31, Before: 4.62, After: 1.39, Stops: 2.32, Kind: 0.926, Length: -0.597, First: 0.39, Concepts: 11, Opposite: 0},
	corpus.French:   {Passage: 9.52, Document: 1.69, Sentence: 0.333, Coverage: 3.22, Form: 3.04, Phrase: -0.33, Prefix: 5.48, Title: 5.48, Both: -4.25, Before: 1.97, After: 0.0699, Stops: 1.45, Kind: 0.584, Length: 0.0399, First: 0.0923, Concepts: 8, Opposite: -1},
	corpus.Japanese: {Passage: 12.7, Document: 3.23, Sentence: 1.37, Coverage: 5.77, Form: 5.14, Phrase: -4.34, Prefix: 12.5, Title: 14.9, Both: -3.52, Before: 3.73, After: 2.35, Stops: -0.29, Kind: 1.17, Length: -0.267, First: 0.557, Concepts: 11, Opposite: 0},
}
