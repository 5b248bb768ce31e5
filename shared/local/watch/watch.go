package watch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"
)

// Config wires a Watcher. All fields must be set.
type Config struct {
	Root      string   // the module's folder
	Bin       string   // folder of the binaries that are served, one a function
	Functions []string // names, the first is built first
	Log       io.Writer

	Build func(ctx context.Context, dir string, out io.Writer, names ...string) error
	Swap  func(names ...string) // replaces the instances of functions
}

// Status is the last build, or the one under way.
type Status struct {
	Building  bool          `json:"building"`
	At        time.Time     `json:"at"` // when it began; zero: there was none yet
	Took      time.Duration `json:"took"`
	Functions []string      `json:"functions"` // that were replaced
	Error     string        `json:"error"`     // the compiler's messages; "": it was built
}

// Watcher follows the sources until it is closed.
type Watcher struct {
	config  Config
	files   *fsnotify.Watcher
	depends map[string][]string // folders of each function's packages

	mu     sync.Mutex
	status Status
}

// New watches the folders of the sources that exist now. Folders that are made later are
// added as they come.
func New(ctx context.Context, c Config) (*Watcher, error) {
	files, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("watch the sources: %w", err)
	}
	w := &Watcher{config: c, files: files}
	if err := w.prepare(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("watch the sources: %w", err), files.Close())
	}
	return w, nil
}

func (w *Watcher) prepare(ctx context.Context) (err error) {
	if w.depends, err = dependencies(ctx, w.config.Root); err != nil {
		return err
	}
	for _, folder := range []string{"functions", "shared"} {
		if err := w.add(filepath.Join(w.config.Root, folder)); err != nil {
			return err
		}
	}
	return nil
}

// add watches a folder and those below it, but for test data.
func (w *Watcher) add(root string) error {
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil || !d.IsDir():
			return err
		case d.Name() == "testdata" || strings.HasPrefix(d.Name(), "."):
			return fs.SkipDir
		}
		return w.files.Add(path)
	})
}

// Status returns what became of the last build.
func (w *Watcher) Status() Status {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.status
}

func (w *Watcher) set(s Status) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.status = s
}

// Close ends Run.
func (w *Watcher) Close() error { return w.files.Close() }

// settle is how long the sources must be quiet: an editor writes a file in several steps.
const settle = 60 * time.Millisecond

// Run builds until the context ends or the Watcher is closed.
func (w *Watcher) Run(ctx context.Context) {
	quiet := time.NewTimer(time.Hour)
	defer quiet.Stop()
	changed := map[string]bool{} // folders
	for {
		select {
		case event, open := <-w.files.Events:
			if !open {
				return
			}
			if w.matters(event) {
				changed[filepath.Dir(event.Name)] = true
				quiet.Reset(settle)
			}
		case err, open := <-w.files.Errors:
			if !open {
				return
			}
			fmt.Fprintf(w.config.Log, "watch: %v\n", err)
		case <-quiet.C:
			w.rebuild(ctx, changed)
			changed = map[string]bool{}
		case <-ctx.Done():
			return
		}
	}
}

// matters reports whether a change can change a function. A new folder is watched.
func (w *Watcher) matters(event fsnotify.Event) bool {
	if info, err := os.Stat(event.Name); err == nil && info.IsDir() {
		if err := w.add(event.Name); err != nil {
			fmt.Fprintf(w.config.Log, "watch: %v\n", err)
		}
		return false
	}
	name := filepath.Base(event.Name)
	return event.Op != fsnotify.Chmod && !strings.HasPrefix(name, ".") && !strings.HasSuffix(name, "_test.go") &&
		slices.Contains([]string{".go", ".json"}, filepath.Ext(name))
}
