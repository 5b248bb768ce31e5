package cloud

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"aegis/shared/pop"
)

// Client sends calls. Credentials and Region must be set. It is safe for concurrent use.
type Client struct {
	Credentials pop.Credentials
	Region      string
	Endpoint    string           // URL that all products' calls go to; "": each product's own
	HTTP        *http.Client     // nil: one with a timeout of 10 s
	Clock       func() time.Time // nil: time.Now
}

// maxAnswer bounds an answer.
const maxAnswer = 4 << 20

// Do sends a call and decodes its answer into a pointer; nil: the answer is not needed.
// An answer that refuses is an *Error. No error contains a secret or a parameter.
func (c *Client) Do(ctx context.Context, call Call, into any) error {
	request, err := c.request(ctx, call)
	if err != nil {
		return fmt.Errorf("%s %s: %w", call.Product, call.Action, err)
	}
	response, err := c.http().Do(request)
	if err != nil {
		return fmt.Errorf("%s %s: %w", call.Product, call.Action, withoutURL(err))
	}
	defer response.Body.Close()

	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("%s %s: read the answer: %w", call.Product, call.Action, err)
	}
	if response.StatusCode/100 != 2 {
		return refusal(call, response, body)
	}
	if into == nil {
		return nil
	}
	if err := json.Unmarshal(body, into); err != nil {
		return fmt.Errorf("%s %s: the answer is not JSON of its form: %w", call.Product, call.Action, err)
	}
	return nil
}

// request makes the signed HTTP request of a call.
func (c *Client) request(ctx context.Context, call Call) (*http.Request, error) {
	target, err := c.target(call)
	if err != nil {
		return nil, err
	}
	body, contentType, err := call.body()
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, call.method(), target.String(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}

	for _, h := range c.sign(call, target, body, contentType) {
		if h.Name != "host" { // net/http sends it
			request.Header.Set(h.Name, h.Value)
		}
	}
	return request, nil
}

// target is the URL of a call.
func (c *Client) target(call Call) (*url.URL, error) {
	base := c.Endpoint
	if base == "" {
		base = call.Product.url(c.Region)
	}
	target, err := url.Parse(base)
	if err != nil || target.Host == "" {
		return nil, fmt.Errorf("the endpoint %q is no URL", base)
	}

	target.Path = "/"
	if call.Path != "" {
		target.RawPath = call.Path
		if target.Path, err = url.PathUnescape(call.Path); err != nil {
			return nil, fmt.Errorf("the path %q is not escaped: %w", call.Path, err)
		}
	}
	target.RawQuery = paramsOf(call.Query).Encode()
	return target, nil
}

func (c *Client) sign(call Call, target *url.URL, body []byte, contentType string) pop.Params {
	version, _ := call.Product.api()
	signer := pop.Signer{Credentials: c.Credentials, Clock: c.Clock}
	header := pop.Params{{Name: "accept", Value: "application/json"}, {Name: "x-acs-action", Value: call.Action}, {Name: "x-acs-version", Value: version}}
	if contentType != "" {
		header = append(header, pop.Param{Name: "content-type", Value: contentType})
	}
	return signer.SignV3(&pop.Request{
		Method: call.method(), Host: target.Host, Path: target.EscapedPath(), Query: paramsOf(call.Query), Header: header, Body: body,
	})
}

// body returns the body of a call and its type.
func (c Call) body() (body []byte, contentType string, err error) {
	switch {
	case c.Body != nil:
		body, err = json.Marshal(c.Body)
		return body, "application/json", err
	case len(c.Form) > 0:
		return []byte(paramsOf(c.Form).Encode()), "application/x-www-form-urlencoded", nil
	}
	return nil, "", nil
}

// paramsOf returns the values that are not empty.
func paramsOf(values map[string]string) pop.Params {
	var params pop.Params
	for name, value := range values {
		if value != "" {
			params = append(params, pop.Param{Name: name, Value: value})
		}
	}
	return params
}

func (c *Client) http() *http.Client {
	if c.HTTP != nil {
		return c.HTTP
	}
	return &http.Client{Timeout: 10 * time.Second}
}
