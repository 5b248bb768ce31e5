package conformance

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"aegis/shared/pop"
)

// proxies are endpoints on the way to the target, by what happens to a request
// there.
type proxies struct {
	late      string // it is signed again, for sixteen minutes ago
	twice     string // it is sent twice; the second answer comes back
	throttled string // it is refused on the way
}

func startProxies(t *testing.T, target Target) proxies {
	start := func(handle func(http.ResponseWriter, *http.Request)) string {
		server := httptest.NewServer(http.HandlerFunc(handle))
		t.Cleanup(server.Close)
		return server.URL
	}
	way := way{target}
	return proxies{late: start(way.late), twice: start(way.twice), throttled: start(way.throttle)}
}

// way is the way to a target.
type way struct{ Target }

func (w way) late(out http.ResponseWriter, in *http.Request) {
	body, _ := io.ReadAll(in.Body)
	signer := pop.Signer{Credentials: w.Credentials, Clock: func() time.Time { return time.Now().Add(-16 * time.Minute) }}
	query, _ := pop.ParseQuery(in.URL.RawQuery)
	r := &pop.Request{Method: in.Method, Host: in.Host, Path: in.URL.EscapedPath(), Query: query, Header: params(in.Header), Body: body}
	if in.Header.Get("Authorization") != "" {
		for _, h := range signer.SignV3(r) {
			in.Header.Set(h.Name, h.Value)
		}
		w.forward(out, in, body)
		return
	}

	form, _ := pop.ParseQuery(string(body))
	in.URL.RawQuery = signer.SignV1(in.Method, append(query, form...)).Encode()
	w.forward(out, in, nil)
}

func params(header http.Header) (all pop.Params) {
	for name, values := range header {
		for _, value := range values {
			all = append(all, pop.Param{Name: name, Value: value})
		}
	}
	return all
}

func (w way) twice(out http.ResponseWriter, in *http.Request) {
	body, _ := io.ReadAll(in.Body)
	w.forward(httptest.NewRecorder(), in, body)
	w.forward(out, in, body)
}

func (w way) throttle(out http.ResponseWriter, in *http.Request) {
	answer(out, pop.ThrottlingUser(1500*time.Millisecond).Response(pop.JSON, "3EE8C1B8-83D3-44AF-A94F-4E0AD82FD6CF", in.Host))
}

func answer(out http.ResponseWriter, r pop.Response) {
	for _, h := range r.Header {
		out.Header().Set(h.Name, h.Value)
	}
	out.Header().Set("Content-Type", r.ContentType)
	out.WriteHeader(r.Status)
	out.Write(r.Body)
}

// forward sends the request on as it came, its Host too.
func (w way) forward(out http.ResponseWriter, in *http.Request, body []byte) {
	request, err := http.NewRequest(in.Method, w.BaseURL+in.URL.RequestURI(), bytes.NewReader(body))
	if err != nil {
		http.Error(out, err.Error(), http.StatusBadGateway)
		return
	}

	request.Host, request.Header = in.Host, in.Header.Clone()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		http.Error(out, err.Error(), http.StatusBadGateway)
		return
	}

	defer response.Body.Close()
	for name, values := range response.Header {
		out.Header()[name] = values
	}

	out.WriteHeader(response.StatusCode)
	io.Copy(out, response.Body)
}
