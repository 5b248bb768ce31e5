package simulation

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"aegis/shared/access"
	"aegis/shared/sale"
)

// Simulator runs worlds. Make one with NewSimulator and use it for many runs.
type Simulator struct {
	Upstream  bool // callers meet a reseller, who forwards to the seller
	Roads     bool // all roads meet on one account: see populateRoads
	Skip      []Checker
	catalogue sale.Catalogue
	other     sale.Catalogue // of a configuration that is rolled out next to the first
	master    access.MasterKey
}

// NewSimulator makes a Simulator.
func NewSimulator(upstream bool) Simulator {
	master, err := access.ParseMasterKey("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")
	if err != nil {
		panic(err) // a constant
	}
	other, err := sale.ParseCatalogue([]byte(otherCatalogue))
	if err != nil {
		panic(err) // a constant
	}
	return Simulator{Upstream: upstream, catalogue: sale.DefaultCatalogue(), other: other, master: master}
}

// otherCatalogue has higher prices, and higher differences, for the same editions: the
// laws judge by the lower ones.
const otherCatalogue = `{"editions": [
	{"versionCode": 1, "name": "1", "rank": 1, "monthlyFen": 1300},
	{"versionCode": 2, "name": "2", "rank": 2, "monthlyFen": 3900},
	{"versionCode": 3, "name": "3", "rank": 3, "monthlyFen": 5800},
	{"versionCode": 4, "name": "4", "rank": 4, "monthlyFen": 7600}]}`

// Report is what a run came to.
type Report struct {
	Runs   uint64
	Steps  int    // requests let go, moments passed, writes landed
	Calls  int    // in the history
	Orders int    // sold
	Met    Met    // what occurred
	Trace  string // of every step, if it was asked for
}

// Broken is a promise that a run broke.
type Broken struct {
	Seed uint64
	By   Checker
	How  error
}

// Error names the seed, which repeats the run.
func (b *Broken) Error() string { return fmt.Sprintf("seed %d: by its %s: %v", b.Seed, b.By, b.How) }

// Unwrap is what happened.
func (b *Broken) Unwrap() error { return b.How }

// Run makes the runs of n seeds, one after another, and judges each. It must be
// called in a synctest bubble of its own, and with no more seeds than the bubble's
// clock can bear, which ends in 2262: a run takes weeks to a year. A broken promise is a
// *Broken and ends them, as does an *Undecided run; the report is of all up to it.
func (s Simulator) Run(first, n uint64, trace bool) (Report, error) {
	var total Report
	w := s.newWorld()
	defer w.end()
	for seed := first; seed < first+n; seed++ {
		w.begin(seed, trace)
		w.happen()
		err := w.judge()
		total.Add(w.report())
		if err != nil {
			return total, err
		}
	}

	return total, nil
}

func (w *World) happen() {
	if w.roads {
		jobs := w.populateRoads()
		w.schedule()
		w.settle(jobs)
		w.settleRoads()
		return
	}

	jobs := w.populate()
	w.schedule()
	w.settle(jobs)
}

func (w *World) report() Report {
	r := Report{Runs: 1, Steps: w.steps, Calls: len(w.events), Met: w.met()}
	for _, b := range w.histories {
		r.Orders += len(b.commits) - 1
	}
	if w.trace != nil {
		r.Trace = w.trace.String()
	}
	return r
}

// Add adds the report of further runs.
func (r *Report) Add(more Report) {
	r.Runs, r.Steps, r.Calls, r.Orders = r.Runs+more.Runs, r.Steps+more.Steps, r.Calls+more.Calls, r.Orders+more.Orders
	r.Met.add(more.Met)
	r.Trace += more.Trace
}

// populate opens accounts, draws what shall be bought, and sends the actors out.
func (w *World) populate() []job {
	var all []job
	for o := range 1 + w.rng.IntN(4)/3 { // mostly one: owners are independent
		owner := fmt.Sprint(1000 + o)
		jobs := w.open(owner)
		all = append(all, jobs...)
		for range 2 + w.rng.IntN(2) {
			a := w.actor()
			calls := 1 + w.rng.IntN(2)
			a.desk <- func() { a.live(jobs, calls) }
		}
		if w.chance(40) {
			a := w.actor()
			times := 1 + w.rng.IntN(2)
			a.desk <- func() { a.payIn(owner, times) }
		}
	}

	return all
}

