package engine

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"
)

// create makes the file unless it is there. It is made under another name
// first: a data file that is empty or unfinished was damaged, not interrupted.
// One that is missing although commits were acknowledged was lost.
func create(folder, path string) error {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if acknowledged, err := readSequence(folder); err != nil || acknowledged > 0 {
		return cmp.Or(err, fmt.Errorf("%w: %s is missing, but commit %d was acknowledged; to start empty, remove %s",
			ErrCorrupt, path, acknowledged, filepath.Join(folder, sequenceName)))
	}

	fresh, err := os.CreateTemp(folder, fileName+".new-*")
	if err != nil {
		return fmt.Errorf("create data file: %w", err)
	}
	defer func() { _ = os.Remove(fresh.Name()) }() // gone already if all went well
	if err := errors.Join(fresh.Close(), initialise(fresh.Name())); err != nil {
		return fmt.Errorf("create data file: %w", err)
	}
	// Link, unlike rename, leaves a file that another process made meanwhile.
	if err := os.Link(fresh.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("create data file: %w", err)
	}

	return syncFolder(folder)
}

func initialise(path string) error {
	db, err := bbolt.Open(path, 0o600, options())
	if err != nil {
		return err
	}
	return errors.Join(ensureFormat(db), db.Close())
}

// syncFolder makes the file's name as durable as its content.
func syncFolder(folder string) error {
	f, err := os.Open(folder)
	if err != nil {
		return fmt.Errorf("sync data folder: %w", err)
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("sync data folder: %w", err)
	}
	return nil
}

// openUnlinked keeps the store in a temporary file that has no name any more:
// the system frees it with the last descriptor, even after a SIGKILL.
func openUnlinked() (*bbolt.DB, error) {
	o := options()
	o.NoSync, o.NoGrowSync = true, true
	o.OpenFile = func(string, int, os.FileMode) (*os.File, error) {
		f, err := os.CreateTemp("", "tablestore-*.db")
		if err != nil {
			return nil, err
		}
		return f, os.Remove(f.Name())
	}
	db, err := bbolt.Open("memory", 0o600, o)
	if err != nil {
		return nil, fmt.Errorf("create a store in memory: %w", err)
	}
	if err := ensureFormat(db); err != nil {
		return nil, errors.Join(fmt.Errorf("create a store in memory: %w", err), db.Close())
	}

	return db, nil
}
