package simulation

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"time"

	"aegis/shared/laws"
	"aegis/shared/ledger"
	"aegis/shared/marketplace"
	"aegis/shared/marketplace/marketbooks"
	"aegis/shared/renewals"
	"aegis/shared/sale"
	"aegis/shared/store"
	"aegis/shared/tokenrow"
)

// marketRoad is what an actor consumes the marketplace's orders with, and runs the timer.
type marketRoad struct {
	port
	asks, trusts *marketplace.OrderProcessor // with and without credentials to ask the marketplace
	timers       [2]*renewals.Runner         // of each
}

// silent is above every level: nobody reads what a run logs.
const silent = slog.LevelError + 1

// takeRoads lets the actor be a consumer or the timer.
func (a *actor) takeRoads(number int) {
	m := &marketRoad{port: a.port(a.World.store, counter{Client: a.World.store, actor: a, derived: true})}
	m.parallel = newParallel()
	l := a.openLedger(number, ledger.Config{Store: &m.port, Clock: a.clock, Random: seededReader{a.rng}, Tries: 4})

	config := marketplace.Config{Store: &m.port, Ledger: l, Secret: marketSecret, Clock: a.clock, Parallel: 1, Level: silent}
	m.trusts = mustProcess(config)
	config.Truth = truth{&m.port}
	m.asks = mustProcess(config)
	for i, orders := range []*marketplace.OrderProcessor{m.asks, m.trusts} {
		runner, err := renewals.New(renewals.Config{Ledger: l, Orders: orders, Clock: a.clock, Level: silent})
		if err != nil {
			panic(err) // it has a ledger
		}
		m.timers[i] = runner
	}
	a.market = m
}

func mustProcess(c marketplace.Config) *marketplace.OrderProcessor {
	p, err := marketplace.New(c)
	if err != nil {
		panic(err) // it has all
	}
	return p
}

func (m *marketRoad) begin(a *actor) {
	m.id = id{a.number, a.calls, outside, 0}
	m.parallel.begin()
}

// Find implements store.IndexReader for the timer: the index is not what is tried here.
func (p *port) Find(ctx context.Context, r store.IndexRange) ([]store.Row, store.Cursor, error) {
	if p.dead.Load() {
		return nil, store.Cursor{}, errDead
	}
	return p.rows.Find(ctx, r)
}

func (a *actor) orders() *marketplace.OrderProcessor {
	if a.peer.asked {
		return a.market.asks
	}
	return a.market.trusts
}

// populateRoads opens an account on which all roads meet: callers of the API and of
// operators, the marketplace with its consumers, and the timer. Half of the actors have
// another catalogue than the others, as during a deployment.
func (w *World) populateRoads() []job {
	const owner = "1000"
	w.peer = newPeer(w.rng)
	w.peer.asked = !w.chance(30)
	account := w.openRoads(owner)
	jobs := w.roadJobs(account)

	for range 1 + w.rng.IntN(2) {
		a, calls := w.actor(), 1+w.rng.IntN(2)
		a.desk <- func() { a.live(jobs, calls) }
	}
	if w.chance(20) {
		a := w.actor()
		a.desk <- func() { a.payIn(owner, 1) }
	}
	busy := 1
	if w.chance(25) {
		busy = 3 // a long story at the marketplace
	}
	buyer, trades := w.actor(), 1+w.rng.IntN(2*busy)
	buyer.desk <- func() { buyer.buy(owner, trades) }
	for range 1 + w.rng.IntN(2) {
		a, times := w.actor(), 1+w.rng.IntN(3*busy)
		a.desk <- func() { a.consume(times) }
	}
	if w.chance(50) {
		a, times := w.actor(), 1+w.rng.IntN(2)
		a.desk <- func() { a.tick(times) }
	}
	return jobs
}

