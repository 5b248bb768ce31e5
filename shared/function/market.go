package function

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"aegis/shared/ledger"
	"aegis/shared/market"
	"aegis/shared/renewals"
	"aegis/shared/store"
)

// MarketSettings are those of the functions that the marketplace's orders pass.
type MarketSettings struct {
	Secret string      // of the SPI's tokens
	Skus   market.Skus // nil: the embedded sample
	Queue  string      // URL of the order queue, for the SPI
}

// TimeSettings are about the life of instances.
type TimeSettings struct {
	ReleaseAfter time.Duration // 0: the default
	Offset       time.Duration // by which the sale's clock is ahead; 0 outside tests
}

// clock is the sale's. Signatures, which others date, are checked by the real one.
func (t TimeSettings) clock() time.Time { return time.Now().Add(t.Offset) }

func (s *Settings) readMarket(getenv func(string) string) error {
	s.Market = MarketSettings{Secret: getenv("MARKET_SECRET"), Queue: getenv("MARKET_QUEUE")}
	if path := getenv("MARKET_SKUS"); path != "" {
		text, err := os.ReadFile(path)
		if err == nil {
			s.Market.Skus, err = market.ParseSkus(text)
		}
		if err != nil {
			return fmt.Errorf("settings: MARKET_SKUS: %w", err)
		}
	}
	if days := getenv("RELEASE_AFTER_DAYS"); days != "" {
		n, err := strconv.Atoi(days)
		if err != nil || n < 1 || n > 3650 {
			return fmt.Errorf("settings: RELEASE_AFTER_DAYS is %q, it must be from 1 to 3650", days)
		}
		s.Time.ReleaseAfter = time.Duration(n) * 24 * time.Hour
	}
	if offset := getenv("CLOCK_OFFSET"); offset != "" {
		var err error
		if s.Time.Offset, err = time.ParseDuration(offset); err != nil {
			return fmt.Errorf("settings: CLOCK_OFFSET: %w", err)
		}
	}
	return nil
}

// openLedger opens the ledger for functions that answer no caller.
func (s Settings) openLedger() (*store.Store, *ledger.Ledger, error) {
	gate, err := store.Open(s.Store)
	if err != nil {
		return nil, nil, err
	}
	books, err := ledger.New(ledger.Config{Gate: gate, Catalogue: s.Catalogue, Clock: s.Time.clock})
	return gate, books, err
}

// OpenMarket wires what handles the marketplace's orders by its settings.
func (s Settings) OpenMarket(log io.Writer) (*market.Desk, error) {
	if s.Market.Secret == "" {
		return nil, errors.New("settings: MARKET_SECRET is not set")
	}
	gate, books, err := s.openLedger()
	if err != nil {
		return nil, err
	}
	return market.New(market.Config{Gate: gate, Ledger: books, Secret: s.Market.Secret, Skus: s.Market.Skus, Clock: s.Time.clock, Log: log})
}

// OpenRenewals wires the timer's work by its settings.
func (s Settings) OpenRenewals(log io.Writer) (*renewals.Runner, error) {
	_, books, err := s.openLedger()
	if err != nil {
		return nil, err
	}
	return renewals.New(renewals.Config{Ledger: books, ReleaseAfter: s.Time.ReleaseAfter, Clock: s.Time.clock, Log: log})
}
