package main

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"

	"aegis/shared/app"
)

// values are the values of a deployment.
type values struct {
	getenv    func(string) string
	fallbacks map[string]string
}

func readValues(getenv func(string) string) values {
	v := values{getenv: getenv, fallbacks: map[string]string{}}
	for _, each := range table() {
		v.fallbacks[each.name] = each.fallback
	}
	return v
}

// get returns a value, or its fallback.
func (v values) get(name string) string {
	if text := v.getenv(name); text != "" {
		return text
	}
	return v.fallbacks[name]
}

func always(values) bool { return true }

func matches(pattern, must string) func(string) string {
	return func(text string) string {
		if regexp.MustCompile(pattern).MatchString(text) {
			return ""
		}
		return must
	}
}

func oneOf(choices ...string) func(string) string {
	return func(text string) string {
		if slices.Contains(choices, text) {
			return ""
		}
		return strings.Join(choices, ", ")
	}
}

func isFile(path string) string {
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return "a file that exists"
	}
	return ""
}

// problem returns what is wrong with a value, "" if nothing is. It does not hold the
// value of a secret.
func (v values) problem(of value) string {
	text := v.get(of.name)
	shown := fmt.Sprintf("is %q", text)
	if of.secret {
		shown = "is set"
	}
	switch {
	case text == "" && of.needed != nil && of.needed(v):
		return fmt.Sprintf("%s is not set: %s", of.name, of.meaning)
	case text == "":
		return ""
	case isLocal(text):
		return fmt.Sprintf("%s is that of every local stack, which everyone knows: make your own", of.name)
	case isPlaceholder(text):
		return fmt.Sprintf("%s is a placeholder: %s", of.name, of.meaning)
	case of.fits != nil && of.fits(text) != "":
		return fmt.Sprintf("%s %s, it must be %s", of.name, shown, of.fits(text))
	}
	return ""
}

// isPlaceholder reports a value that was copied from a document.
func isPlaceholder(text string) bool {
	lower := strings.ToLower(text)
	for _, part := range []string{"…", "<", "your-", "your_", "changeme", "xxxx", "****", "example.com"} {
		if strings.Contains(lower, part) {
			return true
		}
	}
	return false
}

// isLocal reports a value of the local stack, one of a list too.
func isLocal(text string) bool {
	for part := range strings.SplitSeq(text, ",") {
		part = strings.TrimSpace(part)
		if slices.Contains(app.PublicSecrets(), part) || strings.HasPrefix(part, "LTAI-local-") || strings.Contains(part, ":0000000000000000:") {
			return true
		}
		if u, err := url.Parse(part); err == nil && isThisMachine(u.Hostname()) {
			return true
		}
	}
	return false
}

func isThisMachine(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || host == "host.docker.internal" || ip != nil && (ip.IsLoopback() || ip.IsUnspecified())
}
