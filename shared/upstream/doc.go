// Package upstream sells what somebody else sells: it forwards operations to an
// Aegis endpoint, signed as the operator, and keeps what became of each token.
//
// The effect is remote, so it cannot be committed together with the token. What
// makes it happen once is that the endpoint answers a ClientToken that it has
// sold with the same order; what is kept here makes sure that a token is always
// forwarded the same, by one caller at a time, and never reported as refused
// while it may still be sold:
//
//  1. Reserve the token's row: PENDING, with the parameters, a fence that grows
//     with each holder, and a lease.
//  2. Forward, once, with the same ClientToken, within the lease.
//  3. Record the end, if the fence is still ours: DONE with the order; or FREE,
//     when the endpoint refused and nothing can be sold any more.
//
// A caller that dies leaves PENDING. After the lease the next call takes over and
// forwards again, which the endpoint answers with the order, if there is one. A
// parallel duplicate is told IdempotentProcessing. A late first caller finds
// another fence and can neither overwrite nor free its successor's record.
//
// # When a refusal is a refusal
//
// An earlier forward that got no answer may still be on its way. The endpoint
// takes requests for 15 minutes after their timestamp, so for that long, and a
// minute more, a refusal of a later forward is not told: ServiceUnavailable. Nor
// is one that the endpoint gives without looking at the token, such as throttling:
// the earlier forward may have been sold. A first forward's refusal is told at once.
//
// # What the endpoint must promise
//
// That it never forgets a token. If it does, a token whose record here is lost as
// well, or was never DONE, can be sold again.
package upstream
