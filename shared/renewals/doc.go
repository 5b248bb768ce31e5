// Package renewals renews, expires and releases instances on a timer.
//
// A trigger starts a run every hour. The run finds what is due through the ledger's
// index, so its cost depends on the number of due instances and not on all instances.
// It keeps no state and no cursor: an instance that is done leaves the index, and the
// next run finds the others. A run ends with its context's deadline.
//
// Each step is a sale (package ledger). Its token is made of the instance, the expiry
// and the instance's change number, and it is decided again on the account, because the
// index lags a little behind. So runs may overlap and repeat, and callers may renew by
// hand at the same time: an instance is renewed once for a term, expires once at an
// expiry and is released once. A renewal that is refused, for lack of balance, is noted
// on the account and tried again the next day, in the renewal hours.
//
// Instances that the marketplace sold are never renewed here. Before one is marked
// expired or released, the marketplace is asked, if there are credentials for it. A run
// also retries the marketplace's held dead letters. Once a day another run compares all
// instances of the marketplace with the marketplace's records.
package renewals
