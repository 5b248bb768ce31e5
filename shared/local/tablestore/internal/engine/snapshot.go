package engine

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// replacedName is what Restore renames the data file to that it replaces.
const replacedName = fileName + ".replaced"

// Snapshot copies the newest commit into a folder that exists, while reads and
// writes go on, and verifies the copy. It returns the commit's number.
func (e *Engine) Snapshot(folder string) (commit uint64, err error) {
	select {
	case <-e.quit:
		return 0, ErrClosed
	default:
	}
	path := filepath.Join(folder, fileName)
	if err := writeFile(path, func(f *os.File) error {
		return e.db.View(func(tx *bbolt.Tx) error {
			_, err := tx.WriteTo(f)
			return errors.Join(err, orderMetas(f, tx.DB().Info().PageSize, uint64(tx.ID())))
		})
	}); err != nil {
		return 0, fmt.Errorf("write the snapshot: %w", err)
	}

	c, err := verifyFile(path)
	if err != nil {
		return 0, describe(path, err)
	}
	return c.commit, syncFolder(folder)
}

// writeFile makes a new file, durable when it returns.
func writeFile(path string, write func(*os.File) error) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Sync(), f.Close())
}

// orderMetas puts the copy's meta pages where commits of those numbers have
// them. bbolt always puts the newer first, and would overwrite it with the next
// commit if its number is odd.
func orderMetas(f *os.File, pageSize int, commit uint64) error {
	if commit%2 == 0 {
		return nil
	}
	newer, older := make([]byte, pageSize), make([]byte, pageSize)
	_, err := f.ReadAt(newer, 0)
	if _, err2 := f.ReadAt(older, int64(pageSize)); errors.Join(err, err2) != nil {
		return errors.Join(err, err2)
	}

	// A page starts with its number, which the checksum of a meta page leaves out.
	binary.NativeEndian.PutUint64(older, 0)
	binary.NativeEndian.PutUint64(newer, 1)
	_, err = f.WriteAt(bytes.Join([][]byte{older, newer}, nil), 0)
	return err
}

// Restore replaces the folder's data file, which must not be in use, by a
// snapshot's. The snapshot is verified first; the file that it replaces is kept
// under another name.
func Restore(snapshot, folder string) (commit uint64, err error) {
	from, path := filepath.Join(snapshot, fileName), filepath.Join(folder, fileName)
	c, err := verifyFile(from)
	if err != nil {
		return 0, describe(from, err)
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return 0, fmt.Errorf("create data folder: %w", err)
	}

	unlock, err := lockUnused(path)
	if err != nil {
		return 0, err
	}
	defer unlock()
	if err := replace(from, folder); err != nil {
		return 0, fmt.Errorf("restore %s: %w", from, err)
	}

	return c.commit, nil
}

// lockUnused keeps other processes from opening the data file, damaged or not.
func lockUnused(path string) (unlock func(), err error) {
	db, err := openGuarded(path, readOnly())
	if errors.Is(err, berrors.ErrTimeout) {
		return nil, describe(path, err)
	}
	if err != nil { // missing, or too damaged for anyone to open
		return func() {}, nil
	}
	return func() { _ = db.Close() }, nil
}

// replace may be interrupted anywhere: the sequence of the old file goes first,
// so that it never makes a restored one look too old.
func replace(from, folder string) error {
	fresh := filepath.Join(folder, fileName+".restored")
	if err := removeIfThere(fresh); err != nil {
		return err
	}
	if err := writeFile(fresh, func(f *os.File) error { return copyFile(f, from) }); err != nil {
		return err
	}
	if err := removeIfThere(filepath.Join(folder, sequenceName)); err != nil {
		return err
	}

	path := filepath.Join(folder, fileName)
	if err := os.Rename(path, filepath.Join(folder, replacedName)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Rename(fresh, path); err != nil {
		return err
	}
	return syncFolder(folder)
}

func removeIfThere(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func copyFile(to *os.File, path string) error {
	from, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }() // opened for reading: nothing to lose
	_, err = io.Copy(to, from)
	return err
}

// IsDataFile reports whether a file of a data folder is the engine's own.
func IsDataFile(name string) bool { return name == fileName || name == sequenceName }

// Remove removes the folder's data file, which must not be in use, and further
// files of the folder with it.
func Remove(folder string, further ...string) error {
	path := filepath.Join(folder, fileName)
	unlock, err := lockUnused(path)
	if err != nil {
		return err
	}
	defer unlock()

	// The sequence first: without it, a missing data file is a new one.
	for _, name := range append([]string{sequenceName, fileName}, further...) {
		if err := removeIfThere(filepath.Join(folder, name)); err != nil {
			return fmt.Errorf("remove the data: %w", err)
		}
	}
	return nil
}
