package discordtest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"kaede/bot/discord/discordtest"
)

func said(s string) m { return m{"content": s, "allowed_mentions": silent()} }

func (w *world) path() string { return "/channels/" + w.talk.ID + "/messages" }

const sends = "POST /channels/{channel_id}/messages"

func TestUnknownRouteIsBreach(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{})
	w.want(t, "GET", "/guilds/"+w.home.ID+"/secrets", nil, 404, 0)
	w.report.want(t, "404: Not Found")
	w.want(t, "GET", "/channels/talk", nil, 404, 0)
	w.report.want(t, "404: Not Found")
}

func TestOrdinaryRefusalsAreNoBreach(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{})
	w.want(t, "GET", "/channels/1", nil, 404, 10003)
	w.want(t, "GET", "/guilds/1", nil, 404, 10004)
	w.want(t, "GET", w.path()+"/1", nil, 404, 10008)
	w.want(t, "DELETE", w.path()+"/1", nil, 404, 10008)
	w.want(t, "GET", "/users/1", nil, 404, 10013)
	w.want(t, "DELETE", "/applications/"+w.ApplicationID()+"/commands/1", nil, 404, 10063)
	gone := m{"content": "x", "allowed_mentions": silent(), "message_reference": m{"message_id": "1"}}
	w.want(t, "POST", w.path(), gone, 400, 50035)
	gone["message_reference"] = m{"message_id": "1", "fail_if_not_exists": false}
	w.want(t, "POST", w.path(), gone, 200, 0)
	old := w.Token()
	w.ResetToken()
	r, err := http.NewRequest("GET", "https://discord.com/api/v10/users/@me", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header = http.Header{"Authorization": {"Bot " + old}, "User-Agent": {"DiscordBot (https://example.org, 1)"}}
	resp, err := w.http.Do(r)
	if err != nil || resp.StatusCode != 401 {
		t.Fatalf("%v %v", resp, err)
	}
	resp.Body.Close()
	if w.InvalidRequests() != 1 {
		t.Errorf("%d invalid requests", w.InvalidRequests())
	}
}

// TestReads asks for everything that can be read; the OpenAPI document judges the answers.
func TestReads(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{Intents: 1 << 15})
	w.AddRole(w.home.ID, "moderators", discordtest.ManageGuild)
	thread := w.AddThread(w.talk.ID, "thread")
	var ids []string
	for i := range 5 {
		ids = append(ids, w.UserSays(w.talk.ID, w.aki.ID, fmt.Sprint(i), discordtest.Say{Files: []discordtest.File{{Name: "x.txt", Content: []byte("x")}}}).ID)
	}
	w.UserReacts(ids[0], w.aki.ID, "👍")
	dm := w.want(t, "POST", "/users/@me/channels", m{"recipient_id": w.aki.ID}, 200, 0)
	for _, path := range []string{"/gateway", "/gateway/bot", "/users/@me", "/users/" + w.aki.ID, "/applications/@me", "/oauth2/applications/@me",
		"/channels/" + w.talk.ID, "/channels/" + thread.ID, "/channels/" + dm["id"].(string), "/guilds/" + w.home.ID, "/guilds/" + w.home.ID + "/channels",
		"/guilds/" + w.home.ID + "/roles", "/guilds/" + w.home.ID + "/threads/active", "/guilds/" + w.home.ID + "/members/" + w.aki.ID,
		w.path() + "/" + ids[0], w.path() + "/" + ids[0] + "/reactions/%F0%9F%91%8D", "/applications/" + w.ApplicationID() + "/commands"} {
		w.want(t, "GET", path, nil, 200, 0)
	}
	for query, want := range map[string]string{"": "43210", "?limit=2": "43", "?before=" + ids[2]: "10", "?after=" + ids[2] + "&limit=1": "3",
		"?around=" + ids[2] + "&limit=3": "321"} {
		resp, _ := w.do(t, "GET", w.path()+query, nil)
		requests := w.Requests()
		var list []struct{ Content string }
		if err := json.Unmarshal(requests[len(requests)-1].Answer, &list); err != nil || resp.StatusCode != 200 {
			t.Fatal(err)
		}
		got := ""
		for _, one := range list {
			got += one.Content
		}
		if got != want {
			t.Errorf("messages%s: %s, want %s", query, got, want)
		}
	}
	w.want(t, "GET", w.path()+"?limit=101", nil, 400, 50035)
	w.report.want(t, "limit")
}

