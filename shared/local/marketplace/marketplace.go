// Package marketplace plays the cloud marketplace's side on one machine: it sells
// instances by books of its own, notifies the vendor's SPI as the real one does, and
// answers the vendor's questions (Market OpenAPI, version 2015-11-01).
//
// What it shares with the real one: notifications carry no date and no number; a
// failed one is repeated, up to 120 times, and createInstance is repeated until the
// SPI names an instance. What it does not: it charges no buyer.
package marketplace

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	vendor "aegis/shared/marketplace"
	"aegis/shared/marketplace/marketbooks"
)

// Config wires a Marketplace. SPI, Secret and Clock must be set.
type Config struct {
	SPI      string // URL of the vendor's production interface
	Secret   string // of its tokens
	KeyID    string // the vendor's key at the Market OpenAPI
	KeySec   string
	Data     string           // folder of the books; "": in memory
	Clock    func() time.Time // of terms
	Interval time.Duration    // between two tries of a notification; 0: a second
}

// maxNotifications is how often a notification is sent at most.
const maxNotifications = 120

// Marketplace sells. It is safe for concurrent use.
type Marketplace struct {
	config Config
	client *http.Client
	stop   context.CancelFunc
	ctx    context.Context
	sends  sync.WaitGroup

	mu    sync.Mutex
	books marketbooks.Books
}

// Open opens the books.
func Open(c Config) (*Marketplace, error) {
	if c.SPI == "" || c.Secret == "" || c.Clock == nil {
		return nil, errors.New("open the marketplace: SPI, secret and clock must be set")
	}
	if c.Interval == 0 {
		c.Interval = time.Second
	}

	m := &Marketplace{config: c, client: &http.Client{Timeout: 10 * time.Second}}
	m.ctx, m.stop = context.WithCancel(context.Background())
	m.books = marketbooks.New()
	if c.Data == "" {
		return m, nil
	}

	text, err := os.ReadFile(m.file())
	if errors.Is(err, os.ErrNotExist) {
		return m, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &m.books)
	}
	if err != nil {
		return nil, fmt.Errorf("open the marketplace's books: %w", err)
	}

	return m, nil
}

// Close stops notifying. What was not accepted yet is not sent again.
func (m *Marketplace) Close() error {
	m.stop()
	m.sends.Wait()
	return nil
}

func (m *Marketplace) file() string { return filepath.Join(m.config.Data, "marketplace.json") }

// save writes the books, whole or not at all.
func (m *Marketplace) save() error {
	if m.config.Data == "" {
		return nil
	}

	text, err := json.MarshalIndent(m.books, "", "  ")
	if err == nil {
		err = os.WriteFile(m.file()+".new", text, 0o600)
	}
	if err == nil {
		err = os.Rename(m.file()+".new", m.file())
	}
	if err != nil {
		return fmt.Errorf("save the marketplace's books: %w", err)
	}

	return nil
}

// Do enters a trade into the books and begins to notify the vendor.
func (m *Marketplace) Do(t marketbooks.Trade) (marketbooks.Instance, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	i, params, err := m.books.Enter(t, m.config.Clock())
	if err != nil {
		return marketbooks.Instance{}, fmt.Errorf("%s: %w", t.Action, err)
	}
	if err := m.save(); err != nil {
		return marketbooks.Instance{}, err
	}

	m.sends.Go(func() { m.notify(params) })
	return *i, nil
}

// notify calls the SPI until it accepts, as the marketplace does.
func (m *Marketplace) notify(params map[string]string) {
	params["token"] = vendor.Sign(params, m.config.Secret)
	for range maxNotifications {
		if m.accepted(params) {
			return
		}
		select {
		case <-m.ctx.Done():
			return
		case <-time.After(m.config.Interval):
		}
	}
}

func (m *Marketplace) accepted(params map[string]string) bool {
	query := url.Values{}
	for name, value := range params {
		query.Set(name, value)
	}

	r, err := http.NewRequestWithContext(m.ctx, http.MethodGet, m.config.SPI+"?"+query.Encode(), nil)
	if err != nil {
		return false
	}

	response, err := m.client.Do(r)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	var answer vendor.Answer
	if json.NewDecoder(response.Body).Decode(&answer) != nil {
		return false
	}

	return answer.Success == "true" || answer.InstanceID != "" && answer.InstanceID != "0"
}

// Instances lists the books, oldest first.
func (m *Marketplace) Instances() []marketbooks.Instance {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []marketbooks.Instance
	for _, i := range m.books.Instances {
		all = append(all, *i)
	}
	slices.SortFunc(all, func(a, b marketbooks.Instance) int { return a.Began.Compare(b.Began) })
	return all
}
