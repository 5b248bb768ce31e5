package main

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/scripts/internal/scripttest"
	"aegis/shared/local"
	"aegis/shared/local/localtest"
)

func TestMain(m *testing.M) { scripttest.Main(m, program()) }

func TestScripts(t *testing.T) {
	stack := localtest.Start(t)
	owner := local.ResellersOwners()[49]
	_, instance, err := localtest.For(t, stack, owner).Create("clock", 1, 5, 1)
	require.NoError(t, err)
	answer, err := http.Post(stack.URL+"/clock", "application/json", strings.NewReader(`{"offset":"1500h"}`))
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, http.StatusOK, answer.StatusCode)

	scripttest.Run(t, "STACK="+stack.URL, "OWNER="+owner, "INSTANCE="+instance)
}

func TestTheReadmeIsWhatHelpPrints(t *testing.T) { scripttest.Readme(t, program()) }
