package renewals_test

import (
	"context"
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/shared/ledger"
	"aegis/shared/ledger/ledgertest"
	"aegis/shared/renewals"
	"aegis/shared/sale"
	"aegis/shared/store"
	"aegis/shared/store/storetest"
)

func TestTheEndOfATerm(t *testing.T) {
	o := real(t)
	o.buy("1", 0, 0)
	for _, step := range []struct {
		at   string
		want renewals.Report
	}{
		{"2026-06-10 23:59:59", renewals.Report{}},
		{"2026-06-11 00:00:00", renewals.Report{Looked: 1, Expired: 1}},
		{"2026-06-25 12:00:00", renewals.Report{}},
		{"2026-06-26 00:00:00", renewals.Report{Looked: 1, Released: 1}},
		{"2027-06-26 00:00:00", renewals.Report{}},
	} {
		o.now = at(step.at)
		require.Equal(t, step.want, o.run(), step.at)
	}
	require.Equal(t, []string{"CreateInstance", "ExpireInstance", "ReleaseInstance"}, o.orders("1"))
	_, err := o.books.Sell(context.Background(), sale.Purchase{Owner: "1", Token: "buy again", Command: sale.Create{
		Term: sale.Term{Duration: 1, Cycle: sale.Month}, VersionCode: 1, VmNumber: 1}}, nil)
	require.ErrorContains(t, err, "NotEnoughBalance", "no instance stands in the way")
}

func TestAnInstanceIsRenewedOnceForATerm(t *testing.T) {
	o := real(t)
	o.buy("1", 100_000, 1)
	o.now = at("2026-06-02 08:00:00")
	var all sync.WaitGroup
	for range 4 { // timers that overlap
		all.Go(func() {
			_, err := o.runner.Run(context.Background(), renewals.Due)
			require.NoError(t, err)
		})
	}
	all.Wait()
	require.Zero(t, o.run().Looked)
	require.Equal(t, []string{"CreateInstance", "RenewInstance"}, o.orders("1"))
	require.Equal(t, at("2026-07-11 00:00:00").Unix(), o.account("1").Instance.Period.End().Unix())
	o.now = at("2026-07-02 08:00:00")
	require.Equal(t, renewals.Report{Looked: 1, Renewed: 1}, o.run(), "and again for the next")
}

func TestOutsideTheRenewalHoursNobodyIsCharged(t *testing.T) {
	o := real(t)
	o.buy("1", 100_000, 1)
	o.now = at("2026-06-03 03:00:00")
	require.Equal(t, renewals.Report{Looked: 1}, o.run())
	r, err := o.runner.Run(context.Background(), renewals.Anytime)
	require.NoError(t, err)
	require.Equal(t, 1, r.Renewed, "unless an operator says so")
}

func TestWantOfBalanceIsNotedAndTriedDaily(t *testing.T) {
	o := real(t)
	o.buy("1", 100, 1)
	o.now = at("2026-06-02 09:00:00")
	require.Equal(t, renewals.Report{Looked: 1, Refused: 1}, o.run())
	require.Equal(t, sale.NotEnoughBalance, o.account("1").Instance.RenewalFailure)
	o.now = at("2026-06-02 17:00:00")
	require.Equal(t, renewals.Report{}, o.run(), "not twice a day")
	for _, day := range []string{"2026-06-03 09:00:00", "2026-06-10 09:00:00"} {
		o.now = at(day)
		require.Equal(t, renewals.Report{Looked: 1, Refused: 1}, o.run())
	}
	o.now = at("2026-06-11 09:00:00")
	require.Equal(t, renewals.Report{Looked: 1, Refused: 1, Expired: 1}, o.run(), "expired, and still tried")
	ledgertest.SetBalance(t, o.books, "1", 100_000)
	o.now = at("2026-06-12 09:00:00")
	require.Equal(t, renewals.Report{Looked: 1, Renewed: 1}, o.run())
	require.False(t, o.account("1").Instance.ExpiredAt(o.now))
	require.Equal(t, []string{"CreateInstance", "ExpireInstance", "RenewInstance"}, o.orders("1"))
}

func TestAnInstanceThatNobodyPaysForIsReleased(t *testing.T) {
	o := real(t)
	o.buy("1", 0, 1)
	for o.now = at("2026-06-02 09:00:00"); o.now.Before(at("2026-06-27 00:00:00")); o.now = o.now.Add(24 * time.Hour) {
		o.run()
	}
	require.Equal(t, []string{"CreateInstance", "ExpireInstance", "ReleaseInstance"}, o.orders("1"))
}

