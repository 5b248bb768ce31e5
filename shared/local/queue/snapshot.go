package queue

import (
	"fmt"
	"path/filepath"

	"go.etcd.io/bbolt"
)

// File is the name of the queue's file in its folder.
const File = "queue.db"

// Snapshot copies the queue into a folder while it runs. A message delivered
// after the copy is delivered again by the copy.
func (q *Queue) Snapshot(folder string) error {
	err := q.db.View(func(tx *bbolt.Tx) error { return tx.CopyFile(filepath.Join(folder, File), 0o600) })
	if err != nil {
		return fmt.Errorf("copy the queue: %w", err)
	}
	return nil
}
