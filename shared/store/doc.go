// Package store reads and writes rows of Tablestore: it reads rows by key, commits
// changes to one partition atomically, and ranges over a partition or an index. All
// requests of this system go through it. Other packages use the interface Client, so
// that a test can inject crashes, delays, lost answers and conflicts.
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
// The SDK retries reads by its own rules within the caller's deadline. A read that
// still fails is ErrNotApplied or a defect of the set-up.
package store
