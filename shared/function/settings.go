package function

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"aegis/shared/access"
	"aegis/shared/ledger"
	"aegis/shared/sale"
	"aegis/shared/store"
)

// Settings are what a function is told by its environment. The README lists
// them for operators.
type Settings struct {
	Store     store.Config
	Master    access.MasterKey
	Catalogue sale.Catalogue
	Upstream  *UpstreamSettings // nil: this system is the seller
	Market    MarketSettings
	Time      TimeSettings
}

// ReadSettings reads the environment through getenv. Its error names the
// variable at fault and says what it must be.
func ReadSettings(getenv func(string) string) (Settings, error) {
	s := Settings{Store: store.Config{
		Endpoint: getenv("TABLESTORE_ENDPOINT"), Instance: getenv("TABLESTORE_INSTANCE"),
		Credentials: store.Credentials{
			AccessKeyID:     getenv("TABLESTORE_ACCESS_KEY_ID"),
			AccessKeySecret: getenv("TABLESTORE_ACCESS_KEY_SECRET"),
			SecurityToken:   getenv("TABLESTORE_SECURITY_TOKEN"),
		},
	}}
	for _, name := range []string{"TABLESTORE_ENDPOINT", "TABLESTORE_INSTANCE", "ACCESS_MASTER_KEY"} {
		if getenv(name) == "" {
			return Settings{}, fmt.Errorf("settings: %s is not set", name)
		}
	}
	if err := s.readUpstream(getenv); err != nil {
		return Settings{}, err
	}
	var err error
	if s.Master, err = access.ParseMasterKey(getenv("ACCESS_MASTER_KEY")); err != nil {
		return Settings{}, fmt.Errorf("settings: ACCESS_MASTER_KEY: %w", err)
	}
	if s.Catalogue, err = readCatalogue(getenv("SALES_CATALOGUE")); err != nil {
		return Settings{}, fmt.Errorf("settings: SALES_CATALOGUE: %w", err)
	}
	return s, s.readMarket(getenv)
}

func readCatalogue(path string) (sale.Catalogue, error) {
	if path == "" {
		return sale.DefaultCatalogue(), nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return sale.Catalogue{}, err
	}
	return sale.ParseCatalogue(text)
}

// Config wires a Service. Operations, Access and Backend must be set.
type Config struct {
	Operations []Operation
	Access     *access.Registry
	Backend    Backend
	Clock      func() time.Time // nil: time.Now
	Random     io.Reader        // of RequestIds; nil: crypto/rand
	Log        io.Writer        // nil: nowhere
}

// New makes a Service.
func New(c Config) (*Service, error) {
	if len(c.Operations) == 0 || c.Access == nil || c.Backend == nil {
		return nil, errors.New("make service: operations, access and backend must be set")
	}
	s := &Service{operations: c.Operations, actions: actions(), access: c.Access, backend: c.Backend, clock: c.Clock, random: c.Random}
	if s.clock == nil {
		s.clock = time.Now
	}
	if s.random == nil {
		s.random = rand.Reader
	}
	if c.Log == nil {
		c.Log = io.Discard
	}
	s.log = slog.New(slog.NewJSONHandler(c.Log, nil))
	return s, nil
}

// Open wires a Service to the real store by its settings.
func (s Settings) Open(log io.Writer, operations ...Operation) (*Service, error) {
	gate, err := store.Open(s.Store)
	if err != nil {
		return nil, err
	}
	registry, err := access.New(access.Config{Gate: gate, Master: s.Master})
	if err != nil {
		return nil, err
	}
	backend, err := s.OpenBackend(gate)
	if err != nil {
		return nil, err
	}
	return New(Config{Operations: operations, Access: registry, Backend: backend, Log: log})
}

// OpenBackend makes the seller that the settings name.
func (s Settings) OpenBackend(gate store.Gate) (Backend, error) {
	if s.Upstream != nil {
		return s.openUpstream(gate)
	}
	return ledger.New(ledger.Config{Gate: gate, Catalogue: s.Catalogue, Clock: s.Time.clock})
}
