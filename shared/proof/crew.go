package proof

// crew runs functions on goroutines that it keeps from run to run: their stacks
// have grown already, and growing new ones is a large part of what a run costs.
type crew struct {
	desks []chan func()
	taken int // of the desks, in this run
}

// hire starts f on a goroutine that has nothing to do, or a new one.
func (c *crew) hire(f func()) {
	if c.taken == len(c.desks) {
		c.desks = append(c.desks, make(chan func()))
		go work(c.desks[c.taken])
	}
	c.desks[c.taken] <- f
	c.taken++
}

func work(desk <-chan func()) {
	for f := range desk {
		f()
	}
}

// rest is between two runs, when everybody is done.
func (c *crew) rest() { c.taken = 0 }

// dismiss ends the goroutines.
func (c *crew) dismiss() {
	for _, desk := range c.desks {
		close(desk)
	}
}
