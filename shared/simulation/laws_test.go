package simulation_test

import (
	"cmp"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/shared/simulation"
)

// lawMutant is a mutant and the checker that must notice it.
type lawMutant struct {
	mutant
	by    simulation.Checker
	mode  string // in which it is run; "": in all
	seeds int    // that it may take; 0: 1,500
	first int    // seed that is run, 0: 1; those before find nothing
}

// lawMutants are rules as they were before, or guards taken away. The checkers that must
// notice know none of the code that they judge.
func lawMutants() []lawMutant {
	return []lawMutant{
		{mutant{guard: "API and marketplace change each other's instances", file: "sale/account.go", from: "if err != nil || i.Channel == channel {", to: "if true {"}, simulation.Laws, "", 0, 0},
		{mutant{guard: "a day costs nothing", file: "sale/term.go", from: "return ceiling(monthly, int64(t.Duration), 30)", to: "return ceiling(monthly, 0, 30)"}, simulation.Laws, "", 0, 0},
		{mutant{guard: "an hour costs nothing", file: "sale/term.go", from: "return ceiling(monthly, int64(t.Duration), 720)", to: "return ceiling(monthly, 0, 720)"}, simulation.Laws, "", 0, 0},
		{mutant{guard: "a renewal gains the rest of a day", file: "sale/term.go", from: "if p.Exact {", to: "if false {"}, simulation.Laws, "", 0, 0},
		{mutant{guard: "an upgrade costs nothing", file: "sale/upgrade.go", from: "fen := bill(price)", to: "fen := bill(price) * 0"}, simulation.Laws, "", 0, 0},
		{mutant{guard: "a year is sold at the price of a month", file: "sale/term.go", from: "return monthly * Fen(t.Duration) * 10", to: "return monthly * Fen(t.Duration)"}, simulation.Laws, "", 0, 0},
		{mutant{guard: "the renewal received last decides the end", file: "sale/market.go", from: "if m.Ends.After(instance.Period.End()) {", to: "if true {"}, simulation.Laws, "", 0, 0},
		{mutant{guard: "a repeated refund undoes another renewal", file: "sale/market.go", from: "!undoes && !(m.Confirmed && m.endsEarlier(instance))", to: "!undoes && last < 0"}, simulation.Laws, "", 0, 0},
		{mutant{guard: "a refund undoes an operator's extension", file: "sale/segment.go", from: `return s.Cycle == "" && !s.Operator`, to: "return true"}, simulation.Laws, "roads", 4000, 0},
		{mutant{guard: "a refund that comes before its renewal is forgotten", file: "marketplace/plan.go", from: "case confirmed || !i.Refunded.IsZero():", to: "case true:"}, simulation.Books, "", 0, 0},
		{mutant{guard: "a renewal within the term leaves it expired", file: "sale/market.go", from: "if instance.ReopenedBy(m.Ends) {", to: "if false {"}, simulation.Books, "roads", 1000, 3_001},
		{mutant{guard: "a paid instance yields before its end", file: "sale/market.go", from: "old.Trial && !c.Trial || old.ExpiredAt(at.Now)", to: "true"}, simulation.Books, "", 0, 0},
		{mutant{guard: "a held order is dropped", file: "marketplace/consumer.go", from: "return p.letters.Put(ctx, w.letter(Held), 1, waiting.Reason)", to: "_ = waiting\n\t\treturn nil"}, simulation.Books, "", 0, 0},
		{mutant{guard: "a deposit has no reference", file: "sale/account.go", from: "Credit: amount, At: at.Now, Reason: reason,", to: "Credit: amount, At: at.Now,"}, simulation.Laws, "", 0, 0},
		{mutant{guard: "a token is sold twice", file: "ledger/sell.go", from: "c.keys.token(s.Token), tok", to: "c.keys.token(s.Token+s.Order.ID), tok"}, simulation.Laws, "", 0, 0},
		{mutant{guard: "two commits start from one revision", file: "ledger/account.go", from: "colRev, int64(s.rev))", to: "colMachines, int64(s.account.Machines))"}, simulation.Laws, "", 0, 0},
		{mutant{guard: "a refusal is not fenced", file: "ledger/sell.go", from: "case !ok || r.OfForm() || s.lists(c.Token):", to: "case !ok || r != nil:"}, simulation.Refusals, "callers", 4000, 0},
		{mutant{guard: "a freed token's row reads as sold", file: "tokenrow/columns.go", from: "return row.Exists() && State(row.String(StateColumn)) != Free", to: "return row.Exists()"}, simulation.Liveness, "", 0, 0},
		{mutant{guard: "an answered forward starts the doubt again", file: "upstream/sell.go", from: "store.Int(tokenrow.Answered, f.mine.fence)", to: "store.Int(tokenrow.Answered, 0)"}, simulation.Liveness, "", 0, 0},
		{mutant{guard: "an order charges nothing", file: "sale/account.go", from: "	a.Balance -= amount\n", to: ""}, simulation.Laws, "", 0, 0},
	}
}

