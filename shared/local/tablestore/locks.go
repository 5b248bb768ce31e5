package tablestore

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"aegis/shared/local/tablestore/internal/catalog"
	"aegis/shared/local/tablestore/internal/engine"
	"aegis/shared/local/tablestore/internal/ots"
	"aegis/shared/local/tablestore/internal/plainbuffer"
)

// Limits of a local transaction.
const (
	transactionLife = 60 * time.Second // from its start, and from its last use
	transactionSize = 4 << 20          // bytes staged
)

// transaction is a local transaction under way: the lock of one partition key,
// and writes staged for it. It does not survive a restart.
type transaction struct {
	id      string
	table   *catalog.Table
	key     plainbuffer.Value // the partition key
	place   lockPlace
	writes  *engine.Writes
	started time.Time
	used    time.Time
	busy    bool // a request is using it
}

type lockPlace struct {
	table engine.Bucket
	key   string // the partition key, encoded
}

func (t *transaction) expired(now time.Time) bool {
	return now.Sub(t.started) > transactionLife || now.Sub(t.used) > transactionLife
}

// transactions are those under way. Locks are taken inside the commit
// goroutine, and looked at there by every write, so a lock and a write to what
// it locks never cross.
type transactions struct {
	open  atomic.Int64 // spares writes the mutex while there is none
	mu    sync.Mutex
	count uint64
	byID  map[string]*transaction
	locks map[lockPlace]*transaction
}

func newTransactions() *transactions {
	return &transactions{byID: make(map[string]*transaction), locks: make(map[lockPlace]*transaction)}
}

func errLocked() error {
	return ots.Errorf(ots.RowOperationConflict, "Data is being modified by the other request.")
}

// begin locks the partition key, unless another transaction has.
func (ts *transactions) begin(table *catalog.Table, key plainbuffer.Value, place lockPlace, now time.Time) (*transaction, error) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	if ts.heldByAnother(place, nil, now) {
		return nil, errLocked()
	}

	ts.count++
	t := &transaction{
		id: fmt.Sprintf("%016x%016x", now.UnixMicro(), ts.count), table: table, key: key, place: place,
		writes: engine.NewWrites(), started: now, used: now,
	}
	ts.byID[t.id], ts.locks[place] = t, t
	ts.open.Add(1)
	return t, nil
}

// heldByAnother reports whether a transaction other than own holds the lock, and
// ends one that has expired.
func (ts *transactions) heldByAnother(place lockPlace, own *transaction, now time.Time) bool {
	holder := ts.locks[place]
	if holder == nil || holder == own {
		return false
	}
	if holder.expired(now) && !holder.busy {
		ts.remove(holder)
		return false
	}
	return true
}

// check refuses a write to what another transaction has locked.
func (ts *transactions) check(place lockPlace, own *transaction, now time.Time) error {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	if ts.heldByAnother(place, own, now) {
		return errLocked()
	}
	return nil
}

// enter claims a transaction for one request, until leave.
func (ts *transactions) enter(id, instance string, now time.Time) (*transaction, error) {
	if !isTransactionID(id) {
		return nil, ots.Invalid("TransactionID is invalid.")
	}

	ts.mu.Lock()
	defer ts.mu.Unlock()
	t := ts.byID[id]
	if t == nil || t.table.Instance != instance {
		return nil, errNoSession()
	}
	if t.busy {
		return nil, ots.Errorf(ots.SessionBusy, "Session is busy.")
	}
	if t.expired(now) {
		ts.remove(t)
		return nil, errNoSession()
	}

	t.busy, t.used = true, now
	return t, nil
}

func errNoSession() error {
	return ots.Errorf(ots.SessionNotExist, "Session not exist or may be timeout.")
}

func isTransactionID(id string) bool {
	for i := range len(id) {
		if c := id[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return len(id) == 32
}

func (ts *transactions) leave(t *transaction) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	t.busy = false
}

// end forgets a transaction and frees its lock.
func (ts *transactions) end(t *transaction) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	ts.remove(t)
}

// endTable ends the transactions on a table that is gone.
func (ts *transactions) endTable(table engine.Bucket) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	for _, t := range ts.byID {
		if t.table.ID == table {
			ts.remove(t)
		}
	}
}

func (ts *transactions) remove(t *transaction) {
	if ts.byID[t.id] == t {
		delete(ts.byID, t.id)
		delete(ts.locks, t.place)
		ts.open.Add(-1)
	}
}
