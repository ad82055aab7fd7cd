// Package discordtest is a strict Discord in the test process: REST and gateway on one loopback port, a world of servers,
// channels and people, and a test side that acts as people do. It knows nothing of Kaede; tests only.
//
// # Use
//
//	d := discordtest.New(t, discordtest.Options{})
//	home := d.AddGuild("home")
//	talk := d.AddChannel(home.ID, "talk")
//	aki := d.AddUser("aki", "ja")
//	d.AddMember(home.ID, aki.ID)
//	// start the bot by d.Go, with d.Transport() as its HTTP transport, d.Token() as its token and d.Clock as its clock; then
//	q := d.UserSays(talk.ID, aki.ID, d.Mention()+" since when?")
//	answer := d.WaitMessage("the answer", talk.ID, func(m Message) bool { return m.RepliesTo == q.ID })
//
// The bot's gateway address follows from GET /gateway and GET /gateway/bot, or from GatewayURL.
//
// # Strictness
//
// What Discord forbids fails the test (t.Errorf, or Options.Report), besides the error that Discord would answer: unknown
// routes, limits of messages, components, modals and commands, the rules of interactions, permissions, rate limits, the
// order and pace of the gateway, the form of User-Agent and presence. Two house rules are checked like Discord's own: every message, callback, followup and edit
// that carries words carries allowed_mentions with an empty parse list and pings nobody; and the bot's token is seen only
// in the Authorization header, IDENTIFY and RESUME, an interaction's token only in a path. An ordinary refusal is not a
// breach (404 for a message that a person deleted, a 429 or 500 that the test asked for). Options.Tolerate names error codes
// that a test provokes on purpose. A bot that starts anew within a test is announced by Gateway.NewProcess, or its IDENTIFY
// counts as one where RESUME was possible.
//
// Where shared/discord/openapi.json lies in a directory above the working directory, every request body and every answer
// is checked against it as well; where it does not, one log line says so.
//
// # Time
//
// Nothing sleeps. All rules of time (3 s and 15 min of an interaction, heartbeats, rate limits, 120 sends a minute, the life
// of a session) are judged by Discord.Clock, which stands still until Advance moves it. Give it to the bot too, so that its
// heartbeats and waits follow. Advance stops at each heartbeat that is due until it has come (at most one second of real
// time), so a test may advance by an hour at once. A client that keeps real time wants Options.Wall, and Options.Heartbeat
// as short as the test needs. Rate limits are counted only where Options.Limits names them, because a clock that stands still
// never refills a bucket; DiscordLimits has Discord's usual ones.
//
// # Concurrency
//
// Every method may be called from many goroutines; those that take a what, and user actions on things that do not exist, end
// the test with t.Fatalf and so belong to the test's own goroutine. Values returned are copies. A Discord has no state
// outside itself, so tests may run in parallel; Forget keeps a long one small. When the test ends it closes itself and reports what the bot has left: gateway
// connections, requests under way and, of a bot that Go has started, goroutines. Stop the bot before the test ends, or in a
// t.Cleanup registered after New.
package discordtest
