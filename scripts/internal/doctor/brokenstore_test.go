package doctor_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"aegis/scripts/internal/cloud/cloudtest"
	"aegis/scripts/internal/doctor"
	"aegis/scripts/internal/doctor/doctortest"
	"aegis/shared/store"
)

func dated(off time.Duration) func(*testing.T, *doctortest.System) doctor.Target {
	return func(t *testing.T, s *doctortest.System) doctor.Target {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("x-ots-date", time.Now().Add(off).UTC().Format("2006-01-02T15:04:05.000Z"))
			w.WriteHeader(http.StatusForbidden)
		}))
		t.Cleanup(server.Close)
		target := s.Target(nil)
		target.StoreURL = server.URL
		return target
	}
}

func brokenStore() []broken {
	return []broken{
		{check: "clock", name: "16 minutes behind", with: dated(16 * time.Minute), seen: "every signature is refused", mend: "synchronise"},
		{check: "clock", name: "a minute ahead", with: dated(-time.Minute), seen: "ahead of the store by ", mend: "synchronise", state: doctor.Warning},
		{check: "clock", name: "no network", with: on(func(_ *doctortest.System, t *doctor.Target) { t.StoreURL = "http://127.0.0.1:1" }), seen: "ask the store for its time", mend: "check the network"},
		{check: "instance", name: "closed", with: answering("GetInstance", func(cloudtest.Request) (int, any) {
			i := doctortest.Instance()
			i["NetworkTypeACL"] = []string{"VPC"}
			return http.StatusOK, i
		}), seen: "network types [VPC], expected [CLASSIC INTERNET VPC]", mend: "step foundation"},
		{check: "instance", name: "of another type", with: answering("GetInstance", func(cloudtest.Request) (int, any) {
			i := doctortest.Instance()
			i["InstanceSpecification"] = "HYBRID"
			return http.StatusOK, i
		}), seen: "specification HYBRID, expected SSD", mend: "another, empty instance"},
		{check: "instance", name: "no permission", with: answering("GetInstance", forbidden), seen: "403 NoPermission", mend: "operator"},
		{check: "access", name: "closed", with: on(func(_ *doctortest.System, t *doctor.Target) {
			t.PublicStore = denied{t.Store, "Request denied by instance ACL policies."}
		}), seen: "closed: ", mend: "STORE_ACCESS=internet"},
		{check: "access", name: "a wrong key is no ACL", with: on(func(_ *doctortest.System, t *doctor.Target) {
			t.PublicStore = denied{t.Store, "The AccessKeyID does not exist."}
		}), seen: "does not exist", mend: "check the key's permissions"},
		{check: "access", name: "open although closed", with: func(t *testing.T, s *doctortest.System) doctor.Target {
			target := closed(t, s)
			target.PublicStore = target.Store
			return target
		}, seen: "open to the Internet", mend: "STORE_ACCESS=vpc"},
		{check: "schema", name: "nonces live for ever", with: on(func(_ *doctortest.System, t *doctor.Target) {
			t.Store = changed{t.Store, func(table string, d *store.Description) {
				if table == "nonces" {
					d.TTLSeconds = 0
				}
			}}
		}), seen: "TTL in seconds of nonces: 0, expected", mend: "admin setup"},
		{check: "schema", name: "an index is missing", with: on(func(_ *doctortest.System, t *doctor.Target) {
			t.Store = changed{t.Store, func(_ string, d *store.Description) { d.Indexes = nil }}
		}), seen: "there is no index sales_due of sales", mend: "admin setup"},
		{check: "atomic", name: "a part is applied", with: on(func(_ *doctortest.System, t *doctor.Target) { t.Store = partial{t.Store} }), seen: "a row of a refused batch is there", mend: "do not sell"},
		{check: "atomic", name: "conditions are ignored", with: on(func(_ *doctortest.System, t *doctor.Target) { t.Store = careless{t.Store} }), seen: "a batch with a false condition: applied", mend: "do not sell"},
		{check: "index", name: "stays behind", with: on(func(_ *doctortest.System, t *doctor.Target) {
			t.Store, t.Wait = unindexed{t.Store}, patient(t.Wait)
		}), seen: "does not have a row after 1m0s", mend: "support of Tablestore"},
		{check: "ttl", name: "does not act", with: func(t *testing.T, s *doctortest.System) doctor.Target {
			target := s.Target(nil)
			note(t, target, 49*time.Hour, true)
			return target
		}, seen: "a row is there 25h0m0s after its TTL", mend: "TimeToLive"},
	}
}

// patient waits a moment however long it should: a moment is enough for the queue of the
// tests.
func patient(wait func(context.Context, time.Duration) error) func(context.Context, time.Duration) error {
	return func(ctx context.Context, d time.Duration) error { return wait(ctx, min(d, 10*time.Millisecond)) }
}
