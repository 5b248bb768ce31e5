// Package renewals renews, expires and releases instances on a timer.
//
// A trigger starts a run every hour. What is due it finds through the index of the
// ledger, so that its cost follows what is due and not how many instances there are.
// It keeps no state and no cursor: what is done leaves the index, and what is not is
// found by the next run. A run ends with its context's deadline.
//
// Each step is a sale (package ledger) whose token is made of the instance, the expiry
// that it is about and the instance's change number, and is decided again on the
// account: the index may be a little behind. So runs may overlap, repeat and meet
// callers who renew by hand: an instance is renewed once for a term, expires once at
// an expiry and is released once. A renewal that is refused, for want of balance, is
// noted with the account and tried again the next day, in the renewal hours.
//
// Instances that the marketplace sold are never renewed here. Before one is marked
// expired or released, the marketplace is asked, if there are credentials for that. A
// run also tries the marketplace's held letters again, and once a day another compares
// all its instances with its books.
package renewals
