package simulation_test

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// lawMutants are rules as they were before, or guards taken away, that package laws
// must notice without any of the code that it judges.
func lawMutants() []mutant {
	return []mutant{
		{guard: "API and marketplace change each other's instances", file: "sale/account.go", from: "if err != nil || i.Channel == channel {", to: "if true {"},
		{guard: "a day costs nothing", file: "sale/term.go", from: "return ceiling(monthly, int64(t.Duration), 30)", to: "return ceiling(monthly, 0, 30)"},
		{guard: "a renewal gains the rest of a day", file: "sale/term.go", from: "if p.Exact {", to: "if false {"},
		{guard: "an upgrade costs nothing", file: "sale/upgrade.go", from: "fen := bill(price)", to: "fen := bill(price) * 0"},
		{guard: "a year is sold at the price of a month", file: "sale/term.go", from: "return monthly * Fen(t.Duration) * 10", to: "return monthly * Fen(t.Duration)"},
		{guard: "a repeated refund undoes another renewal", file: "sale/market.go", from: "!undoes && (!m.Confirmed || !m.Ends.Before(instance.Period.End()))", to: "!undoes && last < 0"},
		{guard: "a paid instance yields before its end", file: "sale/market.go", from: "old.Trial && !c.Trial || old.ExpiredAt(at.Now)", to: "true", run: "unnoticed"},
		{guard: "a deposit has no reference", file: "sale/account.go", from: "Credit: amount, At: at.Now, Reason: reason,", to: "Credit: amount, At: at.Now,"},
		{guard: "a token is sold twice", file: "ledger/sell.go", from: "c.keys.token(s.Token), tok", to: "c.keys.token(s.Token+s.Order.ID), tok"},
		{guard: "two commits start from one revision", file: "ledger/account.go", from: "colRev, int64(s.rev))", to: "colMachines, int64(s.account.Machines))"},
		{guard: "a refusal is not fenced", file: "ledger/sell.go", from: "case !ok || r.OfForm() || s.lists(c.Token):", to: "case !ok || r != nil:"},
		{guard: "an order charges nothing", file: "sale/account.go", from: "	a.Balance -= amount\n", to: ""},
	}
}

// TestTheLawsAloneCatchWhatTheyMust takes each guard away and judges 4,000 runs by the
// laws alone. The README's table is what this test finds: after how many seeds. What the
// laws do not see is in it too, with the reason why other checkers must.
func TestTheLawsAloneCatchWhatTheyMust(t *testing.T) {
	if !*guards {
		t.Skip("compiles the packages once for each mutant: -guards does")
	}
	root, err := filepath.Abs(filepath.Join("..", ".."))
	require.NoError(t, err)
	var table strings.Builder
	table.WriteString("| mutant | caught by the laws alone |\n|---|---|\n")
	for _, m := range lawMutants() {
		seed := m.seedOfLaws(t, root)
		if m.run == "unnoticed" {
			require.Empty(t, seed, "%s: the laws notice it now", m.guard)
			fmt.Fprintf(&table, "| %s | no: its release is a named order; the unit tests of package sale catch it |\n", m.guard)
			continue
		}
		require.NotEmpty(t, seed, "%s: the laws did not notice", m.guard)
		fmt.Fprintf(&table, "| %s | at seed %s |\n", m.guard, seed)
	}
	requireInFile(t, "README.md", "laws", table.String())
}

// seedOfLaws is the seed at which the laws notice a mutant, "" if they do not.
func (m mutant) seedOfLaws(t *testing.T, root string) string {
	t.Helper()
	c := exec.Command("go", "test", "-count=1", "-overlay", m.overlay(t, root), "./shared/simulation",
		"-run", "TestNoScheduleBreaksThePromise$", "-laws-alone", "-seeds", "4000")
	c.Dir = root
	out, err := c.CombinedOutput()
	if err == nil {
		return ""
	}
	found := regexp.MustCompile(`seed (\d+):`).FindSubmatch(out)
	require.NotNil(t, found, "%s: the runs could not be made:\n%s", m.guard, out)
	return string(found[1])
}
