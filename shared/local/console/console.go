package console

import (
	"context"
	"crypto/rand"
	"embed"
	"errors"
	"io/fs"
	"net/http"
	"time"

	"aegis/shared/access"
	"aegis/shared/audit"
	"aegis/shared/ledger"
	"aegis/shared/local/console/tables"
	"aegis/shared/local/functions"
	"aegis/shared/local/queue"
	"aegis/shared/local/recorder"
	"aegis/shared/local/sameorigin"
	"aegis/shared/local/tablestore"
	"aegis/shared/local/watch"
	"aegis/shared/sale"
	"aegis/shared/store"
)

// Config is what the console shows and works with. All fields but Stats and Project must
// be set.
type Config struct {
	Token    string           // of this start
	Gateway  string           // URL of the stack's gateway
	Clock    func() time.Time // of the sale
	Recorder *recorder.Recorder
	Keys     *access.Registry // of the functions that are called
	KeyStore Scanner          // in which the keys are

	Ledger    *ledger.Ledger // of the seller, if the stack is a reseller's
	Books     Scanner        // in which the ledger's accounts are
	Catalogue sale.Catalogue

	Loads  func() []functions.Load
	Queue  func() (queue.Counts, error)
	Market Market
	Audit  *audit.Log
	Tokens Tokens
	Time   Time
	Data   *tables.Browser

	Snapshots Snapshots
	Faults    *tablestore.Faults      // nil: the store is not the stack's own
	Builds    func() watch.Status     // nil: the functions' sources are not watched
	Stats     func() tablestore.Stats // nil: the store is not the stack's own
	Project   string                  // folder with events/; "": calls cannot be saved

	PublicKeys []string // ids of the keys whose secrets everyone knows
}

// Scanner reads a table row by row.
type Scanner interface {
	Scan(ctx context.Context, t store.Table, start store.Key, limit int) (rows []store.Row, next store.Key, err error)
}

// console serves one stack.
type console struct {
	Config
	caller *http.Client
	start  string // names this start: pages wait for the next one by it
}

//go:embed static
var static embed.FS

// New returns the handler of the console.
func New(c Config) (http.Handler, error) {
	if c.Token == "" || c.Recorder == nil || c.Ledger == nil || c.Keys == nil {
		return nil, errors.New("make the console: it needs a token, a recorder, a ledger and the keys")
	}

	files, err := fs.Sub(static, "static")
	if err != nil {
		return nil, err
	}

	s := &console{Config: c, caller: newCaller(), start: rand.Text()}
	mux := http.NewServeMux()
	mux.Handle("GET /static/", http.StripPrefix("/static/", http.FileServerFS(files)))
	mux.HandleFunc("GET /api/errors", s.serveErrors)
	s.routes(mux)
	mux.HandleFunc("GET /{$}", index(files))
	for _, page := range []string{"try", "requests", "accounts", "market", "tokens", "time", "faults", "data", "snapshots", "errors"} {
		mux.HandleFunc("GET /"+page, index(files))
		mux.HandleFunc("GET /"+page+"/{name...}", index(files))
	}
	return headers(sameorigin.Handler(mux)), nil
}

// index serves the page, whose script reads the path.
func index(files fs.FS) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { http.ServeFileFS(w, r, files, "index.html") }
}

// routes adds what wants the token.
func (s *console) routes(mux *http.ServeMux) {
	for pattern, serve := range map[string]handler{
		"GET /api/about":                s.about,
		"GET /api/overview":             s.overview,
		"GET /api/books":                s.books,
		"GET /api/keys":                 s.keys,
		"POST /api/sign":                s.sign,
		"POST /api/call":                s.call,
		"POST /api/repeat/{seq}":        s.repeat,
		"GET /api/requests":             s.requests,
		"GET /api/requests/{seq}":       s.request,
		"POST /api/requests/{seq}/save": s.save,
		"GET /api/accounts":             s.accounts,
		"GET /api/accounts/{owner}":     s.account,
		"GET /api/market":               s.market,
		"POST /api/market/sign":         s.signMarket,
		"POST /api/market/call":         s.callMarket,
		"GET /api/market/progress/{id}": s.progress,
		"GET /api/letters":              s.listLetters,
		"POST /api/letters/{id}/{what}": s.settleLetter,
		"GET /api/tokens":               s.pendingTokens,
		"GET /api/time":                 s.time,
		"POST /api/time":                s.moveTime,
		"POST /api/time/fire":           s.fire,
		"GET /api/faults":               s.faults,
		"POST /api/faults":              s.armFault,
		"POST /api/faults/clear":        s.clearFaults,
		"POST /api/faults/drill":        s.drill,
		"GET /api/data":                 s.data,
		"GET /api/snapshots":            s.snapshots,
		"POST /api/snapshots":           s.changeSnapshot,

		"GET /api/accounts/{owner}/tokens":          s.tokens,
		"POST /api/accounts/{owner}/tokens/resolve": s.resolveToken,
		"GET /api/data/{instance}/{table}":          s.rows,
		"POST /api/data/{instance}/{table}":         s.editRow,
	} {
		mux.Handle(pattern, s.guarded(answering(serve)))
	}
	mux.Handle("GET /api/overview/live", s.guarded(http.HandlerFunc(s.streamOverview)))
	mux.Handle("GET /api/requests/live", s.guarded(http.HandlerFunc(s.streamRequests)))
	mux.Handle("/api/", s.guarded(http.HandlerFunc(http.NotFound)))
}
