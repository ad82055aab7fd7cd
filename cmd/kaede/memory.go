package main

import (
	"context"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// quietEvery is how often a server looks whether it has become quiet.
const quietEvery = time.Minute

// giveBack gives memory back to the system that the program does not need as it stands.
func giveBack() {
	debug.FreeOSMemory()
	letGo()
}

// giveBackWhenQuiet gives back, until ctx ends, what a busy time has left: at a tick before which next to nothing was done since the last one.
// While it is busy, memory that is kept spares it time.
func giveBackWhenQuiet(ctx context.Context, tick <-chan time.Time) error {
	const little, much = 2 << 20, 8 << 20 // bytes allocated: by heartbeats and probes; by some sixty questions
	last := allocated()
	given := last
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick:
		}
		now := allocated()
		if now-last < little && now-given > much {
			giveBack()
			given = now
		}
		last = now
	}
}

// allocated is how many bytes the program has allocated since its start.
func allocated() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
