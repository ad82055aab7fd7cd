package index

import "kaede/corpus"

// weighting is what a score is made of: by language of the text, the weight of each signal, in the order of Signals.
var weighting = map[corpus.Lang]*[signals]float64{
	corpus.English:  {7.4, 1.8, 4.1, 3.8, 3.1, 1.1, 5.8, 8.1, -5.6, 4.8, 1.5, 2.3, .9, -.5, .4, 8, -2},
	corpus.French:   {7.4, 1.8, 4.1, 3.8, 3.1, 1.1, 5.8, 8.1, -5.6, 4.8, 1.5, 2.3, .9, -.5, .4, 8, -2},
	corpus.Japanese: {7.4, 1.8, 4.1, 3.8, 3.1, 1.1, 5.8, 8.1, -5.6, 4.8, 1.5, 2.3, .9, -.5, .4, 8, -2},
}