// openRoads makes the account, most often with an instance that the API or the
// marketplace has sold, and now and then with the row of an earlier release.
func (w *World) openRoads(owner string) sale.Account {
	ctx := context.Background()
	balance := sale.Fen([]int{12_000, 60_000, 1_000_000}[w.rng.IntN(3)])
	if _, err := w.reader.OpenAccount(ctx, sale.Account{Owner: owner, Balance: balance, Verified: true, Machines: 3}); err != nil {
		panic(err) // nothing is wrong yet
	}

	first := create(3)
	if w.chance(50) {
		first.AutoRenew, first.AutoRenewMonths = true, 1
	}

	switch n := w.rng.IntN(10); {
	case n < 4:
		if _, err := w.reader.Sell(ctx, sale.Purchase{Owner: owner, Token: "first", Command: first}, nil); err != nil {
			panic(err) // the balance covers it
		}
	case n < 8:
		w.soldByPeer(owner)
	}

	if w.chance(15) {
		w.age(owner)
	}
	w.histories[owner] = &history{owner: owner, commits: []commit{{account: w.account(owner)}}}
	return w.account(owner)
}

// soldByPeer lets the marketplace sell an instance before the run.
func (w *World) soldByPeer(owner string) {
	w.peer.trade(owner, w.rng, w.time())
	n := w.peer.calls[0]
	p := mustProcess(marketplace.Config{Store: w.store, Ledger: w.reader, Secret: marketSecret, Clock: w.time})
	if _, err := p.Consume(context.Background(), n.event); err != nil {
		panic(err) // nothing is wrong yet
	}
	w.peer.delivered(n, w.rng)
}

// age makes an account's row one of an earlier release: without a schema, segments, a
// channel and an opening order.
func (w *World) age(owner string) {
	ctx := context.Background()
	account, _ := w.accountRow(owner)
	columns := store.Columns{}
	for _, name := range []string{"schema", "segments", "sold_by", "change", "due_shard", "due"} {
		columns = append(columns, store.None(name))
	}

	opening := account.Key
	opening.Sort = "order/00000000000000000000000000"
	if err := w.store.Commit(ctx, store.Update(account.Key, columns, "rev", account.Int("rev")), store.Delete(opening)); err != nil {
		panic(err) // nobody else is there
	}
}

func (w *World) accountRow(owner string) (store.Row, error) {
	key := tokenrow.Key(owner, "")
	key.Sort = "account"
	return w.store.Row(&key), nil
}

// roadJobs draws two to four tokens of callers and operators.
func (w *World) roadJobs(account sale.Account) []job {
	instance, end := "none", w.time()
	if i := account.Instance; i != nil {
		instance, end = i.ID, i.Period.End()
	}

	var jobs []job
	for n := range 2 + w.rng.IntN(3) {
		token, c := "t"+strconv.Itoa(n), w.roadCommand(instance, end)
		if release, ok := c.(sale.Release); ok {
			token = sale.ReleaseToken(release.InstanceID)
		}
		jobs = append(jobs, w.newJob(account.Owner, token, c))
	}

	return jobs
}

func (w *World) roadCommand(instance string, end time.Time) sale.Command {
	switch w.rng.IntN(13) {
	case 0, 1:
		return create(3 + w.rng.IntN(2))
	case 2:
		return sale.Upgrade{InstanceID: instance, VersionCode: 1 + w.rng.IntN(3), VmNumber: 3 + w.rng.IntN(3)}
	case 3:
		return sale.Release{InstanceID: instance, Channel: sale.API}
	case 4:
		return sale.Renewal{InstanceID: instance, Status: sale.AutoRenewal, Period: 1, Unit: sale.Month, Channel: sale.API}
	case 5, 12:
		return sale.Correct{InstanceID: instance, Ends: end.AddDate(0, 0, w.rng.IntN(60)-20), Reason: "parkedRequest 1"}
	case 6:
		channel := []sale.Channel{sale.API, sale.Market}[w.rng.IntN(2)]
		return sale.Adopt{InstanceID: instance, Channel: channel, Reason: "parkedRequest 2"}
	case 7:
		return sale.SetMachines{MachineNumber: 3 + w.rng.IntN(2)}
	case 8:
		return sale.Correct{InstanceID: instance, VmNumber: 5, Reason: "parkedRequest 3"}
	default:
		cycle := []sale.Cycle{sale.Month, sale.Day, sale.Hour, sale.Year}[w.rng.IntN(4)]
		return sale.Renew{InstanceID: instance, Term: sale.Term{Duration: 1, Cycle: cycle}, VmNumber: 3}
	}
}

