package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"aegis/scripts/internal/cli"
	"aegis/shared/local/functions"
)

// envelope is the answer of a function that HTTP asked.
type envelope struct {
	StatusCode int    `json:"statusCode"`
	Body       string `json:"body"`
}

// show prints the answer's body, and its status, if it has one, where people look for
// it. A function that failed and a status of 400 or more are an error.
func (c *command) show(std cli.IO, result functions.Result) error {
	if result.ErrorType != "" {
		return fmt.Errorf("%s: %s", result.ErrorType, cli.Clean(string(result.Payload)))
	}
	var answer envelope
	if err := json.Unmarshal(result.Payload, &answer); err != nil || answer.StatusCode == 0 {
		answer = envelope{Body: string(result.Payload)} // no HTTP asked for it
	}
	if c.JSON {
		cli.Printer{Out: std.Out, JSON: true}.Say([]cli.Field{
			{Name: "status", Value: answer.StatusCode}, {Name: "milliseconds", Value: float64(result.Duration) / 1e6},
			{Name: "memory MB", Value: result.MemoryMB}, {Name: "body", Value: answer.Body},
		}, "")
	} else {
		answer.print(std, result)
	}
	if answer.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("the function answered HTTP %d", answer.StatusCode)
	}
	return nil
}

func (e envelope) print(std cli.IO, result functions.Result) {
	took := fmt.Sprintf("in %s, %d MB", result.Duration.Round(10*time.Microsecond), result.MemoryMB)
	if e.StatusCode != 0 {
		took = fmt.Sprintf("HTTP %d %s", e.StatusCode, took)
	}
	fmt.Fprintln(std.Err, took)

	body := e.Body
	if cli.IsTerminal(std.Out) {
		body = cli.CleanLines(body)
	}
	fmt.Fprintln(std.Out, body)
}
