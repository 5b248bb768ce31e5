// Package sample reads the calls in events/ as people edit them, unsigned, and
// makes of one the event that the platform would deliver, freshly signed.
package sample

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"aegis/shared/local/gateway"
	"aegis/shared/pop"
)

// Call is a call as its file has it.
type Call struct {
	Function   string            `json:"function"` // which function it is for: a folder of functions/
	Kind       string            `json:"kind"`     // api-gateway or http-trigger
	Method     string            `json:"method"`   // GET or POST; the parameters stand in the query
	Path       string            `json:"path"`
	AccessKey  AccessKey         `json:"accessKey"` // that signs it
	Parameters map[string]string `json:"parameters"`
}

// AccessKey is a key pair, or an STS triple.
type AccessKey struct {
	ID            string `json:"id"`
	Secret        string `json:"secret"`
	SecurityToken string `json:"securityToken,omitempty"`
}

// Load reads a call by its file's path, or by its name in the project's events/.
// Changes, as Name=value, replace parameters; Name= alone removes one.
func Load(root, name string, changes []string) (Call, error) {
	path := name
	if !strings.ContainsAny(name, "./") {
		path = filepath.Join(root, "events", name+".json")
	}

	text, err := os.ReadFile(path)
	if err != nil {
		return Call{}, fmt.Errorf("read event %s: %w", name, err)
	}

	var c Call
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&c); err != nil {
		return Call{}, fmt.Errorf("read event %s: %w", path, err)
	}

	return c, c.change(changes)
}

func (c *Call) change(changes []string) error {
	for _, change := range changes {
		name, value, ok := strings.Cut(change, "=")
		switch {
		case !ok || name == "":
			return fmt.Errorf("read parameter %q: it must be Name=value", change)
		case value == "":
			delete(c.Parameters, name)
		default:
			c.Parameters[name] = value
		}
	}
	return nil
}

// Event signs the call and makes the platform's event of it.
func (c Call) Event(now time.Time) ([]byte, error) {
	form, err := c.form()
	if err != nil {
		return nil, err
	}

	r, err := http.NewRequest(c.Method, "http://127.0.0.1:8080"+c.Path+"?"+c.signed(now).Encode(), http.NoBody)
	if err != nil {
		return nil, fmt.Errorf("make the request of an event: %w", err)
	}

	r.Header.Set("Accept", "application/json")
	return form(gateway.Request{Request: r, RequestID: "sample", At: now})
}

func (c Call) form() (gateway.Event, error) {
	switch c.Kind {
	case "api-gateway":
		return gateway.APIGatewayEvent, nil
	case "http-trigger":
		return gateway.HTTPTriggerEvent, nil
	}
	return nil, fmt.Errorf("make an event: kind is %q, it must be api-gateway or http-trigger", c.Kind)
}

func (c Call) signed(now time.Time) pop.Params {
	names := make([]string, 0, len(c.Parameters))
	for name := range c.Parameters {
		names = append(names, name)
	}

	slices.Sort(names)
	var params pop.Params
	for _, name := range names {
		params = append(params, pop.Param{Name: name, Value: c.Parameters[name]})
	}

	signer := pop.Signer{
		Credentials: pop.Credentials{AccessKeyID: c.AccessKey.ID, AccessKeySecret: c.AccessKey.Secret, SecurityToken: c.AccessKey.SecurityToken},
		Clock:       func() time.Time { return now },
	}

	return signer.SignV1(c.Method, params)
}

// URL is the call as a signed URL of a gateway, good once and for 15 minutes.
func (c Call) URL(base string, now time.Time) string {
	return base + c.Path + "?" + c.signed(now).Encode()
}
