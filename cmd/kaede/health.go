package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// healthCommand asks a running serve how it is, for containers that have no other program to ask with.
func (p *program) healthCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "health",
		GroupID: groupSelf,
		Short:   "Ask a running serve whether it is ready",
		Long: `Health asks the serve at --http whether it is ready: connected to Discord, with a
corpus open. The exit status is 0 if it is and 1 if it is not, or not there.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			address := p.config.serving.http
			if host, port, err := net.SplitHostPort(address); err != nil {
				return usagef("--http: health needs the address of the serve to ask")
			} else if host == "" || host == "0.0.0.0" || host == "::" {
				address = net.JoinHostPort("127.0.0.1", port)
			}
			ask, err := http.NewRequestWithContext(c.Context(), http.MethodGet, "http://"+address+"/healthz", nil)
			if err != nil {
				return usagef("--http: %w", err)
			}
			client := http.Client{Timeout: 3 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
			answer, err := client.Do(ask)
			if err != nil {
				return fmt.Errorf("nothing answers: %w", err)
			}
			defer answer.Body.Close()
			text, err := io.ReadAll(io.LimitReader(answer.Body, 4<<10))
			if err != nil {
				return fmt.Errorf("read the answer: %w", err)
			}
			fmt.Fprintln(p.out, strings.TrimSpace(string(text)))
			if answer.StatusCode != http.StatusOK {
				return errReported
			}
			return nil
		},
	}
}
