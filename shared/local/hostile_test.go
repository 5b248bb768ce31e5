package local_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/shared/api"
	"aegis/shared/local"
	"aegis/shared/local/functions"
	"aegis/shared/local/hostile"
	"aegis/shared/local/localtest"
)

// maxMemoryMB is half of what s.yaml gives a function.
const maxMemoryMB = 64

// Each function gets all events in one process, so its peak is that of all of them.
func TestAnEventOfAnySizeLeavesAFunctionHalfItsMemory(t *testing.T) {
	s := localtest.Start(t, func(c *local.Config) { c.Instances = 1 })
	for _, c := range []struct {
		function string
		limit    int
		events   func(int) []hostile.Event
		refusal  string
	}{
		{"createinstance", api.MaxEvent, hostile.Requests, "It must not exceed 524288 bytes."},
		{"pop", api.MaxEvent, hostile.Requests, "It must not exceed 524288 bytes."},
		{"marketspi", api.MaxEvent, hostile.Requests, "The request is too large."},
		{"renewals", api.MaxEvent, hostile.Requests, "It must not exceed 524288 bytes."},
		{"marketorders", api.MaxBatchEvent, hostile.Batches, "a batch must not exceed 4194304 bytes"},
	} {
		t.Run(c.function, func(t *testing.T) {
			for _, event := range c.events(c.limit) {
				result := invokeHostile(t, s, c.function, event)
				require.NotContains(t, string(result.Payload), c.refusal, event.Name)
			}
			for _, event := range c.events(hostile.MaxPlatform) {
				result := invokeHostile(t, s, c.function, event)
				require.Contains(t, string(result.Payload), c.refusal, event.Name)
			}
		})
	}
}

// invokeHostile requires that the process survives within its memory.
func invokeHostile(t *testing.T, s *local.Stack, name string, event hostile.Event) functions.Result {
	t.Helper()
	before := s.Runtime.Pids(name)
	result, err := s.Runtime.Invoke(context.Background(), name, functions.Invocation{RequestID: "id", Event: event.Body, Details: true})
	require.NoError(t, err)
	require.Equal(t, before, s.Runtime.Pids(name), "%s: %s", event.Name, result.Payload)
	require.LessOrEqual(t, result.MemoryMB, maxMemoryMB, "%s of %d bytes", event.Name, len(event.Body))
	return result
}