func TestWrites(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{})
	id := func(answer m) string { return answer["id"].(string) }
	first := id(w.want(t, "POST", w.path(), said("one"), 200, 0))
	w.want(t, "POST", "/channels/"+w.talk.ID+"/typing", nil, 204, 0)
	w.want(t, "PUT", w.path()+"/"+first+"/reactions/%F0%9F%91%8D/@me", nil, 204, 0)
	w.want(t, "DELETE", w.path()+"/"+first+"/reactions/%F0%9F%91%8D/@me", nil, 204, 0)
	w.want(t, "PATCH", w.path()+"/"+first, said("uno"), 200, 0)
	thread := id(w.want(t, "POST", w.path()+"/"+first+"/threads", m{"name": "more"}, 201, 0))
	w.want(t, "POST", "/channels/"+thread+"/messages", said("in it"), 200, 0)
	w.want(t, "POST", w.path()+"/"+first+"/threads", m{"name": "more"}, 400, 160004)
	w.report.want(t, "160004")
	twice := m{"content": "x", "allowed_mentions": silent(), "nonce": "7", "enforce_nonce": true}
	if a, b := id(w.want(t, "POST", w.path(), twice, 200, 0)), id(w.want(t, "POST", w.path(), twice, 200, 0)); a != b {
		t.Error("an enforced nonce did not hold back the double")
	}
	w.want(t, "DELETE", w.path()+"/"+first, nil, 204, 0)
	if got := w.Messages(w.talk.ID); len(got) != 1 || got[0].Content != "x" {
		t.Errorf("messages %+v", got)
	}
	foreign := w.UserSays(w.talk.ID, w.aki.ID, "mine")
	w.want(t, "PATCH", w.path()+"/"+foreign.ID, said("y"), 403, 50005)
	w.report.want(t, "50005")
	w.want(t, "POST", w.path(), "{", 400, 50109)
	w.report.want(t, "50109")
	if n := len(w.RequestsTo(sends)); n != 5 {
		t.Errorf("%d requests to %s", n, sends)
	}
}

func TestUploads(t *testing.T) {
	t.Parallel()
	upload := func(w *world, name string, content []byte) (int, error) {
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		form.WriteField("payload_json", `{"content":"x","allowed_mentions":{"parse":[]},"attachments":[{"id":"0","description":"alt text"}]}`)
		part, err := form.CreateFormFile("files[0]", name)
		if err != nil {
			return 0, err
		}
		part.Write(content)
		form.Close()
		r, err := http.NewRequest("POST", "https://discord.com/api/v10"+w.path(), &body)
		if err != nil {
			return 0, err
		}
		r.Header = http.Header{"Content-Type": {form.FormDataContentType()}, "Authorization": {"Bot " + w.Token()}, "User-Agent": {"DiscordBot (https://example.org, 1)"}}
		resp, err := w.http.Do(r)
		if err != nil {
			return 0, err
		}
		return resp.StatusCode, resp.Body.Close()
	}
	w := newWorld(t, discordtest.Options{MaxUpload: 100})
	if status, err := upload(w, "chart one.png", []byte("data")); status != 200 || err != nil {
		t.Fatal(status, err)
	}
	a := w.WaitMessage("the file", w.talk.ID, nil).Attachments[0]
	if a.Filename != "chart_one.png" || a.Description != "alt text" {
		t.Errorf("attachment %+v", a)
	}
	w.Clock.Advance(25 * time.Hour)
	resp, err := w.http.Get(a.URL)
	if err != nil || resp.StatusCode != 404 {
		t.Errorf("an expired link: %v %v", resp, err)
	}
	resp.Body.Close()
	if status, err := upload(w, "large", bytes.Repeat([]byte("x"), 101)); status != 413 || err != nil {
		t.Error(status, err)
	}
	w.report.want(t, "40005")
}