// open makes an account, most often with an instance to renew and upgrade, and
// draws the owner's jobs.
func (w *World) open(owner string) []job {
	balance := sale.Fen([]int{4_000, 12_000, 60_000, 1_000_000}[w.rng.IntN(4)])
	ctx := context.Background()
	if _, err := w.reader.OpenAccount(ctx, sale.Account{Owner: owner, Balance: balance, Verified: true, Machines: 3}); err != nil {
		panic(err) // nothing is wrong yet
	}

	instance := "none"
	if w.chance(70) {
		first := create(3)
		if w.front == nil && w.chance(50) {
			first.AutoRenew, first.AutoRenewMonths = true, 1
		}
		r, err := w.reader.Sell(ctx, sale.Purchase{Owner: owner, Token: "first", Command: w.soldBefore(first)}, nil)
		if err == nil {
			instance = r.InstanceID
		}
	}

	found := w.account(owner)
	w.histories[owner] = &history{owner: owner, commits: []commit{{account: found}}}
	return w.jobs(found, instance)
}

// soldBefore is how the instance was sold that a run begins with: by the API or, where
// marketplace and API meet, by the marketplace.
func (w *World) soldBefore(first sale.Create) sale.Command {
	if w.front != nil || !w.chance(40) {
		return first
	}
	return sale.MarketCreate{InstanceID: "biz-0", VersionCode: 1, VmNumber: first.VmNumber, Term: first.Term, Trial: w.chance(30)}
}

func create(machines int) sale.Create {
	return sale.Create{Term: sale.Term{Duration: 1, Cycle: sale.Month}, VersionCode: 1, VmNumber: machines}
}

// jobs draws two to four tokens and what they stand for.
func (w *World) jobs(account sale.Account, instance string) []job {
	owner := account.Owner
	var jobs []job
	for i := range 2 + w.rng.IntN(3) {
		if w.front == nil && w.chance(30) { // timer and marketplace work at the seller's
			token, c := w.life(account.Instance)
			jobs = append(jobs, w.newJob(owner, token, c))
			continue
		}
		var c sale.Command
		switch w.rng.IntN(4) {
		case 0:
			c = create(3 + w.rng.IntN(2))
		case 1:
			c = sale.Upgrade{InstanceID: instance, VersionCode: 1 + w.rng.IntN(3), VmNumber: 3 + w.rng.IntN(3)}
		default:
			cycle := []sale.Cycle{sale.Month, sale.Month, sale.Day, sale.Hour, sale.Year}[w.rng.IntN(5)]
			c = sale.Renew{InstanceID: instance, Term: sale.Term{Duration: 1, Cycle: cycle}, VmNumber: 3}
		}
		jobs = append(jobs, w.newJob(owner, "t"+strconv.Itoa(i), c))
	}

	return jobs
}

// settle ends the disturbances, lets what is under way land or not, and has every
// token called once more.
func (w *World) settle(jobs []job) {
	for len(w.late) > 0 {
		if w.chance(50) {
			w.land()
		} else {
			w.late = w.late[1:]
		}
	}

	w.calm, w.nap = true, time.Minute
	a := w.actor()
	a.desk <- func() {
		for _, j := range jobs {
			if !a.callUntilAnswered(j) {
				w.failed = append(w.failed, j)
			}
		}
	}
	w.schedule()
}

// callUntilAnswered calls until there is an answer. The ledger owes it at once; a reseller, once
// no forward can arrive any more: after the lease and 16 minutes, however often it is
// called meanwhile.
func (a *actor) callUntilAnswered(j job) bool {
	for try := 0; ; try++ {
		if o := a.call(j); o != unknown && o != conflicted {
			return true
		}
		if a.front == nil || try == 20 {
			return false
		}
		time.Sleep(time.Minute)
	}
}
