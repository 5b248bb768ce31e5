package local

import (
	"context"
	"io"

	"aegis/shared/local/watch"
)

// watch follows the sources of the functions until the stack is closed.
func (s *Stack) watch(ctx context.Context, c Config, bin string) error {
	if !c.Watch {
		return nil
	}
	root, err := ModuleRoot()
	if err != nil {
		return err
	}
	s.sources, err = watch.New(ctx, watch.Config{
		Root: root, Bin: bin, Functions: names(), Log: c.Progress, Swap: s.Runtime.Renew,
		Build: func(ctx context.Context, dir string, out io.Writer, names ...string) error {
			return Build(ctx, dir, out, names...)
		},
	})
	if err != nil {
		return err
	}

	running, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		s.sources.Run(running)
	}()
	s.closers = append(s.closers, func() error {
		cancel()
		<-ended
		return s.sources.Close()
	})
	report(c.Progress, "watching the functions' sources")
	return nil
}

// builds returns what became of the last build; nil: nothing is watched.
func (s *Stack) builds() func() watch.Status {
	if s.sources == nil {
		return nil
	}
	return s.sources.Status
}
