// Package store is Tablestore as this system uses it, and the one gate through
// which its requests go: read rows, commit changes to one partition, range over
// a partition. Ledger and access are written against the interface Client, so a
// test can stand at the gate and crash, delay, lose an answer or conflict.
//
// # What a caller knows after an error
//
// The Tablestore SDK resends a write after a broken connection, so that a write
// that was applied can be reported as a failed condition (api.go, getNextPause).
// Here a write is sent exactly once, and its error says which of these holds:
//
//   - ErrCondition: this write was not applied, because a condition did not hold.
//   - ErrNotApplied: it was not applied, and trying again may help.
//   - ErrUnknown: it may have been applied, or may still be. Read before you act.
//   - anything else: it was not applied and never will be (a missing table, bad
//     credentials): a defect of the set-up.
//
// Reads are retried by the SDK's own rules within the caller's deadline; what is
// left is ErrNotApplied or a defect.
package store
