package main

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"
)

const fen = 100 // to the CNY

// size is what an instance is given. Function Compute wants 1 to 4 GB per vCPU, and at
// least 128 MB.
type size struct {
	cpus float64
	mb   int
}

func sizes() []size {
	return []size{{0.05, 128}, {0.1, 128}, {0.25, 256}, {0.5, 512}, {1, 1024}}
}

// deployed is the size in s.yaml.
func deployed() size { return size{0.1, 128} }

// business is what a seller does in a month.
type business struct {
	name                      string
	orders, replays, queries  float64 // calls a month
	marketMessages, hourlyJob float64
}

func businesses() []business {
	return []business{
		{"small: 1,000 orders", 1e3, 100, 1e4, 500, 24 * 30},
		{"medium: 100,000 orders", 1e5, 1e4, 1e6, 5e4, 24 * 30},
		{"large: 10,000,000 orders", 1e7, 1e6, 1e8, 5e6, 24 * 30},
	}
}

// measureMoney turns figures of this run into money: what calls cost at each size, each
// operation at the size in s.yaml, and a month of three businesses. It measures what it
// lacks.
func measureMoney(ctx context.Context, o options) error {
	for _, need := range []part{{"functions", measureFunctions}, {"quota", measureQuota}} {
		if o.has(need.name) {
			continue
		}
		if err := need.measure(ctx, o); err != nil {
			return err
		}
		o.title("money")
	}
	if _, ok := o.find(durationAt(deployed())); !ok {
		o.skip("money", fmt.Errorf("it needs the CPU quotas"))
		return nil
	}

	o.printPrices()
	o.bySize()
	o.byOperation()
	o.byMonth()
	return nil
}

// has reports whether the run has measured a part that money needs.
func (r *report) has(part string) bool {
	name := map[string]string{"functions": "CreateInstance: read units", "quota": durationAt(deployed())}[part]
	_, ok := r.find(name)
	return ok
}

func (r *report) find(name string) (float64, bool) {
	for _, f := range r.Figures {
		if f.Name == name {
			return f.Value, true
		}
	}
	return 0, false
}

func durationAt(s size) string {
	return fmt.Sprintf("new order at %v vCPU and %d a second, p50", s.cpus, callRate)
}

func (r *report) printPrices() {
	for _, p := range prices() {
		fmt.Fprintf(r.out, "%-34s %9v %-34s %s (%s)\n", p.name, p.amount, p.unit, p.source, p.read)
	}
	fmt.Fprintln(r.out)
}

// bySize adds what 1,000 new orders cost at each size, the store left aside. The wait for
// the store is paid for at every size.
func (o options) bySize() {
	for _, s := range sizes() {
		if ms, ok := o.find(durationAt(s)); ok {
			o.add(figure{Name: fmt.Sprintf("1,000 new orders at %v vCPU and %d MB", s.cpus, s.mb), Value: 1000 * fen * s.call(ms, 2), Unit: "fen"})
		}
	}
}

// call returns the CNY that Function Compute takes for a call: measured milliseconds of
// the local store, and the distance of the real one for each round trip.
func (s size) call(ms float64, depth int) float64 {
	seconds := (ms + float64(depth)*storeDistance.amount) / 1000
	cu := cuPerCall + seconds*(cuPerCPUSecond*s.cpus+cuPerGBSecond*float64(s.mb)/1024+cuPerDiskGBS*diskGB)
	return cu * priceCU.amount * exchange.amount
}

func storeCost(read, write float64) float64 {
	return (read*priceRead.amount + write*priceWrite.amount) / 1e4
}

// operationCost is what one call costs, in CNY.
type operationCost struct {
	compute float64 // of Function Compute
	rows    float64 // of the store
}

func (c operationCost) sum() float64 { return c.compute + c.rows }

// costOf returns what a call costs at the size in s.yaml. A call that commits nothing has
// one round trip and is counted with half of a new order's time, which is more than it
// takes.
func (r *report) costOf(name string) operationCost {
	read, _ := r.find(name + ": read units")
	write, _ := r.find(name + ": write units")
	requests, _ := r.find(name + ": store requests")
	ms, _ := r.find(durationAt(deployed()))

	depth := 1
	if requests > 2 && !strings.HasPrefix(name, "Query") {
		depth = 2 // a read in parallel with the nonce, then a commit
	}
	if depth == 1 {
		ms /= 2
	}
	return operationCost{deployed().call(ms, depth), storeCost(read, write)}
}

// byOperation adds what 1,000 calls of each operation cost.
func (o options) byOperation() {
	for _, c := range costed() {
		cost := o.costOf(c.name)
		o.add(figure{Name: "1,000 × " + c.name, Value: 1000 * fen * cost.sum(), Unit: "fen", Floor: "the store's part", Of: 1000 * fen * cost.rows})
	}
}

// byMonth adds what a month costs each business, and the part that does not depend on
// its size. A queue message costs as much as a new order.
func (o options) byMonth() {
	fixed := 2 * 30 * priceQueue.amount * exchange.amount
	gateway := 2 * 24 * 30 * priceGateway.amount
	order, replay, query := o.costOf("CreateInstance").sum(), o.costOf("CreateInstance, replay").sum(), o.costOf("GetSummary").sum()
	for _, b := range businesses() {
		calls := (b.orders+b.marketMessages)*order + b.replays*replay + (b.queries+b.hourlyJob)*query
		o.add(figure{Name: "a month, " + b.name, Value: fixed + calls, Unit: "CNY"})
		o.add(figure{Name: "the same behind API Gateway, " + b.name, Value: fixed + calls + gateway, Unit: "CNY"})
		o.add(figure{Name: "time of instances if 20 calls share one, " + b.name, Value: 100 * o.shared(b), Unit: "%", Floor: "one call each", Of: 100})
	}
}

// shared returns how much of the time of instances is paid for if calls that overlap
// share one, at the rate of a busy hour: a tenth of a day's calls. For calls that come
// at random at rate r and take s seconds, some call is under way during 1 − e^(−r·s) of
// the time, and alone they take r·s.
func (o options) shared(b business) float64 {
	ms, _ := o.find(durationAt(deployed()))
	seconds := (ms + 2*storeDistance.amount) / 1000
	busyHour := (b.orders + b.replays + b.queries) / 30 / 10 / time.Hour.Seconds()
	load := busyHour * seconds
	return (1 - math.Exp(-load)) / load
}
