// Package browsertest tests the console in a real browser. It is a module of its own, so
// that the project needs no browser's libraries:
//
//	cd shared/local/console/browsertest && go test ./...
//
// It starts a stack in memory, opens every page in both languages and both schemes, and
// wants no error in the browser's console, no request to elsewhere, a name for each
// control, enough contrast, and the keyboard to reach all of it. Then it buys, loses an
// answer, retries and checks the books. Without Chromium the tests are skipped with the
// reason; REQUIRE_BROWSER=1 makes that a failure. SCREENSHOTS=DIR keeps
// pictures of the pages that the READMEs show.
package browsertest
