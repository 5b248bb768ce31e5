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
// The two rows of step 1 are not read at one instant. A commit of this very
// token may fall between them, and its effect on the account (an instance that
// exists, a balance that is spent) must not be taken for a reason to refuse. So a
// refusal is told only after the token was read once more, later than the
// account, and found absent.
//
// A write whose answer was lost may still land, be it this call's or that of one
// whose caller has given up. Its conditions make it lose against any later commit;
// but on an account that has not changed since, it could overtake a refusal that only
// the clock explains (an upgrade of an instance that has expired meanwhile). Such a
// refusal moves the account's rev first. A refusal that is returned is definite.
//
// Tokens never expire: the same call answers the same order after years.
package ledger
