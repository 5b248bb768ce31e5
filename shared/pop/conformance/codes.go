package conformance

import "testing"

// Codes asks for a summary with the client darabonba-openapi/v2, by both versions of the
// signature. It returns the code that each was refused with, "" if it was answered.
func Codes(t *testing.T, target Target) (v1, v3 string) {
	t.Helper()
	client := startDarabonba(t)
	ask := func(name string) string {
		return client.call(t, sdkCall{
			Client: name, Endpoint: target.BaseURL, Key: target.Credentials.AccessKeyID, Secret: target.Credentials.AccessKeySecret,
			Action: "GetSummary", Params: map[string]string{},
		}).Code
	}
	return ask("darabonba v1 query"), ask("darabonba v3 query")
}