func TestPermissions(t *testing.T) {
	t.Parallel()
	embed := m{"embeds": []m{{"title": "t"}}, "allowed_mentions": silent()}
	for _, test := range []struct {
		name string
		deny int64
		body m
		code int
	}{
		{"unseen", discordtest.ViewChannel, said("x"), 50001},
		{"mute", discordtest.SendMessages, said("x"), 50013},
		{"no embeds", discordtest.EmbedLinks, embed, 50013},
		{"no history", discordtest.ReadMessageHistory, m{"content": "x", "allowed_mentions": silent(), "message_reference": m{"message_id": "1"}}, 160002},
		{"no reactions", discordtest.AddReactions, said("x"), 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, discordtest.Options{})
			w.Overwrite(w.talk.ID, w.home.ID, 0, test.deny)
			if test.code == 0 {
				w.want(t, "POST", w.path(), test.body, 200, 0)
				q := w.UserSays(w.talk.ID, w.aki.ID, "x")
				w.want(t, "PUT", w.path()+"/"+q.ID+"/reactions/x/@me", nil, 403, 50013)
				w.report.want(t, "50013")
				return
			}
			w.want(t, "POST", w.path(), test.body, 403, test.code)
			w.report.want(t, fmt.Sprint(test.code))
		})
	}
	t.Run("order of overwrites", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, discordtest.Options{Tolerate: []int{50013}})
		may := func(want bool, why string) {
			t.Helper()
			if got := w.Permissions(w.talk.ID, w.BotUser().ID)&discordtest.SendMessages != 0; got != want {
				t.Errorf("%s: may send is %v", why, got)
			}
		}
		a, b := w.AddRole(w.home.ID, "a", 0), w.AddRole(w.home.ID, "b", 0)
		w.AddMember(w.home.ID, w.BotUser().ID, a.ID, b.ID)
		w.Overwrite(w.talk.ID, w.home.ID, 0, discordtest.SendMessages)
		may(false, "denied to everyone")
		w.want(t, "POST", w.path(), said("x"), 403, 50013) // tolerated
		w.Overwrite(w.talk.ID, a.ID, discordtest.SendMessages, 0)
		w.Overwrite(w.talk.ID, b.ID, 0, discordtest.SendMessages)
		may(true, "of two roles the one that allows wins")
		w.Overwrite(w.talk.ID, w.BotUser().ID, 0, discordtest.SendMessages)
		may(false, "the member's own comes last")
		w.SetRole(w.home.ID, b.ID, discordtest.Administrator)
		may(true, "an administrator may all")
		w.SetRole(w.home.ID, b.ID, 0)
		w.Overwrite(w.talk.ID, w.BotUser().ID, discordtest.SendMessages, 0)
		w.TimeOut(w.home.ID, w.BotUser().ID, w.Clock.Now().Add(time.Hour))
		may(false, "timed out")
		w.Clock.Advance(time.Hour)
		may(true, "after the time-out")
	})
	t.Run("threads", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, discordtest.Options{})
		thread := w.AddThread(w.talk.ID, "thread")
		w.Overwrite(w.talk.ID, w.home.ID, 0, discordtest.SendMessages)
		w.want(t, "POST", "/channels/"+thread.ID+"/messages", said("x"), 200, 0)
		w.SetThread(thread.ID, true, true)
		w.want(t, "POST", "/channels/"+thread.ID+"/messages", said("x"), 403, 50083)
		w.report.want(t, "50083")
		w.SetThread(thread.ID, false, false)
		w.Overwrite(w.talk.ID, w.home.ID, 0, discordtest.SendMessagesInThreads)
		w.want(t, "POST", "/channels/"+thread.ID+"/messages", said("x"), 403, 50013)
		w.report.want(t, "50013")
	})
	t.Run("others' messages", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, discordtest.Options{})
		q := w.UserSays(w.talk.ID, w.aki.ID, "x")
		w.want(t, "DELETE", w.path()+"/"+q.ID, nil, 403, 50013)
		w.report.want(t, "50013")
		w.Overwrite(w.talk.ID, w.BotUser().ID, discordtest.ManageMessages, 0)
		w.want(t, "DELETE", w.path()+"/"+q.ID, nil, 204, 0)
	})
}

