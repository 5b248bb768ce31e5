package tablestore

import (
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"aegis/shared/local/tablestore/internal/catalog"
	"aegis/shared/local/tablestore/internal/engine"
)

// Config sets up a Server. The zero value is a server in memory with the
// instance "local", credentials local/local, on the system's clock.
type Config struct {
	// Dir is the data folder, made if need be. Empty keeps everything in
	// memory: nothing survives Close.
	Dir string

	// Instances maps an instance's name to the key pair that opens it. Nil
	// means one instance, "local", with the key pair local/local.
	Instances map[string]Credentials

	// Clock returns the time: for versions, expiry, and how far a request's date
	// may be off. Nil means time.Now. It may go backwards.
	Clock func() time.Time

	// LocalTransactions allows local transactions on every new table whose
	// request does not say, as if EnableLocalTxn was set: the Python and Node SDKs
	// cannot set it. False allows them where the request does, as the service.
	LocalTransactions bool

	// BodyTimeout is how long a request's body may take to arrive. Zero means 10
	// seconds.
	BodyTimeout time.Duration

	// BeforeSnapshot puts further files into a snapshot's folder, before the
	// store's own. Nil means that there are none.
	BeforeSnapshot func(folder string) error

	// Observe is told of every request once it is answered, where that happens: it must
	// not wait. Nil means that nobody is.
	Observe func(RoundTrip)

	// Faults makes the server misbehave by rule. Nil means it never does.
	Faults *Faults
}

// Credentials is an access key pair. A request may carry an STS token next to
// it: the token is covered by the signature but not looked into.
type Credentials struct {
	AccessKeyID, AccessKeySecret string
}

// Server is an open store and the handler that serves it. Its methods are safe
// for concurrent use.
type Server struct {
	instances  map[string]*signer
	clock      func() time.Time
	dir        string
	engine     *engine.Engine
	catalog    atomic.Pointer[catalog.Catalog]
	operations map[string]operation
	requests   requestIDs
	faults     *Faults
	observe    func(RoundTrip)
	stats      stats

	bodies            *bodies
	localTransactions bool
	beforeSnapshot    func(folder string) error
	transactions      *transactions
	sweeper           sweeper
}

var _ http.Handler = (*Server)(nil)

// Open opens the data folder and returns a server for it. It fails with one
// line when the folder cannot be written, is in use by another process, or
// holds a truncated or corrupt file.
func Open(config Config) (*Server, error) {
	store, err := engine.Open(config.Dir)
	if err != nil {
		return nil, fmt.Errorf("open the tablestore: %w", err)
	}
	s := &Server{
		instances:  newSigners(config.Instances),
		clock:      config.Clock,
		engine:     store,
		operations: operations(),
		faults:     config.Faults,
		observe:    config.Observe,

		dir:               config.Dir,
		bodies:            newBodies(config.BodyTimeout),
		localTransactions: config.LocalTransactions,
		beforeSnapshot:    config.BeforeSnapshot,
		transactions:      newTransactions(),
		sweeper:           make(sweeper),
	}
	if s.clock == nil {
		s.clock = time.Now
	}
	s.requests.start = s.clock()
	if err := s.loadCatalog(); err != nil {
		return nil, errors.Join(fmt.Errorf("open the tablestore: %w", err), store.Close())
	}
	return s, nil
}

func (s *Server) loadCatalog() error {
	return s.engine.View(nil, func(tx *engine.Tx) error {
		tables, err := catalog.Load(tx)
		s.catalog.Store(tables)
		return err
	})
}

// Close ends the server after the commit under way. Requests that still come
// are answered with OTSServerUnavailable.
func (s *Server) Close() error {
	if err := s.engine.Close(); err != nil {
		return fmt.Errorf("close the tablestore: %w", err)
	}
	return nil
}
