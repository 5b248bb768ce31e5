package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"aegis/scripts/internal/cli"
	"aegis/scripts/internal/scripttest"
	"aegis/shared/local/tablestore"
	"aegis/shared/local/tablestore/tablestoretest"
)

// The scripts find the tool, and a tofu and an s that record what they are called with.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"deploy": func() { cli.Main(program()) }, "tofu": fakeTofu, "s": fakeServerless})
}

func TestScripts(t *testing.T) {
	plane := startPlane(t)
	t.Cleanup(func() { requireEdges(t, plane) })
	store := tablestoretest.Start(t, tablestoretest.With(func(c *tablestore.Config) {
		c.Instances = map[string]tablestore.Credentials{
			"aegis-test": {AccessKeyID: plane.Credentials.AccessKeyID, AccessKeySecret: plane.Credentials.AccessKeySecret},
		}
	}))
	scripttest.Run(t, "CONTROL_PLANE="+plane.URL, "STORE="+store.URL,
		"ALIBABA_CLOUD_ACCESS_KEY_ID="+plane.Credentials.AccessKeyID, "ALIBABA_CLOUD_ACCESS_KEY_SECRET="+plane.Credentials.AccessKeySecret)
}

func TestTheReadmeIsWhatHelpPrints(t *testing.T) { scripttest.Readme(t, program()) }
