package simulation

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing/synctest"
	"time"

	"aegis/shared/access"
	"aegis/shared/laws"
	"aegis/shared/ledger"
	"aegis/shared/sale"
	"aegis/shared/store/storetest"
)

// World runs schedules, one after another. It must live in a synctest bubble. Workers and
// the cleared stores are reused between runs.
type World struct {
	source *rand.PCG
	rng    *rand.Rand
	store  *storetest.Memory // where accounts are: the seller's
	reader *ledger.Ledger    // of the store, past the gate
	front  *storetest.Memory // of the reseller who forwards; nil: callers meet the seller itself
	pool   []*actor
	epoch  time.Time // when every run begins

	catalogues []sale.Catalogue // by the parity of an actor's number: two configurations during a deployment
	prices     laws.Prices      // of the first catalogue, the lowest
	roads      bool
	skip       map[Checker]bool
	master     access.MasterKey

	mu sync.Mutex
	run
}

// run is what belongs to one run.
type run struct {
	seed      uint64
	began     time.Time // by the bubble's clock
	rates     faultRates
	trace     *strings.Builder // nil: not wanted
	steps     int
	histories map[string]*history // by owner
	actors    int                 // still running
	started   int                 // so far
	calm      bool                // no more faults: the last calls
	nap       time.Duration       // how far the time leaps while it is calm
	failed    []job               // whose last calls ended without an answer

	peer   *peer // the marketplace; nil without Roads
	faults [falseFailure + 1]int

	touches []touch

	parked []*parkedRequest
	late   []*inFlight
	tick   int64
	events []event
}

func (s Simulator) newWorld() *World {
	source := rand.NewPCG(0, 0)
	w := &World{
		source: source, rng: rand.New(source), store: storetest.NewMemory(), skip: map[Checker]bool{}, master: s.master,
		catalogues: []sale.Catalogue{s.catalogue}, prices: s.catalogue.MonthlyPrices(), roads: s.Roads,
		epoch: time.Date(2000, time.January, 1, 0, 0, 0, 0, time.UTC),
	}

	for _, c := range s.Skip {
		w.skip[c] = true
	}
	if s.Roads {
		w.catalogues = append(w.catalogues, s.other)
	}

	w.reader = w.openLedger(0, ledger.Config{Store: w.store, Clock: w.time, Random: seededReader{w.rng}})
	if s.Upstream {
		w.front = storetest.NewMemory()
	}

	return w
}

// begin makes the world what it is at the beginning of a run.
func (w *World) begin(seed uint64, trace bool) {
	w.source.Seed(seed, 1)
	w.store.Clear()
	if w.front != nil {
		w.front.Clear()
	}

	w.run = run{
		seed: seed, began: time.Now(), rates: w.drawRates(), histories: map[string]*history{},
		parked: w.parked[:0], events: w.events[:0], touches: w.touches[:0],
	}
	if trace {
		w.trace = &strings.Builder{}
	}
}

// end ends the actors' goroutines.
func (w *World) end() {
	for _, a := range w.pool {
		close(a.desk)
	}
}

// parkedRequest is a place at the gate: its holder waits there, with one request at
// a time.
type parkedRequest struct {
	id     id
	order  int // of the queue
	what   string
	risk   risk
	resume chan fault
}

func newParkedRequest() *parkedRequest { return &parkedRequest{resume: make(chan fault)} }

// id names a request: the actor, its call, the call's channel and how many
// requests that has sent.
type id struct{ actor, call, channel, request int }

// The channels of a call.
const (
	selling = iota
	nonce
	forwarding
	outside // the actor itself, between two calls
)

// order makes ids comparable: no run has a thousand of anything.
func (i id) order() int {
	return ((i.actor*1000+i.call)*1000+i.channel)*1000 + i.request
}

// String names a request in traces: a2.1.nonce.1.
func (i id) String() string {
	return fmt.Sprintf("a%d.%d.%s.%d", i.actor, i.call, [...]string{"sale", "nonce", "forward", "self"}[i.channel], i.request)
}

// inFlight is a request that its sender has given up and that may still arrive.
type inFlight struct {
	id     id
	arrive func() error
}

// faultRates are the chances of a run, in percent.
type faultRates struct {
	fault int // that a request meets one
	sleep int // that time passes although someone could go on
	land  int // that a late write arrives
	leap  int // of a sleep, that it is days instead of milliseconds
}

