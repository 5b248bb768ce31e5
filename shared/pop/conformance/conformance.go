// Package conformance proves that the published Alibaba Cloud clients work
// against an endpoint, with nothing patched.
//
// Each client runs the whole life of an instance (buy, buy again with the same
// token, upgrade, renew, look) and meets every refusal a user may meet: wrong
// secret, wrong key, expired time, reused nonce, missing parameter, throttling.
// A client passes when it gets what was bought and reads each refusal's code
// and message as the endpoint meant them.
//
// The clients:
//
//	alibaba-cloud-sdk-go   the typed aegis client, and CommonRequest (1.0)
//	darabonba-openapi/v2   3 and 1.0, query and form
//	@alicloud/pop-core     GET and POST (1.0)
//	@alicloud/openapi-client and openapi-core, 3 and 1.0, query and form
//
// Those of Node.js are installed from the package file in this folder, and
// darabonba is built from a module of its own; where npm or the modules cannot
// be had, their tests are skipped and say so.
//
// With AutoRetry, alibaba-cloud-sdk-go also gets its order, once, when an answer
// is lost after the endpoint has acted.
//
// The clients' clocks and nonces are out of reach. So an expired time, a reused
// nonce and throttling come about on the way, in a proxy that signs a request
// again for an earlier time, sends it twice, or refuses it itself.
package conformance

import (
	"testing"

	"aegis/shared/pop"
)

// Target is an endpoint to try.
type Target struct {
	// BaseURL is the endpoint's, http only, e.g. http://127.0.0.1:8080.
	BaseURL string

	// Credentials of a key that may act for the owners below.
	Credentials pop.Credentials

	// Owner returns the OwnerId of an account that has no instance, has five
	// machines and can pay: another with each call. Run asks for eighteen.
	Owner func() string
}

// client is a published client, ready to call.
type client interface {
	// call makes one call. Whatever the endpoint answers is a reply; a client
	// that cannot be talked to ends the test.
	call(t *testing.T, c sdkCall) reply
}

// sdkCall is what to do, and as whom.
type sdkCall struct {
	Client   string            `json:"client"`
	Endpoint string            `json:"endpoint"`
	Key      string            `json:"key"`
	Secret   string            `json:"secret"`
	Action   string            `json:"action"`
	Params   map[string]string `json:"params"`
}

// reply is what a client made of an answer: Answer, or the others.
type reply struct {
	Answer        map[string]any `json:"answer"`
	Code, Message string

	// Advice is what the client itself tells its user to do.
	Advice string
}

// Run runs all clients against the target, one subtest each.
func Run(t *testing.T, target Target) {
	between := startProxies(t, target)
	run := func(name string, c client) {
		t.Run(name, func(t *testing.T) { one{target, between, name, c}.run(t) })
	}
	run("alibaba-cloud-sdk-go aegis", typedSDK{})
	run("alibaba-cloud-sdk-go CommonRequest", commonSDK{})
	t.Run("alibaba-cloud-sdk-go AutoRetry", func(t *testing.T) { heal(t, target) })
	t.Run("Node.js", func(t *testing.T) {
		node := startNode(t)
		for _, name := range nodeClients {
			t.Run(name, func(t *testing.T) { one{target, between, name, node}.run(t) })
		}
	})

	t.Run("darabonba", func(t *testing.T) {
		darabonba := startDarabonba(t)
		for _, name := range darabonbaClients {
			t.Run(name, func(t *testing.T) { one{target, between, name, darabonba}.run(t) })
		}
	})
}

var nodeClients = [...]string{
	"pop-core GET", "pop-core POST",
	"openapi-client v3 query", "openapi-client v3 form", "openapi-client v1 query", "openapi-client v1 form",
	"openapi-core v3 query", "openapi-core v3 form", "openapi-core v1 query", "openapi-core v1 form",
}

var darabonbaClients = [...]string{
	"darabonba v3 query", "darabonba v3 form", "darabonba v1 query", "darabonba v1 form",
}
