// Package discord is Kaede on Discord: it hears questions over the gateway, asks package bot, and shows the replies within
// Discord's limits. It is the only room that imports discordgo, for its types; the gateway loop is our own, in package gateway,
// and so are the few REST calls, in rest.go.
//
// A [Server] is set up by its fields, made ready by Init and run once by [Server.Run], which blocks until its context ends and
// then finishes what it is answering. It returns a *FatalError when Discord refuses for good, and nil otherwise. Ready,
// Invite and Install may be called from any goroutine.
//
// # Who does what
//
//	discord.go       the server, from connecting to draining
//	ask.go           questions in channels and direct messages; answers follow edits and deletions
//	interactions.go  commands, buttons and suggestions; what is slow is deferred
//	commands.go      the commands as they are registered
//	moderate.go      /corpus, for moderators of the home servers
//	render.go        replies as messages, in three languages
//	custom.go        what a button knows
//	message.go       messages as Discord wants them
//	escape.go        what others wrote, made harmless
//	rest.go          Discord's HTTP API with its rate limits
//	queue.go, pace.go, lru.go, metrics.go
//
// # Promises
//
// It speaks only when spoken to, never to bots, webhooks or itself. It pings nobody. One question gets one reply, also when
// Discord fails after having done the work: messages carry a nonce that Discord enforces, and what cannot be repeated is not.
// Nothing that a person wrote comes back as markdown, mention or link.
//
// A button's id holds all that the button needs: any process answers it, after a restart and after a refresh. Sentences are
// named by a hash of their words, so a button never shows another sentence than it was made for.
//
// What is remembered is bounded, and losing it costs little: the last 10,000 exchanges (from which edits, deletions and
// follow-ups are served; older ones are found in the channel), who asked how much lately, events seen. Questions are in memory
// only, for a day at most.
//
// Events come on the gateway's goroutine and are queued, a lane for each channel, so that question, edit and deletion are
// followed in order. The queue holds Server.Queue questions; beyond that the oldest is dropped, counted and excused.
//
// # Buttons
//
// See [customID] in custom.go for the form: k1:OP:LANGUAGE:PAGE:ARGUMENTS.
package discord
