package browsertest_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// requireLetter sends an order of an unknown sku, sees it end as a dead letter, retries it
// without success and discards it; and one that is paid for, which becomes an order.
func requireLetter(t *testing.T, b *browser, s stack) {
	setUp(t, b, "en", "light")
	b.open(t, s.page("/market"))
	b.waitFor(t, `document.querySelectorAll('.steps li').length === 2`)
	b.click(t, "Send to the SPI")
	b.waitFor(t, `document.querySelector('.way')?.dataset.stage === 'done'`)
	require.Equal(t, []string{"SPI", "Queue", "Batch", "Order"}, evaluate[[]string](t, b, `[...document.querySelectorAll('.way strong')].map((e) => e.textContent)`))

	b.click(t, "New order")
	b.fill(t, "#spi-skuId", "no-such-sku")
	b.click(t, "Send to the SPI")
	b.waitFor(t, `document.querySelector('.way')?.dataset.stage === 'dead'`)
	b.waitFor(t, `/no-such-sku/.test(document.querySelector('.letters .reason')?.textContent)`)
	inBothLanguages(t, b, "market")
	b.click(t, "Retry")
	b.waitFor(t, `/Still dead: No sku is known/.test(document.querySelector('main [role=status]').textContent)`)
	b.click(t, "Discard")
	b.waitFor(t, `document.querySelector('main [role=status]').textContent === 'Discarded.'`)
	b.waitFor(t, `!document.querySelector('.letters')`)
	b.requireClean(t)
}

// requirePromise strikes every cell of the matrix, and checks the books of all accounts.
func requirePromise(t *testing.T, b *browser, s stack) {
	setUp(t, b, "en", "light")
	b.open(t, s.page("/faults"))
	b.click(t, "Strike every cell")
	b.waitFor(t, `document.querySelectorAll('.matrix .cell.good').length === 18`)
	require.Zero(t, evaluate[int](t, b, `document.querySelectorAll('.matrix .cell.bad').length`))
	require.Contains(t, evaluate[string](t, b, `document.querySelector('.verdict .promise').textContent`), "1 order(s) of the token")
	require.Contains(t, evaluate[string](t, b, `document.querySelector('.matrix').textContent`), "lost, then the order")

	inBothLanguages(t, b, "faults")

	b.click(t, "Arm")
	b.waitFor(t, `/BatchWriteRow/.test(document.querySelectorAll('main table')[1]?.textContent)`)
	b.click(t, "Clear all")
	b.waitFor(t, `/The store behaves/.test(document.body.textContent)`)
	b.open(t, s.page("/"))
	b.waitFor(t, `[...document.querySelectorAll('.stat')].some((e) => /balanced/.test(e.textContent) && e.classList.contains('good'))`)
	b.requireClean(t)
}

// requireExpiry moves the clock by its slider to after the expiry of the purchase before,
// fires the timer, and sees what changed; then it moves the clock back.
func requireExpiry(t *testing.T, b *browser, s stack) {
	setUp(t, b, "en", "light")
	b.open(t, s.page("/time"))
	for _, days := range []string{"31", "62"} {
		b.click(t, "+31 days")
		b.waitFor(t, `/by `+days+` days/.test(document.querySelector('main label').textContent)`)
	}
	b.click(t, "Fire, at any time")
	b.waitFor(t, `/expired/.test(document.querySelector('main .promise')?.textContent) && /→/.test(document.querySelector('main tbody')?.textContent)`)
	inBothLanguages(t, b, "time")
	b.click(t, "Real time")
	b.waitFor(t, `/the real time/.test(document.querySelector('.stat .note').textContent)`)
	b.requireClean(t)
}

// requireRows reads tables and indexes page by page, and finds a secret masked.
func requireRows(t *testing.T, b *browser, s stack) {
	setUp(t, b, "en", "light")
	b.open(t, s.page("/data"))
	b.waitFor(t, `document.querySelectorAll('.rows > li').length === 20`)
	first := evaluate[string](t, b, `document.querySelector('.rows summary code').textContent`)
	b.click(t, "Next page")
	b.waitFor(t, `/page 2/.test(document.querySelector('main [role=status]').textContent)`)
	b.click(t, "Previous page")
	b.waitFor(t, `document.querySelector('.rows summary code').textContent === `+"`"+first+"`")

	b.fill(t, "main .grid label:nth-child(2) select", "access_keys")
	b.waitFor(t, `/LTAI-local/.test(document.querySelector('.rows')?.textContent)`)
	b.run(t, chromedp.Evaluate(`document.querySelectorAll('.rows summary').forEach((e) => e.click())`, nil))
	b.waitFor(t, `/secret, masked/.test(document.querySelector('.rows').textContent)`)
	require.NotContains(t, evaluate[string](t, b, `document.querySelector('.rows').textContent`), "Write the column", "it is read-only")
	b.click(t, "Unlock changes")
	b.waitFor(t, `/Write the column/.test(document.querySelector('.rows').textContent)`)
	b.requireClean(t)
}

// tooWide names what is wider than the screen, and no part of what scrolls on its own.
const tooWide = `[...document.querySelectorAll('main *')].filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && document.documentElement.scrollWidth > innerWidth + 1)
	.slice(0, 8).map((e) => e.tagName + '.' + e.className + ' ' + e.textContent.slice(0, 40))`

// requirePhone opens every page on a narrow screen: nothing scrolls sideways.
func requirePhone(t *testing.T, b *browser, s stack) {
	setUp(t, b, "en", "light")
	b.run(t, chromedp.EmulateViewport(390, 844))
	for name, path := range pages() {
		b.open(t, s.page(path))
		require.Empty(t, evaluate[[]string](t, b, tooWide), name)
	}
	b.requireClean(t)
}