// TestEachMutantIsCaughtByWhoMustCatchIt takes each guard away and notes who of the
// checkers notices, at which seed. The README's table is what this test finds.
func TestEachMutantIsCaughtByWhoMustCatchIt(t *testing.T) {
	if !*guards {
		t.Skip("compiles the simulation with all mutants and runs it for each: -guards does")
	}
	root, err := filepath.Abs(filepath.Join("..", ".."))
	require.NoError(t, err)
	var broken []mutant
	for _, m := range lawMutants() {
		broken = append(broken, m.mutant)
	}
	binary := compile(t, root, "simulation", broken)

	var mu sync.Mutex
	rows := map[string]string{}
	t.Run("mutants", func(t *testing.T) {
		for i, m := range lawMutants() {
			t.Run(m.guard, func(t *testing.T) {
				t.Parallel()
				caught := m.whoCatches(t, binary, strconv.Itoa(i))
				require.NotEmpty(t, caught[m.by], "the %s did not notice: %v", m.by, caught)
				mu.Lock()
				defer mu.Unlock()
				rows[m.guard] = m.row(caught)
			})
		}
	})

	var table strings.Builder
	table.WriteString("| mutant | liveness | laws | books | refusals | decisions | order |\n|---|---|---|---|---|---|---|\n")
	for _, m := range lawMutants() {
		table.WriteString(rows[m.guard])
	}
	requireInFile(t, "README.md", "laws", table.String())
}

// whoCatches returns the first seed at which each checker notices a mutant, in whatever
// mode that is the earliest.
func (m lawMutant) whoCatches(t *testing.T, binary, guard string) map[simulation.Checker]string {
	t.Helper()
	c := exec.Command(binary, "-test.run", "TestWhoCatchesIt$", "-who", "-mode", m.mode,
		"-first", strconv.Itoa(max(m.first, 1)), "-seeds", strconv.Itoa(cmp.Or(m.seeds, 1500)))
	c.Env = append(os.Environ(), gone+"="+guard)
	out, err := c.CombinedOutput()
	require.NoError(t, err, "the runs could not be made:\n%s", out)
	seeds, caught := map[string]int{}, map[simulation.Checker]string{}
	for _, found := range regexp.MustCompile(`caught (\w+) (\w+) (\d+)`).FindAllStringSubmatch(string(out), -1) {
		seed, err := strconv.Atoi(found[3])
		require.NoError(t, err)
		if before, ok := seeds[found[2]]; !ok || seed < before {
			seeds[found[2]] = seed
			caught[simulation.Checker(found[2])] = found[3] + " (" + found[1] + ")"
		}
	}
	return caught
}

func (m lawMutant) row(caught map[simulation.Checker]string) string {
	row := "| " + m.guard + " |"
	for _, c := range simulation.Checkers() {
		text := caught[c]
		if text == "" {
			text = "–"
		}
		row += " " + text + " |"
	}
	return row + "\n"
}
