package app

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
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
	Master    access.MasterKey
	Catalogue sale.Catalogue
	Upstream  *UpstreamSettings // nil: this system is the seller
	Market    MarketSettings
	Time      TimeSettings

	ErrorPages string // "": our own error codes have no pages
}

// ReadSettings reads the environment through getenv. Its error names the variable at
// fault and says what it must be.
func ReadSettings(getenv func(string) string) (Settings, error) {
	v := tableValues(getenv)
	if err := v.requireAll(); err != nil {
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
	if s.Master, err = access.ParseMasterKey(v("ACCESS_MASTER_KEY")); err != nil {
		return Settings{}, fmt.Errorf("settings: ACCESS_MASTER_KEY: %w", err)
	}

	if s.Catalogue, err = readCatalogue(v); err != nil {
		return Settings{}, fmt.Errorf("settings: SALES_CATALOGUE: %w", err)
	}
	return s, errors.Join(s.readUpstream(v), s.readMarket(v), s.readTime(v))
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

	registry, err := access.New(access.Config{Store: client, Master: s.Master})
	if err != nil {
		return nil, err
	}

	backend, err := s.OpenBackend(client)
	if err != nil {
		return nil, err
	}
	return api.New(api.Config{Operations: operations, Access: registry, Backend: backend, ErrorPages: s.ErrorPages, Log: log})
}

// OpenBackend returns the backend that the settings name.
func (s Settings) OpenBackend(client store.Client) (api.Backend, error) {
	if s.Upstream != nil {
		return s.openUpstream(client)
	}
	return ledger.New(ledger.Config{Store: client, Catalogue: s.Catalogue, Clock: s.Time.clock})
}
