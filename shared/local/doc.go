// Package local is the cloud on one machine: the store, the functions behind
// their runtime API, and the gateway, wired as in production.
//
// Stack is the whole of it; go run ./scripts/local starts one and so do tests.
// The functions are real binaries and know nothing of it: they get an
// endpoint, an instance and a master key by their environment and get the store's
// credentials with each event.
//
// The keys, secrets and accounts of a first start are public knowledge. Nothing
// here is meant to be reached from another machine.
package local
