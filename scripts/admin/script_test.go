package main

import (
	"testing"

	"aegis/scripts/internal/scripttest"
	"aegis/shared/local/localtest"
)

func TestMain(m *testing.M) { scripttest.Main(m, program()) }

func TestScripts(t *testing.T) {
	stack := localtest.Start(t)
	scripttest.Run(t, "STACK="+stack.URL)
}

func TestTheReadmeIsWhatHelpPrints(t *testing.T) { scripttest.Readme(t, program()) }