// Where the bot may speak besides text channels, and what it hears there.
func TestKindsOfChannels(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{})
	s, _ := w.start(t)
	post := func(c discordtest.Channel, status, code int) {
		t.Helper()
		w.want(t, "POST", "/channels/"+c.ID+"/messages", said("x"), status, code)
	}
	voice := w.AddChannelWith(discordtest.Channel{GuildID: w.home.ID, Name: "voice", Type: discordtest.GuildVoice})
	forum := w.AddChannelWith(discordtest.Channel{GuildID: w.home.ID, Name: "forum", Type: discordtest.GuildForum})
	s.wait(0, "CHANNEL_CREATE")
	if got := s.wait(0, "CHANNEL_CREATE"); got.D["type"] != 15.0 {
		t.Errorf("a forum comes as %v", got.D)
	}
	post(voice, 200, 0)
	thread, first := w.UserPosts(forum.ID, w.aki.ID, "a post", "its words")
	if s.wait(0, "THREAD_CREATE"); first.ID != thread.ID {
		t.Errorf("the first message of post %s is %s", thread.ID, first.ID)
	}
	post(thread, 200, 0)
	in := w.AddPrivateThread(w.talk.ID, "with the bot", w.aki.ID, w.BotUser().ID)
	out := w.AddPrivateThread(w.talk.ID, "without the bot", w.aki.ID)
	w.UserSays(out.ID, w.aki.ID, "unheard")
	w.UserSays(in.ID, w.aki.ID, "heard")
	if got := s.wait(0, "THREAD_CREATE"); got.D["id"] != in.ID {
		t.Errorf("created %v", got.D)
	}
	if got := s.wait(0, "MESSAGE_CREATE"); got.D["channel_id"] != in.ID {
		t.Errorf("heard %v", got.D)
	}
	post(in, 200, 0)
	w.report.want(t, "")
	post(out, 403, 50001)
	w.report.want(t, "Missing Access")
	post(forum, 400, 50008)
	w.report.want(t, "non-text")
	w.Overwrite(voice.ID, w.BotUser().ID, 0, discordtest.Connect)
	post(voice, 403, 50001)
	w.report.want(t, "Missing Access")
}

