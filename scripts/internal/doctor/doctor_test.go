package doctor_test

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/scripts/internal/cli"
	"aegis/scripts/internal/doctor"
	"aegis/scripts/internal/doctor/doctortest"
)

// run makes all checks and returns the results by name.
func run(t *testing.T, target doctor.Target) map[string]doctor.Result {
	t.Helper()
	results := map[string]doctor.Result{}
	healthy, err := doctor.Run(t.Context(), target, doctor.Checks(), func(r doctor.Result) { results[r.Name] = r })
	require.NoError(t, err)
	failed := states(results)[doctor.Failed]
	require.Equal(t, len(failed) == 0, healthy)
	for _, r := range results {
		text := r.Seen + r.Mend
		require.NotContains(t, text, doctortest.CallerSecret)
		require.NotContains(t, text, "a value that nobody may see")
		require.NotContains(t, text, "Signature=")
		require.Equal(t, r.State == doctor.Failed || r.State == doctor.Warning, r.Mend != "", "%s: what differs can be mended", r.Name)
		require.NotEmpty(t, r.Seen, r.Name)
	}
	return results
}

// states lists the names of checks by their outcome.
func states(results map[string]doctor.Result) map[doctor.State][]string {
	by := map[doctor.State][]string{}
	for _, name := range doctor.Names() {
		by[results[name].State] = append(by[results[name].State], name)
	}
	return by
}

// requireOK requires that every check passes except those that are skipped.
func requireOK(t *testing.T, results map[string]doctor.Result, skipped ...string) {
	t.Helper()
	by := states(results)
	require.ElementsMatch(t, skipped, by[doctor.Skipped])
	require.Empty(t, by[doctor.Warning], results)
	require.Empty(t, by[doctor.Failed], results)
}

func TestASoundDeploymentPassesEveryCheck(t *testing.T) {
	t.Run("reached by its HTTP triggers", func(t *testing.T) {
		s := doctortest.Start(t)
		results := run(t, s.Target(nil))
		requireOK(t, results, "ttl", "domain", "gateway")
		require.Equal(t, "2 paths: both versions of the signature are taken, a wrong one is refused", results["routes"].Seen)
		require.Contains(t, results["logs"].Seen, "the event was an HTTP trigger's")
		require.Contains(t, results["ttl"].Seen, "the first run: repeat the check after")
		require.Contains(t, run(t, s.Target(nil))["ttl"].Seen, "the row of the last run lives until")
	})
	t.Run("reached by a domain", func(t *testing.T) {
		s := doctortest.Start(t)
		results := run(t, domain(t, s, time.Hour*24*90))
		requireOK(t, results, "ttl", "gateway")
		require.Contains(t, results["routes"].Seen, "14 paths")
	})
	t.Run("reached by a gateway", func(t *testing.T) {
		s := doctortest.Start(t)
		target := s.Target(map[string]string{"EDGE": "apig", "API_ID": "api-1", "DOMAIN": "api.aegis.cn"})
		target.Endpoint = s.URL
		results := run(t, target)
		requireOK(t, results, "ttl", "domain")
		require.Equal(t, "14 routes are published", results["gateway"].Seen)
	})
	t.Run("closed to the Internet, with master keys of KMS", func(t *testing.T) {
		s := doctortest.Start(t)
		requireOK(t, run(t, closed(t, s)), "ttl", "domain", "gateway")
	})
	t.Run("behind a gateway that replaces the Host, with PUBLIC_HOSTS", func(t *testing.T) {
		s := doctortest.Start(t, func(s *doctortest.System) { s.Hosts = []string{"127.0.0.1:1"} })
		host := "function.internal"
		s.Host.Store(&host)
		target := s.Target(nil)
		target.HTTP.Transport = named{"127.0.0.1:1", s.URL}
		target.Endpoint = "http://127.0.0.1:1"
		requireOK(t, run(t, target), "ttl", "domain", "gateway")
	})
}

func TestARowThatIsGoneShowsThatTTLActs(t *testing.T) {
	s := doctortest.Start(t)
	target := s.Target(nil)
	note(t, target, 25*time.Hour, false)
	require.Equal(t, doctor.OK, run(t, target)["ttl"].State)
	require.Contains(t, run(t, target)["ttl"].Seen, "lives until", "the next row is written")

	s = doctortest.Start(t)
	target = s.Target(nil)
	note(t, target, 25*time.Hour, true)
	require.Contains(t, run(t, target)["ttl"].Seen, "is to go until")
}

func TestWithoutACallersKeyNoCallIsSigned(t *testing.T) {
	s := doctortest.Start(t)
	results := run(t, s.Target(map[string]string{"CALLER_ACCESS_KEY_ID": ""}))
	requireOK(t, results, "ttl", "work", "routes", "domain", "gateway")
	require.Contains(t, results["routes"].Seen, "set CALLER_ACCESS_KEY_ID")
}

func TestNothingIsLeftBehind(t *testing.T) {
	s := doctortest.Start(t)
	target := s.Target(nil)
	run(t, target)
	requireNoLetter(t, target)
}

func TestChecksAreChosenByTheirNames(t *testing.T) {
	chosen, err := doctor.Choose("stream", "clock")
	require.NoError(t, err)
	require.Len(t, chosen, 2)
	require.Equal(t, "clock", chosen[0].Name, "in their own order")
	_, err = doctor.Choose("clocks")
	require.ErrorContains(t, err, `there is no check "clocks": they are account, clock`)
}

func TestAnInterruptEndsARun(t *testing.T) {
	s := doctortest.Start(t)
	ctx, cancel := context.WithCancel(t.Context())
	made := 0
	_, err := doctor.Run(ctx, s.Target(nil), doctor.Checks(), func(doctor.Result) { made++; cancel() })
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, 1, made)
}

func TestAResultIsShownToPeopleAndPrograms(t *testing.T) {
	r := doctor.Result{Name: "clock", Assumption: "it is right", State: doctor.Failed, Seen: "it is not", Mend: "set it", Took: 1500 * time.Millisecond}
	var text bytes.Buffer
	r.Show(cli.Printer{Out: &text})
	require.Equal(t, "failed   clock      assumed: it is right; seen: it is not\n                    mend: set it\n", text.String())
	text.Reset()
	r.Show(cli.Printer{Out: &text, JSON: true})
	var fields map[string]any
	require.NoError(t, json.Unmarshal(text.Bytes(), &fields))
	require.Equal(t, map[string]any{"check": "clock", "assumption": "it is right", "state": "failed", "seen": "it is not", "mend": "set it", "seconds": 1.5}, fields)

	text.Reset()
	doctor.List(cli.Printer{Out: &text})
	require.Len(t, strings.Split(strings.TrimSpace(text.String()), "\n"), len(doctor.Checks()))
}
