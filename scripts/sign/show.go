package main

import (
	"fmt"
	"net/url"
	"strings"

	"aegis/scripts/internal/cli"
	"aegis/shared/pop"
)

// show signs a call with each version and prints how.
func show(o *options, action string, args []string) error {
	endpoint, err := url.Parse(o.Endpoint)
	if err != nil || endpoint.Host == "" {
		return cli.Usagef("--endpoint is not a URL: %s", o.Endpoint)
	}

	var own pop.Params
	for _, arg := range args {
		name, value, ok := strings.Cut(arg, "=")
		if !ok {
			return cli.Usagef("parameters are written Name=Value: %s", arg)
		}
		own = append(own, pop.Param{Name: name, Value: value})
	}

	if o.Only != "v3" {
		showV1(o, endpoint, action, own)
	}
	if o.Only != "v1" {
		showV3(o, endpoint, action, own)
	}

	return nil
}

func showV1(o *options, endpoint *url.URL, action string, own pop.Params) {
	all := append(pop.Params{{Name: "Action", Value: action}, {Name: "Version", Value: o.Version}}, own...)
	if _, given := own.Get("Format"); !given {
		all = append(all, pop.Param{Name: "Format", Value: "JSON"})
	}

	signed := o.signer.SignV1(o.Method, all)
	trace := pop.TraceV1(o.signer.Algorithm, o.signer.AccessKeySecret, o.Method, signed)
	o.title("Signature version 1.0, " + string(o.signer.Algorithm))
	o.step("1. Query: every parameter but Signature, sorted by name, percent-encoded", trace.Canonical)
	o.step("2. StringToSign: method & %2F & the query percent-encoded once more", trace.StringToSign)
	o.step("3. Key", "the secret followed by &")
	o.step("4. Signature: base64 of the HMAC", trace.Signature)
	r := &pop.Request{Method: o.Method, Query: signed}
	if o.Form {
		r.Query, r.Body = nil, []byte(signed.Encode())
	}

	o.step("Send it within 15 minutes, once", curl(endpoint, r))
}

func showV3(o *options, endpoint *url.URL, action string, own pop.Params) {
	r := &pop.Request{Method: o.Method, Host: endpoint.Host, Path: endpoint.EscapedPath(), Query: own}
	if o.Form {
		r.Query, r.Body = nil, []byte(own.Encode())
		r.Header = pop.Params{{Name: "content-type", Value: "application/x-www-form-urlencoded"}}
	}

	r.Header = append(r.Header, pop.Param{Name: "x-acs-action", Value: action}, pop.Param{Name: "x-acs-version", Value: o.Version})
	r.Header = o.signer.SignV3(r)
	value, _ := r.Header.Get("authorization")
	_, signedHeaders, _ := strings.Cut(value, "SignedHeaders=")
	signedHeaders, _, _ = strings.Cut(signedHeaders, ",")
	trace := pop.TraceV3(o.signer.AccessKeySecret, r, signedHeaders)
	o.title("Signature version 3, ACS3-HMAC-SHA256")
	o.step("1. CanonicalRequest: method, path, query, headers, an empty line, SignedHeaders, SHA-256 of the body", trace.Canonical)
	o.step("2. StringToSign: the algorithm and the SHA-256 of the CanonicalRequest", trace.StringToSign)
	o.step("3. Key", "the secret, with nothing after it")
	o.step("4. Signature: hex of the HMAC-SHA256", trace.Signature)
	o.step("5. Authorization", value)
	o.step("Send it within 15 minutes, once", curl(endpoint, r))
}

func (o *options) title(text string) {
	if o.JSON {
		return
	}
	fmt.Fprintf(o.print.Out, "%s\n%s\n\n", text, strings.Repeat("=", len(text)))
}

// step prints a text under its name, indented so that its own lines show.
func (o *options) step(name, text string) {
	if o.JSON {
		o.print.Say([]cli.Field{{Name: "step", Value: name}, {Name: "value", Value: text}}, "")
		return
	}
	fmt.Fprintf(o.print.Out, "%s\n    %s\n\n", name, strings.ReplaceAll(cli.CleanLines(text), "\n", "\n    "))
}

// curl writes r as a shell command.
func curl(endpoint *url.URL, r *pop.Request) string {
	to := *endpoint
	to.RawQuery = r.Query.Encode()
	line := "curl -sS -X " + r.Method + " " + quote(to.String())
	for _, h := range r.Header {
		if h.Name != "host" {
			line += " \\\n  -H " + quote(h.Name+": "+h.Value)
		}
	}

	if len(r.Body) > 0 {
		line += " \\\n  --data-raw " + quote(string(r.Body))
	}
	return line
}

// quote quotes for a POSIX shell.
func quote(text string) string {
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
