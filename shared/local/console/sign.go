package console

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"aegis/shared/access"
	"aegis/shared/operations"
	"aegis/shared/operations/reference"
	"aegis/shared/pop"
)

// call is what the form says.
type call struct {
	Key        string     `json:"key"`
	Version    string     `json:"version"` // v1 or v3, of the signature
	Operation  string     `json:"operation"`
	Parameters pop.Params `json:"parameters"`
	Times      int        `json:"times"` // sent at once; 0: 1
	Lose       bool       `json:"lose"`  // the connection breaks before the answer is read
	Reveal     bool       `json:"reveal"`
}

const apiVersion = "2016-11-11"

// signed is a request that is ready to be sent, and how its signature came about.
type signed struct {
	Method string     `json:"method"`
	URL    string     `json:"url"`
	Header pop.Params `json:"-"`
	Raw    string     `json:"raw"`
	Steps  []step     `json:"steps"`
}

// step is a step of signing. The page has a text for each name.
type step struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// sign answers how a call is signed and sent, and its code in every language.
func (s *console) sign(r *http.Request) (any, error) {
	var c call
	if err := decode(r, &c); err != nil {
		return nil, err
	}
	signer, err := s.signer(r.Context(), c)
	if err != nil {
		return nil, err
	}

	request, err := s.signWith(signer, c)
	if err != nil {
		return nil, err
	}
	secret := mask
	if c.Reveal {
		secret = signer.AccessKeySecret
	}
	request.Raw = maskFor(signer.AccessKeySecret, signer.SecurityToken).Replace(request.Raw)
	return map[string]any{"request": request, "samples": s.samples(c, secret)}, nil
}

func (s *console) signer(ctx context.Context, c call) (pop.Signer, error) {
	k, err := s.Keys.Find(ctx, c.Key)
	if errors.Is(err, access.ErrNoKey) {
		return pop.Signer{}, notFound("no-key", c.Key)
	}
	if err != nil {
		return pop.Signer{}, err
	}
	return pop.Signer{Credentials: pop.Credentials{AccessKeyID: k.ID, AccessKeySecret: k.Secret, SecurityToken: k.SecurityToken}}, nil
}

func (s *console) signWith(signer pop.Signer, c call) (signed, error) {
	o, ok := operations.Find(c.Operation)
	if !ok {
		return signed{}, notFound("no-operation", c.Operation)
	}
	endpoint, err := url.Parse(s.Gateway)
	if err != nil {
		return signed{}, err
	}

	switch c.Version {
	case "v1":
		return signV1(signer, endpoint, o, c.Parameters), nil
	case "v3":
		return signV3(signer, endpoint, o, c.Parameters), nil
	}
	return signed{}, invalid("version", c.Version)
}

func signV1(signer pop.Signer, endpoint *url.URL, o operations.Operation, own pop.Params) signed {
	all := append(pop.Params{{Name: "Action", Value: o.Name}, {Name: "Version", Value: apiVersion}, {Name: "Format", Value: "JSON"}}, own...)
	params := signer.SignV1(o.Method(), all)
	trace := pop.TraceV1(signer.Algorithm, signer.AccessKeySecret, o.Method(), params)
	return ready(o.Method(), endpoint, params, nil, []step{
		{"v1-query", trace.Canonical}, {"v1-string", trace.StringToSign}, {"v1-key", mask + "&"}, {"v1-signature", trace.Signature},
	})
}

func signV3(signer pop.Signer, endpoint *url.URL, o operations.Operation, own pop.Params) signed {
	r := &pop.Request{Method: o.Method(), Host: endpoint.Host, Path: "/", Query: own}
	r.Header = pop.Params{{Name: "x-acs-action", Value: o.Name}, {Name: "x-acs-version", Value: apiVersion}}
	r.Header = signer.SignV3(r)
	value, _ := r.Header.Get("authorization")
	_, names, _ := strings.Cut(value, "SignedHeaders=")
	names, _, _ = strings.Cut(names, ",")
	trace := pop.TraceV3(signer.AccessKeySecret, r, names)
	return ready(o.Method(), endpoint, own, r.Header, []step{
		{"v3-request", trace.Canonical}, {"v3-string", trace.StringToSign}, {"v3-key", mask}, {"v3-signature", trace.Signature}, {"v3-authorization", value},
	})
}

// ready puts a signed request together.
func ready(method string, endpoint *url.URL, query, header pop.Params, steps []step) signed {
	to := *endpoint
	to.Path, to.RawQuery = "/", query.Encode()
	var raw strings.Builder
	fmt.Fprintf(&raw, "%s %s HTTP/1.1\nHost: %s\n", method, to.RequestURI(), to.Host)
	for _, h := range header {
		if !strings.EqualFold(h.Name, "host") {
			fmt.Fprintf(&raw, "%s: %s\n", h.Name, h.Value)
		}
	}
	return signed{Method: method, URL: to.String(), Header: header, Raw: raw.String(), Steps: steps}
}

// snippet is the code of a call in one language.
type snippet struct {
	Title    string `json:"title"`
	Language string `json:"language"`
	Code     string `json:"code"`
}

// samples writes the call in every language.
func (s *console) samples(c call, secret string) (all []snippet) {
	o, _ := operations.Find(c.Operation)
	_, host, _ := strings.Cut(s.Gateway, "://")
	for _, code := range reference.Samples(reference.Call{
		Action: o.Name, Method: o.Method(), KeyID: c.Key, Secret: secret, Host: host, Parameters: c.Parameters,
	}) {
		all = append(all, snippet{code.Title, code.Language, code.Code})
	}
	return all
}
