package api

import (
	"encoding/base64"
	"encoding/json"
	"net/netip"
	"strings"

	"aegis/shared/pop"
)

// event is the union of the two shapes in which an HTTP request arrives: an API
// Gateway event has httpMethod, an HTTP trigger's has requestContext.http.method.
type event struct {
	Path            string            `json:"path"`
	RawPath         string            `json:"rawPath"`
	HTTPMethod      string            `json:"httpMethod"`
	Headers         map[string]string `json:"headers"`
	QueryParameters map[string]string `json:"queryParameters"`
	Body            string            `json:"body"`
	IsBase64Encoded flag              `json:"isBase64Encoded"`
	RequestContext  struct {
		DomainName string `json:"domainName"`
		HTTP       struct {
			Method   string `json:"method"`
			SourceIP string `json:"sourceIp"`
		} `json:"http"`
	} `json:"requestContext"`
}

// flag is a bool that the gateway writes as true or as "true".
type flag bool

// UnmarshalJSON reads either spelling.
func (f *flag) UnmarshalJSON(text []byte) error {
	*f = flag(strings.EqualFold(strings.Trim(string(text), `"`), "true"))
	return nil
}

// request is a request and what the platform says about it.
type request struct {
	*pop.Request
	source netip.Addr // of the client; the zero Addr if the platform does not say it
}

// readEvent reads a request from an event. After an error the request still holds what
// an answer needs, as far as it could be read.
//
// The source is the one that the platform saw, in the requestContext of an HTTP
// trigger. An event of API Gateway has none. Headers are never believed.
func readEvent(raw []byte) (request, error) {
	none := request{Request: &pop.Request{}}
	if err := CheckEvent(raw); err != nil {
		return none, err
	}

	var e event
	if err := json.Unmarshal(raw, &e); err != nil {
		return none, pop.InvalidParameter("Event", "It must be a JSON event of API Gateway or of an HTTP trigger.")
	}

	r := request{Request: &pop.Request{
		Method: e.HTTPMethod + e.RequestContext.HTTP.Method, Path: e.Path + e.RawPath,
		Header: params(e.Headers), Query: params(e.QueryParameters),
	}}
	r.source, _ = netip.ParseAddr(e.RequestContext.HTTP.SourceIP) // the zero Addr after an error
	r.Host = e.host()
	if r.Method == "" {
		return r, pop.InvalidParameter("Event", "It names no HTTP method.")
	}

	var err error
	if r.Body, err = e.body(); err != nil {
		return r, pop.InvalidParameter("Body", "It is not base64, which isBase64Encoded says it is.")
	}
	return r, nil
}

func (e *event) body() ([]byte, error) {
	if !e.IsBase64Encoded {
		return []byte(e.Body), nil
	}
	return base64.StdEncoding.DecodeString(e.Body)
}

// host returns the name by which the client called us. Error answers repeat it.
func (e *event) host() string {
	for name, value := range e.Headers {
		if strings.EqualFold(name, "host") {
			return value
		}
	}
	return e.RequestContext.DomainName
}

func params(m map[string]string) pop.Params {
	p := make(pop.Params, 0, len(m))
	for name, value := range m {
		p = append(p, pop.Param{Name: name, Value: value})
	}
	return p
}
