// Package ledger commits sale decisions to Tablestore: one ClientToken, one
// order, one charge.
//
// All rows of an owner share a partition of the table sales: the account, one
// row per order and one per token. A sale is two requests and no lock:
//
//  1. Read the token and the account. If the token has been sold, answer its order
//     again.
//  2. Decide (package sale), then commit the account (if its rev is still the one
//     read), the order (if there is none) and the token (if there is none) in one
//     atomic batch: all three or none.
//
// So the token row says that it was sold if and only if the order exists and was
// charged, whatever fails and whenever. Two calls with one token cannot both insert
// it, and two calls on one account cannot both move its rev.
//
// # Refusals
//
// A write whose response was lost may still be applied later, even after its caller
// gave up. Its conditions make it lose against any later commit. But on an account
// that has not changed since, it could be applied after a refusal of the same token,
// if that refusal came from other parameters, another catalogue or another time. Also,
// the two rows of step 1 are not read at one instant. A commit of the same token may
// fall between them, and its effect on the account (an existing instance, a spent
// balance) must not become a reason to refuse.
//
// So a refusal that depends on the account is fenced before it is returned. The
// fence is one atomic batch: it moves the account's rev, adds the token to the
// account's list of refused tokens (64 at most, the oldest give way), and makes the
// token's row as a free one, which fails if the token was sold. After the fence, no
// earlier write of the token can be applied, and the token is known to be unsold. A
// free row has no other meaning: the token can still be sold, and replaces the row.
//
// A token on the list is refused again without a write, so polling a refusal costs
// one read. A call that would now be accepted first removes the token from the list,
// in a batch of its own that moves the rev, and then commits. So at a revision at
// which the token is listed, no commit of it can be under way. Refusals of form
// (sale.Refusal.OfForm) are not fenced; they say nothing about earlier calls.
//
// A fence ends earlier writes. It does not stop a call that is still running with the
// same token, which may succeed later, for example after a top-up.
//
// # Schema
//
// An account's row carries the version of its schema. A row of an earlier version is
// read, and the next commit updates it. A row of a later version is ErrUnavailable, so
// that no release misreads another's rows during a deployment.
//
// Tokens never expire: the same call answers the same order after years.
//
// # Queries
//
// A query is one round trip, since the caller's rows are read with it or beside it. What
// became of a token is in its own row. A page of orders is a range backwards from the
// newest: the ids of orders are sorted by time, so a time is a place in the range. A query
// that filters reads 500 orders at most for a page, which may then be short.
//
// # Limits
//
// MaxAmount is checked on the decision, and its refusal is fenced like every other. A dry
// run decides and writes nothing, unless it is refused: that refusal is fenced too. A
// dry run that passes says nothing about the token.
//
// # Choices
//
// Tokens are kept by owner: two owners of one reseller may use the same. IDs of orders
// are ULIDs, unique without coordination and sorted by time. After a failed condition
// the ledger reads and decides again, eight times at most, and then returns ErrConflict.
package ledger
