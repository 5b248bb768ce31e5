package tablestore

import (
	"bytes"

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
func (s *Server) sweep(w *writing) {
	if w.table.Options.TimeToLive < 0 || w.within != nil || s.transactions.open.Load() > 0 {
		return
	}

	looked, next := 0, []byte(nil)
	since := w.table.AliveSince(w.now)
	for place, stored := range w.tx.Range(w.table.ID, s.sweeper[w.table.ID], nil, false) {
		if looked++; looked > sweepStep {
			next = bytes.Clone(place)
			break
		}
		w.sweepRow(place, stored, since)
	}

	s.sweeper[w.table.ID] = next // nil: from the start again
}

// sweepRow leaves a corrupt row to whoever asks for it: this write is of
// another.
func (w *writing) sweepRow(place, stored []byte, since int64) {
	row, err := decodeRow(w.table, place, stored)
	if err != nil {
		return
	}

	whole := row.Clone()
	if row.Alive(since) {
		return
	}

	key, err := w.table.DecodeKey(place)
	if err != nil || reindex(w.tx, w.table, key, whole, nil) != nil {
		return
	}

	w.tx.Delete(w.table.ID, bytes.Clone(place))
}
