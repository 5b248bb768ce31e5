package tablestore

import (
	"bytes"
	"fmt"

	"aegis/shared/local/tablestore/internal/engine"
)

// sweepStep is how many stored rows a write to a table whose rows expire looks
// at besides its own. With more than one, expired rows go faster than new ones
// come, so a table never grows far beyond what is alive.
const sweepStep = 4

// sweeper remembers, by table, where the next sweep starts. Only the commit
// goroutine uses it.
type sweeper map[engine.Bucket][]byte

// sweep stages the removal of expired rows among the next few of the table,
// with their index entries. There is no background work: what nobody writes to
// stays on disk, unseen.
func (s *Server) sweep(w *writing) error {
	if w.table.Options.TimeToLive < 0 || w.within != nil || s.transactions.open.Load() > 0 {
		return nil
	}
	looked, next := 0, []byte(nil)
	since := w.table.AliveSince(w.now)
	for place, stored := range w.tx.Range(w.table.ID, s.sweeper[w.table.ID], nil, false) {
		if looked++; looked > sweepStep {
			next = bytes.Clone(place)
			break
		}
		if err := w.sweepRow(place, stored, since); err != nil {
			return err
		}
	}
	s.sweeper[w.table.ID] = next // nil: from the start again
	return nil
}

// sweepRow leaves a corrupt row to whoever asks for it: this write is of
// another.
func (w *writing) sweepRow(place, stored []byte, since int64) error {
	row, err := decodeRow(w.table, place, stored)
	if err != nil {
		return nil
	}
	whole := row.Clone()
	if row.Alive(since) {
		return nil
	}
	key, err := w.table.DecodeKey(place)
	if err != nil {
		return nil
	}
	if err := reindex(w.tx, w.table, key, whole, nil); err != nil {
		return fmt.Errorf("sweep table %s: %w", w.table.Name, err)
	}
	w.tx.Delete(w.table.ID, bytes.Clone(place))
	return nil
}
