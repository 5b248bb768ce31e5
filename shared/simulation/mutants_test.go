package simulation_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// guards asks for the mutants, as CI does.
var guards = flag.Bool("guards", false, "take every guard away once and require that a test misses it")

// mutant is a guard taken away: a piece of a file, what stands there instead, and
// the package whose tests must notice.
type mutant struct {
	guard    string
	file     string // below shared/
	from, to string
	pkg, run string
}

func mutants() []mutant {
	return []mutant{
		{"a token is sold once", "ledger/sell.go", "c.keys.token(s.Token), tok", "c.keys.token(s.Token+s.Order.ID), tok", "simulation", "Schedule"},
		{"an account changes from the revision read", "ledger/sell.go", "colRev, int64(s.rev))", "colMachines, int64(s.account.Machines))", "simulation", "Schedule"},
		{"a refusal is fenced", "ledger/sell.go", "case !ok || r.OfForm() || s.lists(c.Token):", "case !ok || r != nil:", "ledger", "StillLand|GaveUp"},
		{"a fence proves that the token is not sold", "ledger/sell.go", "		tokenrow.Refuse(s.token, c.keys.token(c.Token)),\n", "", "simulation", "Schedule"},
		{"a token that was refused is taken off the list before it is sold", "ledger/sell.go", "if s.listsAny(c.Token, decision) {", "if false {", "ledger", "RefusedBefore"},
		{"what is so by a twin is answered by its order", "ledger/sell.go", "	if tokenrow.Taken(rows[0]) {\n		return replay(rows[0], c.Command)\n	}\n	return sale.Receipt{}, refusal", "	_ = rows\n	return sale.Receipt{}, refusal", "simulation", "Schedule"},
		{"a later release's account is not read", "ledger/accountrow.go", "version > schema", "false", "ledger", "Later"},
		{"yesterday's ceiling does not come back", "ledger/spent.go", "day := max(sale.DayOf(at.Now), spent.Day)", "day := sale.DayOf(at.Now)", "ledger", "Clocks"},
		{"a call is the owner's once its grant is read", "api/throttle.go", "case isAccess(answer.Code):", "case false:", "api", "WithoutAGrant"},
		{"a closed account does not say that a token is unsold", "ledger/query.go", "if rows[1].Bool(colClosed) && !tokenrow.Taken(rows[0]) {", "if false {", "ledger", "Unsold"},
		{"a price is rounded up and never 0", "sale/money.go", "max(Fen(fen.Int64()), 1)", "Fen(fen.Int64())", "sale", "Fen"},
		{"an upgrade costs what the time cost", "sale/segment.go", "if s.Cycle == Year && s.Whole > 0 {", "if false {", "sale", "Year"},
		{"a renewal is exact", "sale/term.go", "if p.Exact {", "if false {", "sale", "Hours"},
		{"a renewal ends in the future", "sale/renew.go", "if !period.End().After(at.Now) {", "if false {", "sale", "Refusals"},
		{"an instance belongs to the channel that sold it", "sale/account.go", "if err != nil || i.Channel == channel {", "if true {", "sale", "Channel"},
		{"a price above MaxAmount is refused", "sale/limit.go", "p.MaxAmount != nil && d.Order.Amount > *p.MaxAmount", "false", "ledger", "MaxAmount"},
		{"a price above MaxAmount is refused, whatever the schedule", "sale/limit.go", "p.MaxAmount != nil && d.Order.Amount > *p.MaxAmount", "false", "simulation", "Schedule"},
		{"a refusal of MaxAmount is fenced", "sale/refusal.go", "return r.Code == OutOfRange", "return r.Code == OutOfRange || r.Code == AmountExceeded", "ledger", "MaxAmount"},
		{"a dry run sells nothing", "ledger/sell.go", "if c.DryRun {", "if false {", "ledger", "DryRun"},
		{"a dry run sells nothing, whatever the schedule", "ledger/sell.go", "if c.DryRun {", "if false {", "simulation", "Schedule"},
		{"limits are kept or refused, never forwarded", "upstream/sell.go", "case limits != nil:", "case false:", "upstream", "Limits"},
		{"a page of orders is read by those who may", "tokenrow/read.go", "	case refused != nil:", "	case false:", "api", "Revoked"},
		{"a page of orders ends where its time begins", "ledger/query.go", "!q.From.IsZero() && MadeAt(o.ID).Before(q.From)", "o.ID == q.OrderID", "ledger", "NoOlder"},
		{"an unknown write is remembered", "ledger/sell.go", "c.ambiguousRev = s.rev", "_ = s", "ledger", "Conflict"},
		{"an unknown write is no conflict", "ledger/sell.go", "if c.ambiguousRev != none || !errors.Is(c.lastErr, store.ErrCondition) {", "if false {", "ledger", "Conflict"},
		{"another purchase is told from the same", "tokenrow/fingerprint.go", "len(names) > 0 {", "len(names) > 99 {", "simulation", "Schedule"},
		{"nothing is told before the nonce is recorded", "tokenrow/read.go", "	if refused != nil {", "	if refused != nil && false {", "ledger", "Admission"},
		{"a nonce is good once", "access/nonce.go", `Partition: nonce + "/" + keyID`, `Partition: nonce + "/" + requestID`, "access", "Nonce"},
		{"a secret opens for its key only", "access/seal.go", "[]byte(keyID)", "nil", "access", "Sealed"},
		{"a reseller acts for owners granted", "access/key.go", "k.Reseller && granted", "k.Reseller", "access", "ActsFor"},
		{"a cached key is compared with its rows", "access/authorize.go", "granted := rows[1].Exists()", "granted := true", "api", "Revoked"},
		{"a cached key's grant is compared even if the key is unchanged", "access/authorize.go", "owner, err = permit(q, entry.key, granted)", "owner, err = permit(q, entry.key, true)", "access", "Cached"},
		{"a key that was changed is verified again", "access/authorize.go", "known != nil && entry.sameAs(*known)", "known != nil", "api", "HoldsAtOnce"},
		{"what moves money is granted by name", "access/key.go", "if q.ByName && ", "if false && ", "api", "Grant"},
		{"a nonce that we recorded twice is ours", "access/nonce.go", "rows[0].String(colRequestID) == requestID", "false", "access", "Resent"},
		{"a batch that was applied in part is unknown", "store/encode.go", "	if succeeded {", "	if succeeded && false {", "store", "InPart"},
		{"a reseller's late caller writes nothing", "upstream/sell.go", "store.Update(f.key, columns, tokenrow.Fence, f.mine.fence)", "store.Update(f.key, columns, tokenrow.Since, f.mine.since.UnixMilli())", "upstream", "Late"},
		{"a reseller's refusal waits for what may still arrive", "upstream/record.go", "!sent.Before(r.doubt)", "true", "upstream", "Refusal"},
		{"a refusal that looked at no token proves nothing", "upstream/record.go", "!refused.BeforeTokenCheck &&", "", "upstream", "Throttling"},
		{"a reseller's token is forwarded by one at a time", "upstream/sell.go", "f.now().Before(r.lease)", "false", "upstream", "Duplicate"},
		{"an answered forward does not start the doubt again", "upstream/sell.go", "store.Int(tokenrow.Answered, f.mine.fence)", "store.Int(tokenrow.Answered, 0)", "upstream", "EndsWhenTheDoubtDoes/every_5m0s"},
		{"a refusal is judged by when its forward was sent", "upstream/sell.go", "definite(refused, f.sent)", "definite(refused, f.now())", "upstream", "Judged"},
		{"a token that the endpoint has sold is never freed", "upstream/record.go", "if r.sold {", "if false {", "upstream", "Freed"},
		{"a token that the endpoint has sold goes back to what was forwarded first", "upstream/sell.go", "append(append(f.answered(), f.mine.first.Columns()...)", "append(append(f.answered(), f.mine.first.Columns()[:0]...)", "upstream", "GoesBack"},
		{"what was not answered is what may be sold", "upstream/record.go", "!r.answered && !r.suspect", "false", "upstream", "GoesBack"},
		{"a page is no refusal", "upstream/answer.go", "!isName(code) || !isName(requestID) || ", "", "upstream", "NotAnAnswer"},
		{"an answer of somebody else is no sale", "upstream/answer.go", ` && a.id(field) != ""`, "", "upstream", "NotAnAnswer"},
		{"two owners' tokens are forwarded apart", "upstream/record.go", `"aegis upstream ClientToken\x00" + owner`, `"aegis upstream ClientToken\x00"`, "upstream", "TwoOwners"},
		{"a row of an earlier version forwards the caller's token", "upstream/record.go", `case r.token == "":`, "case false:", "upstream", "Earlier"},
		{"a sale has a connection of its own", "upstream/client.go", "DisableKeepAlives: !keepAlive, ", "", "upstream", "SentOnce"},
		{"a refusal of the form leaves the token", "upstream/record.go", "!earlier || !refused.BeforeTokenCheck", "!earlier || refused.OfForm || !refused.BeforeTokenCheck", "upstream", "OfTheForm"},
		{"a refusal of the form says nothing of what is sold", "upstream/record.go", "refused.OfForm && !r.sold", "refused.OfForm", "upstream", "NeverFreed"},
		{"a refusal of the form waits for the doubt", "upstream/record.go", "!r.sold && !sent.Before(r.doubt)", "!r.sold", "upstream", "OfTheForm"},
		{"a query may be sent again", "upstream/client.go", "resend: true", "resend: false", "upstream", "Survives"},
		{"a sale has no second body to send again", "upstream/client.go", "request.GetBody = nil", "_ = request.GetBody", "upstream", "SecondBody"},
		{"equal calls are forwarded equal", "upstream/params.go", `Value: "0"})`, `Value: ""})`, "upstream", "EqualCalls"},
		{"no answer's text repeats the signature", "upstream/answer.go", " || a.to.reveals(text)", "", "api", "Shows"},
		{"no broken connection's error repeats the signature", "upstream/client.go", "signed.hide(transportError(err))", "transportError(err)", "api", "Shows"},
		{"the ledger does not answer a token whose order is not known", "ledger/replay.go", `if row.String(tokenrow.Order) == "" {`, "if false {", "upstream", "Ledger"},
		{"a freed token is sold by one backend", "tokenrow/columns.go", "store.Update(key, sold, Fence, fence)", `store.Update(key, sold, Since, row.Int(Since))`, "upstream", "NotByBoth"},
		{"the signature is checked", "access/authorize.go", "if err := k.verify(q.Signature, r.clock()); err != nil {", "if err := k.verify(q.Signature, r.clock()); err == nil && false {", "api", "Who"},
		{"the time is checked", "api/authorise.go", "if err := c.CheckTime(s.clock()); err != nil {", "if err := c.CheckTime(s.clock()); err == nil && false {", "api", "Who"},
		{"a closed account sells nothing", "ledger/sell.go", "if s.closed() {", "if false {", "ledger", "Closed"},
		{"closing an account fences the sales under way", "ledger/closed.go", "store.Columns{closed, store.Int(colRev, rev+1)}", "store.Columns{closed}", "ledger", "Closed"},
		{"a public secret that was rotated away holds no longer", "access/registry.go", "if slices.Contains(r.public, key.Previous) {", "if false {", "access", "RotatedAway"},
		{"web pages of other sites arm no faults", "local/tablestore/admin.go", "!sameorigin.Allowed(r)", "false && !sameorigin.Allowed(r)", "local/tablestore", "FaultsPage"},
		{"a forward is signed before its lease is compared with the clock", "upstream/sell.go", "	send := f.config.Remote.Prepare(ctx, f.Owner, f.mine.forwards(f.Owner, f.Token), f.Command)\n	f.sent = f.now()\n", "	f.sent = f.now()\n	send := f.config.Remote.Prepare(ctx, f.Owner, f.mine.forwards(f.Owner, f.Token), f.Command)\n", "upstream", "StoodStill"},
		{"a reseller's key leases no more than its ceiling", "access/ceiling.go", "missing > left {", "false {", "access", "Ceiling"},
		{"the sum of a key's leases grows with each", "access/ceiling.go", "total.Fen+missing", "total.Fen", "access", "Ceiling"},
		{"a lease is taken on condition that no other was", "access/ceiling.go", "return store.Update(key, columns, colRev, rev)", "return store.Update(key, columns, colDay, row.Int(colDay))", "access", "Ceiling|Lease"},
		{"a dry run leases nothing", "access/ceiling.go", "if !dryRun {", "if true {", "access", "DryRun"},
		{"one day's ceiling is leased once", "access/ceiling.go", "day := max(want.Day, rows[0].Int(colDay))", "day := want.Day", "access", "Midnight"},
		{"a key spends no more than its ceiling", "sale/ceiling.go", "if amount > left {", "if false {", "ledger", "Ceiling"},
		{"a limited key is refused", "access/key.go", "if err := k.Limits.allow(q); err != nil {", "if err := k.Limits.allow(q); err != nil && false {", "access", "Limited"},
		{"a rotation does not end the older secret early", "access/edit.go", "if r.clock().Before(until) {", "if false {", "access", "Rotated"},
		{"a wrong master key is told", "access/authorize.go", "if err := r.checkCanary(rows[2]); err != nil {", "if err := r.checkCanary(rows[2]); err != nil && false {", "access", "Wrong"},
		{"a disabled key is refused", "access/key.go", "case k.Disabled:", "case false:", "api", "Who"},
		{"a write is sent once", "store/store.go", "writes: newClientPool(c, transport, 0)", "writes: newClientPool(c, transport, 10)", "store", ""},
		{"an insert needs the row to be absent", "store/encode.go", "RowExistenceExpectation_EXPECT_NOT_EXIST", "RowExistenceExpectation_IGNORE", "store", ""},
		{"an update compares its column", "store/encode.go", "row.SetColumnCondition(condition)", "_ = condition", "store", ""},
		{"a missing column never compares equal", "store/encode.go", "condition.FilterIfMissing = true", "condition.FilterIfMissing = false", "store", ""},
		{"a batch is all or nothing", "store/encode.go", "IsAtomic: true", "IsAtomic: false", "store", ""},
		{"a failed row fails the batch", "store/encode.go", "if failed == nil {", "if true {", "store", ""},
		{"months are counted from the anchor", "sale/term.go", "Period{Anchor: p.Anchor, Months: p.Months + t.Duration, Exact: p.Exact}", "Period{Anchor: p.End(), Months: t.Duration, Exact: p.Exact}", "sale", ""},
		{"an upgrade pays for the time left", "sale/segment.go", "SetInt64(months*(s.To.Unix()-s.From.Unix()))", "SetInt64(months*seconds)", "sale", ""},
	}
}

// TestEveryGuardIsWhereTheListsSay finds a list that the code has left behind, without
// compiling each mutant.
func TestEveryGuardIsWhereTheListsSay(t *testing.T) {
	all := append(mutants(), marketMutants()...)
	for _, m := range lawMutants() {
		all = append(all, m.mutant)
	}
	for _, m := range all {
		source, err := os.ReadFile(filepath.Join("..", m.file))
		require.NoError(t, err)
		require.True(t, strings.Contains(string(source), m.from), "%s: %s does not contain %q", m.guard, m.file, m.from) // Contains would print the file
	}
}

// TestEveryGuardIsMissedWhenItIsGone takes the guards away one at a time and runs
// the tests that are there for them. A guard whose absence nothing notices would
// need a test, or is none.
func TestEveryGuardIsMissedWhenItIsGone(t *testing.T) {
	requireAllCaught(t, mutants())
}
