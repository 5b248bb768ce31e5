package doctortest

import (
	_ "embed"
	"encoding/json"
	"net/http"
	"path"
	"strings"

	"aegis/scripts/internal/cloud/cloudtest"
	"aegis/scripts/internal/cloud/policies"
	"aegis/scripts/internal/doctor"
	"aegis/shared/app"
)

// triggers are those of s.yaml by function, as ListTriggers answers them, apart from the
// URLs of HTTP triggers.
//
//go:embed triggers.json
var triggers []byte

// OK answers a body.
func OK(body any) cloudtest.Answer {
	return func(cloudtest.Request) (int, any) { return http.StatusOK, body }
}

// Place is where the resources of the deployment are.
func Place() policies.Place {
	return policies.Place{Region: Region, Account: Account, Instance: Deployment, LogProject: Deployment + "-" + Account, LogStore: "functions"}
}

// answer has the control plane answer what a sound deployment has.
func (s *System) answer() {
	p := s.Plane
	p.On("GetCallerIdentity", OK(map[string]string{"AccountId": Account, "Arn": "acs:ram::" + Account + ":user/deployer"}))
	p.On("GetInstance", OK(Instance()))
	p.On("GetRole", OK(map[string]any{"Role": map[string]string{"AssumeRolePolicyDocument": policies.Trust().JSON()}}))
	p.On("ListPoliciesForRole", func(r cloudtest.Request) (int, any) { return http.StatusOK, Attached(r.Query["RoleName"]) })
	p.On("GetPolicy", func(r cloudtest.Request) (int, any) { return Policy(r.Query["PolicyName"], nil) })
	p.On("GetFunction", func(r cloudtest.Request) (int, any) { return http.StatusOK, Function(path.Base(r.Path)) })
	p.On("ListTriggers", func(r cloudtest.Request) (int, any) {
		return http.StatusOK, map[string]any{"triggers": s.Triggers(path.Base(path.Dir(r.Path)))}
	})
	p.On("GetConcurrencyConfig", func(r cloudtest.Request) (int, any) {
		reserved := map[string]int{"aegis-marketorders": 5, "aegis-renewals": 2}[path.Base(path.Dir(r.Path))]
		return http.StatusOK, map[string]int{"reservedConcurrency": reserved}
	})
	p.On("GetAsyncInvokeConfig", OK(Async()))
	p.On("GetQueueAttributes", func(r cloudtest.Request) (int, any) { return http.StatusOK, Queue(r.Query["QueueName"]) })
	p.On("ListEventStreamings", OK(Streams("RUNNING")))
	p.On("GetCustomDomain", OK(Domain()))
	p.On("ListHttpApiRoutes", OK(Gateway()))
}

// Instance is the store as GetInstance describes it.
func Instance() map[string]any {
	return map[string]any{
		"InstanceStatus": "normal", "InstanceSpecification": "SSD",
		"NetworkTypeACL": []string{"VPC", "CLASSIC", "INTERNET"}, "NetworkSourceACL": []string{"TRUST_PROXY"},
	}
}

// Attached lists the policies of a role.
func Attached(names ...string) map[string]any {
	all := []map[string]string{}
	for _, name := range names {
		all = append(all, map[string]string{"PolicyName": name, "PolicyType": "Custom"})
	}
	return map[string]any{"Policies": map[string]any{"Policy": all}}
}

// Policy is a group's policy with its document changed.
func Policy(name string, change func(*policies.Document)) (int, any) {
	for _, g := range policies.Groups() {
		if g.Role(Deployment) == name {
			document := g.Document(Place())
			if change != nil {
				change(&document)
			}
			return http.StatusOK, map[string]any{"DefaultPolicyVersion": map[string]string{"PolicyDocument": document.JSON()}}
		}
	}
	return http.StatusNotFound, map[string]string{"Code": "EntityNotExist.Policy"}
}

// Function is a function as GetFunction describes it.
func Function(name string) map[string]any {
	folder := strings.TrimPrefix(name, "aegis-")
	group, _ := policies.Of(folder)
	timeout := 10
	switch folder {
	case "marketorders":
		timeout = 60
	case "renewals":
		timeout = 300
	}
	variables := map[string]string{"GOMAXPROCS": "1"}
	for _, setting := range app.Of(folder) {
		if !setting.Local && !setting.File {
			variables[setting.Name] = "a value that nobody may see"
		}
	}
	variables["TABLESTORE_INSTANCE"] = Deployment
	return map[string]any{
		"functionName": name, "runtime": "go1", "handler": "main", "cpu": 0.1, "memorySize": 128, "diskSize": 512, "timeout": timeout, "internetAccess": true,
		"role": "acs:ram::" + Account + ":role/" + group.Role(Deployment), "environmentVariables": variables,
		"logConfig": map[string]string{"project": Deployment + "-" + Account, "logstore": "functions"},
	}
}

// Async is the asynchronous configuration of renewals.
func Async() map[string]any {
	return map[string]any{
		"maxAsyncEventAgeInSeconds": 3000, "maxAsyncRetryAttempts": 3,
		"destinationConfig": map[string]any{"onFailure": map[string]string{"destination": "acs:mns:" + Region + ":" + Account + ":/queues/market-orders-dead/messages"}},
	}
}

// Triggers are the triggers of a function.
func (s *System) Triggers(function string) []map[string]any {
	var all map[string][]map[string]any
	if err := json.Unmarshal(triggers, &all); err != nil {
		panic(err) // the file is part of the package
	}
	for _, t := range all[function] {
		if t["triggerType"] == "http" {
			t["httpTrigger"] = map[string]string{"urlInternet": s.URL}
		}
		config, _ := json.Marshal(t["triggerConfig"]) // it was JSON
		t["triggerConfig"] = string(config)
	}
	return all[function]
}

// Queue describes a queue.
func Queue(name string) map[string]any {
	data := map[string]any{"QueueName": name, "MessageRetentionPeriod": 604800, "VisibilityTimeout": 30, "MaximumMessageSize": 65536}
	if name == policies.Queue {
		data["VisibilityTimeout"] = 120
		data["DlqPolicy"] = map[string]any{"Enabled": true, "MaxReceiveCount": 100, "DeadLetterTargetQueue": policies.DeadQueue}
	}
	return map[string]any{"Data": data}
}

// Streams are event streams of the order queue in these states, and one of another queue.
func Streams(states ...string) map[string]any {
	of := func(queue, state string) map[string]any {
		return map[string]any{
			"EventStreamingName": "stream-of-" + queue, "Status": state, "Source": map[string]any{"SourceMNSParameters": map[string]string{"QueueName": queue}},
		}
	}
	all := []map[string]any{of("another", "PAUSED")}
	for _, state := range states {
		all = append(all, of(policies.Queue, state))
	}
	return map[string]any{"Data": map[string]any{"EventStreamings": all}}
}

// Domain is the custom domain with its routes.
func Domain() map[string]any {
	var routes []map[string]any
	for path, function := range doctor.Routes() {
		routes = append(routes, map[string]any{"path": path, "functionName": function, "qualifier": "LATEST", "rewriteConfig": map[string]any{"equalRules": []any{}}})
	}
	return map[string]any{"domainName": "api.aegis.cn", "routeConfig": map[string]any{"routes": routes}}
}

// Gateway lists the routes of the cloud-native gateway.
func Gateway() map[string]any {
	var items []map[string]any
	for route := range doctor.Routes() {
		items = append(items, map[string]any{"deployStatus": "Deployed", "match": map[string]any{"path": map[string]string{"type": "Exact", "value": route}}})
	}
	return map[string]any{"data": map[string]any{"items": items}}
}
