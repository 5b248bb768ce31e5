package simulation

import (
	"context"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"strconv"
	"sync/atomic"
	"time"

	"aegis/shared/access"
	"aegis/shared/ledger"
	"aegis/shared/sale"
	"aegis/shared/store"
	"aegis/shared/store/storetest"
	"aegis/shared/tokenrow"
	"aegis/shared/upstream"
)

// job is a purchase that callers try to make: what a token stands for.
type job struct {
	owner   string
	token   string
	command sale.Command
	asked   string // the command, as a token's row has it
	sellers string // the token as the seller knows it: the caller's, or the one that a reseller forwards
	limits  sale.Limits
}

func (w *World) newJob(owner, token string, c sale.Command) job {
	j := job{owner: owner, token: token, command: c, asked: asked(tokenrow.FingerprintOf(c).Columns()), sellers: token}
	if w.front != nil {
		j.sellers = upstream.ForwardedToken(owner, token)
	}
	return j
}

// outcome is how a call ended, as its caller sees it.
type outcome int

const (
	unknown outcome = iota // ServiceUnavailable, or the caller died
	sold
	refused
	mismatched
	conflicted
	paidIn  // an operator's deposit
	derived // a commit of the marketplace's consumer or the timer, which no caller asked for
)

// event is one call in the history.
type event struct {
	job
	caller     int
	start, end int64
	outcome    outcome
	written    int // of a commit that no caller asked for: its number
	receipt    sale.Receipt
	code       sale.Code // of a refusal
	at         time.Time // when the caller's clock stood there, at its last decision
	amount     sale.Fen  // of a deposit
}

// asked is what a token's row was asked for, so that it compares.
func asked(row store.Columns) string {
	return row.String("operation") + row.String("parameters")
}

// seededReader are a source of ids and waits that a seed decides.
type seededReader struct{ rng *rand.Rand }

// Read implements io.Reader.
func (d seededReader) Read(b []byte) (int, error) {
	for i := 0; i < len(b); i += 8 {
		var eight [8]byte
		binary.LittleEndian.PutUint64(eight[:], d.rng.Uint64())
		copy(b[i:], eight[:])
	}
	return len(b), nil
}

// actor is a caller, or the operator who pays in.
type actor struct {
	*World
	desk   chan func() // what it is to do in a run
	source *rand.PCG
	rng    *rand.Rand

	number int           // in this run
	skew   time.Duration // of the actor's clock
	calls  int
	last   time.Time   // when its call was decided last: what its clock showed, or a reseller's endpoint's
	dead   atomic.Bool // the current call has crashed

	place              *parkedRequest // between two calls
	sale, nonces, till port
	remote             remote // where the sale is forwarded to, of a reseller's actor
	seller             seller
	registry           *access.Registry
	precheck           store.Precheck
	operator           *ledger.Ledger // to pay in
	market             *marketRoad    // with Roads: the consumer and the timer
}

// actor gives one that has nothing to do in this run, or a new one.
func (w *World) actor() *actor {
	if w.started == len(w.pool) {
		w.pool = append(w.pool, w.newActor())
	}
	a := w.pool[w.started]
	w.started++
	w.actors++
	a.source.Seed(w.rng.Uint64(), 2)
	a.number, a.skew, a.calls = w.started, w.drawSkew(), 0
	return a
}

func (w *World) newActor() *actor {
	source := rand.NewPCG(0, 0)
	a := &actor{World: w, desk: make(chan func()), source: source, rng: rand.New(source), place: newParkedRequest()}
	seller := counter{Client: w.store, actor: a}
	number := len(w.pool) + 1
	a.sale, a.till, a.nonces = a.port(w.store, seller), a.port(w.store, seller), a.port(w.store, w.store)
	a.seller = w.openLedger(number, ledger.Config{Store: &a.sale, Clock: a.clock, Random: seededReader{a.rng}, Tries: 4})
	a.operator = w.openLedger(number, ledger.Config{Store: &a.till, Clock: a.clock, Random: seededReader{a.rng}, Tries: 1})
	if w.front != nil {
		a.forwards()
	}
	if w.roads {
		a.takeRoads(number)
	}
	var err error
	if a.registry, err = access.New(access.Config{Store: &a.nonces, Master: w.master}); err != nil {
		panic(err) // it has both
	}
	a.precheck = &storetest.Precheck{OnRecord: a.useNonce}
	go a.work()
	return a
}

func (a *actor) port(rows *storetest.Memory, to store.Client) port {
	return port{world: a.World, place: newParkedRequest(), rows: rows, store: to, dead: &a.dead}
}

// work does what there is to do, run after run.
func (a *actor) work() {
	for do := range a.desk {
		do()
		a.leave()
	}
}

// seller is what callers meet: the ledger, or a reseller who forwards.
type seller interface {
	Sell(ctx context.Context, p sale.Purchase, precheck store.Precheck) (sale.Receipt, error)
}

// begin starts a call: alive, and with ports that name it.
func (a *actor) begin() id {
	a.calls++
	a.dead.Store(false)
	a.sale.id, a.nonces.id = id{a.number, a.calls, selling, 0}, id{a.number, a.calls, nonce, 0}
	a.till.id = a.sale.id
	a.remote.id = id{a.number, a.calls, forwarding, 0}
	if a.market != nil {
		a.market.begin(a)
	}
	return a.sale.id
}

