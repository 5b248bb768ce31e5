package browsertest_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// requireOneCharge buys with a lost answer, sends again, and twice at once: the promise,
// clicked through.
func requireOneCharge(t *testing.T, b *browser, s stack) {
	setUp(t, b, "en", "light")
	b.open(t, s.page("/try"))
	b.waitFor(t, `document.querySelectorAll('.steps li').length === 4`)

	b.click(t, "Send, and lose the answer")
	b.waitFor(t, `document.querySelector('.outcomes li .badge')?.textContent === 'answer lost'`)
	b.waitFor(t, `/sent 1 times, 1 answers lost, 1 order/.test(document.querySelector('.promise')?.textContent)`)

	b.click(t, "Send")
	b.waitFor(t, `document.querySelectorAll('.outcomes > li').length === 2`)
	require.Equal(t, "OK", evaluate[string](t, b, `document.querySelector('.outcomes li .badge').textContent`))
	b.click(t, "Send twice in parallel")
	b.waitFor(t, `/sent 4 times, 1 answers lost, 1 order\(s\), 30.00 CNY/.test(document.querySelector('.promise')?.textContent)`)
	orders := evaluate[[]string](t, b, `[...document.querySelectorAll('.outcomes summary code')].map((e) => e.textContent)`)
	require.Len(t, orders, 3)
	require.Equal(t, []string{orders[0], orders[0], orders[0]}, orders, "every answer names the same order")

	b.run(t, chromedp.Click(".promise a"))
	b.waitFor(t, `document.querySelector('.equation .tick')?.textContent === '✓'`)
	require.Contains(t, evaluate[string](t, b, `document.querySelector('.equation').textContent`), "30.00")
	require.Equal(t, "running", evaluate[string](t, b, `document.querySelector('.life .now text').textContent`))
	requireDeposit(t, b)
	b.requireClean(t)
}

// requireDeposit pays in twice under one reference.
func requireDeposit(t *testing.T, b *browser) {
	t.Helper()
	for range 2 {
		b.click(t, "Pay in")
		b.waitFor(t, `/Paid in: order/.test(document.querySelector('main [role=status]')?.textContent)`)
	}
	b.click(t, "Refresh")
	b.waitFor(t, `/Paid in 100,100.00 − Balance 100,070.00/.test(document.querySelector('.equation').textContent)`)
}
