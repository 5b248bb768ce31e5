package renewals

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"aegis/shared/ledger"
	"aegis/shared/marketplace"
	"aegis/shared/sale"
	"aegis/shared/store"
)

// Config wires a Runner. Ledger must be set.
type Config struct {
	Ledger       *ledger.Ledger
	Orders       *marketplace.OrderProcessor // nil: this system does no orders of the marketplace
	ReleaseAfter time.Duration               // from the expiry to the release; 0: 15 days
	Clock        func() time.Time            // nil: time.Now
	Page         int                         // instances read at once; 0: 200
	Parallel     int                         // instances of a shard processed at once; 0: 4
	Log          io.Writer                   // nil: nowhere
	Level        slog.Level                  // of the log; zero: INFO
}

// Runner processes the instances that are due.
type Runner struct {
	Config
	log *slog.Logger
}

// New makes a Runner.
func New(c Config) (*Runner, error) {
	if c.Ledger == nil {
		return nil, errors.New("make renewals: they need a ledger")
	}
	if c.ReleaseAfter == 0 {
		c.ReleaseAfter = sale.DefaultReleaseAfter
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Page == 0 {
		c.Page = 200
	}
	if c.Parallel == 0 {
		c.Parallel = 4
	}
	if c.Log == nil {
		c.Log = io.Discard
	}

	return &Runner{Config: c, log: slog.New(slog.NewJSONHandler(c.Log, &slog.HandlerOptions{Level: c.Level}))}, nil
}

// Report counts what a run did.
type Report struct {
	Looked   int  `json:"looked"` // instances that were due
	Renewed  int  `json:"renewed"`
	Refused  int  `json:"refused"` // renewals that were not possible; tried again the next day
	Expired  int  `json:"expired"`
	Released int  `json:"released"`
	Again    int  `json:"again"` // left for the next run by a temporary failure
	More     bool `json:"more"`  // the time was over before all was looked at

	Letters *marketplace.HeldReport `json:"letters,omitempty"` // the marketplace's held letters
	Differ  []marketplace.Finding   `json:"differ,omitempty"`  // of Check: where the marketplace's books say otherwise
}

// Job is the task of a run: the payload of its trigger. An unknown payload counts as
// Due.
type Job string

const (
	Due     Job = ""        // what is due now, and the held letters
	Anytime Job = "anytime" // for operators: also outside the renewal hours, and renewals refused today
	Check   Job = "check"   // compare all instances of the marketplace with its books
)

// run is the state of one run.
type run struct {
	*Runner
	now     time.Time
	anytime bool

	mu     sync.Mutex
	report Report
	why    error // the first passing failure
}

// ErrMore is returned when the time was over before everything was looked at. The next
// run goes on; the platform retries an asynchronous invocation that failed.
var ErrMore = errors.New("the time is over, and more is due")

// Run does a job. An error means that a temporary failure stopped a part, or that the
// time was over (ErrMore). The next run finds it again; the report counts the rest.
func (r *Runner) Run(ctx context.Context, job Job) (Report, error) {
	if job == Check {
		return r.check(ctx)
	}
	one := &run{Runner: r, now: r.Clock(), anytime: job == Anytime}

	var group errgroup.Group
	group.Go(func() error { one.letters(ctx); return nil })
	for shard := range ledger.DueShards {
		group.Go(func() error {
			one.shard(ctx, ledger.DuePage{Queue: sale.Running, Shard: shard, Until: one.now})
			one.shard(ctx, ledger.DuePage{Queue: sale.Expired, Shard: shard, Until: one.now.Add(-r.ReleaseAfter)})
			return nil
		})
	}
	_ = group.Wait() // failures are counted

	if one.report.More = ctx.Err() != nil; one.report.More {
		return one.report, ErrMore
	}
	if one.why != nil {
		return one.report, fmt.Errorf("%d instances are left for the next run: %w", one.report.Again, one.why)
	}
	return one.report, nil
}

// letters retries the held dead letters. It runs in parallel with the instances that
// are due, so that many letters do not delay renewals and expiries.
func (r *run) letters(ctx context.Context) {
	if r.Orders == nil {
		return
	}

	report, err := r.Orders.RetryHeld(ctx)
	r.mu.Lock()
	r.report.Letters = &report
	r.mu.Unlock()
	if err != nil {
		r.failed(err)
	}
}

// check compares our records with the marketplace's. Where they differ an operator
// decides: see "admin market check".
func (r *Runner) check(ctx context.Context) (Report, error) {
	if r.Orders == nil {
		return Report{}, errors.New("check the marketplace's instances: MARKET_SECRET is not set")
	}
	checked, err := r.Orders.Check(ctx, false)
	for _, f := range checked.Findings {
		r.log.Error("the marketplace's books differ", "instance", f.InstanceID, "owner", f.Owner, "ours", f.Ours, "theirs", f.Theirs)
	}
	return Report{Looked: checked.Checked, Differ: checked.Findings}, err
}

// shard processes one shard of a queue, page by page.
func (r *run) shard(ctx context.Context, p ledger.DuePage) {
	p.Limit = r.Page
	for ctx.Err() == nil {
		due, next, err := r.Ledger.Due(ctx, p)
		if err != nil {
			r.failed(err)
			return
		}
		r.page(ctx, due)
		if p.Start = next; next.Zero() {
			return
		}
	}
}

// page processes the instances of a page, several at once: a slow answer about one, such
// as the marketplace's, does not hold up the others.
func (r *run) page(ctx context.Context, due []ledger.Due) {
	var group errgroup.Group
	group.SetLimit(r.Parallel)
	for _, d := range due {
		if ctx.Err() != nil {
			break
		}
		group.Go(func() error { r.look(ctx, d); return nil })
	}
	_ = group.Wait() // failures are counted
}

func (r *run) count(n *int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	*n++
}

func (r *run) failed(err error) {
	r.count(&r.report.Again)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.why == nil {
		r.why = err
	}
}

// passing reports whether an error is temporary: it says nothing about the instance,
// and the same call may succeed later.
func passing(err error) bool {
	return errors.Is(err, sale.ErrUnavailable) || errors.Is(err, sale.ErrConflict) || errors.Is(err, store.ErrNotApplied)
}
