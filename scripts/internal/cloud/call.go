package cloud

import (
	"net/http"
	"net/url"
	"strings"
)

// Call is one request of an API.
type Call struct {
	Product Product
	Action  string
	Method  string            // empty: POST
	Path    string            // of the ROA style, escaped; empty: the RPC style
	Query   map[string]string // empty values are not sent
	Form    map[string]string // of the RPC style
	Body    any               // of the ROA style: sent as JSON; nil: none
}

func (c Call) method() string {
	if c.Method == "" {
		return http.MethodPost
	}
	return c.Method
}

// join makes a path of segments, each escaped.
func join(segments ...string) string {
	var path strings.Builder
	for _, s := range segments {
		path.WriteByte('/')
		path.WriteString(url.PathEscape(s))
	}
	return path.String()
}

func read(p Product, action string, query map[string]string, segments ...string) Call {
	return Call{Product: p, Action: action, Method: http.MethodGet, Path: join(segments...), Query: query}
}

// GetCallerIdentity asks whose credentials these are.
func GetCallerIdentity() Call { return Call{Product: STS, Action: "GetCallerIdentity"} }

// GetRole describes a RAM role.
func GetRole(name string) Call {
	return Call{Product: RAM, Action: "GetRole", Query: map[string]string{"RoleName": name}}
}

// ListPoliciesForRole lists the policies that are attached to a role.
func ListPoliciesForRole(name string) Call {
	return Call{Product: RAM, Action: "ListPoliciesForRole", Query: map[string]string{"RoleName": name}}
}

// GetPolicy describes a custom policy with the document of its default version.
func GetPolicy(name string) Call {
	return Call{Product: RAM, Action: "GetPolicy", Query: map[string]string{"PolicyName": name, "PolicyType": "Custom"}}
}

// DescribeKey describes a key of KMS.
func DescribeKey(id string) Call {
	return Call{Product: KMS, Action: "DescribeKey", Query: map[string]string{"KeyId": id}}
}

// ListEventStreamings lists the event streams whose names begin with a prefix.
func ListEventStreamings(prefix string) Call {
	return Call{Product: EventBridge, Action: "ListEventStreamings", Form: map[string]string{"NamePrefix": prefix, "Limit": "100"}}
}

// GetQueueAttributes describes a queue of SMQ.
func GetQueueAttributes(queue string) Call {
	return Call{Product: Queues, Action: "GetQueueAttributes", Query: map[string]string{"QueueName": queue}}
}

// ImportSwagger imports APIs into a group of the traditional API Gateway. With dryRun it
// only checks them.
func ImportSwagger(group, document string, dryRun bool) Call {
	query := map[string]string{"GroupId": group, "DataFormat": "json", "Overwrite": "true"}
	if dryRun {
		query["DryRun"] = "true"
	}
	return Call{Product: APIGateway, Action: "ImportSwagger", Query: query, Form: map[string]string{"Data": document}}
}

// GetInstance describes a Tablestore instance, with its network ACL.
func GetInstance(name string) Call {
	return read(Tablestore, "GetInstance", map[string]string{"InstanceName": name}, "v2", "openapi", "getinstance")
}

// GetFunction describes a function.
func GetFunction(name string) Call {
	return read(Functions, "GetFunction", nil, "2023-03-30", "functions", name)
}

// ListTriggers lists the triggers of a function.
func ListTriggers(function string) Call {
	return read(Functions, "ListTriggers", nil, "2023-03-30", "functions", function, "triggers")
}

// GetConcurrencyConfig describes the instances that are reserved for a function.
func GetConcurrencyConfig(function string) Call {
	return read(Functions, "GetConcurrencyConfig", nil, "2023-03-30", "functions", function, "concurrency")
}

// GetAsyncInvokeConfig describes retries and destinations of a version or alias of a
// function.
func GetAsyncInvokeConfig(function, qualifier string) Call {
	return read(Functions, "GetAsyncInvokeConfig", map[string]string{"qualifier": qualifier}, "2023-03-30", "functions", function, "async-invoke-config")
}

// GetCustomDomain describes a custom domain with its routes.
func GetCustomDomain(name string) Call {
	return read(Functions, "GetCustomDomain", nil, "2023-03-30", "custom-domains", name)
}

// ListHTTPAPIRoutes lists the routes of an API of a cloud-native gateway.
func ListHTTPAPIRoutes(api string) Call {
	return read(CloudNative, "ListHttpApiRoutes", map[string]string{"pageSize": "100"}, "v1", "http-apis", api, "routes")
}

// DeployHTTPAPIRoute publishes one route of an API of a cloud-native gateway.
func DeployHTTPAPIRoute(api, route string) Call {
	return Call{
		Product: CloudNative, Action: "DeployHttpApi", Path: join("v1", "http-apis", api, "deploy"),
		Body: map[string]string{"routeId": route},
	}
}
