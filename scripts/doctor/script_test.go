package main

import (
	"testing"

	"aegis/scripts/internal/doctor/doctortest"
	"aegis/scripts/internal/scripttest"
	"aegis/shared/local/localtest"
)

func TestMain(m *testing.M) { scripttest.Main(m, program()) }

// The scripts examine a sound deployment and a running stack.
func TestScripts(t *testing.T) {
	s := doctortest.Start(t)
	stack := localtest.Start(t)
	scripttest.Run(t, "CONTROL_PLANE="+s.Plane.URL, "DATA_PLANE="+s.Data, "STORE="+s.Store.URL, "STACK="+stack.URL,
		"ALIBABA_CLOUD_ACCESS_KEY_ID="+s.Plane.Credentials.AccessKeyID, "ALIBABA_CLOUD_ACCESS_KEY_SECRET="+s.Plane.Credentials.AccessKeySecret,
		"CALLER_ACCESS_KEY_ID="+doctortest.CallerID, "CALLER_ACCESS_KEY_SECRET="+doctortest.CallerSecret)
}

func TestTheReadmeIsWhatHelpPrints(t *testing.T) { scripttest.Readme(t, program()) }
