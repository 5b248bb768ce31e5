package api_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/shared/api"
	"aegis/shared/pop"
	"aegis/shared/upstream"
)

// The operator's key at the endpoint. A secret may have characters that URLs encode.
const (
	operatorSecret = "operators/secret+of=the key"
	operatorToken  = "operators/sts+token="
)

// spy is a transport that keeps what it sends.
type spy struct {
	http.RoundTripper
	forms []string
}

func (s *spy) RoundTrip(r *http.Request) (*http.Response, error) {
	form, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	s.forms = append(s.forms, string(form))
	again := r.Clone(r.Context())
	again.Body = io.NopCloser(strings.NewReader(string(form)))
	return s.RoundTripper.RoundTrip(again)
}

// secrets are what of the sent requests may be seen nowhere.
func (s *spy) secrets(t *testing.T) []string {
	t.Helper()
	all := []string{operatorSecret, operatorToken}
	for _, form := range s.forms {
		params, err := pop.ParseQuery(form)
		require.NoError(t, err)
		signature, ok := params.Get("Signature")
		require.True(t, ok)
		all = append(all, signature, pop.TraceV1(pop.HMACSHA1, "", http.MethodPost, params).StringToSign)
	}
	for _, secret := range all {
		all = append(all, url.QueryEscape(secret), url.PathEscape(secret))
	}
	return all
}

// forwards has the desk's service forward to an endpoint.
func (d *desk) forwards(endpoint string) *spy {
	d.t.Helper()
	s := &spy{RoundTripper: &http.Transport{DisableKeepAlives: true}}
	client, err := upstream.NewClient(upstream.ClientConfig{URL: endpoint, Transport: s, Credentials: func(context.Context) pop.Credentials {
		return pop.Credentials{AccessKeyID: "LTAI-operator", AccessKeySecret: operatorSecret, SecurityToken: operatorToken}
	}})
	require.NoError(d.t, err)
	reseller, err := upstream.New(upstream.Config{Store: d.gate, Remote: client, Clock: d.clock, Lease: 200 * time.Millisecond})
	require.NoError(d.t, err)
	d.service, err = api.New(api.Config{Operations: api.All(), Access: d.keys, Backend: reseller, Clock: d.clock, Log: d.log})
	require.NoError(d.t, err)
	return s
}

// tcp starts a server that does something with each connection once it has read the
// request's form.
func tcp(t *testing.T, do func(c *net.TCPConn, form string)) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		form, _ := io.ReadAll(r.Body)
		c, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		defer c.Close()
		do(c.(*net.TCPConn), string(form))
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// echo starts an endpoint that answers with what it was sent, in one way or another.
func echo(t *testing.T, answer func(w http.ResponseWriter, form string)) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		form, _ := io.ReadAll(r.Body)
		answer(w, string(form))
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// popError answers a refusal whose message repeats something.
func popError(w http.ResponseWriter, code, message string) {
	w.WriteHeader(400)
	_, _ = fmt.Fprintf(w, `{"RequestId":"r-1","Code":%q,"Message":%q}`, code, message)
}

func stringToSign(form string) string {
	params, _ := pop.ParseQuery(form)
	return pop.TraceV1(pop.HMACSHA1, "", http.MethodPost, params).StringToSign
}

func TestAFailedForwardShowsNoSignatureAndNoSecret(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, closed.Close())
	silent := make(chan struct{})
	t.Cleanup(func() { close(silent) })

	for name, endpoint := range map[string]string{
		"a refused connection": "http://" + closed.Addr().String(),
		"no TLS there":         strings.Replace(echo(t, func(http.ResponseWriter, string) {}), "http://", "https://", 1),
		"a reset connection":   tcp(t, func(c *net.TCPConn, _ string) { _ = c.SetLinger(0) }),
		"a closed connection":  tcp(t, func(*net.TCPConn, string) {}),
		"no HTTP, but an echo": tcp(t, func(c *net.TCPConn, form string) { _, _ = io.WriteString(c, form+"\r\n\r\n") }),
		"half an answer": tcp(t, func(c *net.TCPConn, form string) {
			_, _ = fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n%s", form)
		}),
		"a timeout": tcp(t, func(_ *net.TCPConn, form string) {
			if strings.Contains(form, "CreateInstance") { // whose lease ends; the query's time is the function's
				<-silent
			}
		}),
		"a proxy's page": echo(t, func(w http.ResponseWriter, form string) {
			w.WriteHeader(413)
			_, _ = fmt.Fprintf(w, "<html>Too large: %s</html>", form)
		}),
		"a redirect": echo(t, func(w http.ResponseWriter, form string) {
			w.Header().Set("Location", "http://elsewhere.test/?"+form)
			w.WriteHeader(302)
		}),
		"a signature that does not match": echo(t, func(w http.ResponseWriter, form string) {
			popError(w, "SignatureDoesNotMatch", "Specified signature is not matched with our calculation. server string to sign is:"+stringToSign(form))
		}),
		"a refusal that repeats what was signed": echo(t, func(w http.ResponseWriter, form string) { popError(w, "InvalidParameter", stringToSign(form)) }),
		"a refusal that repeats the request":     echo(t, func(w http.ResponseWriter, form string) { popError(w, "InvalidAccountStatus", form) }),
		"a refusal that is the signature": echo(t, func(w http.ResponseWriter, form string) {
			params, _ := pop.ParseQuery(form)
			signature, _ := params.Get("Signature")
			popError(w, "Forbidden", signature+" "+operatorSecret+" "+operatorToken)
		}),
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t)
			sent := d.forwards(endpoint)

			sale, summary := d.call(create()), d.call(create("Action=GetSummary"))
			require.GreaterOrEqual(t, sale.status, 400)
			require.GreaterOrEqual(t, summary.status, 400)
			require.Len(t, sent.forms, 2, "it did forward")

			seen := d.log.String() + sale.body + summary.body
			require.Contains(t, d.log.String(), "CreateInstance")
			for _, secret := range sent.secrets(t) {
				require.NotContains(t, seen, secret)
			}
		})
	}
}
