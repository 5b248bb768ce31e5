package watch

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// dependencies lists the folders of the packages of this module that each function is made
// of.
func dependencies(ctx context.Context, root string) (map[string][]string, error) {
	list := exec.CommandContext(ctx, "go", "list", "-deps", "-json=ImportPath,Dir,Deps,Name,Standard", "./functions/...")
	list.Dir = root
	out, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("list the functions' packages: %w", err)
	}

	type pkg struct {
		ImportPath, Dir, Name string
		Deps                  []string
		Standard              bool
	}
	folders, mains := map[string]string{}, []pkg{}
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		err := decoder.Decode(&p)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("list the functions' packages: %w", err)
		}
		if !p.Standard {
			folders[p.ImportPath] = p.Dir
		}
		if p.Name == "main" {
			mains = append(mains, p)
		}
	}

	all := map[string][]string{}
	for _, main := range mains {
		name := filepath.Base(main.Dir)
		for _, path := range append(main.Deps, main.ImportPath) {
			if dir := folders[path]; dir != "" {
				all[name] = append(all[name], dir)
			}
		}
	}
	return all, nil
}

// affected lists the functions that a change of folders concerns, in the order in which
// they are built.
func (w *Watcher) affected(changed map[string]bool) (names []string) {
	for _, name := range w.config.Functions {
		if slices.ContainsFunc(w.depends[name], func(dir string) bool { return changed[dir] }) {
			names = append(names, name)
		}
	}
	return names
}

// rebuild builds what a change concerns: the first function alone, so that it serves
// again soonest, and then the others.
func (w *Watcher) rebuild(ctx context.Context, changed map[string]bool) {
	names := w.affected(changed)
	if len(names) == 0 {
		return
	}

	status := Status{Building: true, At: time.Now()}
	w.set(status)
	for _, some := range [][]string{names[:1], names[1:]} {
		var messages bytes.Buffer
		err := w.replace(ctx, &messages, some)
		status.Took = time.Since(status.At)
		if err != nil {
			status.Building, status.Error = false, strings.TrimSpace(messages.String()+"\n"+err.Error())
			w.set(status)
			fmt.Fprintf(w.config.Log, "watch: not built, the old binaries keep serving:\n%s\n", status.Error)
			return
		}
		status.Functions = append(status.Functions, some...)
		w.set(status)
		if len(some) > 0 {
			fmt.Fprintf(w.config.Log, "watch: %s replaced after %s\n", strings.Join(some, ", "), status.Took.Round(10*time.Millisecond))
		}
	}
	w.finish(ctx, status)
}

// finish reads the dependencies again: an import may have come.
func (w *Watcher) finish(ctx context.Context, status Status) {
	depends, err := dependencies(ctx, w.config.Root)
	if err == nil {
		w.depends = depends
	}
	status.Building = false
	w.set(status)
}

// replace builds functions beside those that are served and puts them in their place at
// once, so that no instance is started from half a binary.
func (w *Watcher) replace(ctx context.Context, messages io.Writer, names []string) error {
	if len(names) == 0 {
		return nil
	}
	next := filepath.Join(w.config.Bin, "next")
	if err := os.MkdirAll(next, 0o755); err != nil {
		return err
	}
	if err := w.config.Build(ctx, next, messages, names...); err != nil {
		return err
	}
	for _, name := range names {
		if err := os.Rename(filepath.Join(next, name), filepath.Join(w.config.Bin, name)); err != nil {
			return err
		}
	}
	w.config.Swap(names...)
	return nil
}
