package tablestore

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"aegis/shared/local/tablestore/internal/engine"
)

const (
	snapshotsFolder = "snapshots" // in the data folder
	maxSnapshotName = 100
)

// Snapshot is a copy of a data folder as it was after one commit.
type Snapshot struct {
	Name   string `json:"name"`
	Folder string `json:"folder"`
	Commit uint64 `json:"commit,omitempty"`
}

// Snapshot copies the store into snapshots/<name> of the data folder, while
// requests are served. The copy is verified before it gets its name.
func (s *Server) Snapshot(name string) (Snapshot, error) {
	if s.dir == "" {
		return Snapshot{}, errors.New("a store in memory has no folder for snapshots")
	}
	return takeSnapshot(s.dir, name, func(folder string) (uint64, error) {
		if s.beforeSnapshot != nil {
			if err := s.beforeSnapshot(folder); err != nil {
				return 0, err
			}
		}
		return s.engine.Snapshot(folder)
	})
}

// SnapshotOf is Server.Snapshot for a data folder that no process uses. Further
// names further files of the folder to keep with it, those that exist.
func SnapshotOf(dir, name string, further ...string) (Snapshot, error) {
	if _, err := os.Stat(dir); err != nil {
		return Snapshot{}, fmt.Errorf("take a snapshot: %w", err)
	}

	store, err := engine.Open(dir)
	if err != nil {
		return Snapshot{}, fmt.Errorf("take a snapshot: %w", err)
	}

	taken, err := takeSnapshot(dir, name, func(folder string) (uint64, error) {
		for _, file := range further {
			if err := copyInto(filepath.Join(dir, file), folder); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return 0, err
			}
		}
		return store.Snapshot(folder)
	})

	return taken, errors.Join(err, store.Close())
}

// takeSnapshot fills a folder that gets its name once it is complete.
func takeSnapshot(dir, name string, fill func(folder string) (uint64, error)) (Snapshot, error) {
	if err := checkSnapshotName(name); err != nil {
		return Snapshot{}, err
	}
	parent := filepath.Join(dir, snapshotsFolder)
	taken := Snapshot{Name: name, Folder: filepath.Join(parent, name)}
	if _, err := os.Stat(taken.Folder); err == nil {
		return Snapshot{}, fmt.Errorf("snapshot %s exists already", taken.Folder)
	}
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return Snapshot{}, fmt.Errorf("take snapshot %s: %w", name, err)
	}

	folder, err := os.MkdirTemp(parent, ".unfinished-*")
	if err != nil {
		return Snapshot{}, fmt.Errorf("take snapshot %s: %w", name, err)
	}
	defer func() { _ = os.RemoveAll(folder) }() // gone already if all went well
	if taken.Commit, err = fill(folder); err == nil {
		err = os.Rename(folder, taken.Folder)
	}
	if err != nil {
		return Snapshot{}, fmt.Errorf("take snapshot %s: %w", name, err)
	}
	return taken, nil
}

// checkSnapshotName keeps names within the folder, and visible.
func checkSnapshotName(name string) error {
	allowed := func(c rune) bool {
		return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune("-_.", c)
	}
	outside := strings.IndexFunc(name, func(c rune) bool { return !allowed(c) }) >= 0
	if name == "" || len(name) > maxSnapshotName || outside || name[0] == '.' {
		return fmt.Errorf("snapshot name %q: want 1 to %d letters, digits, '-', '_' or '.', not starting with '.'", name, maxSnapshotName)
	}
	return nil
}

// Snapshots lists a data folder's snapshots by name.
func Snapshots(dir string) ([]Snapshot, error) {
	entries, err := os.ReadDir(filepath.Join(dir, snapshotsFolder))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("list the snapshots: %w", err)
	}

	list := []Snapshot{}
	for _, e := range entries {
		if e.IsDir() && checkSnapshotName(e.Name()) == nil {
			list = append(list, Snapshot{Name: e.Name(), Folder: filepath.Join(dir, snapshotsFolder, e.Name())})
		}
	}

	return list, nil
}

// Restore replaces a data folder's store, which no process may use, by one of
// its snapshots, with the further files that the snapshot holds. The data file
// that it replaces is kept as tablestore.db.replaced.
func Restore(dir, name string) (Snapshot, error) {
	if err := checkSnapshotName(name); err != nil {
		return Snapshot{}, err
	}

	restored := Snapshot{Name: name, Folder: filepath.Join(dir, snapshotsFolder, name)}
	files, err := os.ReadDir(restored.Folder)
	if err != nil {
		return Snapshot{}, fmt.Errorf("restore snapshot %s: %w", name, err)
	}
	if restored.Commit, err = engine.Restore(restored.Folder, dir); err != nil {
		return Snapshot{}, err
	}

	for _, file := range files {
		if engine.IsDataFile(file.Name()) {
			continue
		}
		if err := copyInto(filepath.Join(restored.Folder, file.Name()), dir); err != nil {
			return Snapshot{}, fmt.Errorf("restore snapshot %s: %w", name, err)
		}
	}

	return restored, nil
}

// copyInto replaces a file of that name in the folder.
func copyInto(path, folder string) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	to := filepath.Join(folder, filepath.Base(path))
	if err := os.WriteFile(to+".new", content, 0o600); err != nil {
		return err
	}
	return os.Rename(to+".new", to)
}

// snapshots serves GET, which lists, and POST, which takes one. It insists on
// JSON's content type, which a web page cannot send to another site unasked; what
// is stored never leaves through it.
func (s *Server) snapshots(w http.ResponseWriter, r *http.Request) {
	var result any
	var err error
	switch r.Method {
	case http.MethodGet:
		result, err = Snapshots(s.dir)
	case http.MethodPost:
		var asked Snapshot
		if err = readJSON(r, &asked); err == nil {
			result, err = s.Snapshot(asked.Name)
		}
	default:
		http.Error(w, "GET or POST", http.StatusMethodNotAllowed)
		return
	}

	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}

	writeJSON(w, result)
}

func writeJSON(w http.ResponseWriter, result any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(result) // a client that has gone away misses nothing
}

// readJSON reads a small request of a person or a tool.
func readJSON(r *http.Request, into any) error {
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		return errors.New("want Content-Type: application/json")
	}
	decoder := json.NewDecoder(http.MaxBytesReader(nil, r.Body, 1<<16))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("read the request: %w", err)
	}
	return nil
}

// Reset removes a data folder's store, which no process may use, and the further
// files named. Snapshots stay.
func Reset(dir string, further ...string) error {
	return engine.Remove(dir, further...)
}
