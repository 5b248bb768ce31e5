package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"aegis/shared/ledger"
	"aegis/shared/marketplace"
	"aegis/shared/pop"
	"aegis/shared/renewals"
	"aegis/shared/store"
)

// MarketSettings configure the functions that process the marketplace's orders.
type MarketSettings struct {
	Secret      string           // of the SPI's tokens
	Skus        marketplace.Skus // nil: the embedded sample
	Queue       string           // URL of the order queue, for the SPI
	Endpoint    string           // of the Market OpenAPI
	Credentials pop.Credentials  // for the Market OpenAPI; without an AccessKeyID it is not asked
}

// OpenTruth connects to the Market OpenAPI. Package marketapi implements it, so
// functions that do not need the API do not link its SDK.
type OpenTruth func(endpoint string, credentials func(context.Context) pop.Credentials) (marketplace.Truth, error)

// TimeSettings configure the life of instances.
type TimeSettings struct {
	ReleaseAfter time.Duration // from the expiry to the release
	Offset       time.Duration // by which the sale's clock is ahead; 0 outside tests
}

// clock returns the time of sales. Signatures are checked by the real clock, because
// clients date them.
func (t TimeSettings) clock() time.Time { return time.Now().Add(t.Offset) }

func (s *Settings) readMarket(v values) error {
	s.Market = MarketSettings{
		Secret: v("MARKET_SECRET"), Queue: v("MARKET_QUEUE"), Endpoint: v("MARKET_ENDPOINT"),
		Credentials: pop.Credentials{AccessKeyID: v("MARKET_ACCESS_KEY_ID"), AccessKeySecret: v("MARKET_ACCESS_KEY_SECRET")},
	}
	text, err := v.file("MARKET_SKUS")
	if err == nil && text != nil {
		s.Market.Skus, err = marketplace.ParseSkus(text)
	}
	if err != nil {
		return fmt.Errorf("settings: MARKET_SKUS: %w", err)
	}

	return nil
}

func (s *Settings) readTime(v values) error {
	days, err := strconv.Atoi(v("RELEASE_AFTER_DAYS"))
	if err != nil || days < 1 || days > 3650 {
		return fmt.Errorf("settings: RELEASE_AFTER_DAYS is %q, it must be from 1 to 3650", v("RELEASE_AFTER_DAYS"))
	}

	s.Time.ReleaseAfter = time.Duration(days) * 24 * time.Hour
	if s.Time.Offset, err = time.ParseDuration(v("CLOCK_OFFSET")); err != nil {
		return fmt.Errorf("settings: CLOCK_OFFSET: %w", err)
	}
	return nil
}

// openLedger opens the ledger for functions without callers.
func (s Settings) openLedger() (*store.Store, *ledger.Ledger, error) {
	client, err := store.Open(s.Store)
	if err != nil {
		return nil, nil, err
	}
	books, err := ledger.New(ledger.Config{Store: client, Catalogue: s.Catalogue, Clock: s.Time.clock})
	return client, books, err
}

// OpenProcessor returns the processor of the marketplace's orders that the settings
// describe. Without open, the marketplace is never asked.
func (s Settings) OpenProcessor(log io.Writer, open OpenTruth) (*marketplace.OrderProcessor, error) {
	client, books, err := s.openLedger()
	if err != nil {
		return nil, err
	}
	return s.OpenProcessorOn(client, books, log, open)
}

// OpenProcessorOn is OpenProcessor on a client and a ledger that are open already.
func (s Settings) OpenProcessorOn(client store.Client, books *ledger.Ledger, log io.Writer, open OpenTruth) (*marketplace.OrderProcessor, error) {
	if s.Market.Secret == "" {
		return nil, errors.New("settings: MARKET_SECRET is not set")
	}
	truth, err := s.Market.openTruth(open)
	if err != nil {
		return nil, err
	}

	return marketplace.New(marketplace.Config{
		Store: client, Ledger: books, Secret: s.Market.Secret, Skus: s.Market.Skus, Truth: truth, Clock: s.Time.clock, Log: log, Level: s.LogLevel,
	})
}

func (m MarketSettings) openTruth(open OpenTruth) (marketplace.Truth, error) {
	if open == nil || m.Credentials.AccessKeyID == "" {
		return nil, nil
	}
	truth, err := open(m.Endpoint, func(context.Context) pop.Credentials { return m.Credentials })
	if err != nil {
		return nil, fmt.Errorf("settings: MARKET_ENDPOINT: %w", err)
	}
	return truth, nil
}

// OpenRenewals returns the timer's work that the settings describe. If marketplace
// orders are configured too, the timer retries held dead letters and asks the
// marketplace before it ends a term.
func (s Settings) OpenRenewals(log io.Writer, open OpenTruth) (*renewals.Runner, error) {
	_, books, err := s.openLedger()
	if err != nil {
		return nil, err
	}

	c := renewals.Config{Ledger: books, ReleaseAfter: s.Time.ReleaseAfter, Clock: s.Time.clock, Log: log, Level: s.LogLevel}
	if s.Market.Secret != "" {
		orders, err := s.OpenProcessor(log, open)
		if err != nil {
			return nil, err
		}
		c.Orders = orders
	}

	return renewals.New(c)
}

// openSPI returns the SPI that the settings describe. It dates calls by the real clock,
// even where the clock of sales is offset.
func (s Settings) openSPI(log io.Writer) (*marketplace.SPI, error) {
	if s.Market.Secret == "" {
		return nil, errors.New("settings: MARKET_SECRET is not set")
	}

	client, books, err := s.openLedger()
	if err != nil {
		return nil, err
	}

	queue, err := marketplace.NewSMQ(s.Market.Queue, func(ctx context.Context) pop.Credentials {
		return pop.Credentials(store.CredentialsOf(ctx))
	})
	if err != nil {
		return nil, fmt.Errorf("settings: MARKET_QUEUE: %w", err)
	}

	return marketplace.NewSPI(marketplace.SPIConfig{
		Store: client, Ledger: books, Queue: queue, Secret: s.Market.Secret, Skus: s.Market.Skus, Log: log, Level: s.LogLevel,
	})
}
