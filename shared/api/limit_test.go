package api_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/shared/api"
)

func TestAnEventOverTheLimitIsRefusedBeforeItIsDecoded(t *testing.T) {
	d := open(t)
	sized := func(n int) []byte { return []byte(`{"httpMethod":1}` + strings.Repeat(" ", n-len(`{"httpMethod":1}`))) }

	over := d.handle(sized(api.MaxEvent + 1))
	require.Equal(t, 400, over.status)
	require.Contains(t, over.body, "It must not exceed 524288 bytes.")

	within := d.handle(sized(api.MaxEvent))
	require.Equal(t, 400, within.status)
	require.Contains(t, within.body, "It must be a JSON event")
}
