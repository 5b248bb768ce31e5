package proof

import "aegis/shared/store/storetest"

// crew runs functions on goroutines that it keeps from run to run: their stacks
// have grown already, and growing new ones is a large part of what a run costs. It
// keeps their tickets and stores too.
type crew struct {
	desks   []chan func()
	taken   int // of the desks, in this run
	tickets []*ticket
	given   int // of the tickets, in this run
	seller  *storetest.Memory
	front   *storetest.Memory
}

func newCrew() *crew { return &crew{seller: storetest.NewMemory(), front: storetest.NewMemory()} }

// ticket gives a ticket that nobody has, or a new one.
func (c *crew) ticket() *ticket {
	if c.given == len(c.tickets) {
		c.tickets = append(c.tickets, &ticket{resume: make(chan fault)})
	}
	c.given++
	return c.tickets[c.given-1]
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
func (c *crew) rest() {
	c.taken, c.given = 0, 0
	c.seller.Clear()
	c.front.Clear()
}

// dismiss ends the goroutines.
func (c *crew) dismiss() {
	for _, desk := range c.desks {
		close(desk)
	}
}
