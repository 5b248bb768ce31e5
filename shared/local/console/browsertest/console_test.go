package browsertest_test

import (
	_ "embed"
	"fmt"
	"net/http"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

//go:embed audit.js
var audit string

const owner = "1000000000000001"

func TestConsole(t *testing.T) {
	chromium(t)
	s := startStack(t)
	b := openBrowser(t, s.page(""))

	t.Run("without the link's token a page says what to do", func(t *testing.T) { requireTokenAsked(t, b, s) })
	t.Run("the printed link opens the console", func(t *testing.T) {
		b.open(t, s.console)
		require.NotContains(t, evaluate[string](t, b, `location.href`), "#", "the token stays in no address")
		b.requireClean(t)
	})
	t.Run("a purchase is lost, retried and charged once", func(t *testing.T) { requireOneCharge(t, b, s) })
	t.Run("a refused request shows why", func(t *testing.T) { requireVerdict(t, b, s) })
	t.Run("a marketplace order becomes a dead letter, and is settled", func(t *testing.T) { requireLetter(t, b, s) })
	t.Run("a purchase under any fault is charged once", func(t *testing.T) { requirePromise(t, b, s) })
	t.Run("the clock moves on, and the timer expires what is due", func(t *testing.T) { requireExpiry(t, b, s) })
	t.Run("rows are paged, decoded and masked, and locked", func(t *testing.T) { requireRows(t, b, s) })
	t.Run("every page fits a phone", func(t *testing.T) { requirePhone(t, b, s) })
	for _, language := range []string{"en", "zh-CN"} {
		for _, scheme := range []string{"light", "dark"} {
			for name, path := range pages() {
				t.Run(fmt.Sprintf("%s in %s, %s", name, language, scheme), func(t *testing.T) {
					setUp(t, b, language, scheme)
					b.open(t, s.page(path))
					requireUsable(t, b, language, scheme)
					screenshot(t, b, name, language, scheme)
				})
			}
		}
	}
	t.Run("ten thousand requests scroll smoothly", func(t *testing.T) { requireSmooth(t, b, s) })
}

// pages are the pages by name, with what the tests before have left on them.
func pages() map[string]string {
	return map[string]string{
		"overview": "/", "try": "/try", "requests": "/requests", "request": "/requests/1",
		"accounts": "/accounts", "account": "/accounts/" + owner, "errors": "/errors", "error": "/errors/IdempotentParameterMismatch",
		"nothing": "/errors/NoSuchCode", "market": "/market", "tokens": "/tokens", "time": "/time", "faults": "/faults", "data": "/data",
		"snapshots": "/snapshots",
	}
}

func setUp(t *testing.T, b *browser, language, scheme string) {
	t.Helper()
	b.run(t, chromedp.Evaluate(fmt.Sprintf(`localStorage.setItem('aegis-console-language', %q)`, language), nil), chromedp.EmulateViewport(1440, 900),
		emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}))
}

func requireUsable(t *testing.T, b *browser, language, scheme string) {
	t.Helper()
	require.Equal(t, language, evaluate[string](t, b, `document.documentElement.lang`))
	require.Empty(t, evaluate[[]string](t, b, audit))
	if scheme == "light" { // the order of the controls is the same in the dark
		requireReachable(t, b)
	}
	b.requireClean(t)
}

// requireTokenAsked opens a page as somebody does who guessed its address.
func requireTokenAsked(t *testing.T, b *browser, s stack) {
	b.run(t, chromedp.Navigate(s.page("/accounts")), chromedp.WaitVisible(".problem"))
	require.Contains(t, evaluate[string](t, b, `document.querySelector('.problem').textContent`), "link")
	b.open(t, s.page("/errors/InvalidAmount.Exceeded"))
	require.Contains(t, evaluate[string](t, b, `document.querySelector('main').textContent`), "MaxAmount", "the pages of codes are public")
	b.mu.Lock()
	defer b.mu.Unlock()
	b.wrong = nil // the browser notes the 401
}

// requireVerdict sends a request with a wrong signature, as a client would, and reads why.
func requireVerdict(t *testing.T, b *browser, s stack) {
	answer, err := http.Get(s.gateway + "/?Action=GetSummary&Version=2016-11-11&AccessKeyId=LTAI-local-owner&SignatureMethod=HMAC-SHA1&SignatureVersion=1.0" +
		"&SignatureNonce=n1&Timestamp=2026-03-01T12%3A00%3A00Z&Signature=x&Format=JSON")
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	id := answer.Header.Get("x-acs-request-id")
	for language, want := range map[string]string{"en": "clock here", "zh-CN": "最多允许相差 15 分钟"} {
		setUp(t, b, language, "light")
		b.open(t, s.page("/requests/"+id))
		require.Contains(t, evaluate[string](t, b, `document.querySelector('.findings').textContent`), want)
	}
	b.requireClean(t)
}
