package app

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"aegis/shared/access"
	"aegis/shared/api"
	"aegis/shared/ledger"
	"aegis/shared/pop"
	"aegis/shared/sale"
	"aegis/shared/store"
)

// Settings are the settings of a function, read and checked: see Table.
type Settings struct {
	Store     store.Config
	Master    access.MasterKey // empty for functions without callers
	KMS       KMSSettings      // further master keys
	Catalogue sale.Catalogue
	Upstream  *UpstreamSettings // nil: this system is the seller
	Market    MarketSettings
	Time      TimeSettings
	Rates     api.Rates
	LogLevel  slog.Level

	ErrorPages string   // "": our own error codes have no pages
	Hosts      []string // accepted as the Host that a client signed
}

// ReadSettings reads the environment through getenv. Its error names the variable at
// fault and says what it must be.
func ReadSettings(getenv func(string) string) (Settings, error) {
	v := tableValues(getenv)
	if err := v.requireAll(); err != nil {
		return Settings{}, err
	}
	if err := v.refusePublic(); err != nil {
		return Settings{}, err
	}

	s := Settings{ErrorPages: v("ERROR_PAGES"), Store: store.Config{
		Endpoint: v("TABLESTORE_ENDPOINT"), Instance: v("TABLESTORE_INSTANCE"),
		Credentials: pop.Credentials{
			AccessKeyID:     v("TABLESTORE_ACCESS_KEY_ID"),
			AccessKeySecret: v("TABLESTORE_ACCESS_KEY_SECRET"),
			SecurityToken:   v("TABLESTORE_SECURITY_TOKEN"),
		},
	}}
	var err error
	if text := v("ACCESS_MASTER_KEY"); text != "" {
		if s.Master, err = access.ParseMasterKey(text); err != nil {
			return Settings{}, fmt.Errorf("settings: ACCESS_MASTER_KEY: %w", err)
		}
	}

	if s.Catalogue, err = readCatalogue(v); err != nil {
		return Settings{}, fmt.Errorf("settings: SALES_CATALOGUE: %w", err)
	}
	return s, errors.Join(s.readKMS(v), s.readUpstream(v), s.readMarket(v), s.readTime(v), s.readRates(v), s.readLog(v), s.readHosts(v))
}

func readCatalogue(v values) (sale.Catalogue, error) {
	text, err := v.file("SALES_CATALOGUE")
	if err != nil || text == nil {
		return sale.DefaultCatalogue(), err
	}
	return sale.ParseCatalogue(text)
}

// file reads the file that a setting names, or the one packaged with the function. It
// returns nil if there is neither.
func (v values) file(name string) ([]byte, error) {
	if path := v(name); path != "" {
		return os.ReadFile(path)
	}

	executable, err := os.Executable()
	if err != nil {
		return nil, nil // no executable, so no folder
	}

	text, err := os.ReadFile(filepath.Join(filepath.Dir(executable), Setting{Name: name}.Packaged()))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return text, err
}

// Open returns a Service on the real store, as the settings describe.
func (s Settings) Open(log io.Writer, operations ...api.Operation) (*api.Service, error) {
	client, err := store.Open(s.Store)
	if err != nil {
		return nil, err
	}

	registry, err := s.OpenRegistry(client)
	if err != nil {
		return nil, err
	}

	backend, err := s.OpenBackend(client)
	if err != nil {
		return nil, err
	}
	return api.New(api.Config{
		Operations: operations, Access: registry, Backend: backend, Log: log, Rates: s.Rates,
		Level: s.LogLevel, Catalogue: s.Catalogue.Hash(), Road: s.road(), ErrorPages: s.ErrorPages, Hosts: s.Hosts,
	})
}

// road names how sales are made, for the log.
func (s Settings) road() string {
	if s.Upstream != nil {
		return "upstream"
	}
	return "ledger"
}

// readLog reads the level of the log.
func (s *Settings) readLog(v values) error {
	if err := s.LogLevel.UnmarshalText([]byte(v("LOG_LEVEL"))); err != nil {
		return fmt.Errorf("settings: LOG_LEVEL is %q, it must be debug, info, warn or error", v("LOG_LEVEL"))
	}
	return nil
}

// OpenRegistry returns the callers' keys, which need a master key.
func (s Settings) OpenRegistry(client store.Client) (*access.Registry, error) {
	c := access.Config{Store: client, Master: s.Master}
	if len(s.KMS.Wrapped) > 0 {
		c.Unwrap = s.unwrap
	}
	if c.Master.Empty() && c.Unwrap == nil {
		return nil, errors.New("settings: ACCESS_MASTER_KEY or ACCESS_MASTER_KEY_KMS must be set")
	}
	if !onThisMachine(s.Store.Endpoint) {
		c.Public = PublicSecrets()
	}
	return access.New(c)
}

// OpenBackend returns the backend that the settings name.
func (s Settings) OpenBackend(client store.Client) (api.Backend, error) {
	if s.Upstream != nil {
		return s.openUpstream(client)
	}
	return ledger.New(ledger.Config{Store: client, Catalogue: s.Catalogue, Clock: s.Time.clock})
}
