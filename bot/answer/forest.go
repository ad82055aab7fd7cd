package answer

import (
	"math"
	"slices"

	"kaede/index"
)

// forest is a sum of small decision trees over signals, found by gradient boosting of the logistic loss. It is what the
// model weighs signals with: which signal counts for how much depends on the others, as near misses that lie near a sentence matter
// little where the sentence holds every word of the question.
type forest struct {
	Base  float64 `json:"base"`
	Trees []tree  `json:"trees"`
}

// tree is a decision tree of fixed depth, node by node: the children of node i are 2i+1 and 2i+2.
type tree struct {
	Signal [splits]int     `json:"signal"` // by inner node
	Below  [splits]float64 `json:"below"`  // by inner node: left if the signal is less, as all are where the node is not split
	Leaf   [leaves]float64 `json:"leaf"`
}

// How forests are grown. They were chosen once by cross-validation on the labelled questions.
const (
	treeDepth = 4
	leaves    = 1 << treeDepth
	splits    = leaves - 1
	treeCount = 160
	learning  = .12
	leafRidge = 8.0
	leastInto = 40.0 // rows on either side of a split
	binsOf    = 32
)

func (t *tree) value(g *signals) float64 {
	i := 0
	for range treeDepth {
		right := 0
		if g[t.Signal[i]] >= t.Below[i] {
			right = 1 // a number and not a way, which no processor could foretell
		}
		i = 2*i + 1 + right
	}
	return t.Leaf[i-splits]
}

// confidence is the chance that a sentence with these signals answers.
func (f *forest) confidence(g *signals) float64 {
	sum := f.Base
	for i := range f.Trees {
		sum += f.Trees[i].value(g)
	}
	return sigmoid(sum)
}

// grow finds a forest that tells rows with y 1 from those with y 0, by the signals in used. Equal input gives an equal forest.
//
// No split goes against the sense of its signal. That keeps chance regularities of the labelled questions out, such as that near
// duplicates among them ask for different facts.
func grow(rows []*signals, ys []float64, used []int, of []meaning) forest {
	cuts := make([][]float64, numSignals)
	bins := make([][]uint8, numSignals)
	for _, s := range used {
		cuts[s] = cutsOf(rows, s)
		bins[s] = make([]uint8, len(rows))
		for r, g := range rows {
			n, _ := slices.BinarySearch(cuts[s], g[s])
			if n < len(cuts[s]) && cuts[s][n] == g[s] {
				n++ // a cut belongs to its right side
			}
			bins[s][r] = uint8(n)
		}
	}
	mean := 0.0
	for _, y := range ys {
		mean += y
	}
	mean = min(max(mean/float64(max(len(ys), 1)), 1e-3), 1-1e-3)
	f := forest{Base: round(math.Log(mean / (1 - mean)))}
	sums := make([]float64, len(rows))
	for r := range sums {
		sums[r] = f.Base
	}
	gradient, weight, node := make([]float64, len(rows)), make([]float64, len(rows)), make([]int, len(rows))
	for range treeCount {
		for r := range rows {
			p := sigmoid(sums[r])
			gradient[r], weight[r], node[r] = ys[r]-p, max(p*(1-p), 1e-6), 0
		}
		t := growTree(bins, cuts, gradient, weight, node, used, of)
		f.Trees = append(f.Trees, t)
		for r := range rows {
			sums[r] += t.Leaf[node[r]-splits]
		}
	}
	return f
}

// cutsOf gives the values at which a signal may be split: its quantiles, without repetition.
func cutsOf(rows []*signals, s int) []float64 {
	values := make([]float64, len(rows))
	for r, g := range rows {
		values[r] = g[s]
	}
	slices.Sort(values)
	distinct := slices.Compact(slices.Clone(values))
	var cuts []float64
	if len(distinct) <= binsOf {
		for i := 1; i < len(distinct); i++ {
			cuts = append(cuts, round((distinct[i-1]+distinct[i])/2))
		}
	} else {
		for b := 1; b < binsOf; b++ {
			cuts = append(cuts, round(values[b*len(values)/binsOf]))
		}
	}
	slices.Sort(cuts)
	return slices.Compact(cuts)
}

// growTree grows one tree level by level, and leaves each row's leaf in node.
func growTree(bins [][]uint8, cuts [][]float64, gradient, weight []float64, node []int, used []int, of []meaning) tree {
	var t tree
	type cell struct{ g, h, n float64 }
	for level := range treeDepth {
		first := 1<<level - 1
		width := 1 << level
		type split struct {
			gain   float64
			signal int
			bin    int
		}
		bests := make([][]split, len(used)) // by place in used, then by node
		index.AtOnce(len(used), func(place int) {
			s := used[place]
			hist := make([][binsOf + 1]cell, width)
			b := bins[s]
			for r, n := range node {
				c := &hist[n-first][b[r]]
				c.g += gradient[r]
				c.h += weight[r]
				c.n++
			}
			best := make([]split, width)
			for i := range hist {
				best[i].signal = -1
				var all, left cell
				for _, c := range hist[i] {
					all.g += c.g
					all.h += c.h
					all.n += c.n
				}
				for bin := 0; bin < len(cuts[s]); bin++ {
					c := hist[i][bin]
					left.g += c.g
					left.h += c.h
					left.n += c.n
					right := cell{all.g - left.g, all.h - left.h, all.n - left.n}
					if left.n < leastInto || right.n < leastInto {
						continue
					}
					if rise := right.g/(right.h+leafRidge) - left.g/(left.h+leafRidge); rise*float64(of[s].sense) < 0 {
						continue
					}
					gain := left.g*left.g/(left.h+leafRidge) + right.g*right.g/(right.h+leafRidge) - all.g*all.g/(all.h+leafRidge)
					if gain > best[i].gain+1e-9 {
						best[i] = split{gain, s, bin}
					}
				}
			}
			bests[place] = best
		})
		best := bests[0]
		for _, of := range bests[1:] {
			for i, x := range of {
				if x.gain > best[i].gain+1e-9 {
					best[i] = x
				}
			}
		}
		for i, x := range best {
			t.Below[first+i] = math.MaxFloat64
			if x.signal >= 0 {
				t.Signal[first+i], t.Below[first+i] = x.signal, cuts[x.signal][x.bin]
			}
		}
		for r, n := range node {
			x := best[n-first]
			if x.signal < 0 || int(bins[x.signal][r]) <= x.bin {
				node[r] = 2*n + 1
			} else {
				node[r] = 2*n + 2
			}
		}
	}
	var g, h [leaves]float64
	for r, n := range node {
		g[n-splits] += gradient[r]
		h[n-splits] += weight[r]
	}
	for i := range t.Leaf {
		t.Leaf[i] = round(learning * g[i] / (h[i] + leafRidge))
	}
	return t
}
