package browsertest_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// controls marks what can be used on the page with numbers, and returns how many there
// are. One radio-like group, such as tabs, is reached at its chosen member.
const controls = `(() => {
	const all = [...document.querySelectorAll('a[href],button:not([disabled]),input:not([disabled]),select:not([disabled]),summary,[tabindex="0"]')]
		.filter((e) => e.tabIndex >= 0 && e.getClientRects().length > 0 && !e.closest('.virtual li'));
	all.forEach((e, i) => { e.dataset.control = i; });
	document.activeElement.blur();
	scrollTo(0, 0);
	return all.map((e) => e.tagName + ' ' + (e.getAttribute('aria-label') ?? e.textContent.trim().slice(0, 30)));
})()`

// focused returns the number of the control that has the focus, and whether that shows.
const focused = `(() => {
	const e = document.activeElement;
	const style = getComputedStyle(e);
	return { control: Number(e.dataset.control ?? -1), shows: style.outlineStyle !== 'none' || style.boxShadow !== 'none' };
})()`

type focus struct {
	Control int
	Shows   bool
}

// requireReachable presses Tab until each control had the focus.
func requireReachable(t *testing.T, b *browser) {
	t.Helper()
	names := evaluate[[]string](t, b, controls)
	reached := map[int]bool{}
	for range 2*len(names) + 60 {
		if len(reached) == len(names) {
			return
		}
		b.run(t, chromedp.KeyEvent(kb.Tab))
		f := evaluate[focus](t, b, focused)
		if f.Control < 0 {
			continue
		}
		require.True(t, f.Shows, "the focus does not show on %s", names[f.Control])
		reached[f.Control] = true
	}
	for i, name := range names {
		require.True(t, reached[i], "the keyboard does not reach %s", name)
	}
}
