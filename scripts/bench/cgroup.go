package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// cgroup is a control group with a CPU quota, of version 1 or 2.
type cgroup struct{ dir string }

// period is the kernel's default, and what container platforms use.
const period = 100_000 // µs

// newCgroup makes a group that may use cpus CPUs. The error says why this machine has
// none.
func newCgroup(cpus float64) (*cgroup, error) {
	quota := int(cpus * period)
	if parent := "/sys/fs/cgroup/cpu"; exists(parent, "cpu.cfs_quota_us") || exists(parent, "cgroup.procs") {
		return makeCgroup(parent, "cpu.cfs_quota_us", fmt.Sprint(quota))
	}

	parent := "/sys/fs/cgroup"
	if !exists(parent, "cgroup.controllers") {
		return nil, errors.New("no cgroup with a CPU controller is mounted")
	}
	if err := enableCPU(parent); err != nil {
		return nil, err
	}

	return makeCgroup(parent, "cpu.max", fmt.Sprintf("%d %d", quota, period))
}

func makeCgroup(parent, file, quota string) (*cgroup, error) {
	dir, err := os.MkdirTemp(parent, "bench-")
	if err != nil {
		return nil, err
	}
	g := &cgroup{dir}
	if err := os.WriteFile(filepath.Join(dir, file), []byte(quota), 0o644); err != nil {
		return nil, errors.Join(err, g.remove())
	}
	return g, nil
}

// enableCPU lets the children of a version 2 group have a quota.
func enableCPU(parent string) error {
	file := filepath.Join(parent, "cgroup.subtree_control")
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}

	for _, controller := range strings.Fields(string(text)) {
		if controller == "cpu" {
			return nil
		}
	}

	return os.WriteFile(file, []byte("+cpu"), 0o644)
}

func exists(dir, name string) bool {
	_, err := os.Stat(filepath.Join(dir, name))
	return err == nil
}

// wrap writes a script that becomes a binary inside the group.
func (g *cgroup) wrap(binary, script string) error {
	text := fmt.Sprintf("#!/bin/sh\necho $$ >%s/cgroup.procs\nexec %s\n", g.dir, binary)
	return os.WriteFile(script, []byte(text), 0o755)
}

// remove removes the group, which works once its processes have ended.
func (g *cgroup) remove() error { return os.Remove(g.dir) }
