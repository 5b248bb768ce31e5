package app_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/shared/app"
)

func TestPublicHostsAreAListOfNames(t *testing.T) {
	s, err := app.ReadSettings(settings(map[string]string{"PUBLIC_HOSTS": "api.example.com, api.example.com:8080,"}))
	require.NoError(t, err)
	require.Equal(t, []string{"api.example.com", "api.example.com:8080"}, s.Hosts)

	for _, wrong := range []string{"https://api.example.com", "api.example.com/", "*.example.com", ":80", "a@b", strings.Repeat("a,", 9)} {
		_, err := app.ReadSettings(settings(map[string]string{"PUBLIC_HOSTS": wrong}))
		require.ErrorContains(t, err, "PUBLIC_HOSTS", wrong)
	}
}
