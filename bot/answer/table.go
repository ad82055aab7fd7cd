package answer

import "slices"

// table counts keys by row, a sentence or a fact: in how many of its labelled questions each stands. Most counts are nothing, so it
// holds for each key the rows that have it. It is immutable.
type table struct {
	starts []int32 // by key, the place of its first cell; one more at the end
	cells  []cell  // by key, then by row
}

// cell is a row with a count that is not nothing. They are many, so it is small: a count beyond mostCounted counts as that.
type cell uint32

const (
	countBits   = 10
	mostCounted = 1<<countBits - 1
	mostRows    = 1 << (32 - countBits) // of a table; more short sentences than a corpus can hold, but for a made one: further ones have no counts
)

func (c cell) row() int { return int(c >> countBits) }

func (c cell) count() int32 { return int32(c & mostCounted) }

// newTable calls each for every row, in order, twice; it adds each key of the row as often as it counts.
func newTable(keys, rows int, each func(row int, add func(keys []int32))) *table {
	rows = min(rows, mostRows)
	t := &table{starts: make([]int32, keys+1)}
	last := make([]int32, keys) // by key, the row that it was added to last, plus one
	for row := range rows {
		each(row, func(keys []int32) {
			for _, k := range keys {
				if last[k] != int32(row+1) {
					last[k] = int32(row + 1)
					t.starts[k+1]++
				}
			}
		})
	}
	for k := range keys {
		t.starts[k+1] += t.starts[k]
	}
	t.cells = make([]cell, t.starts[keys])
	ends := slices.Clone(t.starts)
	for row := range rows {
		each(row, func(keys []int32) {
			for _, k := range keys {
				if ends[k] == t.starts[k] || t.cells[ends[k]-1].row() != row {
					t.cells[ends[k]] = cell(row << countBits)
					ends[k]++
				}
				if c := &t.cells[ends[k]-1]; c.count() < mostCounted {
					*c++
				}
			}
		})
	}
	return t
}

// at is the count of a key in a row.
func (t *table) at(key int32, row int) int32 {
	var n [1]int32
	t.fill(n[:], key, row)
	return n[0]
}

// fill sets out to the counts of a key in rows, which are in order.
func (t *table) fill(out []int32, key int32, rows ...int) {
	clear(out)
	cells := t.cells[t.starts[key]:t.starts[key+1]]
	for i, row := range rows {
		low, high := 0, len(cells)
		for low < high {
			if middle := (low + high) / 2; cells[middle].row() < row {
				low = middle + 1
			} else {
				high = middle
			}
		}
		if cells = cells[low:]; len(cells) == 0 {
			return
		}
		if cells[0].row() == row {
			out[i] = cells[0].count()
		}
	}
}
