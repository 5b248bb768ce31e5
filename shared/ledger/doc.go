// Package ledger commits sale decisions to Tablestore: one ClientToken, one
// order, one charge.
//
// All rows of an owner share a partition of the table sales: the account, one
// row per order and one per token. A sale is two requests and no lock:
//
//  1. Read the token and the account. A token that is there has been sold:
//     answer what it says.
//  2. Decide (package sale), then commit the account (if its rev is still the one
//     read), the order (if there is none) and the token (if there is none) in one
//     atomic batch: all three or none.
//
// So whatever happens between, before or after, the token row exists if and only
// if the order exists and was charged. Two calls with one token cannot both
// insert it, two calls on one account cannot both move its rev.
//
// # Refusals
//
// A write whose response was lost may still be applied later, even after its caller
// gave up. Its conditions make it lose against any later commit; but on an account
// that has not changed since, it could follow a refusal of the same token that other
// parameters, another catalogue or another moment led to. And the two rows of step 1
// are not read at one instant: a commit of this very token may fall between them,
// and its effect on the account (an instance that exists, a balance that is spent)
// must not be taken for a reason to refuse.
//
// So a refusal that depends on the account is fenced before it is returned. The
// fence is one atomic batch: it moves the account's rev, adds the token to the
// account's list of refused tokens (64 at most, the oldest give way), and makes the
// token's row as a free one, which fails if the token was sold. After it, no earlier
// write of the token can land, and the token is known to be unsold. The free row means
// nothing else: the token can be sold as any other, in its place.
//
// A token that is on the list is refused again without a write, so polling a refusal
// costs one read. A call that would now be accepted first takes the token off the
// list, in a batch of its own that moves the rev, and then commits: so at a revision
// at which the token is listed no commit of it can be under way. Refusals of form
// (sale.Refusal.OfForm) are not fenced; they say nothing of earlier calls.
//
// A fence ends what came before it. It does not bind a call that is still running
// with the same token, whose turn may come after a top-up.
//
// # Schema
//
// An account's row carries the version of its schema. A row of an earlier version is
// read, and brought up to date by the next commit; a row of a later version is
// ErrUnavailable, so that during a deployment no release guesses what another means.
//
// Tokens never expire: the same call answers the same order after years.
//
// # Choices
//
// Tokens are kept by owner: two owners of one reseller may use the same. IDs of orders
// are ULIDs, unique without coordination and sorted by time. After a failed condition
// the ledger reads and decides again, eight times at most, and then returns ErrConflict.
package ledger
