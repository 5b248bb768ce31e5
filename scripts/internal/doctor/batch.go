package doctor

import (
	"context"
	"errors"
	"fmt"
	"time"

	"aegis/scripts/internal/cloud/policies"
	"aegis/shared/store"
)

// Expiring is the doctor's table whose rows expire.
func Expiring() store.Table {
	return store.Table{Name: policies.DoctorTable, Partition: "run", Sort: "item", TTLSeconds: 86_400}
}

// Indexed is the doctor's table with an index, which allows no TTL.
func Indexed() store.Table {
	return store.Table{Name: policies.DoctorIndexed, Partition: "run", Sort: "item"}
}

// By is its index.
func By() store.Index {
	return store.Index{Name: policies.DoctorIndex, Table: Indexed(), Partition: "of", Sort: "at"}
}

// patience is how long a new table, or a lagging index, is waited for.
const patience = 2 * time.Minute

// until looks again and again until there is an answer or an error, or the limit is over.
func (e *exam) until(ctx context.Context, limit time.Duration, look func() (found bool, err error)) (found bool, err error) {
	for waited, pause := time.Duration(0), 50*time.Millisecond; ; pause = min(2*pause, 5*time.Second) {
		if found, err = look(); found || err != nil || waited >= limit {
			return found, err
		}
		if err := e.Wait(ctx, pause); err != nil {
			return false, err
		}
		waited += pause
	}
}

// ensure makes the doctor's own tables, and waits until they are ready.
func (e *exam) ensure(ctx context.Context) error {
	last := error(nil)
	ready, err := e.until(ctx, patience, func() (bool, error) {
		last = errors.Join(e.Store.EnsureTables(ctx, Expiring(), Indexed()), e.Store.EnsureIndexes(ctx, By()))
		if last == nil {
			_, last = e.Store.Read(ctx, key(Expiring(), e.id, ""), key(Indexed(), e.id, ""))
		}
		if store.IsNotYet(last) {
			return false, nil
		}
		return last == nil, last
	})
	if err == nil && !ready {
		err = last
	}
	if err != nil {
		return fmt.Errorf("make the doctor's own tables: %w", err)
	}
	return nil
}

func key(t store.Table, run, item string) store.Key {
	return store.Key{Table: t, Partition: run, Sort: item}
}

const mendStore = "look for the cause in the error; the doctor's own tables need ots:CreateTable, CreateIndex, AddDefinedColumn, BatchGetRow, BatchWriteRow and GetRange (policy <DEPLOYMENT>-operator)"

// checkAtomic writes a row together with a change whose condition fails. Neither may be
// there afterwards.
func checkAtomic(ctx context.Context, e *exam) finding {
	if err := e.ensure(ctx); err != nil {
		return failed(err, mendStore)
	}
	first, missing := key(Expiring(), e.id, "first"), key(Expiring(), e.id, "missing")
	at := store.Columns{store.Int("at", e.Clock().UnixMilli())}
	err := e.Store.Commit(ctx, store.Insert(first, at), store.Update(missing, at, "at", 1))
	if !errors.Is(err, store.ErrCondition) {
		return bad("do not sell on this store: its conditions do not hold", "a batch with a false condition: %v", outcome(err))
	}
	rows, err := e.Store.Read(ctx, first, missing)
	switch {
	case err != nil:
		return failed(err, mendStore)
	case rows[0].Exists() || rows[1].Exists():
		return bad("do not sell on this store: a purchase could be charged and not recorded", "a row of a refused batch is there")
	}
	return good("a refused batch left nothing")
}

func outcome(err error) string {
	if err == nil {
		return "applied"
	}
	return err.Error()
}
