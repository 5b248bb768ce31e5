package doctor_test

import (
	"bytes"
	"io"
	"net/http"
	"path"
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/scripts/internal/cloud/cloudtest"
	"aegis/scripts/internal/cloud/policies"
	"aegis/scripts/internal/doctor"
	"aegis/scripts/internal/doctor/doctortest"
)

// broken is a deployment in which one assumption does not hold.
type broken struct {
	check string
	name  string
	with  func(*testing.T, *doctortest.System) doctor.Target
	seen  string
	mend  string
	also  []string     // checks that fail for the same reason
	state doctor.State // "": failed
}

// on breaks the target that a change makes of a sound one.
func on(change func(*doctortest.System, *doctor.Target)) func(*testing.T, *doctortest.System) doctor.Target {
	return func(t *testing.T, s *doctortest.System) doctor.Target {
		target := s.Target(nil)
		change(s, &target)
		return target
	}
}

// answering breaks an answer of the control plane.
func answering(action string, answer cloudtest.Answer) func(*testing.T, *doctortest.System) doctor.Target {
	return on(func(s *doctortest.System, _ *doctor.Target) { s.Plane.On(action, answer) })
}

// reading breaks the description of one function.
func reading(function string, change map[string]any) func(*testing.T, *doctortest.System) doctor.Target {
	return answering("GetFunction", func(r cloudtest.Request) (int, any) {
		f := doctortest.Function(path.Base(r.Path))
		if path.Base(r.Path) == function {
			for name, value := range change {
				f[name] = value
			}
		}
		return http.StatusOK, f
	})
}

// triggered breaks the triggers of one function.
func triggered(function string, change func([]map[string]any) []map[string]any) func(*testing.T, *doctortest.System) doctor.Target {
	return on(func(s *doctortest.System, _ *doctor.Target) {
		s.Plane.On("ListTriggers", func(r cloudtest.Request) (int, any) {
			of := path.Base(path.Dir(r.Path))
			all := s.Triggers(of)
			if of == function {
				all = change(all)
			}
			return http.StatusOK, map[string]any{"triggers": all}
		})
	})
}

// answered has callers answered by something else.
func answered(when func(*http.Request) bool, status int, answer string) func(*testing.T, *doctortest.System) doctor.Target {
	return on(func(s *doctortest.System, _ *doctor.Target) {
		intercept := doctortest.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
			body, _ := io.ReadAll(r.Body)
			r.Body = io.NopCloser(bytes.NewReader(body))
			matches := when(r)
			r.Body = io.NopCloser(bytes.NewReader(body))
			if !matches {
				return false
			}
			w.WriteHeader(status)
			_, _ = io.WriteString(w, answer)
			return true
		})
		s.Answer.Store(&intercept)
	})
}

// policy breaks the document of one group.
func policy(group string, change func(*policies.Document)) func(*testing.T, *doctortest.System) doctor.Target {
	return answering("GetPolicy", func(r cloudtest.Request) (int, any) {
		if r.Query["PolicyName"] == doctortest.Deployment+"-"+group {
			return doctortest.Policy(r.Query["PolicyName"], change)
		}
		return doctortest.Policy(r.Query["PolicyName"], nil)
	})
}

func forbidden(cloudtest.Request) (int, any) {
	return http.StatusForbidden, map[string]string{"Code": "NoPermission", "Message": "You are not authorized."}
}

func TestEachAssumptionThatDoesNotHoldIsNamedWithItsMend(t *testing.T) {
	all := append(append(brokenStore(), brokenControl()...), brokenTraffic()...)
	covered := map[string]bool{}
	for _, b := range all {
		covered[b.check] = true
		t.Run(b.check+": "+b.name, func(t *testing.T) {
			s := doctortest.Start(t)
			results := run(t, b.with(t, s))
			r := results[b.check]
			want := b.state
			if want == "" {
				want = doctor.Failed
			}
			require.Equal(t, want, r.State, r.Seen)
			require.Contains(t, r.Seen, b.seen)
			require.Contains(t, r.Mend, b.mend)
			if want == doctor.Failed {
				require.ElementsMatch(t, append(b.also, b.check), states(results)[doctor.Failed], "no other check fails: %v", results)
			} else {
				require.Empty(t, states(results)[doctor.Failed])
			}
		})
	}
	for _, name := range doctor.Names() {
		require.True(t, covered[name], "nothing breaks %s", name)
	}
}
