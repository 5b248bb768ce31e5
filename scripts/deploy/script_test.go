package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"aegis/scripts/internal/cli"
	"aegis/scripts/internal/scripttest"
)

// The scripts find the tool, and a tofu and an s that record what they are called with.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"deploy": func() { cli.Main(program()) }, "tofu": fakeTofu, "s": fakeServerless})
}

func TestScripts(t *testing.T) {
	s := startCloud(t)
	t.Cleanup(func() { requireEdges(t, s.Plane) })
	scripttest.Run(t, "CONTROL_PLANE="+s.Plane.URL, "STORE="+s.Store.URL, "DATA_PLANE="+s.Data, "CLOUD="+s.URL,
		"ALIBABA_CLOUD_ACCESS_KEY_ID="+s.Plane.Credentials.AccessKeyID, "ALIBABA_CLOUD_ACCESS_KEY_SECRET="+s.Plane.Credentials.AccessKeySecret)
}

func TestTheReadmeIsWhatHelpPrints(t *testing.T) { scripttest.Readme(t, program()) }
