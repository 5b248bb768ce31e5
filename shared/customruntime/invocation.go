package customruntime

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Invocation is what the platform says about a request.
type Invocation struct {
	RequestID       string
	AccessKeyID     string // of the role's credentials, fresh for each request
	AccessKeySecret string
	SecurityToken   string
	Timeout         time.Duration // of the function; 0: the platform did not say
}

func readInvocation(h http.Header) Invocation {
	seconds, _ := strconv.Atoi(h.Get("X-Fc-Function-Timeout")) // 0 if it is no number
	return Invocation{
		RequestID:   h.Get("X-Fc-Request-Id"),
		AccessKeyID: h.Get("X-Fc-Access-Key-Id"), AccessKeySecret: h.Get("X-Fc-Access-Key-Secret"), SecurityToken: h.Get("X-Fc-Security-Token"),
		Timeout: time.Duration(max(seconds, 0)) * time.Second,
	}
}

// context returns a context that ends when the function's time is over.
func (i Invocation) context(parent context.Context) (context.Context, context.CancelFunc) {
	if i.Timeout == 0 {
		return context.WithCancel(parent)
	}
	return context.WithTimeout(parent, i.Timeout)
}

// removePlatformHeaders leaves the headers that the caller sent.
func removePlatformHeaders(h http.Header) {
	for name := range h {
		if strings.HasPrefix(name, "X-Fc-") {
			h.Del(name)
		}
	}
}
