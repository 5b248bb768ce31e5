// Package sameorigin keeps web pages away from the routes by which a local stack is
// controlled. A page of any site that a developer visits can send requests to servers on
// the same machine: with an Origin header of its own, or, once its name resolves to
// 127.0.0.1, with its own name as Host.
package sameorigin

import (
	"net"
	"net/http"
	"net/url"
)

// Handler refuses requests of web pages of other origins, and requests whose Host is a
// name that anyone could have registered. Addresses, localhost and the name of the host
// in a container pass.
func Handler(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !Allowed(r) {
			http.Error(w, "this route is not for web pages of other sites (Host, Origin)", http.StatusForbidden)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// Allowed reports whether Handler lets a request pass.
func Allowed(r *http.Request) bool {
	if !isOwnName(r.Host) {
		return false
	}
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host == r.Host
}

func isOwnName(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return host == "localhost" || host == "host.docker.internal" || net.ParseIP(host) != nil
}
