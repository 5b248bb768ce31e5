package doctor_test

import (
	"context"
	"errors"
	"net/http"

	"aegis/scripts/internal/doctor"
	"aegis/scripts/internal/doctor/doctortest"
)

// works reports the calls of the check work: no other has the caller's key and no OwnerId.
func works(r *http.Request) bool {
	return r.FormValue("AccessKeyId") == doctortest.CallerID && r.FormValue("OwnerId") == ""
}

// owned reports the calls of the check routes.
func owned(r *http.Request) bool { return r.FormValue("OwnerId") != "" }

func brokenTraffic() []broken {
	return []broken{
		{check: "work", name: "a role lacks a permission", with: answered(works, 503, `{"Code":"ServiceUnavailable","RequestId":"R-1"}`), seen: "GetSummary: 503 ServiceUnavailable (RequestId R-1)", mend: "find the RequestId in the log"},
		{check: "work", name: "another's key", with: answered(works, 404, `{"Code":"InvalidAccessKeyId.NotFound","RequestId":"R-1"}`), seen: "404 InvalidAccessKeyId.NotFound", mend: "CALLER_ACCESS_KEY_ID"},
		{check: "work", name: "a key of nobody's account", with: answered(works, 403, `{"Code":"Forbidden.RAM","RequestId":"R-1"}`), seen: "GetSummary: 403 Forbidden.RAM", mend: "an owner who has an account"},
		{check: "work", name: "what does not exist is changed", with: answered(works, 200, `{"RequestId":"R-1"}`), seen: "UpgradeInstance: 200 OK", mend: "report this"},
		{check: "routes", name: "the Host is replaced", with: on(func(s *doctortest.System, _ *doctor.Target) {
			host := "function.internal"
			s.Host.Store(&host)
		}), seen: "/: version 1.0 is taken and version 3 is not: the Host arrives replaced", mend: "set PUBLIC_HOSTS=127.0.0.1:"},
		{check: "routes", name: "a wrong secret is taken", with: answered(owned, 403, `{"Code":"Forbidden.RAM"}`), seen: "a wrong secret is answered 403 Forbidden.RAM", mend: "take it away"},
		{check: "routes", name: "no signature is taken", with: answered(owned, 400, `{"Code":"SignatureDoesNotMatch"}`), seen: "version 1.0: 400 SignatureDoesNotMatch, version 3: 400 SignatureDoesNotMatch", mend: "something changes parameters"},
		{check: "routes", name: "leads nowhere", with: answered(owned, 404, "no such route"), seen: "404 Not Found, is not one of the functions: no such route", mend: "step edge"},
		{check: "routes", name: "the marketplace's URL leads elsewhere", with: answered(func(r *http.Request) bool { return r.URL.Path == "/market/spi" }, 200, `{"success":"true"}`), seen: `/market/spi: a wrong token is answered 200 with success="true"`, mend: "step edge"},
		{check: "queue", name: "nothing takes the message", with: on(func(s *doctortest.System, t *doctor.Target) {
			s.QueueStuck.Store(true)
			t.Wait = atOnce
		}), seen: "after 1m0s", mend: "marked doctor-"},
		{check: "queue", name: "another key", with: on(func(s *doctortest.System, t *doctor.Target) { t.Queue = refusing{} }), seen: "403 AccessDenied", mend: "mns:SendMessage"},
		{check: "dead", name: "a message waits", with: on(func(s *doctortest.System, _ *doctor.Target) {
			id := "message-7"
			s.DeadMessage.Store(&id)
		}), seen: "message message-7 of 2023-11-14T22:13:20Z waits", mend: "could not be delivered"},
		{check: "logs", name: "no line arrives", with: on(func(s *doctortest.System, t *doctor.Target) {
			s.LogsLost.Store(true)
			t.Wait = patient(t.Wait)
		}), seen: "no line of RequestId", mend: "log:PostLogStoreLogs"},
		{check: "logs", name: "no permission", with: on(func(s *doctortest.System, t *doctor.Target) { t.Logs.Credentials.AccessKeySecret = "another" }), seen: "401 SignatureNotMatch", mend: "log:GetLogStoreLogs", also: []string{"timer"}},
		{check: "timer", name: "off", with: triggered("aegis-renewals", func(all []map[string]any) []map[string]any {
			all[0]["triggerConfig"] = `{"enable":false,"cronExpression":"CRON_TZ=Asia/Shanghai 0 10 * * * *"}`
			return all
		}), seen: "is off", mend: "step functions", also: []string{"triggers"}},
		{check: "timer", name: "without a zone", with: triggered("aegis-renewals", func(all []map[string]any) []map[string]any {
			all[0]["triggerConfig"] = `{"enable":true,"cronExpression":"0 10 * * * *"}`
			return all
		}), seen: "has no zone: 0 10", mend: "step functions", also: []string{"triggers"}},
		{check: "timer", name: "has not run", with: on(func(s *doctortest.System, _ *doctor.Target) { s.TimerSilent.Store(true) }), seen: "no run within 2h0m0s", mend: "asynchronous invocations", state: doctor.Warning},
	}
}

// refusing is a queue that refuses everything.
type refusing struct{}

func (refusing) Send(context.Context, []byte) (string, error) {
	return "", errors.New("send a message: 403 AccessDenied")
}
