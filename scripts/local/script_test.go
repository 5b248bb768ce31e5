package main

import (
	"testing"

	"aegis/scripts/internal/scripttest"
)

func TestMain(m *testing.M) { scripttest.Main(m, program()) }

func TestScripts(t *testing.T) {
	scripttest.Run(t)
}

func TestTheReadmeIsWhatHelpPrints(t *testing.T) { scripttest.Readme(t, program()) }
