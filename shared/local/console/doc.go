// Package console serves the web page of a local stack: what runs, a form for each
// operation, the last requests with all that happened during them, the accounts and their
// books, and a page about each error code, in English and Chinese.
//
// The page is static files, embedded as they are in static/: ES modules, one page a file,
// and two vendored libraries. It loads nothing from elsewhere; the Content-Security-Policy
// allows no inline script, no eval and no other host. All its data come from /api/.
//
// Any web site can make a developer's browser send requests to this machine. Therefore
// Host and Origin are checked (package sameorigin), and the routes below /api/ want the
// token of this start in the Authorization header, which no other site can set. The link
// that is printed has the token in its fragment, which browsers send to nobody; the page
// keeps it in its own local storage. It is no cookie, because browsers send a cookie of
// 127.0.0.1 to the servers on all ports. What is public is open: the static files, the
// texts, and the pages and descriptions of the error codes, to which answers link.
//
// Secrets stay in this process. It signs calls itself, and what it shows has the secrets
// and security tokens replaced.
package console
