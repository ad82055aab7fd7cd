package index

import (
	"encoding/binary"
	"slices"
)

// lists are many short sorted lists in one slice.
type lists struct {
	items  []uint32
	bounds []uint32
}

// newLists makes room for as many lists, and items in all of them.
func newLists(n, items int) lists {
	return lists{items: make([]uint32, 0, items), bounds: append(make([]uint32, 0, n+1), 0)}
}

func (l *lists) add(items []uint32) {
	slices.Sort(items)
	l.items = append(l.items, slices.Compact(items)...)
	l.bounds = append(l.bounds, uint32(len(l.items)))
}

func (l *lists) of(i int) []uint32 { return l.items[l.bounds[i]:l.bounds[i+1]] }

// invert gives for each of n items the lists that hold it.
func (l *lists) invert(n int) lists {
	out := lists{items: make([]uint32, len(l.items)), bounds: make([]uint32, n+1)}
	for _, item := range l.items {
		out.bounds[item+1]++
	}
	for i := range n {
		out.bounds[i+1] += out.bounds[i]
	}
	next := slices.Clone(out.bounds)
	for list := range len(l.bounds) - 1 {
		for _, item := range l.of(list) {
			out.items[next[item]] = uint32(list)
			next[item]++
		}
	}
	return out
}

// Packed are many sorted lists of distinct numbers in one piece of memory, as the gaps between them: a byte or two for each number. It is
// immutable and safe for use by many goroutines.
type Packed struct {
	data   []byte   // varints
	bounds []uint32 // of list i: data[bounds[i]:bounds[i+1]]
}

// Pack packs n lists, of which list gives each in order.
func Pack(n int, list func(i int) []uint32) *Packed {
	p := &Packed{bounds: make([]uint32, 1, n+1)}
	for i := range n {
		last := uint32(0)
		for _, number := range list(i) {
			p.data = binary.AppendUvarint(p.data, uint64(number-last))
			last = number
		}
		p.bounds = append(p.bounds, uint32(len(p.data)))
	}
	p.data = slices.Clone(p.data) // without spare room
	return p
}

// Append appends list i, in order.
func (p *Packed) Append(list []uint32, i int) []uint32 {
	number := uint32(0)
	for data := p.data[p.bounds[i]:p.bounds[i+1]]; len(data) > 0; {
		gap, size := binary.Uvarint(data)
		number, data = number+uint32(gap), data[size:]
		list = append(list, number)
	}
	return list
}

// addTo adds w to the sums of the numbers of list i. It is for the long lists of every question: nearly all their gaps take one byte, so that
// eight at a time are looked at only once.
func (p *Packed) addTo(sums []float32, i int, w float32) {
	number := uint32(0)
	for data := p.data[p.bounds[i]:p.bounds[i+1]]; len(data) > 0; {
		if len(data) >= 8 {
			if gaps := binary.LittleEndian.Uint64(data); gaps&0x8080808080808080 == 0 {
				for range 8 {
					number += uint32(gaps & 0x7f)
					sums[number] += w
					gaps >>= 8
				}
				data = data[8:]
				continue
			}
		}
		gap, size := binary.Uvarint(data)
		number, data = number+uint32(gap), data[size:]
		sums[number] += w
	}
}

func (l lists) pack() *Packed { return Pack(len(l.bounds)-1, l.of) }
