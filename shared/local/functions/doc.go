// Package functions is Function Compute on one machine: it runs real function
// binaries behind the runtime API (version 2020-11-11) that the unmodified
// fc-runtime-go-sdk speaks.
//
// As in the cloud, an instance is a process that handles one event at a time. It
// is started when an event finds no idle one, up to a limit, beyond which events
// wait; it is kept while idle. An invocation that outlives its timeout has its
// instance killed. An instance that dies, in an invocation or between two, is
// answered for and replaced by the next event that needs one.
//
// All instances live in one process group whose leader is a shell that waits for
// the end of a pipe: when this process ends, however it ends, the group is
// killed. (Left alone, the runtime SDK would ask for its next event for ever,
// without pause.)
//
// It differs from the cloud in that memory and CPU are not limited, idle
// instances are never frozen or reclaimed, and the initializer and pre-stop hooks
// are never called, since no function here registers one.
package functions
