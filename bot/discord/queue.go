package discord

import (
	"slices"
	"sync"
)

// queue runs jobs on at most so many goroutines, which live only while there is work. Jobs of one lane run one after another in
// their order, those of different lanes at once. No more than most wait: the oldest is dropped for the newest.
type queue struct {
	most, workers int
	dropped       func(job)

	mu      sync.Mutex
	waiting []job
	busy    map[string]bool // lanes in which a job runs
	closed  bool
	tasks   sync.WaitGroup
}

// job is one piece of work.
type job struct {
	lane   string
	run    func()
	missed func() // what to do when it is dropped; may be nil
}

func newQueue(most, workers int, dropped func(job)) *queue {
	return &queue{most: most, workers: workers, dropped: dropped, busy: make(map[string]bool)}
}

// push adds a job and does not wait. A closed queue takes none.
func (q *queue) push(j job) {
	q.mu.Lock()
	if q.closed {
		q.mu.Unlock()
		return
	}
	var oldest []job
	if len(q.waiting) >= q.most {
		oldest = slices.Clone(q.waiting[:1])
		q.waiting = slices.Delete(q.waiting, 0, 1)
	}
	q.waiting = append(q.waiting, j)
	if len(q.busy) < q.workers && !q.busy[j.lane] {
		if first, ok := q.take(); ok {
			q.tasks.Go(func() { q.work(first) })
		}
	}
	q.mu.Unlock()
	for _, j := range oldest {
		q.dropped(j)
	}
}

// work runs a job, then whatever can be run, until there is nothing.
func (q *queue) work(j job) {
	for ok := true; ok; {
		j.run()
		q.mu.Lock()
		delete(q.busy, j.lane)
		j, ok = q.take()
		q.mu.Unlock()
	}
}

// take takes the oldest job whose lane is free, and the lane; q.mu is held.
func (q *queue) take() (job, bool) {
	i := slices.IndexFunc(q.waiting, func(j job) bool { return !q.busy[j.lane] })
	if i < 0 {
		return job{}, false
	}
	j := q.waiting[i]
	q.waiting = slices.Delete(q.waiting, i, i+1)
	q.busy[j.lane] = true
	return j, true
}

// close accepts no more jobs and returns when those that it has are done.
func (q *queue) close() {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	q.tasks.Wait()
}

func (q *queue) len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.waiting)
}