func TestRateLimits(t *testing.T) {
	t.Parallel()
	t.Run("of a channel", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, discordtest.Options{Limits: discordtest.DiscordLimits()})
		for left := 4; left >= 0; left-- {
			resp, _ := w.do(t, "POST", w.path(), said("x"))
			h := resp.Header
			if h.Get("X-RateLimit-Limit") != "5" || h.Get("X-RateLimit-Remaining") != fmt.Sprint(left) || h.Get("X-RateLimit-Reset-After") != "5.000" || h.Get("X-RateLimit-Bucket") == "" {
				t.Errorf("headers %v", h)
			}
		}
		other := w.AddChannel(w.home.ID, "other")
		w.want(t, "POST", "/channels/"+other.ID+"/messages", said("x"), 200, 0)
		w.report.want(t, "")
		resp, answer := w.do(t, "POST", w.path(), said("x"))
		if resp.StatusCode != 429 || answer["retry_after"] != 5.0 || answer["global"] != false || resp.Header.Get("Retry-After") != "5" || resp.Header.Get("X-RateLimit-Scope") != "user" {
			t.Errorf("%v %v", resp.Header, answer)
		}
		w.report.want(t, "before its rate limit allows it")
		w.Clock.Advance(5 * time.Second)
		w.want(t, "POST", w.path(), said("x"), 200, 0)
	})
	t.Run("global", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, discordtest.Options{Limits: discordtest.DiscordLimits()[:1]})
		register(t, w)
		for range 49 {
			w.want(t, "GET", "/users/@me", nil, 200, 0)
		}
		resp, answer := w.do(t, "GET", "/users/@me", nil)
		if resp.StatusCode != 429 || answer["global"] != true || resp.Header.Get("X-RateLimit-Global") != "true" || resp.Header.Get("X-RateLimit-Limit") != "" {
			t.Errorf("%v %v", resp.Header, answer)
		}
		i := w.Invoke(w.talk.ID, w.aki.ID, "ask", map[string]any{"question": "when?"})
		w.want(t, "POST", callback(i), m{"type": 5}, 204, 0)
		w.report.want(t, "")
		for range 11 {
			w.do(t, "GET", "/users/@me", nil)
		}
		w.report.drop("before its rate limit allows it")
		w.Clock.Advance(time.Second)
		w.want(t, "GET", "/users/@me", nil, 200, 0)
	})
	t.Run("two routes in one bucket", func(t *testing.T) {
		t.Parallel()
		const typing = "POST /channels/{channel_id}/typing"
		w := newWorld(t, discordtest.Options{Limits: []discordtest.Limit{{Routes: []string{sends, typing}, Calls: 1, Per: time.Second}}})
		first, _ := w.do(t, "POST", w.path(), said("x"))
		second, _ := w.do(t, "POST", "/channels/"+w.talk.ID+"/typing", nil)
		if second.StatusCode != 429 || first.Header.Get("X-RateLimit-Bucket") != second.Header.Get("X-RateLimit-Bucket") {
			t.Errorf("%d, buckets %q and %q", second.StatusCode, first.Header.Get("X-RateLimit-Bucket"), second.Header.Get("X-RateLimit-Bucket"))
		}
		w.report.want(t, "before its rate limit allows it")
	})
}

