package engine

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestWindow(t *testing.T) {
	const long = time.Millisecond
	wait := func(have int, w *window, queue chan *write, quit chan struct{}) (got *write, waited time.Duration) {
		began := time.Now()
		got = w.next(queue, quit, have)
		waited = time.Since(began)
		w.close()
		return got, waited
	}
	run := func(name string, test func(t *testing.T, w *window, queue chan *write, quit chan struct{})) {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				test(t, newWindow(), make(chan *write, 1), make(chan struct{}))
			})
		})
	}
	run("a writer alone is never delayed", func(t *testing.T, w *window, queue chan *write, quit chan struct{}) {
		for range 3 {
			got, waited := wait(1, w, queue, quit)
			require.Nil(t, got)
			require.Zero(t, waited)
			w.note(1, 0, long)
		}
	})
	run("writers that took turns get one commit", func(t *testing.T, w *window, queue chan *write, quit chan struct{}) {
		w.note(1, 1, long)
		second := &write{}
		time.AfterFunc(long/2, func() { queue <- second })
		got, waited := wait(1, w, queue, quit)
		require.Same(t, second, got)
		require.Equal(t, long/2, waited)
	})
	run("a writer that has gone is waited for once, no longer than a commit takes", func(t *testing.T, w *window, queue chan *write, quit chan struct{}) {
		w.note(2, 0, long)
		got, waited := wait(1, w, queue, quit)
		require.Nil(t, got)
		require.Equal(t, long, waited)
		w.note(1, 0, long)
		_, waited = wait(1, w, queue, quit)
		require.Zero(t, waited)
	})
	run("a whole group waits no longer than one commit", func(t *testing.T, w *window, queue chan *write, quit chan struct{}) {
		w.note(3, 0, long)
		began := time.Now()
		time.AfterFunc(long/2, func() { queue <- &write{} })
		require.NotNil(t, w.next(queue, quit, 1))
		require.Nil(t, w.next(queue, quit, 2))
		require.Equal(t, long, time.Since(began))
	})
	run("a disk that stalls does not make writers wait as long", func(t *testing.T, w *window, queue chan *write, quit chan struct{}) {
		w.note(2, 0, time.Minute)
		_, waited := wait(1, w, queue, quit)
		require.Equal(t, maxWindow, waited)
	})
	run("a group that is large enough waits for nobody", func(t *testing.T, w *window, queue chan *write, quit chan struct{}) {
		w.note(64, 64, long)
		_, waited := wait(enoughWrites, w, queue, quit)
		require.Zero(t, waited)
	})
	run("closing ends the wait", func(t *testing.T, w *window, queue chan *write, quit chan struct{}) {
		w.note(2, 0, long)
		close(quit)
		_, waited := wait(1, w, queue, quit)
		require.Zero(t, waited)
	})
}
