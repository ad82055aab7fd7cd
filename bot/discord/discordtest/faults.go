package discordtest

import (
	"math/rand"
	"net/http"
	"slices"
	"sync"
	"time"
)

// A RESTFault spoils answers of REST. The zero value of each field leaves that side as it is.
type RESTFault struct {
	Route  string  // "POST /channels/{channel_id}/messages"; empty: all
	Nth    int     // only the n-th call on the route since the fault was added, from 1
	Times  int     // at most so many in all; 0: without end
	Chance float64 // with this probability, by Options.Seed; 0: always

	After bool // do the work first, then fail: the bot cannot know that it was done

	Status     int           // 429, 500, 502 ...
	Code       int           // of the error body
	Message    string        // of the error body
	RetryAfter time.Duration // with 429
	Scope      string        // of a 429: "user" (if empty), "shared", or "global", which holds back all routes
	Body       string        // instead of JSON, as HTML; CloudflareBody is what a ban looks like

	ContentType string        // a wrong one, on the good answer or the bad
	Cut         bool          // the connection ends in the middle of the body
	Hold        chan struct{} // no header before it is closed
	HoldBody    chan struct{} // half of the body, the rest when it is closed
}

// CloudflareBody is what the edge answers instead of Discord's JSON.
const CloudflareBody = "<html><head><title>Access denied | discord.com used Cloudflare to restrict access</title></head></html>"

// fails reports whether the fault replaces the answer.
func (f RESTFault) fails() bool { return f.Status != 0 || f.Body != "" }

// Faults are those of REST that are to come.
type Faults struct {
	mu     sync.Mutex
	random *rand.Rand
	list   []*armed
	waits  map[string]*bucket // asked for by 429s; by route and major parameter, or empty for the global one
}

type armed struct {
	RESTFault
	seen, hits int
}

func newFaults(seed int64) *Faults {
	return &Faults{random: rand.New(rand.NewSource(seed)), waits: make(map[string]*bucket)}
}

// Add arms a fault; of several that fit a call the one added first strikes.
func (f *Faults) Add(fault RESTFault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = append(f.list, &armed{RESTFault: fault})
}

// Clear disarms all faults; waits that were asked for stay.
func (f *Faults) Clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = nil
}

// next returns the fault that strikes this call, or a harmless one.
func (f *Faults) next(route string) RESTFault {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, a := range f.list {
		if a.Route != "" && a.Route != route {
			continue
		}
		a.seen++
		switch {
		case a.Nth > 0 && a.seen != a.Nth,
			a.Times > 0 && a.hits >= a.Times,
			a.Chance > 0 && f.random.Float64() >= a.Chance:
			continue
		}
		a.hits++
		return a.RESTFault
	}
	return RESTFault{}
}

// waiting returns the wait that an earlier 429 asked for and that is not over.
func (d *Discord) waiting(c *call) *bucket {
	d.Faults.mu.Lock()
	defer d.Faults.mu.Unlock()
	keys := []string{c.Route + c.major()}
	if !isInteraction(c.Route) {
		keys = append(keys, "")
	}
	i := slices.IndexFunc(keys, func(key string) bool {
		b := d.Faults.waits[key]
		return b != nil && b.reset.After(d.Clock.Now())
	})
	if i < 0 {
		return nil
	}
	return d.Faults.waits[keys[i]]
}

// replyFault is the answer that the fault puts in place of the good one.
func (d *Discord) replyFault(c *call, f RESTFault) reply {
	status, code, message := f.Status, f.Code, f.Message
	if status == 0 {
		status = 200
	}
	if message == "" {
		message = http.StatusText(status)
	}
	refused := &apiError{status: status, code: code, message: message}
	if status == 429 {
		refused.wait, refused.scope = max(f.RetryAfter, time.Millisecond), or(f.Scope, "user")
		key := c.Route + c.major()
		if refused.scope == "global" {
			key = ""
		}
		d.Faults.mu.Lock()
		d.Faults.waits[key] = &bucket{scope: refused.scope, reset: d.Clock.Now().Add(refused.wait), told: true, toldAt: time.Now()}
		d.Faults.mu.Unlock()
	}
	got := d.reply(c, answer{}, refused)
	if f.Body != "" {
		got.body = []byte(f.Body)
		got.header = http.Header{"Content-Type": {"text/html; charset=UTF-8"}}
		if status == 429 {
			got.header.Set("Retry-After", refused.header("Retry-After"))
		}
	}
	return got
}

func (e *apiError) header(name string) string {
	h := http.Header{}
	e.limitHeaders(h)
	return h.Get(name)
}
