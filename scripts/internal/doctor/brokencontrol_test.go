package doctor_test

import (
	"context"
	"crypto/x509"
	"errors"
	"net/http"
	"testing"
	"time"

	"aegis/scripts/internal/cloud/cloudtest"
	"aegis/scripts/internal/cloud/policies"
	"aegis/scripts/internal/doctor"
	"aegis/scripts/internal/doctor/doctortest"
)

func brokenControl() []broken {
	return []broken{
		{check: "account", name: "another's", with: func(t *testing.T, s *doctortest.System) doctor.Target {
			return s.Target(map[string]string{"FC_ROLE_SALES": "acs:ram::1:role/aegis-test-sales"})
		}, seen: "FC_ROLE_SALES is acs:ram::1:role/aegis-test-sales", mend: "ALIBABA_CLOUD_ACCESS_KEY_ID", also: []string{"functions"}},
		{check: "roles", name: "a permission more", with: policy("spi", func(d *policies.Document) {
			d.Statement = append(d.Statement, policies.Statement{Effect: "Allow", Action: policies.List{"ots:*"}, Resource: policies.List{"*"}})
		}), seen: "role aegis-test-spi: not expected: allow ots:* *", mend: "step foundation"},
		{check: "roles", name: "a permission less", with: policy("timer", func(d *policies.Document) { d.Statement = d.Statement[1:] }), seen: "role aegis-test-timer: missing: allow ots:BatchGetRow", mend: "step foundation"},
		{check: "roles", name: "another policy", with: answering("ListPoliciesForRole", func(r cloudtest.Request) (int, any) {
			return http.StatusOK, doctortest.Attached(r.Query["RoleName"], "AdministratorAccess")
		}), seen: "not expected: policy AdministratorAccess", mend: "detach"},
		{check: "roles", name: "no policy", with: answering("ListPoliciesForRole", doctortest.OK(doctortest.Attached())), seen: "missing: policy aegis-test-sales", mend: "step foundation"},
		{check: "roles", name: "anyone may take it", with: answering("GetRole", doctortest.OK(map[string]any{"Role": map[string]string{
			"AssumeRolePolicyDocument": `{"Version":"1","Statement":[{"Action":"sts:AssumeRole","Effect":"Allow","Principal":{"RAM":["acs:ram::1:root"]}}]}`,
		}})), seen: "not expected: allow sts:AssumeRole RAM acs:ram::1:root", mend: "step foundation"},
		{check: "functions", name: "another role", with: reading("aegis-renewals", map[string]any{"role": "acs:ram::1:role/admin"}), seen: "aegis-renewals: role is acs:ram::1:role/admin, expected acs:ram::1234567890123456:role/aegis-test-timer", mend: "step functions"},
		{check: "functions", name: "another runtime", with: reading("aegis-pop", map[string]any{"runtime": "custom.debian12"}), seen: "aegis-pop: runtime is custom.debian12, expected go1", mend: "step functions"},
		{check: "functions", name: "more CPU", with: reading("aegis-pop", map[string]any{"cpu": 1.0}), seen: "aegis-pop: cpu is 1, expected 0.1", mend: "step functions"},
		{check: "functions", name: "a variable more", with: reading("aegis-getsummary", map[string]any{"environmentVariables": map[string]string{"CLOCK_OFFSET": "1h"}}), seen: "the variable CLOCK_OFFSET is not in s.yaml", mend: "step functions"},
		{check: "functions", name: "a variable less", with: reading("aegis-marketspi", map[string]any{"environmentVariables": map[string]string{}}), seen: "aegis-marketspi: the variable MARKET_QUEUE is missing", mend: "step functions"},
		{check: "functions", name: "a secret that the doctor does not know is missing", with: func(t *testing.T, s *doctortest.System) doctor.Target {
			target := reading("aegis-marketspi", map[string]any{"environmentVariables": map[string]string{
				"GOMAXPROCS": "1", "TABLESTORE_ENDPOINT": "a", "TABLESTORE_INSTANCE": "a", "LOG_LEVEL": "a", "MARKET_QUEUE": "a",
			}})(t, s)
			values := target.Values
			target.Values = func(name string) string {
				if name == "MARKET_SECRET" {
					return ""
				}
				return values(name)
			}
			return target
		}, seen: "aegis-marketspi: the variable MARKET_SECRET is missing", mend: "step functions"},
		{check: "functions", name: "no reserved instances", with: answering("GetConcurrencyConfig", doctortest.OK(map[string]int{})), seen: "aegis-marketorders: reservedConcurrency is 0, expected 5", mend: "step functions"},
		{check: "functions", name: "failed runs are lost", with: answering("GetAsyncInvokeConfig", func(cloudtest.Request) (int, any) {
			a := doctortest.Async()
			delete(a, "destinationConfig")
			return http.StatusOK, a
		}), seen: "aegis-renewals: asyncInvokeConfig.destinationConfig.onFailure.destination is <nil>", mend: "step functions"},
		{check: "triggers", name: "orders are decoded", with: triggered("aegis-marketorders", func(all []map[string]any) []map[string]any {
			all[0]["triggerConfig"] = `{"eventSourceConfig":{"eventSourceParameters":{"sourceMNSParameters":{"IsBase64Decode":true}}}}`
			return all
		}), seen: "sourceMNSParameters.IsBase64Decode is true, expected false", mend: "step functions"},
		{check: "triggers", name: "one is missing", with: triggered("aegis-marketorders", func([]map[string]any) []map[string]any { return nil }), seen: "aegis-marketorders: there is no trigger market-orders", mend: "step functions"},
		{check: "triggers", name: "one too many", with: triggered("aegis-getsummary", func([]map[string]any) []map[string]any {
			return []map[string]any{{"triggerName": "open", "triggerType": "http"}}
		}), seen: "aegis-getsummary: the trigger open is not in s.yaml", mend: "remove triggers"},
		{check: "queues", name: "visible too soon", with: answering("GetQueueAttributes", func(r cloudtest.Request) (int, any) {
			return http.StatusOK, doctortest.Queue(policies.DeadQueue)
		}), seen: "market-orders: visibility timeout in seconds is 30, expected 120", mend: "step foundation"},
		{check: "stream", name: "stands still", with: answering("ListEventStreamings", doctortest.OK(doctortest.Streams("PAUSED"))), seen: "stream-of-market-orders is PAUSED", mend: "start the stream"},
		{check: "stream", name: "none", with: answering("ListEventStreamings", doctortest.OK(doctortest.Streams())), seen: "no stream takes messages of market-orders", mend: "step functions"},
		{check: "stream", name: "two", with: answering("ListEventStreamings", doctortest.OK(doctortest.Streams("RUNNING", "RUNNING"))), seen: "RUNNING, stream", mend: "remove others"},
		{check: "domain", name: "leads elsewhere", with: func(t *testing.T, s *doctortest.System) doctor.Target {
			target := domain(t, s, time.Hour*24*90)
			target.CNAME = func(context.Context, string) (string, error) { return "elsewhere.example.", nil }
			return target
		}, seen: "the CNAME is elsewhere.example", mend: "make a CNAME record of api.aegis.cn to 1234567890123456.cn-hangzhou.fc.aliyuncs.com"},
		{check: "domain", name: "the certificate ends soon", with: func(t *testing.T, s *doctortest.System) doctor.Target {
			return domain(t, s, 10*24*time.Hour)
		}, seen: "is valid until", mend: "renew the certificate", state: doctor.Warning},
		{check: "domain", name: "the certificate is over", with: func(t *testing.T, s *doctortest.System) doctor.Target {
			return domain(t, s, -time.Hour)
		}, seen: "expired", mend: "renew the certificate"},
		{check: "domain", name: "the chain is not trusted", with: func(t *testing.T, s *doctortest.System) doctor.Target {
			target := domain(t, s, time.Hour*24*90)
			target.Trusted = x509.NewCertPool()
			return target
		}, seen: "unknown authority", mend: "whole chain"},
		{check: "domain", name: "no TLS", with: func(t *testing.T, s *doctortest.System) doctor.Target {
			target := domain(t, s, time.Hour*24*90)
			target.Certificates = func(context.Context, string) ([]*x509.Certificate, error) {
				return nil, errors.New("connection refused")
			}
			return target
		}, seen: "connection refused", mend: "renew"},
		{check: "domain", name: "a route is rewritten, another missing", with: func(t *testing.T, s *doctortest.System) doctor.Target {
			s.Plane.On("GetCustomDomain", doctortest.OK(map[string]any{"routeConfig": map[string]any{"routes": []map[string]any{
				{"path": "/", "functionName": "aegis-pop", "qualifier": "LATEST", "rewriteConfig": map[string]any{"equalRules": []any{map[string]string{"match": "/"}}}},
			}}}))
			return domain(t, s, time.Hour*24*90)
		}, seen: "/ is rewritten", mend: "step edge"},
		{check: "gateway", name: "a route is not published", with: func(t *testing.T, s *doctortest.System) doctor.Target {
			g := doctortest.Gateway()
			g["data"].(map[string]any)["items"].([]map[string]any)[0]["deployStatus"] = "NotDeployed"
			s.Plane.On("ListHttpApiRoutes", doctortest.OK(g))
			target := s.Target(map[string]string{"EDGE": "apig", "API_ID": "api-1", "DOMAIN": "api.aegis.cn"})
			target.Endpoint = s.URL
			return target
		}, seen: "is NotDeployed, expected Deployed", mend: "publishes every route"},
		{check: "gateway", name: "a route is missing", with: func(t *testing.T, s *doctortest.System) doctor.Target {
			s.Plane.On("ListHttpApiRoutes", doctortest.OK(map[string]any{}))
			target := s.Target(map[string]string{"EDGE": "apig", "API_ID": "api-1", "DOMAIN": "api.aegis.cn"})
			target.Endpoint = s.URL
			return target
		}, seen: "there is none of /", mend: "step edge"},
	}
}
