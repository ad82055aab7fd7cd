package discord

import (
	"container/list"
	"sync"
)

// lru is a map that keeps the entries used last. It is safe for use from many goroutines.
type lru[K comparable, V any] struct {
	mu      sync.Mutex
	most    int
	order   *list.List // of *entry[K, V], used last in front
	entries map[K]*list.Element
}

type entry[K comparable, V any] struct {
	key   K
	value V
}

func newLRU[K comparable, V any](most int) *lru[K, V] {
	return &lru[K, V]{most: most, order: list.New(), entries: make(map[K]*list.Element)}
}

// get returns the entry of key and whether there is one.
func (l *lru[K, V]) get(key K) (V, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e, ok := l.entries[key]; ok {
		l.order.MoveToFront(e)
		return e.Value.(*entry[K, V]).value, true
	}
	var none V
	return none, false
}

// getOr returns the entry of key, which is made if there is none.
func (l *lru[K, V]) getOr(key K, make func() V) V {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e, ok := l.entries[key]; ok {
		l.order.MoveToFront(e)
		return e.Value.(*entry[K, V]).value
	}
	v := make()
	l.put(key, v)
	return v
}

// set puts an entry in place of the one that key has.
func (l *lru[K, V]) set(key K, value V) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.put(key, value)
}

func (l *lru[K, V]) put(key K, value V) {
	if e, ok := l.entries[key]; ok {
		e.Value.(*entry[K, V]).value = value
		l.order.MoveToFront(e)
		return
	}
	l.entries[key] = l.order.PushFront(&entry[K, V]{key, value})
	if l.order.Len() > l.most {
		delete(l.entries, l.order.Remove(l.order.Back()).(*entry[K, V]).key)
	}
}

// remove forgets an entry.
func (l *lru[K, V]) remove(key K) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e, ok := l.entries[key]; ok {
		l.order.Remove(e)
		delete(l.entries, key)
	}
}

// removeIf forgets the entries with such values.
func (l *lru[K, V]) removeIf(such func(V) bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for key, e := range l.entries {
		if such(e.Value.(*entry[K, V]).value) {
			l.order.Remove(e)
			delete(l.entries, key)
		}
	}
}

// add notes key and reports whether it is new.
func (l *lru[K, V]) add(key K) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, ok := l.entries[key]; ok {
		return false
	}
	var none V
	l.put(key, none)
	return true
}
