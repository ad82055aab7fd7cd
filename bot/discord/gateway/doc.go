// Package gateway keeps one shard connected to Discord's gateway and hands on what it hears.
//
// [Gateway.Run] blocks until its context ends (nil) or Discord refuses for good (a *[FatalError]: wrong token, missing
// intent, wrong shard). Everything else it survives: it resumes on the resume address, identifies anew where it must, and waits
// between attempts with growing, jittered pauses. It sends a close code that keeps the session whenever it wants to resume,
// also at the end, so that the next connection may.
//
// Handle is called on the reading goroutine, one event after another in the order of arrival, and must not block. An event
// that Discord sends twice after a resume is handed on twice. Events come as discordgo's types; a part of one that those types
// cannot hold is left out and logged, and an event of which nothing usable is left is skipped. A Handle that panics is logged
// and loses that event alone. Nothing that the other side sends ends the process.
//
// Bounds: 16 MiB a payload, before and after decompression; 30 s from dialling to READY; one heartbeat interval of silence;
// 60 payloads at once and one a second sent on request, which stays below Discord's 120 in 60 s.
package gateway
