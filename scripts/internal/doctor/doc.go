// Package doctor verifies that a deployment is as the code assumes.
//
// Checks lists the assumptions. Run holds a Target against them, one after the other, and
// returns a Result for each: what is assumed, what was seen, and how to mend a difference.
// A check that does not apply is skipped and says why; it never passes silently.
//
// Checks are harmless by construction. They read, except for these: "atomic", "index" and
// "ttl" write to tables of their own; "work" and "routes" send calls that are refused after
// their signature was verified, or only read, each of which leaves a nonce; "queue" sends
// one message with a wrong token, which ends as a dead letter that is then removed.
//
// Against a local stack only the checks run that need no control plane. No Result has a
// secret, a signed URL, or the value of an environment variable.
package doctor
