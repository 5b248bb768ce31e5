package local

import (
	"crypto/rand"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"aegis/shared/access"
	"aegis/shared/audit"
	"aegis/shared/ledger"
	"aegis/shared/local/console"
	"aegis/shared/local/functions"
	"aegis/shared/local/gateway"
	"aegis/shared/local/recorder"
	"aegis/shared/local/tablestore"
	"aegis/shared/operations/reference"
	"aegis/shared/sale"
)

// page is the console of a stack. Its zero value is none: nothing is recorded.
type page struct {
	listener net.Listener
	url      string // without the token
	token    string
	recorder *recorder.Recorder
	faults   *tablestore.Faults // of the stack's own store
	missing  error              // why there is none, although it was asked for
}

// openConsole takes the console's port and begins to record.
func (s *Stack) openConsole(c Config) error {
	if c.Console == "" {
		return nil
	}
	l, err := s.listen(c.Console)
	if err != nil && c.ConsoleIfFree {
		s.page.missing = err
		return nil
	}
	if err != nil {
		return err
	}

	s.page.listener = l
	s.page.url = "http://" + s.page.listener.Addr().String()
	if s.page.token = c.ConsoleToken; s.page.token == "" {
		s.page.token = rand.Text()
	}
	s.page.faults = tablestore.NewFaults(1)
	s.page.recorder = recorder.New(recorder.Config{})
	return nil
}

// ConsoleURL is the link that opens the console, with the token of this start; "" without
// one.
func (s *Stack) ConsoleURL() string {
	if s.page.url == "" {
		return ""
	}
	return s.page.url + "/#" + s.page.token
}

// errorPages is where answers send readers for what a code means.
func (s *Stack) errorPages() string {
	if s.page.url != "" {
		return s.page.url + console.ErrorPath
	}
	return s.URL + reference.ErrorPath
}

// observeStore, observeFunctions and observeGateway are nil without a console.
func (p page) observeStore() func(tablestore.RoundTrip) {
	if p.recorder == nil {
		return nil
	}
	return p.recorder.RoundTrip
}

func (p page) observeFunctions() functions.Observer {
	if p.recorder == nil {
		return nil
	}
	return p.recorder
}

func (p page) observeGateway() gateway.Observer {
	if p.recorder == nil {
		return nil
	}
	return p.recorder
}

// serveConsole serves the console until the stack is closed. A stream has no end of its
// own: closing ends it.
func (s *Stack) serveConsole(c Config) error {
	if s.page.missing != nil {
		report(c.Progress, "no console: %v", s.page.missing)
	}
	if s.page.listener == nil {
		return nil
	}

	handler, err := s.console(c)
	if err != nil {
		return err
	}

	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(s.page.listener) }() // ends with Close
	s.closers = append(s.closers, server.Close)
	return nil
}

func (s *Stack) console(c Config) (http.Handler, error) {
	seller := s
	if c.seller != nil {
		seller = c.seller
	}
	catalogue, err := catalogueOf(c.Settings["SALES_CATALOGUE"])
	if err != nil {
		return nil, err
	}
	books, err := ledger.New(ledger.Config{Store: seller.gate, Clock: seller.clock.now, Catalogue: catalogue})
	if err != nil {
		return nil, err
	}
	keys, err := s.keys()
	if err != nil {
		return nil, err
	}

	root, err := projectOf(c)
	if err != nil {
		root = "" // a stack outside the project: nothing can be saved there
	}
	log, err := audit.New(audit.Config{Store: s.gate})
	if err != nil {
		return nil, err
	}
	config := console.Config{
		Audit: log, Token: s.page.token, Gateway: s.URL, Clock: s.clock.now, Recorder: s.page.recorder, Keys: keys, KeyStore: s.gate,
		Ledger: books, Books: seller.gate, Catalogue: catalogue, Loads: s.Runtime.Loads, Queue: s.queue.Counts,
		Market: s.marketOf(c), Tokens: s.tokensOf(c), Time: console.Time{Move: s.moveAll(c), Fire: seller.renew},
		Data: s.browser(), Snapshots: s.snapshotsOf(c), Faults: s.page.faults, Builds: s.builds(), Project: root,
		PublicKeys: []string{OwnerKey, ResellerKey, FinanceKey},
	}
	if s.Store != nil {
		config.Stats = s.Store.Stats
	}
	return console.New(config)
}

// catalogueOf reads the catalogue that the functions sell by.
func catalogueOf(file string) (sale.Catalogue, error) {
	if file == "" {
		return sale.DefaultCatalogue(), nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return sale.Catalogue{}, fmt.Errorf("read the catalogue: %w", err)
	}
	return sale.ParseCatalogue(text)
}

// keys opens the registry of the stack's access keys.
func (s *Stack) keys() (*access.Registry, error) {
	master, err := access.ParseMasterKey(MasterKey)
	if err != nil {
		return nil, err
	}
	return access.New(access.Config{Store: s.gate, Master: master})
}
