package index

import (
	"flag"
	"math"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"kaede/corpus"
)

var fit = flag.Bool("fit", false, "fit the weights")

type example struct {
	hits []Signals
	gold []bool
}

func collect(t *testing.T, set string) (corpus.Lang, []example) {
	c, questions, err := ReadBenchmark(filepath.Join(*benchmarks, set))
	if err != nil {
		t.Fatal(err)
	}
	x, err := Temp(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	var out []example
	missed := 0
	for _, q := range questions {
		r, err := x.Search(t.Context(), Query{Lang: q.Lang, Text: q.Text, Limit: 60})
		if err != nil {
			t.Fatal(err)
		}
		var e example
		for _, h := range r.Sentences {
			e.hits = append(e.hits, h.Signals)
			e.gold = append(e.gold, slices.Contains(q.Gold, h.N))
		}
		if !slices.Contains(e.gold, true) {
			missed++
		}
		out = append(out, e)
	}
	t.Logf("%s: %d questions, %d without gold in candidates", set, len(out), missed)
	return c.Documents[0].Lang, out
}

func mrr(ex []example, w []float64) (float64, float64) {
	sum, r1 := 0.0, 0.0
	for _, e := range ex {
		best, ok := math.Inf(-1), false
		scores := make([]float64, len(e.hits))
		for i := range e.hits {
			scores[i] = dot(w, vector(&e.hits[i]))
			if e.gold[i] && scores[i] > best {
				best, ok = scores[i], true
			}
		}
		if !ok {
			continue
		}
		rank := 1
		for i, s := range scores {
			if s > best && !e.gold[i] {
				rank++
			}
		}
		if rank <= 100 {
			sum += 1 / float64(rank)
		}
		if rank == 1 {
			r1++
		}
	}
	return sum / float64(len(ex)), r1 / float64(len(ex))
}

func dot(w []float64, v []float64) float64 {
	s := 0.0
	for i := range v {
		s += w[i] * v[i]
	}
	return s
}

// train minimises the listwise loss by Adam.
func train(ex []example, w []float64, skip map[int]bool) []float64 {
	n := len(w)
	m, v := make([]float64, n), make([]float64, n)
	w = slices.Clone(w)
	vec := make([][][]float64, len(ex))
	for i, e := range ex {
		for j := range e.hits {
			vec[i] = append(vec[i], vector(&e.hits[j]))
		}
	}
	for step := 1; step <= 250; step++ {
		grad := make([]float64, n)
		for i, e := range ex {
			if !slices.Contains(e.gold, true) {
				continue
			}
			s := make([]float64, len(e.hits))
			top := math.Inf(-1)
			for j := range s {
				s[j] = dot(w, vec[i][j])
				top = max(top, s[j])
			}
			z, zg := 0.0, 0.0
			for j := range s {
				s[j] = math.Exp(s[j] - top)
				z += s[j]
				if e.gold[j] {
					zg += s[j]
				}
			}
			for j := range s {
				p := s[j] / z
				if e.gold[j] {
					p -= s[j] / max(zg, 1e-300)
				}
				if math.Abs(p) < 1e-5 {
					continue
				}
				for k := range n {
					grad[k] += p * vec[i][j][k]
				}
			}
		}
		rate := .3
		if step > 150 {
			rate = .1
		}
		if step > 220 {
			rate = .03
		}
		for k := range n {
			if skip[k] {
				continue
			}
			g := grad[k]/float64(len(ex)) + 1e-5*w[k]
			m[k] = .9*m[k] + .1*g
			v[k] = .99*v[k] + .01*g*g
			w[k] -= rate * m[k] / (1 - math.Pow(.9, float64(step))) / (math.Sqrt(v[k]/(1-math.Pow(.99, float64(step)))) + 1e-8)
		}
	}
	return w
}

func TestFit(t *testing.T) {
	if !*fit {
		t.Skip()
	}
	byLang := map[corpus.Lang][]example{}
	for _, set := range strings.Split(*sets, ",") {
		lang, ex := collect(t, set)
		byLang[lang] = append(byLang[lang], ex...)
	}
	for lang, ex := range byLang {
		var a, b []example
		for i, e := range ex {
			if i*10/len(ex)%2 == 0 { // tenths of the set, for neighbours share their texts
				a = append(a, e)
			} else {
				b = append(b, e)
			}
		}
		w0 := slices.Clone(weighting[lang][:])
		m0, r0 := mrr(b, w0)
		wa := train(a, w0, nil)
		ma, ra := mrr(b, wa)
		wb := train(b, w0, nil)
		mb, rb := mrr(a, wb)
		t.Logf("%s before on B %.4f %.4f; A->B %.4f %.4f; B->A %.4f %.4f; mean %.4f", lang, m0, r0, ma, ra, mb, rb, (ma+mb)/2)
		w := train(ex, w0, nil)
		mw, rw := mrr(ex, w)
		t.Logf("all %.4f %.4f", mw, rw)
		for i, name := range names() {
			z := slices.Clone(w)
			z[i] = 0
			mz, _ := mrr(ex, z)
			t.Logf("%-10s %8.3f  without it (not refit) %.4f", name, w[i], mz)
		}
	}
}

func vector(s *Signals) []float64 { v := s.list(); return v[:] }

func names() []string {
	t := reflect.TypeFor[Signals]()
	var out []string
	for i := range t.NumField() {
		out = append(out, t.Field(i).Name)
	}
	return out
}
