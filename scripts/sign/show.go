package main

import (
	"fmt"
	"io"
	"net/url"
	"strings"

	"aegis/shared/pop"
)

// show signs a call with each version and prints how.
func show(o *options, action string, args []string, out io.Writer) error {
	endpoint, err := url.Parse(o.endpoint)
	if err != nil || endpoint.Host == "" {
		return fmt.Errorf("-endpoint is not a URL: %s", o.endpoint)
	}
	var own pop.Params
	for _, arg := range args {
		name, value, ok := strings.Cut(arg, "=")
		if !ok {
			return fmt.Errorf("parameters are written Name=Value: %s", arg)
		}
		own = append(own, pop.Param{Name: name, Value: value})
	}
	if o.only != "v3" {
		showV1(o, endpoint, action, own, out)
	}
	if o.only != "v1" {
		showV3(o, endpoint, action, own, out)
	}
	return nil
}

func showV1(o *options, endpoint *url.URL, action string, own pop.Params, out io.Writer) {
	all := append(pop.Params{{Name: "Action", Value: action}, {Name: "Version", Value: o.version}}, own...)
	if _, given := own.Get("Format"); !given {
		all = append(all, pop.Param{Name: "Format", Value: "JSON"})
	}
	signed := o.signer.SignV1(o.method, all)
	trace := pop.TraceV1(o.signer.Algorithm, o.signer.AccessKeySecret, o.method, signed)
	title(out, "Signature version 1.0, "+string(o.signer.Algorithm))
	step(out, "1. Query: every parameter but Signature, sorted by name, percent-encoded", trace.Canonical)
	step(out, "2. StringToSign: method & %2F & the query percent-encoded once more", trace.StringToSign)
	step(out, "3. Key", "the secret followed by &")
	step(out, "4. Signature: base64 of the HMAC", trace.Signature)
	r := &pop.Request{Method: o.method, Query: signed}
	if o.form {
		r.Query, r.Body = nil, []byte(signed.Encode())
	}
	step(out, "Send it within 15 minutes, once", curl(endpoint, r))
}

func showV3(o *options, endpoint *url.URL, action string, own pop.Params, out io.Writer) {
	r := &pop.Request{Method: o.method, Host: endpoint.Host, Path: endpoint.EscapedPath(), Query: own}
	if o.form {
		r.Query, r.Body = nil, []byte(own.Encode())
		r.Header = pop.Params{{Name: "content-type", Value: "application/x-www-form-urlencoded"}}
	}
	r.Header = append(r.Header, pop.Param{Name: "x-acs-action", Value: action}, pop.Param{Name: "x-acs-version", Value: o.version})
	r.Header = o.signer.SignV3(r)
	value, _ := r.Header.Get("authorization")
	_, signedHeaders, _ := strings.Cut(value, "SignedHeaders=")
	signedHeaders, _, _ = strings.Cut(signedHeaders, ",")
	trace := pop.TraceV3(o.signer.AccessKeySecret, r, signedHeaders)
	title(out, "Signature version 3, ACS3-HMAC-SHA256")
	step(out, "1. CanonicalRequest: method, path, query, headers, an empty line, SignedHeaders, SHA-256 of the body", trace.Canonical)
	step(out, "2. StringToSign: the algorithm and the SHA-256 of the CanonicalRequest", trace.StringToSign)
	step(out, "3. Key", "the secret, with nothing after it")
	step(out, "4. Signature: hex of the HMAC-SHA256", trace.Signature)
	step(out, "5. Authorization", value)
	step(out, "Send it within 15 minutes, once", curl(endpoint, r))
}

func title(out io.Writer, text string) {
	fmt.Fprintf(out, "%s\n%s\n\n", text, strings.Repeat("=", len(text)))
}

// step prints a text under its name, indented so that its own lines show.
func step(out io.Writer, name, text string) {
	fmt.Fprintf(out, "%s\n    %s\n\n", name, strings.ReplaceAll(text, "\n", "\n    "))
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
