// Package customruntime serves the calls of Function Compute's custom runtime
// (custom.debian12): an HTTP server, in which one instance handles many calls at a time.
//
// The runtime go1 gives an instance one event at a time, so every call that waits for the
// store holds an instance that is paid for. Here calls that overlap share one.
//
// HTTP calls arrive as their callers sent them. InvokeFunction and triggers arrive as POST
// /invoke with the raw event and the header x-fc-control-path: /invoke. Only the header
// counts, because a caller who sent an event could claim any source address in it. Credentials of the role, the id of the request and the
// timeout are headers x-fc-* of each request, which the platform sets and never takes
// from a caller (help: Custom runtime specification). The port must be reachable for the
// platform alone.
package customruntime
