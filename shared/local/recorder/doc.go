// Package recorder keeps the last requests of a local stack with all that happened
// during them: the request as it arrived, the event, the round trips to the store, what
// the function printed, and the answer.
//
// A Recorder observes the gateway, the functions and the store. Each notes what it has
// at hand, by reference, under one short lock; nothing is encoded, parsed or copied until
// somebody looks. What is kept is bounded in number and in bytes: the oldest records go
// first. A stack without a console has no Recorder and pays nothing.
//
// Round trips are attributed exactly: a function's credentials carry the RequestID of the
// invocation (see functions.Observer), and the store sees it in the security token. Log
// lines are attributed by their fcRequestId, others by the instance that printed them.
package recorder