func TestRESTFaults(t *testing.T) {
	t.Parallel()
	type fault = discordtest.RESTFault
	t.Run("429s", func(t *testing.T) {
		t.Parallel()
		for _, scope := range []string{"user", "shared", "global"} {
			w := newWorld(t, discordtest.Options{})
			w.Faults.Add(fault{Route: sends, Nth: 1, Status: 429, RetryAfter: 2500 * time.Millisecond, Scope: scope})
			resp, answer := w.do(t, "POST", w.path(), said("x"))
			if resp.StatusCode != 429 || answer["retry_after"] != 2.5 || answer["global"] != (scope == "global") || resp.Header.Get("X-RateLimit-Scope") != scope || resp.Header.Get("Retry-After") != "3" {
				t.Errorf("%s: %d %v %v", scope, resp.StatusCode, resp.Header, answer)
			}
			resp, _ = w.do(t, "GET", "/users/@me", nil)
			if held := resp.StatusCode == 429; held != (scope == "global") {
				t.Errorf("%s: another route is answered %d", scope, resp.StatusCode)
			}
			w.Clock.Advance(2500 * time.Millisecond)
			w.want(t, "POST", w.path(), said("x"), 200, 0)
			w.report.drop("before its rate limit allows it")
		}
	})
	t.Run("impatience", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, discordtest.Options{})
		w.Faults.Add(fault{Route: sends, Nth: 1, Status: 429, RetryAfter: time.Second})
		for range 12 {
			w.do(t, "POST", w.path(), said("x"))
		}
		w.report.mu.Lock()
		if len(w.report.list) == 0 {
			t.Error("twelve calls during a wait are no breach")
		}
		w.report.list = nil
		w.report.mu.Unlock()
	})
	t.Run("HTML", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, discordtest.Options{})
		w.Faults.Add(fault{Status: 429, Body: discordtest.CloudflareBody, RetryAfter: time.Minute, Times: 1})
		resp, _ := w.do(t, "POST", w.path(), said("x"))
		if resp.StatusCode != 429 || !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") || resp.Header.Get("Retry-After") != "60" || resp.Header.Get("X-RateLimit-Limit") != "" {
			t.Errorf("%d %v", resp.StatusCode, resp.Header)
		}
	})
	t.Run("before and after the work", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, discordtest.Options{})
		w.Faults.Add(fault{Route: sends, Nth: 1, Status: 503})
		w.Faults.Add(fault{Route: sends, Nth: 1, Status: 502, After: true})
		w.want(t, "POST", w.path(), said("one"), 503, 0)
		w.want(t, "POST", w.path(), said("two"), 502, 0)
		w.want(t, "POST", w.path(), said("three"), 200, 0)
		var got []string
		for _, one := range w.Messages(w.talk.ID) {
			got = append(got, one.Content)
		}
		if fmt.Sprint(got) != "[two three]" {
			t.Errorf("messages %v", got)
		}
	})
	t.Run("by chance", func(t *testing.T) {
		t.Parallel()
		run := func(seed int64) (pattern string) {
			w := newWorld(t, discordtest.Options{Seed: seed})
			w.Faults.Add(fault{Status: 500, Chance: .5})
			for range 20 {
				resp, _ := w.do(t, "GET", "/users/@me", nil)
				pattern += fmt.Sprint(resp.StatusCode/100, " ")
			}
			return pattern
		}
		one := run(1)
		if one != run(1) || one == run(2) || !strings.Contains(one, "2") || !strings.Contains(one, "5") {
			t.Errorf("chance is not by the seed: %s", one)
		}
	})
	t.Run("wrong type, cut and held", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, discordtest.Options{})
		w.Faults.Add(fault{Nth: 1, ContentType: "text/plain"})
		if resp, _ := w.do(t, "GET", "/users/@me", nil); resp.Header.Get("Content-Type") != "text/plain" {
			t.Errorf("content type %q", resp.Header.Get("Content-Type"))
		}
		w.Faults.Clear()
		get := func() (int, error) {
			r, err := http.NewRequest("GET", "https://discord.com/api/v10/users/@me", nil)
			if err != nil {
				return 0, err
			}
			r.Header = http.Header{"Authorization": {"Bot " + w.Token()}, "User-Agent": {"DiscordBot (https://example.org, 1)"}}
			resp, err := w.http.Do(r)
			if err != nil {
				return 0, err
			}
			defer resp.Body.Close()
			_, err = io.ReadAll(resp.Body)
			return resp.StatusCode, err
		}
		w.Faults.Add(fault{Nth: 1, Cut: true})
		if _, err := get(); err == nil {
			t.Error("a cut body reads without error")
		}
		w.Faults.Clear()
		header, body := make(chan struct{}), make(chan struct{})
		w.Faults.Add(fault{Nth: 1, Hold: header, HoldBody: body})
		done := make(chan error)
		go func() {
			_, err := get()
			done <- err
		}()
		n := len(w.Requests())
		w.WaitFor("the request", func() bool { return len(w.Requests()) >= max(n, 3) })
		close(header)
		w.WaitFor("the answer", func() bool { r := w.Requests(); return r[len(r)-1].Status == 200 })
		select {
		case err := <-done:
			t.Errorf("the body came although it is held: %v", err)
		default:
		}
		close(body)
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func TestTransportAndTokens(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{})
	if resp, err := w.http.Get("https://example.org/"); err == nil {
		resp.Body.Close()
		t.Error("a request to another host goes through")
	}
	w.report.want(t, "example.org")
	w.want(t, "POST", w.path(), said("my token is "+w.Token()), 200, 0)
	w.report.want(t, "holds the bot's token")
	register(t, w)
	i := w.Invoke(w.talk.ID, w.aki.ID, "ask", map[string]any{"question": "when?"})
	w.CheckNoTokens("the log", "answering "+i.Token)
	w.report.want(t, "the log holds the token of interaction")
	w.CheckNoTokens("the log", "answering")
	for _, agent := range []string{"", "curl/8", "DiscordBot (kaede, 1)", "DiscordBot (https://example.org)"} {
		r, err := http.NewRequest("GET", w.URL()+"/api/v9/users/@me", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header = http.Header{"Authorization": {"Bot " + w.Token()}, "User-Agent": {agent}}
		resp, err := w.http.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		w.report.want(t, "User-Agent")
	}
	old := w.Token()
	w.ResetToken()
	w.CheckNoTokens("the log", "began with "+old)
	w.report.want(t, "the log holds the bot's token")
}

