package engine

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/cespare/xxhash/v2"
)

const (
	sequenceName = "tablestore.sequence"
	sequenceSize = 2 * wordSize // commit and checksum
)

// sequence is the file next to the data file that holds the newest commit that
// was acknowledged. A data file that was put back to an earlier state, or whose
// newest meta page was, is whole in itself: only this file shows it.
//
// It is written after each commit and synced on Close only. After a power
// failure it may lag behind the data file, which is allowed; it is never
// ahead.
type sequence struct{ file *os.File }

// readSequence is the newest commit that was acknowledged, or 0 if there is no
// such file: the data file is new, or was copied here without it.
func readSequence(folder string) (uint64, error) {
	path := filepath.Join(folder, sequenceName)
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read the newest commit: %w", err)
	}
	if len(raw) == 0 { // made just before a crash
		return 0, nil
	}
	if len(raw) != sequenceSize || xxhash.Sum64(raw[:wordSize]) != binary.LittleEndian.Uint64(raw[wordSize:]) {
		return 0, fmt.Errorf("%w: %s has a wrong checksum; verify the data file, then remove it", ErrCorrupt, path)
	}

	return binary.LittleEndian.Uint64(raw), nil
}

// openSequence opens the folder's sequence, making it if need be, and sets it
// to commit.
func openSequence(folder string, commit uint64) (*sequence, error) {
	f, err := os.OpenFile(filepath.Join(folder, sequenceName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the sequence of commits: %w", err)
	}
	s := &sequence{file: f}
	if err := errors.Join(s.set(commit), f.Sync()); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return s, nil
}

func (s *sequence) set(commit uint64) error {
	if s == nil { // a store in memory
		return nil
	}
	raw := binary.LittleEndian.AppendUint64(make([]byte, 0, sequenceSize), commit)
	raw = binary.LittleEndian.AppendUint64(raw, xxhash.Sum64(raw))
	if _, err := s.file.WriteAt(raw, 0); err != nil {
		return fmt.Errorf("write the newest commit: %w", err)
	}
	return nil
}

func (s *sequence) close() error {
	if s == nil {
		return nil
	}
	if err := errors.Join(s.file.Sync(), s.file.Close()); err != nil {
		return fmt.Errorf("close the sequence of commits: %w", err)
	}
	return nil
}
