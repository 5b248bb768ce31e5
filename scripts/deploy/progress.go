package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// progress is what an apply has done so far. It is on disk until all is done.
type progress struct {
	Inputs string `json:"inputs"` // a hash of the roots and of the values that are no secrets
	Done   []done `json:"done"`
}

// done is a step that was done.
type done struct {
	Step    string    `json:"step"`
	At      time.Time `json:"at"`
	Seconds float64   `json:"seconds"`
}

func (d *deployment) progressFile() string { return filepath.Join(d.State, "progress.json") }

// readProgress returns what an interrupted apply with the same values has done.
func (d *deployment) readProgress() (progress, error) {
	inputs, err := d.inputs()
	if err != nil {
		return progress{}, err
	}
	fresh := progress{Inputs: inputs}
	text, err := os.ReadFile(d.progressFile())
	if errors.Is(err, fs.ErrNotExist) {
		return fresh, nil
	}
	if err != nil {
		return fresh, fmt.Errorf("read what an earlier apply did: %w", err)
	}
	var p progress
	if err := json.Unmarshal(text, &p); err != nil {
		return fresh, fmt.Errorf("read what an earlier apply did: %s: %w (remove it to begin from the first step)", d.progressFile(), err)
	}
	if p.Inputs != fresh.Inputs {
		d.say("the values have changed since an apply was interrupted: beginning from the first step")
		return fresh, nil
	}
	return p, nil
}

func (p progress) has(name string) bool {
	return slices.ContainsFunc(p.Done, func(d done) bool { return d.Step == name })
}

// write replaces the file as a whole.
func (d *deployment) write(p progress) error {
	text, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(d.State, 0o700); err != nil {
		return fmt.Errorf("make the state folder: %w", err)
	}
	next := d.progressFile() + ".new"
	if err := os.WriteFile(next, text, 0o600); err != nil {
		return fmt.Errorf("remember what was done: %w", err)
	}
	return os.Rename(next, d.progressFile())
}

// inputs is a hash of the roots and of the values that are no secrets, by which a resumed
// apply knows that it continues the same one.
func (d *deployment) inputs() (string, error) {
	hash := sha256.New()
	for _, root := range []string{"0-activate", "1-foundation"} {
		if err := writeFiles(hash, os.DirFS(filepath.Join(d.root, "scripts", "deploy", root))); err != nil {
			return "", fmt.Errorf("read scripts/deploy/%s: %w", root, err)
		}
	}
	for _, v := range table() {
		if !v.secret {
			fmt.Fprintf(hash, "%s=%s\n", v.name, d.values.get(v.name))
		}
	}
	return hex.EncodeToString(hash.Sum(nil)[:8]), nil
}

// writeFiles writes all files to a hash.
func writeFiles(hash io.Writer, files fs.FS) error {
	return fs.WalkDir(files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(files, path)
		fmt.Fprintf(hash, "%s %d\n%s", path, len(text), text)
		return err
	})
}