// TestSpecJudgesRequests sends what the rules of the fake let pass but Discord's description does not.
func TestSpecJudgesRequests(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{})
	if spec(t) == nil {
		t.Skip("no openapi.json here")
	}
	w.want(t, "POST", w.path(), m{"content": "x", "allowed_mentions": silent(), "sticker_ids": []string{"x"}}, 200, 0)
	w.report.want(t, "not as Discord describes it")
	w.want(t, "POST", w.path(), m{"content": "x", "allowed_mentions": silent(), "tts": "loud"}, 200, 0)
	w.report.want(t, "not as Discord describes it")
}

func TestParallelWorlds(t *testing.T) {
	t.Parallel()
	one, two := newWorld(t, discordtest.Options{}), newWorld(t, discordtest.Options{})
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() { one.UserSays(one.talk.ID, one.aki.ID, "x") })
		all.Go(func() { two.UserSays(two.talk.ID, two.aki.ID, "x") })
	}
	all.Wait()
	if a, b := len(one.Messages(one.talk.ID)), len(two.Messages(two.talk.ID)); a != 20 || b != 20 {
		t.Errorf("%d and %d messages", a, b)
	}
}

// TestLeftOver ends a Discord inside the test, while something of the bot still goes on.
func TestLeftOver(t *testing.T) {
	t.Parallel()
	var ws *websocket.Conn
	hold := make(chan struct{})
	for breach, start := range map[string]func(*testing.T, *discordtest.Discord){
		"1 gateway connections are left open": func(t *testing.T, d *discordtest.Discord) {
			var err error
			if ws, _, err = websocket.DefaultDialer.Dial(d.GatewayURL()+"?v=10&encoding=json", nil); err != nil {
				t.Fatal(err)
			}
			d.WaitFor("the connection", func() bool { return d.Gateway.Connections() == 1 })
		},
		"1 requests are under way": func(t *testing.T, d *discordtest.Discord) {
			d.Faults.Add(discordtest.RESTFault{Hold: hold})
			go http.Get(d.URL() + "/api/v10/gateway")
			d.WaitFor("the request", func() bool { return len(d.Requests()) == 1 })
		},
		"goroutines are left over": func(t *testing.T, d *discordtest.Discord) {
			started := make(chan struct{})
			d.Go(func() {
				go func() { // of one that has ended itself
					close(started)
					<-hold
				}()
			})
			<-started
		},
	} {
		var r report
		t.Run(breach, func(t *testing.T) {
			// Patience must outlast what is done above.
			start(t, discordtest.New(t, discordtest.Options{Report: r.add, Spec: spec(t), Patience: time.Second}))
		})
		r.drop("User-Agent")
		r.want(t, breach)
	}
	ws.Close()
	close(hold)
}

// TestWithoutSpec runs where no openapi.json is found.
func TestWithoutSpec(t *testing.T) {
	t.Chdir("/") // above which there is nothing to look through
	if s, err := discordtest.FindSpec(); s != nil || err != nil {
		t.Fatalf("FindSpec: %v %v", s, err)
	}
	d := discordtest.New(t, discordtest.Options{})
	w := &world{Discord: d, http: &http.Client{Transport: d.Transport()}}
	w.want(t, "GET", "/users/@me", nil, 200, 0)
}

func BenchmarkSend(b *testing.B) {
	d := discordtest.New(b, discordtest.Options{})
	talk := d.AddChannel(d.AddGuild("home").ID, "talk")
	client := &http.Client{Transport: d.Transport()}
	for b.Loop() {
		r, err := http.NewRequest("POST", d.URL()+"/api/v10/channels/"+talk.ID+"/messages", strings.NewReader(`{"content":"x","allowed_mentions":{"parse":[]}}`))
		if err != nil {
			b.Fatal(err)
		}
		r.Header = http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bot " + d.Token()}, "User-Agent": {"DiscordBot (https://example.org, 1)"}}
		resp, err := client.Do(r)
		if err != nil || resp.StatusCode != 200 {
			b.Fatal(resp, err)
		}
		io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}
}