// instanceOf returns the instance that a command of a caller or an operator is about, ""
// if there is none, and whose road it comes by.
func instanceOf(c sale.Command) (instance string, by sale.Channel) {
	switch c := c.(type) {
	case sale.Upgrade:
		return c.InstanceID, sale.API
	case sale.Renew:
		return c.InstanceID, sale.API
	case sale.Release:
		return c.InstanceID, sale.API
	case sale.Renewal:
		return c.InstanceID, sale.API
	case sale.Correct:
		return c.InstanceID, sale.Operator
	case sale.Adopt:
		return c.InstanceID, sale.Operator
	}
	return "", sale.API
}

// buy is a buyer's life at the marketplace.
func (a *actor) buy(owner string, trades int) {
	for range trades {
		a.park(a.place, id{a.number, a.calls, outside, 0}, "buys", none)
		a.calls++
		n := a.peer.trade(owner, a.rng, a.time())
		if a.trace != nil {
			a.note(id{a.number, a.calls, outside, 0}, "trades:", n.params)
		}
	}
}

// consume delivers notifications to the consumer of the queue.
func (a *actor) consume(times int) {
	for range times {
		a.park(a.place, id{a.number, a.calls, outside, 0}, "consumes", none)
		if n := a.peer.next(a.rng); n != nil {
			a.deliver(n)
		}
	}
}

// deliver hands a notification to the consumer and reports whether it was accepted.
func (a *actor) deliver(n *notification) bool {
	call := a.begin()
	report, err := a.orders().Consume(context.Background(), n.event)
	if a.trace != nil {
		a.note(call, "consumed "+n.params["action"]+":", fmt.Sprint(report, err))
	}
	if err != nil || a.dead.Load() {
		return false
	}

	a.peer.delivered(n, a.rng)
	a.touch(n.instance(), sale.Market)
	return true
}

// tick fires the timer.
func (a *actor) tick(times int) {
	for range times {
		a.park(a.place, id{a.number, a.calls, outside, 0}, "fires the timer", none)
		a.fire()
	}
}

func (a *actor) fire() {
	call := a.begin()
	timer := a.market.timers[0]
	if !a.peer.asked {
		timer = a.market.timers[1]
	}

	report, err := timer.Run(context.Background(), renewals.Due)
	letters := marketplace.HeldReport{}
	if report.Letters != nil {
		letters, report.Letters = *report.Letters, nil
	}
	if a.trace != nil {
		a.note(call, "timer:", fmt.Sprintf("%+v %+v %v", report, letters, err))
	}
}

// settleRoads ends the disturbances on the marketplace's road: what is left is
// delivered, everything comes once more verbatim, held letters are tried again, and the
// marketplace's instances are compared and repaired.
func (w *World) settleRoads() {
	w.nap = time.Hour
	a := w.actor()
	a.skew = 0
	a.desk <- func() {
		a.deliverAll(func(n *notification) bool { return n.left > 0 || !n.accepted })
		a.deliverAll(func(*notification) bool { return a.rng.IntN(2) == 0 })
		for round := 0; round == 0 || round < 2 && a.letters() > 0; round++ {
			time.Sleep(61 * time.Minute)
			a.fire()
			a.pull()
		}
	}
	w.schedule()
}

// letters counts what is held or dead.
func (a *actor) letters() int {
	letters, _, err := a.orders().Letters().List(context.Background(), "", 1000)
	if err != nil {
		panic(err) // nothing is wrong any more
	}
	return len(letters)
}

func (a *actor) deliverAll(which func(*notification) bool) {
	for _, i := range a.rng.Perm(len(a.peer.calls)) {
		n := a.peer.calls[i]
		for try := 0; which(n) && try < 240; try++ {
			if !a.deliver(n) || n.left == 0 {
				break
			}
		}
	}
}

