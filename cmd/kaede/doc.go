// Kaede answers questions about Canada-Japan relations, word for word from its sources or not at all.
//
// Package main is the wiring: flags, environment, kaede.yaml, signals and the terminal. It knows nothing about the subject; package bot
// does. Each command has a file of its own and a line in commands.go; run is the whole program, for tests too.
//
// Scripts rely on the exit statuses: 0 answered or done, 1 an error, 2 a mistake in the call or the configuration, whose field is named,
// 3 an honest "my sources don't say", or a message that asks nothing. Answers go to standard output, all else to standard error. Output that
// cannot be written is an error; a reader that has enough ends the program silently.
//
// Configuration is resolved once, before a command starts: a flag wins over the environment, which wins over kaede.yaml. Interrupts,
// SIGTERM and SIGHUP end the context of the command, which then removes what it made for itself, such as a temporary index.
package main
