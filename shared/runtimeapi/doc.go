// Package runtimeapi carries the requests of fc-runtime-go-sdk to the runtime API
// of Function Compute.
//
// The SDK sends all its requests through http.DefaultTransport and reads an event
// completely before the handler sees it. Replacing that transport is therefore the
// only place where the size of an event can be limited: [Transport] hands over
// MaxEvent bytes of an event and one more, so that the handler can tell that it was
// cut, and reads the rest without keeping it.
//
// Transport also costs less than net/http's. The two requests of an invocation are
// small, go to the same machine, and are never cancelled, so it needs no goroutines
// and few buffers. All other requests go to net/http.
package runtimeapi
