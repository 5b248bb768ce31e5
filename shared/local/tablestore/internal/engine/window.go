package engine

import "time"

const (
	// enoughWrites in a group end the wait: each more would save the group less
	// than an eighth of its sync, and while it waits the disk is idle.
	enoughWrites = 8

	// maxWindow bounds the wait where commits take long, such as on a disk that
	// stalls: whoever is not back by then has other things to do.
	maxWindow = 2 * time.Millisecond
)

// window is the wait before a commit for the writers that were active during the
// last one: a client that writes on and on is back with its next request soon
// after it was answered. Without the wait such clients fall into two halves, one
// queueing while the other's writes are synced, and every commit has half as many
// writes as it could.
//
// Expected are those whose writes the last commit answered and those who queued
// meanwhile. A writer that was alone then expects nobody and is never delayed;
// one that others have just left waits for them once. The wait lasts at most as
// long as the last commit took: waiting for company may cost what going without
// it costs, but not more.
//
// It belongs to the commit goroutine.
type window struct {
	expected int
	length   time.Duration
	timer    *time.Timer
	waiting  bool // the timer runs
}

func newWindow() *window {
	w := &window{timer: time.NewTimer(maxWindow)}
	w.timer.Stop()
	return w
}

// note sets the next wait by a commit that has ended: how many writers it
// answered, how many queued meanwhile, and how long it took.
func (w *window) note(answered, queued int, took time.Duration) {
	w.expected = min(answered+queued, enoughWrites)
	w.length = min(took, maxWindow)
}

// next is the next write of the queue, to follow the number that the group has.
// It is nil if there is none and nobody else is expected, or they do not come in
// time.
func (w *window) next(queue <-chan *write, quit <-chan struct{}, have int) *write {
	select {
	case next := <-queue:
		return next
	default:
	}

	if have >= w.expected {
		return nil
	}
	select {
	case next := <-queue:
		return next
	case <-w.over():
	case <-quit:
	}

	return nil
}

// over returns a channel that ends the wait, which begins with the first call.
func (w *window) over() <-chan time.Time {
	if !w.waiting {
		w.waiting = true
		w.timer.Reset(w.length)
	}
	return w.timer.C
}

// close ends the wait for a group.
func (w *window) close() {
	w.timer.Stop()
	w.waiting = false
}
