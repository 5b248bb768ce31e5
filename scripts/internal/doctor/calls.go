package doctor

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"aegis/shared/pop"
)

// answer is what a caller is answered.
type answer struct {
	Status    int
	Code      string // "": it succeeded
	RequestID string
	Invoked   string // the platform's id of the invocation
	SPI       string // success of an answer of the marketplace's SPI
}

func (a answer) String() string { return fmt.Sprintf("%d %s", a.Status, cmp.Or(a.Code, "OK")) }

// version is a version of the signature.
type version string

const (
	v1 version = "v1"
	v3 version = "v3"
)

// sign signs a call of an operation at a URL.
func (e *exam) sign(ctx context.Context, v version, at, action string, with pop.Credentials, params map[string]string) (*http.Request, error) {
	all := pop.Params{}
	for name, value := range params {
		all = append(all, pop.Param{Name: name, Value: value})
	}
	signer := pop.Signer{Credentials: with, Clock: e.Clock}
	if v == v1 {
		all = append(all, pop.Param{Name: "Action", Value: action}, pop.Param{Name: "Version", Value: "2016-11-11"}, pop.Param{Name: "Format", Value: "JSON"})
		form := signer.SignV1(http.MethodPost, all).Encode()
		return formRequest(ctx, at, form)
	}

	request, err := formRequest(ctx, at, all.Encode())
	if err != nil {
		return nil, err
	}
	headers := signer.SignV3(&pop.Request{
		Method: http.MethodPost, Host: request.URL.Host, Path: request.URL.EscapedPath(), Body: []byte(all.Encode()),
		Header: pop.Params{{Name: "x-acs-action", Value: action}, {Name: "x-acs-version", Value: "2016-11-11"}, {Name: "content-type", Value: request.Header.Get("Content-Type")}},
	})
	for _, h := range headers {
		if h.Name != "host" {
			request.Header.Set(h.Name, h.Value)
		}
	}
	return request, nil
}

// formRequest sends parameters in the body: no URL has a signature.
func formRequest(ctx context.Context, at, form string) (*http.Request, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, at, bytes.NewReader([]byte(form)))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return request, nil
}

// call signs a call and sends it.
func (e *exam) call(ctx context.Context, v version, at, action string, with pop.Credentials, params map[string]string) (answer, error) {
	request, err := e.sign(ctx, v, at, action, with, params)
	if err != nil {
		return answer{}, fmt.Errorf("call %s: %w", action, err)
	}
	a, err := e.send(request)
	if err != nil {
		return a, fmt.Errorf("call %s by %s: %w", action, v, err)
	}
	return a, nil
}

func (e *exam) send(request *http.Request) (answer, error) {
	response, err := e.HTTP.Do(request)
	if err != nil {
		if sent, ok := err.(*url.Error); ok {
			err = sent.Err // without the URL
		}
		return answer{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if err != nil {
		return answer{}, err
	}
	var fields struct{ Code, RequestID, Success string }
	if err := json.Unmarshal(body, &fields); err != nil {
		return answer{}, fmt.Errorf("the answer, %s, is not one of the functions: %s", response.Status, cmp.Or(response.Header.Get("X-Ca-Error-Message"), excerpt(body)))
	}
	return answer{response.StatusCode, fields.Code, fields.RequestID, response.Header.Get("x-fc-request-id"), fields.Success}, nil
}

// excerpt is the beginning of a text, for people.
func excerpt(body []byte) string {
	return strings.ToValidUTF8(string(body[:min(len(body), 100)]), "?")
}

// paths returns the URL of each path: of the endpoint, or of the HTTP triggers, which only
// pop and marketspi have.
func (e *exam) paths(ctx context.Context) (map[string]string, error) {
	if e.endpoints != nil {
		return e.endpoints, nil
	}
	all := map[string]string{}
	if e.Endpoint != "" {
		for path := range Routes() {
			all[path] = strings.TrimSuffix(e.Endpoint, "/") + path
		}
		e.endpoints = all
		return all, nil
	}

	for path, of := range map[string]struct{ function, trigger string }{"/": {"aegis-pop", "pop"}, "/market/spi": {"aegis-marketspi", "spi"}} {
		triggers, err := e.triggersOf(ctx, of.function)
		if err != nil {
			return nil, err
		}
		base := triggers[of.trigger].HTTPTrigger.URLInternet
		if base == "" {
			return nil, fmt.Errorf("the HTTP trigger %s of %s has no public URL", of.trigger, of.function)
		}
		all[path] = strings.TrimSuffix(base, "/") + path
	}
	e.endpoints = all
	return all, nil
}
