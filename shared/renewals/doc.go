// Package renewals leads instances through the end of their terms: it renews them
// automatically, marks them expired and releases them.
//
// A timer starts a run, hourly in the renewal hours. What a run has to look at it
// finds through the index of the ledger, so that its cost follows what is due and
// not how many instances there are. It keeps no state of its own and no place
// where it stopped: what is done leaves the index, and what is not is found by
// the next run. A run ends with its context's deadline.
//
// Each step is a sale (package ledger) whose token is made of the instance and the
// expiry that it is about, and is decided again on the account: the index may be
// a little behind. So runs may overlap, repeat and meet callers who renew by hand:
// an instance is renewed once for a term, expires once at an expiry and is
// released once. A renewal that is refused, for want of balance, is noted with the
// account and tried again the next day.
package renewals
