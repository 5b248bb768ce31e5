// Package wire reads an HTTP request as people have it at hand: a URL out of a
// log, a request captured from the wire, what curl -v printed, or just its
// headers. It is lenient where a capture is, and changes nothing that a
// signature depends on.
package wire

import (
	"bytes"
	"errors"
	"io"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"

	"aegis/shared/pop"
)

// Read reads text as a URL, or as a request in HTTP/1.1: a request line,
// headers, an empty line, the body. Without a request line it is one of method
// to endpoint, a URL; so is a URL alone, but for its method.
func Read(text, method, endpoint string) (*pop.Request, error) {
	if first := strings.TrimSpace(text); strings.HasPrefix(first, "http://") || strings.HasPrefix(first, "https://") {
		return fromURL(method, first)
	}

	head, body := split(text)
	lines := strings.Split(undress(head), "\n")
	r, err := fromLine(lines[0])
	if err != nil {
		return nil, err
	}
	if r != nil {
		lines = lines[1:]
	} else if r, err = fromURL(method, endpoint); err != nil {
		return nil, err
	}

	for _, line := range lines {
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			return nil, errors.New("this line is not a header: " + line)
		}
		r.Header = append(r.Header, pop.Param{Name: strings.ToLower(strings.TrimSpace(name)), Value: strings.TrimSpace(value)})
	}

	return r, finish(r, body)
}

func fromURL(method, text string) (*pop.Request, error) {
	u, err := url.Parse(text)
	if err != nil {
		return nil, err
	}
	return &pop.Request{Method: method, Host: u.Host, Path: u.EscapedPath(), RawQuery: u.RawQuery}, nil
}

// fromLine reads a request line, and returns nothing for any other line.
func fromLine(line string) (*pop.Request, error) {
	words := strings.Fields(line)
	if len(words) < 2 || strings.HasSuffix(words[0], ":") {
		return nil, nil
	}
	return fromURL(words[0], words[1])
}

// undress takes off what curl -v puts before each line of a request, and what
// it says besides.
func undress(head string) string {
	if !strings.Contains("\n"+head, "\n> ") {
		return head
	}

	var kept []string
	for line := range strings.SplitSeq(head, "\n") {
		if sent, ok := strings.CutPrefix(line, "> "); ok {
			kept = append(kept, sent)
		}
	}

	return strings.Join(kept, "\n")
}

// split finds the empty line, with or without CRs, and leaves the body alone.
func split(text string) (head string, body []byte) {
	text = strings.TrimLeft(text, "\r\n")
	head, rest, found := strings.Cut(text, "\r\n\r\n")
	if plain, after, ok := strings.Cut(text, "\n\n"); ok && (!found || len(plain) < len(head)) {
		head, rest = plain, after
	}
	return strings.TrimRight(strings.ReplaceAll(head, "\r\n", "\n"), "\n"), []byte(rest)
}

// finish sets what follows from the headers: the host, and how much of what is
// there is the body. Where none of them says so, newlines at the end are a file's.
func finish(r *pop.Request, body []byte) error {
	r.Body = bytes.TrimRight(body, "\r\n")
	for _, h := range r.Header {
		switch h.Name {
		case "host":
			r.Host = h.Value
		case "transfer-encoding":
			return unchunk(r, body)
		case "content-length":
			if n, err := strconv.Atoi(h.Value); err == nil {
				r.Body = body[:min(max(n, 0), len(body))]
			}
		}
	}

	return nil
}

func unchunk(r *pop.Request, body []byte) (err error) {
	r.Body, err = io.ReadAll(httputil.NewChunkedReader(bytes.NewReader(body)))
	return err
}