func (w *World) drawRates() faultRates {
	m := faultRates{
		fault: []int{0, 5, 15, 40}[w.rng.IntN(4)],
		sleep: []int{0, 5, 30}[w.rng.IntN(3)],
		land:  []int{5, 20, 60}[w.rng.IntN(3)],
		leap:  []int{0, 5, 40}[w.rng.IntN(3)],
	}
	if w.roads && w.chance(50) { // terms have to end for the timer to do anything
		m.sleep, m.leap = 30, 40
	}

	return m
}

// park waits for the scheduler and returns what happens to the request.
func (w *World) park(t *parkedRequest, id id, what string, risk risk) fault {
	return w.parkAs(t, id, id.order(), what, risk)
}

// parkAs is park at a place of the queue that is not the id's.
func (w *World) parkAs(t *parkedRequest, id id, order int, what string, risk risk) fault {
	t.id, t.order, t.what, t.risk = id, order, what, risk
	w.mu.Lock()
	w.parked = append(w.parked, t)
	w.mu.Unlock()
	return <-t.resume
}

// schedule lets one after another go on until all actors are done.
func (w *World) schedule() {
	for {
		synctest.Wait()
		actors, parked, late := w.look()
		switch {
		case actors == 0:
			return
		case parked == 0 || !w.calm && w.chance(w.rates.sleep):
			w.sleep()
		case late > 0 && w.chance(w.rates.land):
			w.land()
		default:
			w.release()
		}
	}
}

// look counts who and what is there. Everybody waits while the scheduler is at it,
// but who is woken by a timer must see that it was.
func (w *World) look() (actors, parked, late int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.actors, len(w.parked), len(w.late)
}

func (w *World) chance(percent int) bool { return w.rng.IntN(100) < percent }

// sleep lets time pass, and those that wait for it go on.
func (w *World) sleep() {
	d := time.Duration(1+w.rng.IntN(300)) * time.Millisecond
	if w.calm {
		d = w.nap
	} else if w.chance(w.rates.leap) {
		d = time.Duration(w.rng.IntN(40*24)) * time.Hour
	}
	if w.steps++; w.trace != nil {
		w.note(id{}, "time passes:", d)
	}

	time.Sleep(d)
}

// release lets one request go on.
func (w *World) release() {
	t := w.take()
	f := pass
	if !w.calm && t.risk != none && w.chance(w.rates.fault) {
		f = t.risk.draw(w.rng)
	}

	w.faults[f]++
	if w.steps++; w.trace != nil {
		w.note(t.id, t.what, f)
	}

	t.resume <- f
}

// take picks one who is parked.
func (w *World) take() *parkedRequest {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := w.nth(w.rng.IntN(len(w.parked)))
	t, last := w.parked[i], len(w.parked)-1
	w.parked[i] = w.parked[last]
	w.parked = w.parked[:last]
	return t
}

// nth finds who is n-th in the order of the queue. Who is parked does not depend on
// which goroutine ran first, but their places in the slice do.
func (w *World) nth(n int) int {
	return slices.IndexFunc(w.parked, func(t *parkedRequest) bool {
		before := 0
		for _, other := range w.parked {
			if other.order < t.order {
				before++
			}
		}
		return before == n
	})
}

// land lets a late request arrive: the store or the seller decides what it does.
func (w *World) land() {
	late := w.takeLate()
	err := late.arrive()
	if w.steps++; w.trace != nil {
		w.note(late.id, "arrives late:", err)
	}
}

func (w *World) takeLate() *inFlight {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := w.rng.IntN(len(w.late))
	late := w.late[i]
	w.late = slices.Delete(w.late, i, i+1)
	return late
}

// note writes a step down, for a trace that is wanted.
func (w *World) note(id id, what string, how any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	fmt.Fprintf(w.trace, "%s %s: %s %v\n", w.time().Format("01-02 15:04:05.000"), id, what, how)
}

// time is the world's: every run begins at the same time, whatever ran before it.
func (w *World) time() time.Time { return w.epoch.Add(time.Since(w.began)) }

// now counts moments: calls and answers are ordered by it.
func (w *World) now() int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tick++
	return w.tick
}

func (w *World) record(e event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.events = append(w.events, e)
}

func (w *World) leave() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.actors--
}
