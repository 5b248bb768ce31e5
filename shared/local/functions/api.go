package functions

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
)

// api is the runtime API of one instance (fc-runtime-go-sdk,
// runtime_api_client.go): it asks for the next event, and posts an answer or an
// error for it.
func (i *instance) api() http.Handler {
	const base = "/2020-11-11/runtime/invocation/"
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+base+"next", i.serveNext)
	mux.HandleFunc("POST "+base+"{id}/response", func(w http.ResponseWriter, r *http.Request) { i.servePost(w, r, false) })
	mux.HandleFunc("POST "+base+"{id}/error", func(w http.ResponseWriter, r *http.Request) { i.servePost(w, r, true) })
	return mux
}

// serveNext holds the request until there is an event. The SDK asks again as
// soon as it has one; that request waits here until the pool uses the instance
// again.
func (i *instance) serveNext(w http.ResponseWriter, r *http.Request) {
	i.asked.Do(func() { close(i.ready) })
	select {
	case v := <-i.events:
		i.describe(w.Header(), v)
		w.WriteHeader(http.StatusOK)
		_, _ = w.Write(v.Event) // a broken connection shows as the instance's end
	case <-r.Context().Done():
	}
}

// describe sets the headers that the SDK makes its context from. Without deadline
// and timeout it would drop the event.
func (i *instance) describe(h http.Header, v *invocation) {
	c, credentials := i.runtime.config, i.runtime.config.Credentials
	if v.Credentials != nil {
		credentials = *v.Credentials
	}

	for name, value := range map[string]string{
		"x-fc-request-id":        v.RequestID,
		"x-fc-function-type":     "0",
		"x-fc-function-deadline": strconv.FormatInt(v.deadline.UnixMilli(), 10),
		"x-fc-function-timeout":  fmt.Sprint(int(max(v.Timeout.Seconds(), 1))),
		"x-fc-function-name":     i.function.Name,
		"x-fc-function-handler":  i.function.Handler,
		"x-fc-function-memory":   strconv.Itoa(i.function.Memory),
		"x-fc-access-key-id":     credentials.AccessKeyID,
		"x-fc-access-key-secret": credentials.AccessKeySecret,
		"x-fc-security-token":    i.runtime.invocationToken(credentials.SecurityToken, v.RequestID),
		"x-fc-region":            c.Region,
		"x-fc-account-id":        c.AccountID,
	} {
		h.Set(name, value)
	}
}

// servePost takes an answer. Exactly 200 shows the SDK that it was taken; one for
// an event that is over is refused.
func (i *instance) servePost(w http.ResponseWriter, r *http.Request, failed bool) {
	payload, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, "the answer broke off", http.StatusBadRequest)
		return
	}

	v := i.invocation(r.PathValue("id"))
	if v == nil {
		http.Error(w, "this invocation is over", http.StatusGone)
		return
	}

	select {
	case v.done <- outcome{payload, failed}:
	default:
		http.Error(w, "this invocation has been answered", http.StatusConflict)
	}
}
