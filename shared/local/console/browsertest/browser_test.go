package browsertest_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// browser is a tab that notes what goes wrong in it.
type browser struct {
	ctx     context.Context
	allowed string // the origin that it may load from

	mu    sync.Mutex
	wrong []string
}

// chromium finds the browser, or skips the test with the reason.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	const reason = "there is no Chromium here; on Debian: apt-get install chromium fonts-noto-cjk"
	if os.Getenv("REQUIRE_BROWSER") != "" {
		t.Fatal(reason)
	}
	t.Skip(reason)
	return ""
}

// openBrowser starts a browser for the rest of the test.
func openBrowser(t *testing.T, allowed string) *browser {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium(t)), chromedp.WindowSize(1440, 900))
	if os.Getuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chromium's sandbox refuses root
	}
	allocator, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)

	b := &browser{ctx: ctx, allowed: allowed}
	chromedp.ListenTarget(ctx, b.note)
	require.NoError(t, chromedp.Run(ctx, network.Enable(), log.Enable()))
	return b
}

// note keeps errors of scripts and of the page's policy, and requests to elsewhere.
func (b *browser) note(event any) {
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		b.add("exception: %s", e.ExceptionDetails.Error())
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.APITypeError || e.Type == runtime.APITypeWarning {
			b.add("console.%s: %s", e.Type, e.Args[0].Value)
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == log.LevelError || e.Entry.Level == log.LevelWarning {
			b.add("browser: %s %s", e.Entry.Text, e.Entry.URL)
		}
	case *network.EventRequestWillBeSent:
		if u := e.Request.URL; !strings.HasPrefix(u, b.allowed+"/") && !strings.HasPrefix(u, "data:") {
			b.add("outside request: %s", u)
		}
	}
}

func (b *browser) add(format string, args ...any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.wrong = append(b.wrong, fmt.Sprintf(format, args...))
}

// requireClean fails if anything went wrong since the last look.
func (b *browser) requireClean(t *testing.T) {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	wrong := b.wrong
	b.wrong = nil
	require.Empty(t, wrong)
}

// run does some actions within a time in which any page is done.
func (b *browser) run(t *testing.T, actions ...chromedp.Action) {
	t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 30*time.Second)
	defer cancel()
	require.NoError(t, chromedp.Run(ctx, actions...))
}

// open opens a page and waits until it shows its heading and has nothing left to load.
func (b *browser) open(t *testing.T, url string) {
	t.Helper()
	b.run(t, chromedp.Navigate(url), chromedp.WaitVisible("main h1"), settled())
}

// settled waits until nothing of the page is loading.
func settled() chromedp.Action {
	return chromedp.Poll(`!document.querySelector('[aria-busy=true]')`, nil, chromedp.WithPollingInterval(50*time.Millisecond))
}

// evaluate runs a script that returns a value.
func evaluate[T any](t *testing.T, b *browser, script string) (value T) {
	t.Helper()
	b.run(t, chromedp.Evaluate(script, &value))
	return value
}

// waitFor waits until an expression is true.
func (b *browser) waitFor(t *testing.T, expression string) {
	t.Helper()
	b.run(t, chromedp.Poll(expression, nil, chromedp.WithPollingInterval(50*time.Millisecond), chromedp.WithPollingTimeout(20*time.Second)))
}

// click clicks the button or link with this text.
func (b *browser) click(t *testing.T, text string) {
	t.Helper()
	b.run(t, chromedp.Click(fmt.Sprintf(`//main//*[self::button or self::a][normalize-space()=%q]`, text), chromedp.BySearch))
}

// evaluateAsync runs a script that returns a promise of a value.
func evaluateAsync[T any](t *testing.T, b *browser, script string) (value T) {
	t.Helper()
	b.run(t, chromedp.Evaluate(script, &value, func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }))
	return value
}

// fill gives a field a value, as a reader who types or chooses does.
func (b *browser) fill(t *testing.T, selector, value string) {
	t.Helper()
	b.run(t, chromedp.WaitVisible(selector), chromedp.Evaluate(fmt.Sprintf(`(() => {
		const field = document.querySelector(%q);
		field.value = %q;
		for (const name of ['input', 'change']) field.dispatchEvent(new Event(name, { bubbles: true }));
	})()`, selector, value), nil))
}
