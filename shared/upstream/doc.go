// Package upstream forwards operations to the real Aegis endpoint and records the
// outcome of every ClientToken.
//
// The effect is remote, so it cannot be committed together with the token. The
// endpoint makes it happen once: it answers a ClientToken that it has sold with the
// same order. This package makes sure that a token is always forwarded with the same
// parameters, by one caller at a time, and is never reported as refused while it may
// still be sold:
//
//  1. Reserve the token's row: PENDING, with the parameters, a fence that grows with
//     each holder, and a lease.
//  2. Sign the forward, compare the lease with the clock, and send it, once. A process
//     that stands still in between sends what the endpoint refuses for its timestamp.
//  3. Record the outcome, if the fence is still ours: DONE with the order, or FREE if
//     the endpoint refused and nothing can be sold any more.
//
// A caller that dies leaves PENDING. After the lease the next call takes over and
// forwards again; if there is an order, the endpoint answers with it. A parallel
// duplicate gets IdempotentProcessing. A first caller that returns late finds another
// fence, and can neither overwrite nor free the record of its successor.
//
// # When a refusal is definite
//
// A forward without an answer may still arrive. The endpoint accepts requests for 15
// minutes after their timestamp, so for 16 minutes after the last forward without an
// answer, a refusal is not passed on: the caller gets ServiceUnavailable. A forward
// that was answered has arrived and starts no doubt, so a client ends with an answer
// however often it retries. A refusal that the endpoint gives before it looks the
// token up, such as throttling, never ends a doubt; only a refusal of the form
// (Missing…, InvalidParameter) is passed on when the 16 minutes are over. It says
// nothing about earlier calls, so the token is not freed. The refusal of a first
// forward is definite at once, and so is a connection that could not be made.
//
// # What an answer is
//
// A sale is a 200 with a JSON object that has an OrderId (ReleaseInstance: a RequestId)
// and no Code. A refusal is a 4xx with a Code and a RequestId. Anything else is the
// answer of a proxy, of a broken connection or of another server, and leaves the
// outcome open: other statuses, pages, empty or partial bodies, and redirects, which are
// not followed.
//
// IdempotentParameterMismatch means that the endpoint has sold the token, for other
// parameters. The row goes back to what was forwarded first, is never freed, and a
// retry with those parameters finds the order.
//
// # What the endpoint sees
//
// The ClientToken that it sees is ours, see ForwardedToken: it may keep tokens by
// access key, and ours serves many owners. The row keeps it. The parameters are made of
// the command's canonical form, as the fingerprint is: equal calls are forwarded equal.
//
// Requests are signed by package pop and equal those of Alibaba Cloud's Go SDK, except
// that they travel in the body, so that no URL has a signature. Each is sent once, a
// sale on a connection of its own. No error or log line has the signature, the string
// that was signed, or a secret.
//
// # Rows of the other backend
//
// A token that package ledger sold is answered with its order. The ledger answers a
// DONE row with its order and a PENDING one with ServiceUnavailable, and sells a FREE
// one, under its fence.
//
// # What the endpoint must promise
//
// It must never forget a token. If it does, a token can be sold again if its record
// here is lost as well or was never DONE. ReleaseInstance has no ClientToken: it happens
// once because an instance can be released only once.
//
// # Choices
//
// ReleaseInstance and SetRenewal are forwarded too. What this system records is answered
// here: what became of a token. What else the endpoint keeps, accounts, orders and prices,
// is sale.ErrElsewhere. MaxAmount and DryRun are not forwarded, because an endpoint that
// does not know them would sell: they are refused as form, unless the token was sold. The marketplace and the timer
// work on the ledger only.
package upstream
