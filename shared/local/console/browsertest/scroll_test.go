package browsertest_test

import (
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

const many = 10_000

// scrolling scrolls the list as a fast wheel does, 240 pixels a frame, then jumps to its
// end. It returns the milliseconds of the median frame and the most rows that were drawn
// at once.
const scrolling = `(async () => {
	const box = document.querySelector('.virtual');
	const frames = [];
	let rows = 0;
	for (let i = 0, last = performance.now(); i <= 120; i++) {
		box.scrollTop += 240;
		await new Promise(requestAnimationFrame);
		frames.push(performance.now() - last);
		last = performance.now();
		rows = Math.max(rows, box.querySelectorAll('li').length);
	}
	box.scrollTop = box.scrollHeight;
	await new Promise(requestAnimationFrame);
	frames.sort((a, b) => a - b);
	return { median: frames[60], slow: frames[114], rows, end: box.scrollTop + box.clientHeight >= box.scrollHeight - 1 };
})()`

func requireSmooth(t *testing.T, b *browser, s stack) {
	sendMany(t, s)
	setUp(t, b, "en", "light")
	b.open(t, s.page("/requests"))
	b.waitFor(t, `document.querySelector('[role=status]').textContent === '10,000 requests'`)

	result := evaluateAsync[struct {
		Median, Slow float64
		Rows         int
		End          bool
	}](t, b, scrolling)
	t.Logf("%d requests: the median frame takes %.1f ms, 95 %% take up to %.1f ms, %d rows are drawn at most", many, result.Median, result.Slow, result.Rows)
	require.True(t, result.End)
	require.Less(t, result.Rows, 80, "rows out of view are not drawn")
	require.Less(t, result.Median, 34.0, "30 frames a second")
	b.requireClean(t)
}

// sendMany makes requests that the endpoint refuses at once.
func sendMany(t *testing.T, s stack) {
	t.Helper()
	var all sync.WaitGroup
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 8}}
	for range 8 {
		all.Go(func() {
			for range many / 8 {
				answer, err := client.Get(s.gateway + "/?Action=NoSuchAction")
				if err != nil {
					t.Error(err)
					return
				}
				_ = answer.Body.Close()
			}
		})
	}
	all.Wait()
}
