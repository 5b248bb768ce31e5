package access

import (
	"context"
	"errors"

	"aegis/shared/store"
)

// Ceilings returns the table of what resellers' keys have leased. A key spends from many
// accounts, and no commit spans two of them. So a key's ceiling of a day is leased to
// the owners in amounts that their purchases need. One partition a key: the row of the
// sum of all leases, with the owner "all", and a row for each owner. Both change in one
// commit, on condition of the sum's rev, so the leases of a day never exceed the
// ceiling; the account's row counts what the owner's purchases spend of the lease.
//
// What is leased for a purchase that is then not made stays with its owner for the day.
// So a ceiling is never exceeded, and may refuse early by that much. Rows are forgotten
// after two days.
func Ceilings() store.Table {
	return store.Table{Name: "ceilings", Partition: "key", Sort: "owner", TTLSeconds: 2 * 24 * 60 * 60}
}

const (
	colDay    = "day"    // such as 20260510
	colLeased = "leased" // fen

	sumOwner = "all" // an owner is a number
)

// leaseTries bounds how often a lease is tried again when others of the same key get
// in first.
const leaseTries = 16

// Lease is how many fen a key may spend from an account on a day.
type Lease struct {
	Day int64 // such as 20260510 (UTC+8)
	Fen int64
}

// Allow returns what the caller's key may spend from the owner's account on a day: want
// if the ceiling permits it, otherwise less. If the key's leases are of a later day
// than want's, it returns that day and what the owner has of it. A dry run leases
// nothing. ErrUnavailable: the store failed, or other purchases of the key got in first.
func (c *Caller) Allow(ctx context.Context, owner string, want Lease, dryRun bool) (Lease, error) {
	if !c.reseller {
		return Lease{Day: want.Day, Fen: c.Ceiling}, nil
	}

	for try := range leaseTries {
		leased, err := c.registry.tryLease(ctx, c, owner, want, dryRun)
		switch {
		case err == nil:
			return leased, nil
		case !errors.Is(err, store.ErrCondition) && !errors.Is(err, store.ErrUnknown):
			return Lease{}, unavailable(err)
		}
		if err := store.Pause(ctx, c.registry.random, try); err != nil {
			return Lease{}, unavailable(err)
		}
	}
	return Lease{}, unavailable(errors.New("other purchases of the key kept getting in first"))
}

// tryLease reads the leases and extends the owner's if it has to. After store.ErrUnknown
// the next try reads whether it was applied.
func (r *Registry) tryLease(ctx context.Context, c *Caller, owner string, want Lease, dryRun bool) (Lease, error) {
	sum, own := ceilingRow(c.KeyID, sumOwner), ceilingRow(c.KeyID, owner)
	rows, err := r.store.Read(ctx, sum, own)
	if err != nil {
		return Lease{}, err
	}

	day := max(want.Day, rows[0].Int(colDay))
	total, leased := leaseOn(day, rows[0]), leaseOn(day, rows[1])
	missing := want.Fen - leased.Fen
	if day != want.Day || missing <= 0 {
		return leased, nil
	}

	if left := c.Ceiling - total.Fen; missing > left {
		return Lease{Day: day, Fen: leased.Fen + max(left, 0)}, nil
	}
	if !dryRun {
		err = r.store.Commit(ctx, leaseChange(sum, rows[0], total.Fen+missing, day), leaseChange(own, rows[1], want.Fen, day))
	}
	return want, err
}

func ceilingRow(keyID, owner string) store.Key {
	return store.Key{Table: Ceilings(), Partition: keyID, Sort: owner}
}

// leaseOn returns the lease of a day. A row of an earlier day holds none of it.
func leaseOn(day int64, row store.Row) Lease {
	if row.Int(colDay) != day {
		return Lease{Day: day}
	}
	return Lease{Day: day, Fen: row.Int(colLeased)}
}

func leaseChange(key store.Key, row store.Row, fen, day int64) store.Change {
	rev := row.Int(colRev)
	columns := store.Columns{store.Int(colDay, day), store.Int(colLeased, fen), store.Int(colRev, rev+1)}
	if !row.Exists() {
		return store.Insert(key, columns)
	}
	return store.Update(key, columns, colRev, rev)
}
