package local

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

// ModuleRoot is the folder of go.mod, from the working directory upwards.
func ModuleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find the project: %w", err)
	}

	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("find the project: there is no go.mod here or above: run this inside the project")
		}
		dir = parent
	}
}

// Build compiles functions, by their names under functions/, into dir, one
// executable each; no name means all. The toolchain's messages go to progress.
// The flags leave compiled packages as go run and go test have them, so that a
// first start compiles nothing twice; scripts/build.sh builds for deployment.
func Build(ctx context.Context, dir string, progress io.Writer, names ...string) error {
	root, err := ModuleRoot()
	if err != nil {
		return err
	}
	if _, err := exec.LookPath("go"); err != nil {
		return errors.New("build the functions: the Go toolchain is not on the PATH")
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return fmt.Errorf("build the functions: %w", err)
	}

	packages := []string{"./functions/..."}
	if len(names) > 0 {
		packages = nil
	}

	for _, name := range names {
		packages = append(packages, "./functions/"+name)
	}
	c := exec.CommandContext(ctx, "go", append([]string{"build", "-ldflags=-s -w", "-o", dir + string(filepath.Separator)}, packages...)...)
	c.Dir, c.Stdout, c.Stderr = root, progress, progress
	if err := c.Run(); err != nil {
		return fmt.Errorf("build the functions: go build: %w", err)
	}

	return nil
}
