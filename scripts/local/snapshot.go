package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"aegis/shared/local/queue"
	"aegis/shared/local/tablestore"
)

// runSnapshot saves, loads or resets a stack's data: its store and its order
// queue. Only saving may be done while the stack runs.
func runSnapshot(ctx context.Context, what, data, store string, names []string) error {
	wantName := what != "reset"
	if len(names) > 1 || wantName && len(names) == 0 {
		return fmt.Errorf("-snapshot %s: want one NAME after it, got %d", what, len(names))
	}
	switch what {
	case "save":
		return save(ctx, data, store, names[0])
	case "load":
		restored, err := tablestore.Restore(data, names[0])
		if err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "loaded %s\n", restored.Folder)
		return nil
	case "reset":
		return reset(ctx, data, store, names)
	}
	return fmt.Errorf("-snapshot %q: want save, load or reset", what)
}

// save asks the running stack, if there is one, since it alone may read its
// files.
func save(ctx context.Context, data, store, name string) error {
	taken, err := tablestore.SnapshotOf(data, name, queue.File)
	if errors.Is(err, tablestore.ErrInUse) {
		taken, err = tablestore.RequestSnapshot(ctx, "http://"+store, name)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "saved %s\n", taken.Folder)
	return nil
}

func reset(ctx context.Context, data, store string, names []string) error {
	if len(names) == 1 {
		if err := save(ctx, data, store, names[0]); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if err := tablestore.Reset(data, queue.File); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "the next start on %s begins empty\n", data)
	return nil
}
