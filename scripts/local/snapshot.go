package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"aegis/shared/local"
	"aegis/shared/local/queue"
	"aegis/shared/local/tablestore"
)

// snapshot saves, loads or resets a stack's data: its store and its order queue, and those
// of the seller behind a reseller. Only saving may be done while the stack runs.
type snapshot struct {
	data  string
	store string // address of the stack's store, unless stack.json says otherwise
	log   io.Writer
}

func (s snapshot) run(ctx context.Context, what, name string) error {
	for _, part := range s.parts() {
		if err := part.runOne(ctx, what, name); err != nil {
			return err
		}
	}
	return nil
}

// parts are the stack and, after it, the seller behind it. The seller's data is saved
// last: a sale that it alone has is answered with the same order when the reseller
// forwards it again.
func (s snapshot) parts() []snapshot {
	parts := []snapshot{s}
	behind := local.SellerFolder(s.data)
	if _, err := os.Stat(behind); err == nil {
		parts = append(parts, snapshot{data: behind, store: s.store, log: s.log})
	}
	return parts
}

func (s snapshot) runOne(ctx context.Context, what, name string) error {
	switch what {
	case "save":
		return s.save(ctx, name)
	case "load":
		restored, err := tablestore.Restore(s.data, name)
		if err != nil {
			return err
		}
		fmt.Fprintf(s.log, "loaded %s\n", restored.Folder)
		return nil
	}
	return s.reset(ctx, name)
}

// save asks the running stack, if there is one, since it alone may read its files.
func (s snapshot) save(ctx context.Context, name string) error {
	taken, err := tablestore.SnapshotOf(s.data, name, queue.File)
	if errors.Is(err, tablestore.ErrInUse) {
		taken, err = tablestore.RequestSnapshot(ctx, s.server(), name)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(s.log, "saved %s\n", taken.Folder)
	return nil
}

func (s snapshot) server() string {
	if d, err := local.ReadDescription(s.data); err == nil {
		return d.Tablestore
	}
	return "http://" + s.store
}

func (s snapshot) reset(ctx context.Context, name string) error {
	if name != "" {
		if err := s.save(ctx, name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if err := tablestore.Reset(s.data, queue.File); err != nil {
		return err
	}

	fmt.Fprintf(s.log, "the next start on %s begins empty\n", s.data)
	return nil
}