func (a *actor) clock() time.Time {
	now := a.time().Add(a.skew)
	if a.front == nil {
		a.last = now
	}
	return now
}

// live makes its calls, each of which starts when the scheduler says so.
func (a *actor) live(jobs []job, calls int) {
	for range calls {
		j := jobs[a.rng.IntN(len(jobs))]
		for {
			a.park(a.place, id{a.number, a.calls, outside, 0}, "calls", none)
			if a.call(a.changeParameters(j)) != unknown || a.rng.IntN(4) == 0 {
				break // settled, or the caller loses searchTimeout
			}
		}
	}
}

// changeParameters sends, now and then, a token with other parameters or with limits.
func (a *actor) changeParameters(j job) job {
	switch a.rng.IntN(12) {
	case 0:
	case 1:
		return a.limit(j)
	default:
		return j
	}
	switch c := j.command.(type) {
	case sale.Create:
		c.VmNumber++
		return a.newJob(j.owner, j.token, c)
	case sale.Renew:
		c.Term.Duration++
		return a.newJob(j.owner, j.token, c)
	case sale.Upgrade:
		c.VmNumber++
		return a.newJob(j.owner, j.token, c)
	}
	return j
}

// limit sends a token with a MaxAmount, which may be too low, or as a dry run. A
// reseller refuses both as form, which says nothing.
func (a *actor) limit(j job) job {
	if a.front != nil {
		return j
	}
	if a.rng.IntN(2) == 0 {
		j.limits.DryRun = true
		return j
	}
	most := sale.Fen(a.rng.IntN(12_000))
	j.limits.MaxAmount = &most
	return j
}

// drawSkew draws an actor's clock: a second off at most or, where two processes with
// skewed clocks meet, up to ten minutes.
func (w *World) drawSkew() time.Duration {
	skew := time.Duration(w.rng.IntN(2000)-1000) * time.Millisecond
	if w.roads && w.chance(20) {
		skew *= 600
	}
	return skew
}

// call makes one call and enters it into the history.
func (a *actor) call(j job) outcome {
	call := a.begin()
	e := event{job: j, caller: a.number, start: a.now()}
	receipt, err := a.seller.Sell(context.Background(), sale.Purchase{
		Owner: j.owner, Token: j.token, Caller: "key", Command: j.command, Limits: j.limits,
	}, a.precheck)
	e.end, e.at = a.now(), a.last.Truncate(time.Millisecond)
	e.outcome, e.code = classify(err)
	e.receipt = receipt
	if a.dead.Load() {
		e.outcome = unknown // nobody heard the answer
	}
	a.record(e)
	if a.roads && e.outcome != unknown {
		a.touch(instanceOf(j.command))
	}
	if a.trace != nil {
		a.note(call, "ends:", answer{receipt, err})
	}
	return e.outcome
}

// useNonce records the call's nonce, as a real call does in parallel with its first read.
func (a *actor) useNonce(ctx context.Context) error {
	name := strconv.Itoa(a.nonces.id.order())
	return a.registry.UseNonce(ctx, "key", name, name)
}

// classify is what a caller makes of an error. What leaves the outcome open comes
// first: it may tell of the refusal that it would else be.
func classify(err error) (outcome, sale.Code) {
	if err == nil {
		return sold, ""
	}
	if _, ok := errors.AsType[*upstream.Processing](err); ok {
		return unknown, ""
	}
	switch {
	case errors.Is(err, sale.ErrUnavailable), errors.Is(err, access.ErrUnavailable), errors.Is(err, errDead):
		return unknown, ""
	case errors.Is(err, sale.ErrConflict), errors.Is(err, errBusy):
		return conflicted, ""
	case errors.Is(err, access.ErrNonceUsed):
		return unknown, "" // a false failure of the nonce: the client calls again with a new one
	}
	if refusal, ok := errors.AsType[*sale.Refusal](err); ok {
		return refused, refusal.Code
	}
	if _, ok := errors.AsType[*sale.Mismatch](err); ok {
		return mismatched, ""
	}
	panic("a call ended in a way that no caller knows: " + err.Error())
}

// answer is what a call returned, for traces.
type answer struct {
	receipt sale.Receipt
	err     error
}

// String describes it.
func (a answer) String() string {
	if a.err != nil {
		return a.err.Error()
	}
	return "sold " + a.receipt.OrderID
}

// payIn is the operator's life: deposits, each of an amount of its own.
func (a *actor) payIn(owner string, times int) {
	for i := range times {
		a.park(a.place, id{a.number, a.calls, outside, 0}, "pays in", none)
		a.deposit(owner, sale.Fen(2000+100*a.number+i))
	}
}

func (a *actor) deposit(owner string, amount sale.Fen) {
	call := a.begin()
	e := event{job: job{owner: owner}, caller: a.number, start: a.now(), amount: amount, outcome: paidIn}
	reference := strconv.Itoa(int(amount))
	_, err := a.operator.Sell(context.Background(), sale.Purchase{
		Owner: owner, Token: sale.DepositToken(reference), Command: sale.Deposit{Fen: amount, Reference: reference},
	}, nil)
	e.end = a.now()
	if err != nil || a.dead.Load() {
		e.outcome = unknown
	}
	a.record(e)
	if a.trace != nil {
		a.note(call, "pays in:", err)
	}
}