// A renewal by hand lands between the timer's look at the index and its sale.
func TestARenewalByHandInBetweenSuppressesTheAutomaticOne(t *testing.T) {
	o := real(t)
	instance := o.buy("1", 100_000, 1)
	o.now = at("2026-06-05 09:00:00")
	var once sync.Once
	o.gate.BeforeCommit = func(int, []store.Change) error {
		once.Do(func() {
			o.gate.BeforeCommit = nil
			byHand := sale.Renew{InstanceID: instance, Term: sale.Term{Duration: 1, Cycle: sale.Day}, VmNumber: 5}
			_, err := o.books.Sell(context.Background(), sale.Purchase{Owner: "1", Token: "by hand", Command: byHand}, nil)
			require.NoError(t, err)
		})
		return nil
	}
	require.Equal(t, 0, o.run().Renewed)
	require.Equal(t, []string{"CreateInstance", "RenewInstance"}, o.orders("1"))
	require.Equal(t, at("2026-06-12 00:00:00").Unix(), o.account("1").Instance.Period.End().Unix())
}

func TestALostAnswerRenewsOnce(t *testing.T) {
	o := real(t)
	o.buy("1", 100_000, 1)
	o.now = at("2026-06-02 09:00:00")
	o.gate.AfterCommit = func(int, []store.Change) error { return fmt.Errorf("the answer is lost: %w", store.ErrUnknown) }
	_, err := o.runner.Run(context.Background(), renewals.Due)
	require.NoError(t, err, "the token tells that it was sold")
	o.gate.AfterCommit = nil
	o.run()
	require.Equal(t, []string{"CreateInstance", "RenewInstance"}, o.orders("1"))
}

func TestOneInstancesTroubleIsNotTheOthers(t *testing.T) {
	o := real(t)
	for i := range 20 {
		o.buy(fmt.Sprint(i), 100_000, 1)
	}
	o.now = at("2026-06-02 09:00:00")
	o.gate.BeforeCommit = func(_ int, changes []store.Change) error {
		if strings.HasSuffix(changes[0].Key.Partition, ":7") {
			return store.ErrNotApplied
		}
		return nil
	}
	r, err := o.runner.Run(context.Background(), renewals.Due)
	require.ErrorContains(t, err, "1 instances are left")
	require.Equal(t, renewals.Report{Looked: 20, Renewed: 19, Again: 1}, r)
	o.gate.BeforeCommit = nil
	require.Equal(t, renewals.Report{Looked: 1, Renewed: 1}, o.run())
}

func TestARunThatIsOutOfTimeIsResumed(t *testing.T) {
	o := real(t)
	o.runner.Page = 100
	owners := ofOneShard(30)
	for _, owner := range owners {
		o.buy(owner, 100_000, 1)
	}
	o.now = at("2026-06-02 09:00:00")
	ctx, stop := context.WithCancel(context.Background())
	o.gate.AfterCommit = func(n int, _ []store.Change) error {
		if n%10 == 0 {
			stop()
		}
		return nil
	}
	r, err := o.runner.Run(ctx, renewals.Due)
	require.ErrorIs(t, err, renewals.ErrMore)
	require.True(t, r.More)
	require.Less(t, r.Looked, 20)
	o.gate.AfterCommit = nil
	o.run()
	for _, owner := range owners {
		require.Equal(t, []string{"CreateInstance", "RenewInstance"}, o.orders(owner))
	}
}

// ofOneShard are owners whose instances share a shard of the index.
func ofOneShard(n int) (owners []string) {
	for i := 0; len(owners) < n; i++ {
		hash := fnv.New32a()
		_, _ = hash.Write([]byte(strconv.Itoa(i)))
		if hash.Sum32()%ledger.DueShards == 0 {
			owners = append(owners, strconv.Itoa(i))
		}
	}
	return owners
}

// Whatever is not due costs nothing: what a run asks of the store follows the
// 1,000 that are. The benchmark says the same of 100,000 instances.
func TestTheCostFollowsWhatIsDue(t *testing.T) { thousandDueOf(t, 10_000) }

func BenchmarkAThousandDueOf100000(b *testing.B) {
	for b.Loop() {
		b.ReportMetric(float64(thousandDueOf(b, 100_000)), "requests")
	}
}

func thousandDueOf(t testing.TB, many int) (requests int) {
	o := open(t, storetest.NewMemory())
	o.runner.Page = 100
	for i := range many {
		months := 0
		if i%(many/1000) == 0 {
			months = 1
		}
		o.buy(fmt.Sprint(i), 100_000, months)
	}
	o.now = at("2026-06-02 09:00:00")
	reads, commits := o.gate.Counts()
	require.Equal(t, renewals.Report{Looked: 1000, Renewed: 1000}, o.run())
	readsAfter, commitsAfter := o.gate.Counts()
	require.Equal(t, 1000, commitsAfter-commits)
	pages := 1000/100 + 2*ledger.DueShards // and a last one, not full, of each shard of both agendas
	require.LessOrEqual(t, readsAfter-reads, 1000+pages)
	return readsAfter - reads + commitsAfter - commits
}