// pull compares each instance of the marketplace with ours, and repairs it.
func (a *actor) pull() {
	if !a.peer.asked {
		return
	}
	for _, instance := range slices.Sorted(maps.Keys(a.peer.books.Instances)) {
		call := a.begin()
		report, err := a.orders().CheckInstance(context.Background(), instance, true)
		if a.trace != nil {
			a.note(call, "compares "+instance+":", fmt.Sprint(report, err))
		}
	}
}

// booksAgree compares the marketplace's books with ours at the end. An instance that is
// open there has the same term here, unless an operator has changed it or a letter says
// why it waits. Every paid order is effective, superseded or held.
func (w *World) booksAgree(b *history) error {
	if !w.roads {
		return nil
	}

	orders, _, err := w.reader.Orders(context.Background(), b.owner, "", 1000)
	if err != nil {
		return err
	}

	held, err := w.heldOrders()
	if err != nil {
		return err
	}
	if wrong := laws.Sold(w.sold(b.owner), w.lawsOrders(orders), held); len(wrong) > 0 {
		return wrong[0]
	}
	if !w.peer.asked {
		return nil
	}

	ours := w.account(b.owner).Instance
	for _, id := range slices.Sorted(maps.Keys(w.peer.books.Instances)) {
		theirs := *w.peer.books.Instances[id]
		touched := slices.ContainsFunc(orders, func(o ledger.Order) bool { return o.InstanceID == id && o.Channel == sale.Operator })
		if theirs.AliUID != b.owner || touched || held[id] {
			continue
		}
		if err := w.agrees(theirs, ours); err != nil {
			return err
		}
	}

	return nil
}

func (w *World) agrees(theirs marketbooks.Instance, ours *sale.Instance) error {
	open := theirs.Status == marketplace.Opened && w.time().Before(theirs.End())
	if ours != nil && ours.ID != theirs.ID {
		ours = nil
	}

	switch {
	case !open || theirs.Trial && ours == nil:
		return nil
	case ours == nil:
		return fmt.Errorf("the marketplace has sold instance %s until %s: it is not live, and no letter says why", theirs.ID, theirs.End())
	case !ours.Period.End().Equal(theirs.End()):
		return fmt.Errorf("the marketplace has sold instance %s until %s, ours ends at %s", theirs.ID, theirs.End(), ours.Period.End())
	case !ours.Expired.IsZero() && ours.Expired.Before(theirs.End()): // in its last hour it may be marked from its end on
		return fmt.Errorf("instance %s is frozen since %s, the marketplace has sold it until %s", theirs.ID, ours.Expired, theirs.End())
	}

	return nil
}

// sold lists the orders that the owner paid at the marketplace.
func (w *World) sold(owner string) (sold []laws.Paid) {
	for _, n := range w.peer.calls {
		id, action := n.params["orderId"], n.params["action"]
		instance := w.peer.books.Orders[id]
		if id == "" || w.peer.books.Instances[instance].AliUID != owner {
			continue
		}
		p := laws.Paid{ID: id, Instance: instance, Token: sale.DerivedToken("market", action, instance, id)}
		if action == "renewInstance" {
			p.Until, _ = time.ParseInLocation(time.DateTime, n.params["expiredOn"], sale.Shanghai())
		}
		if action == "upgradeInstance" {
			p.Edition, _ = strconv.Atoi(n.params["skuId"][len("aegis-"):])
		}
		sold = append(sold, p)
	}
	return sold
}

// heldOrders are the marketplace's orders and instances that letters are about.
func (w *World) heldOrders() (map[string]bool, error) {
	letters, _, err := marketplace.NewDeadLetterStore(w.store, marketplace.Queue, w.time).List(context.Background(), "", 1000)
	held := map[string]bool{}
	for _, l := range letters {
		held[l.InstanceID] = true
		if call, err := marketplace.ParseCall(l.Body); err == nil {
			held[call.Params["orderId"]] = true
		}
	}
	return held, err
}

func (w *World) lawsOrders(orders []ledger.Order) []laws.Order {
	all := make([]laws.Order, len(orders))
	for i, o := range orders {
		all[i] = laws.Order{ID: o.ID, Token: o.Token, Operation: string(o.Operation), Instance: o.InstanceID, Edition: o.VersionCode, Machines: o.VmNumber, Expires: o.Expires}
	}
	return all
}
