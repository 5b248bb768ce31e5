package functions

import (
	"fmt"
	"io"
	"os/exec"
	"syscall"
)

// group is the process group of all instances. Its leader is a shell that kills
// the group when its standard input ends, which it does when this process closes
// the pipe or ceases to exist.
type group struct {
	leader *exec.Cmd
	alive  io.Closer
}

func newGroup() (*group, error) {
	leader := exec.Command("/bin/sh", "-c", "cat >/dev/null; kill -9 -$$")
	leader.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	alive, err := leader.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("make the instances' process group: %w", err)
	}
	if err := leader.Start(); err != nil {
		return nil, fmt.Errorf("make the instances' process group: %w", err)
	}

	return &group{leader, alive}, nil
}

// add makes a command that is about to start a member of the group.
func (g *group) add(c *exec.Cmd) {
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pgid: g.leader.Process.Pid}
}

func (g *group) close() {
	_ = g.alive.Close()
	_ = g.leader.Wait() // it killed itself with the rest
}
